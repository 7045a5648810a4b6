#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The table of "make upstream", on made-up results: what it calls worse with the series

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

# judged NAME STATUS PATTERN BASE WITH: of a test that says these, "" for nothing, beside one
# that passes on both
judged() {
	out=$(printf 'juno\tnone\tother\tOk\njuno\tseries\tother\tOk\n%s%s' \
		"${4:+juno	none	a test	$4
}" "${5:+juno	series	a test	$5
}" | awk -F '\t' -v last=series -f tests/long/upstream/table)
	tap_note="$? $out"
	like "$1" "$tap_note" "$2 *$3*"
}

judged "it passes on both" 0 "2 Ok, 0 worse than without, 0 fail on both" Ok Ok
judged "it fails on both" 0 "1 Ok, 0 worse than without, 1 fail on both" FAILED! FAILED!
judged "it is new, and passes" 0 "2 Ok, 0 worse" "" Ok
judged "it passes with the series alone" 0 "2 Ok, 0 worse" FAILED! Ok
judged "it fails with the series" 1 "worse with the series: juno: a test" Ok FAILED!
judged "it is skipped with the series" 1 "worse with the series: juno: a test" Ok Skip
judged "it is new, and is skipped" 1 "worse with the series: juno: a test" "" Skip
judged "it is new, and fails" 1 "worse with the series: juno: a test" "" FAILED!
judged "it is gone" 1 "worse with the series: juno: a test" Ok ""
judged "it was skipped, and is gone" 1 "worse with the series: juno: a test" Skip ""

out=$(printf 'juno\tnone\ta test\tOk\n' | awk -F '\t' -v last=series -f tests/long/upstream/table)
tap_note="$? $out"
like "nothing was run with the series" "$tap_note" "1 *nothing was said of: juno*"
done_testing
