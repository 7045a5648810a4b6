# SPDX-License-Identifier: GPL-2.0
# perf decodes trace without its timestamps (Z): that of a thread, and that of each CPU.
. ./tap.sh
. ./record.sh

run="taskset 2 gzip -nc file"
for option in "-C 1" --per-thread; do
	# shellcheck disable=SC2086 # words
	record perf cs_etm/@tmc_etr0/u $option
	lines=$(perf script -i data --itrace=Zb -F ip 2>err | wc -l)
	tap_note=$(tail -n 5 err)
	ok "$option: there are branches" [ "$lines" -gt 100 ]
done
done_testing
