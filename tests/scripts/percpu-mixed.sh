# SPDX-License-Identifier: GPL-2.0
# A thread that moves between CPUs, each with a sink of its own (TRBE), and one buffer that
# moves with it (--per-thread): perf cannot decode that. New perf says so when it records.
# With "old", old perf alone.
. ./tap.sh
. ./record.sh

cat >moves.sh <<'EOS'
for mask in 1 2 4; do
	taskset -p $mask $$
	i=0
	while [ $i -lt 200 ]; do i=$((i + 1)); done
done
EOS
# Also before it runs the program
taskset -p 1 $$ >/dev/null

not() {
	! "$@"
}

# Decodes only the beginning, as all of it takes minutes
decodes() { # PERF
	"$1" script -i data --itrace=b -F ip 2>>err | head -n 2000 >decoded
	[ "$(wc -l <decoded)" -gt 1000 ]
}

# warned NAME PERF EVENT [OPTION...]: it records, and warns of what it cannot decode
warned() {
	n=$1
	shift
	record "$@"
	is "$n: recording succeeds" "$status" 0
	like "$n: it warns" "$err" "*WARNING: event $2 recorded trace that perf cannot decode.*A thread moved between CPUs 0-2, *"
}

# fine NAME PERF EVENT [OPTION...]: no warning, and it is decoded
fine() {
	n=$1
	shift
	record "$@"
	is "$n: recording succeeds" "$status" 0
	ok "$n: it says nothing" not grep -i warning err
	ok "$n: $1 decodes it" decodes "$1"
}

run="sh moves.sh"
record perf-old cs_etm//u --per-thread
is "old perf records what it cannot decode" "$status" 0
ok "old perf does not say so" not grep -i 'warning\|decode' err
ok "old perf does not decode it" not decodes perf-old
if [ "${1-}" = old ]; then
	done_testing
	exit
fi
warned "a thread that moves" perf cs_etm//u --per-thread
ok "new perf does not decode it" not decodes perf
warned "without build IDs" perf cs_etm//u --per-thread -N
record perf cs_etm//u --per-thread -q
ok "-q: it says nothing" not grep -i warning err
fine "a buffer for each CPU" perf cs_etm//u
fine "a sink that the CPUs share" perf cs_etm/@tmc_etr0/u --per-thread
run=true
fine "a thread that stays" perf cs_etm//u --per-thread
done_testing
