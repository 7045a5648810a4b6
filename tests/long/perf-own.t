#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# perf's own tests of sinks: where each CPU has one, and on a kernel without the series, where
# they cannot name a sink, but there are connections and records.

cd "$(dirname "$0")/../.." || exit 1
export IN_GUEST_FILES="build/linux/tools/perf/tests/shell/coresight/*.sh
	build/linux/tools/perf/tests/shell/stat_all_pmu.sh"
exec tests/lib/at-once <<'EOS'
armv9 tests/lib/in-guest -t 900 -b armv9 -- perf-sinks-own.sh
base tests/lib/in-guest -t 900 -b juno -k none -- perf-sinks-own.sh
EOS
