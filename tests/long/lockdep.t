#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The selftest, short races, KUnit's tests and those of the fixes on a kernel that watches its
# locks; and a security module that refuses, which needs a kernel with CONFIG_SECURITY. "make
# soak" runs it: the kernel takes too long to build for make check.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
modules="build/tests/meet-$last-lockdep/meet.ko build/tests/refuse-$last-lockdep/refuse.ko"
# shellcheck disable=SC2086 # a list
tests/lib/programs $modules || exit 1
{
	IN_GUEST_FILES=$modules tests/lib/in-guest -b juno -c lockdep -t 900 -- \
		kernfs.sh /selftests/drv_config 'race.sh --rounds 60' fixes.c lsm.sh lockdep.sh
	# Where CPUs have no trace units, which KUnit's tests need
	tests/lib/in-guest -b virt -c lockdep -t 600 -- kunit.sh lockdep.sh
} | tests/lib/join
