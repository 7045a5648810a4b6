#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# perf's own tests that the series adds to, by perf test, on juno, and on a board
# whose CPUs do not reach the same sinks.

cd "$(dirname "$0")/../.." || exit 1
export IN_GUEST_FILES=build/linux/tools/perf/tests/shell/coresight/sink.sh
{
	tests/lib/in-guest -b juno -- perf-test.sh
	tests/lib/in-guest -b split -- 'perf-test.sh sink'
} | tests/lib/join
