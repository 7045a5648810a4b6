#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The perf tool of the series and the one before it, on the kernel before the series.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b juno -t 600 -k none -- perf.sh perf-ways.sh
