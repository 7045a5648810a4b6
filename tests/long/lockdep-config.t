#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# lockdep reports a circle of locks where config2 has a configuration: etm_setup_aux() takes
# cscfg_mutex with perf's aux_mutex held. That is Linux's own: the kernel without the series
# reports the same locks, and the series adds none. "make soak" runs it, as it needs
# mk/kernel none lockdep.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
. mk/lib.sh

tmp=$(mktemp -d build/guest/lockdep.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# circle SERIES EVENT: records, and leaves in $locks those of the circle, a line each
circle() {
	guest/run -s -b juno -c lockdep -k "$1" -t 300 -l "$tmp/log" \
		"cd /tmp && perf record -e $2 -o data -- true" >"$tmp/out" 2>&1
	status=$?
	tap_note=$(cat "$tmp/out")
	is "SERIES=$1: $2 records" $status 0
	locks=$(tr -d '\r' <"$tmp/log" | sed -n '/possible circular locking/,$s/.*-> #[0-9]* (\([^)]*\)).*/\1/p' | sort)
	tap_note=$(grep -aA 60 'WARNING:\|BUG:' "$tmp/log" | tr -d '\r' | head -n 80)
}

circle none cs_etm/autofdo,preset=1/u
base=$locks
like "without the series there is a circle of cscfg_mutex" "$base" '*cscfg_mutex*'
for event in cs_etm/autofdo,preset=1/u cs_etm/autofdo,preset=1,@tmc_etr0/u; do
	circle "$last" $event
	is "SERIES=$last: $event: the same circle" "$locks" "$base"
	is "and it is all that the kernel complains of" "$(grep -ac 'WARNING:\|BUG:' "$tmp/log")" 1
done
done_testing
