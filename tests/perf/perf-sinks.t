#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# perf lists the sinks, says which was used, and warns of an empty trace; bash completes them.
# perf's own tests run where CPUs differ in what they reach, and on virt, which has no
# CoreSight; tests/long/perf-own.t has them elsewhere. What perf list says is compared on each
# board.

cd "$(dirname "$0")/../.." || exit 1
export IN_GUEST_FILES="build/linux/tools/perf/tests/shell/coresight/*.sh
	build/linux/tools/perf/tests/shell/stat_all_pmu.sh"
exec tests/lib/at-once <<'EOS'
split tests/lib/in-guest -t 900 -b split -- perf-sinks.sh perf-sinks-own.sh
juno tests/lib/in-guest -t 900 -b juno -- perf-sinks.sh
db410c tests/lib/in-guest -t 900 -b db410c -- 'perf-sinks.sh list' perf-sinks-bad.sh
virt tests/lib/in-guest -t 900 -b virt -- perf-sinks-own.sh
bash tests/lib/complete
EOS
