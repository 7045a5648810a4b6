# SPDX-License-Identifier: GPL-2.0
# perf-time.sh [PERF]: perf decodes the same branches in the order of time, piece by piece, as
# without (Z), of a CPU and of a thread. The program, of tests/truth, stops often. truth.t
# compares more, on the host.
. ./tap.sh
programs=$PWD/programs
. ./record.sh

p=${1:-perf}
run="taskset 2 $programs naps 40"
for option in "-C 1" --per-thread; do
	# shellcheck disable=SC2086 # words
	record perf cs_etm/@tmc_etr0/u -m ,16M $option
	is "$option: recording succeeds" "$status" 0
	for how in b bZ; do
		$p script -i data --itrace=$how -F ip,addr 2>err | sort >$how
	done
	tap_note="$(wc -l b bZ) $(diff b bZ | head)"
	ok "$option: there are branches" [ "$(wc -l <bZ)" -gt 1000 ]
	ok "$option: by time: the same branches" cmp -s b bZ
done
done_testing
