# SPDX-License-Identifier: GPL-2.0
# perf-by-time.sh [PERF]: perf decodes the same branches in the order of time, piece by piece,
# as without (Z). The program, of tests/truth, stops often. truth.t compares more, on the host.
. ./tap.sh
programs=$PWD/programs
. ./record.sh

p=${1:-perf}
run="$programs naps 40"
record perf cs_etm/@tmc_etr0/u -m ,16M
is "recording succeeds" "$status" 0
for how in b bZ; do
	$p script -i data --itrace=$how -F cpu,ip,addr 2>err | sort >$how
done
tap_note="$(wc -l b bZ) $(diff b bZ | head)"
ok "there are branches" [ "$(wc -l <bZ)" -gt 1000 ]
ok "by time: the same branches" cmp -s b bZ
done_testing
