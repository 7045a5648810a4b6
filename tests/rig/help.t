#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make help: its examples do what they say.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

help=$(make -s help)
tap_note=$help
guest=$(echo "$help" | sed -n 's/^  \(make guest .*\)/\1/p')
like "there is an example of a guest" "$guest" 'make guest ?*CMD=?*'
out=$(env -u MAKEFLAGS -u MAKELEVEL sh -c "$guest" 2>/dev/null)
status=$?
tap_note=$out
like "it runs, and lists the sinks" "$status $out" "0 *cs_etm/@tmc_etr0/*"
tests=$(echo "$help" | sed -n 's/.*make check TESTS="\([^"]*\)".*/\1/p')
like "there is an example of tests" "$tests" '?*'
for t in $tests; do
	is "there is a test $t" "$(ls tests/*/"$t.t" | wc -l)" 1
done
done_testing
