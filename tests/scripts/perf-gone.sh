# SPDX-License-Identifier: GPL-2.0
# A sink that perf has chosen goes before perf maps the AUX area, while others stay: perf fails,
# and records nothing to what the kernel would choose by default. For the board armv9, where
# each CPU has a sink of its own in another driver.
here=$PWD
. ./tap.sh
. ./record.sh

run="taskset 2 gzip -nc file"
for s in tmc_etf0 tmc_etr0; do
	works perf perf cs_etm/@$s/u $s
	for how in '' '-C 1' --per-thread; do
		# shellcheck disable=SC2086 # an option and its argument
		record "$here/between coresight_tmc perf" cs_etm/@$s/u $how
		is "$s goes${how:+, $how}: perf fails" "$([ $status -ne 0 ] && [ $status -ne 99 ]; echo $?)" 0
		like "$s goes${how:+, $how}: and says why" "$err" '*failed to mmap: No such device*'
		is "$s goes${how:+, $how}: nothing is recorded" "$(dump perf | recorded_sinks)" ''
	done
	works perf perf cs_etm/@$s/u $s
done
rmmod coresight_tmc
works "without any of these sinks, perf" perf cs_etm//u trbe1 -C 1
record perf cs_etm/@tmc_etr0/u -C 1
like "and a choice of one fails by name" "$status $err" '*"tmc_etr0"*: No such device*no device of that name*trbe1*'
rmmod coresight_trbe
record perf cs_etm/@tmc_etr0/u -C 1
like "nor is any other sink there" "$err" '*Sinks that perf can use: none*'
is "perf list has none" "$(perf list cs_etm | grep -c @)" 0
modprobe -a coresight-tmc coresight-trbe
works "they are back, perf" perf cs_etm/@tmc_etr0/u tmc_etr0 -C 1
done_testing
