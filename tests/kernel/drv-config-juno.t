#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The ABI, call by call: the series' own selftest, built for 64 and for 32 bit, on
# the board in this file's name.

cd "$(dirname "$0")/../.." || exit 1
board=${0##*-}
exec tests/lib/in-guest -b "${board%.t}" -- /selftests/drv_config drv_config32.c
