# SPDX-License-Identifier: GPL-2.0
# TAP for test scripts in sh, on the host and in the guest alike:
#
#	ok "what must hold" command...		the command succeeds
#	is "what" "$got" "$wanted"		the strings are equal
#	like "what" "$got" 'pattern'		the string matches the shell pattern
#	skip "what" "why"			not tried
#	done_testing				the plan, at the end
#
# Where a point fails, the text in $tap_note (say, a file's content) follows.

tap_count=0
tap_note=

tap_fail() {
	echo "not ok $tap_count - $1"
	shift
	for tap_line in "$@" "$tap_note"; do
		[ -z "$tap_line" ] || printf '%s\n' "$tap_line" | sed 's/^/#   /'
	done
}

ok() {
	tap_count=$((tap_count + 1))
	tap_what=$1
	shift
	if "$@"; then
		echo "ok $tap_count - $tap_what"
	else
		tap_fail "$tap_what" "failed: $*"
	fi
}

is() {
	tap_count=$((tap_count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tap_count - $1"
	else
		tap_fail "$1" "got:    $2" "wanted: $3"
	fi
}

like() {
	tap_count=$((tap_count + 1))
	case $2 in
	$3) echo "ok $tap_count - $1" ;;
	*) tap_fail "$1" "got:    $2" "wanted: $3" ;;
	esac
}

skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

done_testing() {
	echo "1..$tap_count"
}
