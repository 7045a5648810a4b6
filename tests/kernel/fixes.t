#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What patches/fixes fixes, on the patched kernel. tests/kernel/fixes-base.t shows that the same
# tests fail without it, and says where the other fixes are tested, or why they are not.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
module=build/tests/meet-$last/meet.ko
tests/lib/programs "$module" || exit 1
{
	IN_GUEST_FILES=$module tests/lib/in-guest -b juno -- \
		owner.c fixes.c fixes32.c 'freed.c tmc_etr0' 'meet.sh tmc_etr0' 'meet.sh tmc_etf0' \
		'together.c --rounds 200 tmc_etr0' 'together.c --rounds 200 --cpus 3 tmc_etf0' \
		'together.c --rounds 100 --per-thread tmc_etr0'
	# Which has two ETRs
	tests/lib/in-guest -b split -- 'freed.c tmc_etr0'
} | tests/lib/join
