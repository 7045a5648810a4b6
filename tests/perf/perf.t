#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The perf tool of the series and the one before it, on the kernel of the series.

cd "$(dirname "$0")/../.." || exit 1
{
	tests/lib/in-guest -b juno -t 600 -- drivers.sh perf.sh perf-ways.sh
	tests/lib/in-guest -b armv9 -- perf-gone.sh
} | tests/lib/join
