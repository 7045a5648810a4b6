#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# No memory, no privileges, nothing left behind.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b juno -- fault.c privilege.c leaks.c leaks32.c
