# SPDX-License-Identifier: GPL-2.0
# Shell functions for the checks of make review; see ./run for what is set.

# complaints LOG: its warnings and errors, without line numbers, so that trees can be compared
complaints() {
	grep -iE '(warning|error): ' "$1" |
		sed -E "s,$PWD/[^ ]*linux-each/,,g; s/:[0-9][-0-9:]*/:/g; s,^(\.\.?/)+,," | sort
}

# baseline NAME COMMAND...: runs COMMAND before the series, and keeps what it complains of
baseline() {
	base_name=$1
	shift
	"$@" >>"$log/base-$base_name.log" 2>&1 </dev/null ||
		die "$base_name fails before the series: $log/base-$base_name.log"
	complaints "$log/base-$base_name.log" >"$log/base-$base_name" || :
}

result() {
	echo "$2" >"$log/$n-$1.result"
}

fault() {
	result "$1" FAIL
	echo "$n $1: $2" >"$log/$n-$1.fault"
}

# judged NAME COMMAND...: COMMAND must succeed, and must complain of nothing new; with $silent,
# it must print nothing at all.
judged() {
	name=$1
	shift
	checked=$log/$n-$name.log
	if ! "$@" >"$checked" 2>&1 </dev/null; then
		fault "$name" "fails: $(grep -iE 'error|not ok' "$checked" | head -n 1)"
		return
	fi
	if [ -n "$silent" ]; then
		new=$(head -n 5 "$checked")
	else
		touch "$log/base-$name"
		new=$(complaints "$checked" | comm -13 "$log/base-$name" -)
	fi
	if [ -n "$new" ]; then
		fault "$name" "$new"
	else
		result "$name" ok
	fi
}

# any PATTERN: does this row touch a file like that?
any() {
	echo "$files" | grep -qE "$1"
}

# last_to_touch PATTERN: the last patch to a file like that
last_to_touch() {
	for q in $mine; do
		! touched "$q" | grep -qE "$1" || echo "$q"
	done | tail -n 1
}

# sources FILE...: those that are the kernel's C files, and exist
sources() {
	for f; do
		case $f in
		kernel/*.c | drivers/*.c) [ ! -e "$each/$f" ] || echo "$f" ;;
		esac
	done
}

kernel_files='^(kernel|include|drivers)/'
perf_files='^tools/(perf|lib|include)/.*\.([chl]|sh)$'

# in_check NAME COMMAND...: runs COMMAND in a subshell that has sourced the check's file
in_check() (
	column=$1 lane=2 touches=. silent=''
	shift
	before() { :; }
	applies() { any "$touches"; }
	. review/checks/[0-9][0-9]-"$column"
	"$@"
)

# in_lane LANE: the columns that are in LANE
in_lane() {
	for c in ${columns#am}; do
		[ "$(in_check "$c" eval 'echo $lane')" != "$1" ] || echo "$c"
	done
}

try() {
	! applies || judged "$column" check
}

# run_lane LANE COMMAND...: for one column after the other
run_lane() {
	lane_columns=$1
	shift
	for c in $lane_columns; do
		in_check "$c" "$@" || return 1
	done
}
