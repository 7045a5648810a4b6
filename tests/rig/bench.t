#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The tables of "make bench" are made of the counts that are kept beside them, by the report
# that there is; and a report on fewer counts fails.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. tests/lib/tap.sh

counts=results/$linux/bench
tmp=$(mktemp -d build/bench.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

bench/report $counts/base.txt $counts/series.txt $counts/growth.txt >"$tmp/report" 2>"$tmp/err"
is "the report: all targets are met" "$? $(cat "$tmp/err")" "0 "
tap_note=$(sed '/^#/d; /, boot [0-9]* of /d' "results/$linux/bench.txt" | diff -u - "$tmp/report")
ok "it is what is kept" [ -z "$tap_note" ]

grep -v 'set_drv_config_etr0' $counts/series.txt >"$tmp/series.txt"
bench/report $counts/base.txt "$tmp/series.txt" $counts/growth.txt >"$tmp/report" 2>"$tmp/err"
like "without a count: it fails, and says which" "$? $(cat "$tmp/err")" \
	"1 *nothing was measured for *set_drv_config_etr0*"

sed 's/\(configure.*set_drv_config_etf0\) [0-9]*/\1 2552/' $counts/series.txt >"$tmp/series.txt"
bench/report $counts/base.txt "$tmp/series.txt" $counts/growth.txt >"$tmp/report" 2>"$tmp/err"
like "with a cost above its target: it fails, and says which" "$? $(cat "$tmp/report")" \
	"1 *MISS Configure*"

sed 's,\(switch/traced/[a-z0-9]*\) [0-9]*,\1 100,' $counts/series.txt >"$tmp/series.txt"
bench/report $counts/base.txt "$tmp/series.txt" $counts/growth.txt >"$tmp/report" 2>"$tmp/err"
is "with less than on base, as where trace is lost: it fails, and says which" \
	"$? $(sed -n 's/^ *MISS \([^:]*\):.*/\1/p' "$tmp/report" | xargs)" "1 Tracing, beside base Tracing, the others, too"
done_testing
