#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# perf lists the sinks, says which was used, and warns of an empty trace; bash completes them.
# With SERIES=none there are no names to give, but connections and records; on virt there is
# no CoreSight.

cd "$(dirname "$0")/../.." || exit 1
export IN_GUEST_FILES="build/linux/tools/perf/tests/shell/coresight/*.sh
	build/linux/tools/perf/tests/shell/stat_all_pmu.sh"
exec tests/lib/at-once <<'EOS'
db410c tests/lib/in-guest -t 900 -b db410c -- perf-sinks.sh perf-sinks-own.sh perf-sinks-bad.sh
juno tests/lib/in-guest -t 900 -b juno -- perf-sinks.sh perf-sinks-own.sh
split tests/lib/in-guest -t 900 -b split -- perf-sinks.sh perf-sinks-own.sh
armv9 tests/lib/in-guest -t 900 -b armv9 -- perf-sinks-own.sh
base tests/lib/in-guest -t 900 -b juno -k none -- perf-sinks-own.sh
virt tests/lib/in-guest -t 900 -b virt -- perf-sinks-own.sh
bash tests/lib/complete
EOS
