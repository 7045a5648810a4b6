#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The perf tool of the series and the one before it, on the kernel of the series.

cd "$(dirname "$0")/../.." || exit 1
. mk/project
functions=build/tests/functions-$last/functions
tests/lib/programs all "$functions" || exit 1
{
	tests/lib/in-guest -b juno -t 600 -- drivers.sh perf.sh perf-ways.sh
	IN_GUEST_FILES=$functions tests/lib/in-guest -b armv9 -t 600 -- perf-gone.sh perf-amiss.sh
} | tests/lib/join
