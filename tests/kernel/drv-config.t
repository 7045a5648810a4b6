#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The ABI, call by call: the series' own selftest, built for 64 and for 32 bit, on
# every board.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
for b in $(boards); do
	tests/lib/in-guest -b "$b" -- /selftests/drv_config drv_config32.c | sed -E "s/^(not )?ok [0-9]+ - /&$b, /"
done | tests/lib/join
