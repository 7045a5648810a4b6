#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Calls that get in each other's way. "make soak" does more of it.

cd "$(dirname "$0")/.." || exit 1
tests/lib/build-meet patched || exit 1
# A loaded host stops the guest for longer than RCU usually waits.
IN_GUEST_FILES=build/tests/meet-patched/meet.ko \
	exec tests/lib/in-guest -b juno -a rcupdate.rcu_cpu_stall_timeout=300 -- 'race.sh --rounds 300'
