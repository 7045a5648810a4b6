# SPDX-License-Identifier: GPL-2.0
# What perf says where each CPU has a sink of its own (TRBE), and where it sends trace.
. ./tap.sh
. ./record.sh

# fails PATTERN EVENT [OPTION...]
fails() {
	# shellcheck disable=SC2154 # set by record
	pattern=$1 e=$2
	shift 2
	record perf "$e" "$@"
	ok "$e${*:+ $*} fails" [ "$status" -ne 0 ]
	like "$e${*:+ $*} says why" "$err" "$pattern"
}

run="taskset 4 gzip -nc file"
works perf perf cs_etm/@trbe2/u trbe2 -C 2
run="taskset 8 gzip -nc file"
works perf perf cs_etm/@sink=trbe3/u trbe3 -C 3
works perf perf cs_etm/@tmc_etr0/u tmc_etr0 -a
works perf perf cs_etm/@trbe3/u trbe3 --per-thread
run='for c in 1 2 4 8; do taskset $c gzip -nc file; done'
echo "$run" >run.sh
run="sh run.sh"
works perf perf cs_etm//u 'trbe0 trbe1 trbe2 trbe3' -a
run="gzip -nc file"
reach='reach that sink. It reaches: tmc_etf0 tmc_etr0'
fails "*\"trbe0\"*No such device or address*CPU 1 does not $reach trbe1*--per-thread*-C*" cs_etm/@trbe0/u -a
fails "*\"trbe0\"*CPU 1 does not $reach trbe1*" cs_etm/@trbe0/u
fails "*\"trbe2\"*CPU 1 does not $reach trbe1*" cs_etm/@trbe2/u -C 1
fails "*\"trbe9\"*No such device*no device of that name*" cs_etm/@trbe9/u -C 1

for c in 0 1 2 3; do
	like "perf list: what reaches trbe$c" "$(perf list cs_etm)" "*cs_etm/@trbe$c/ *Sink reached by CPU $c]*"
done
# perf starts the program on the CPU that perf runs on.
run="gzip -nc file"
record "taskset 2 perf" cs_etm/@trbe0/u --per-thread
is "trbe0 and a thread that never runs on CPU 0: recording succeeds" "$status" 0
like "and it warns" "$err" "*WARNING: event cs_etm/@trbe0/u recorded no trace.
Trace of CPUs 1-3 does not reach trbe0. *"
done_testing
