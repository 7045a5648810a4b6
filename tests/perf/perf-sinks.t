#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# perf lists the sinks, says which was used, and warns of an empty trace; bash completes them.

cd "$(dirname "$0")/../.." || exit 1
export IN_GUEST_FILES="build/linux/tools/perf/tests/shell/coresight/sink_info.sh
	build/linux/tools/perf/tests/shell/stat_all_pmu.sh"
{
	tests/lib/complete
	for board in juno db410c split; do
		tests/lib/in-guest -t 900 -b $board -- perf-sinks.sh perf-sinks-own.sh
	done
	# The kernel has no names to give, but connections and records
	tests/lib/in-guest -t 900 -b juno -k none -- perf-sinks-own.sh
	# No CoreSight
	tests/lib/in-guest -t 900 -b virt -- perf-sinks-own.sh
} | tests/lib/join
