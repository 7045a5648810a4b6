#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The ABI, call by call: the series' own selftest for 64 and for 32 bit, on every board that the
# kernel has drivers for, with tests/programs/drv_config.c as a second judge; and on juno as the
# kernel builds it.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
for b in $(checked_boards); do
	case $b in
	juno) set -- /selftests/drv_config ;;
	*) set -- ;;
	esac
	tests/lib/in-guest -b "$b" -- "$@" drv_config.c drv_config32.c | sed -E "s/^(not )?ok [0-9]+ - /&$b, /"
done | tests/lib/join
