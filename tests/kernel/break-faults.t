#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# No memory, no privileges, nothing left behind.

cd "$(dirname "$0")/../.." || exit 1
# A loaded host stops the guest for longer than RCU usually waits.
exec tests/lib/in-guest -b juno -a rcupdate.rcu_cpu_stall_timeout=300 -- fault.c privilege.c leaks.c
