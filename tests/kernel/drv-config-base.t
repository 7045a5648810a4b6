#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# On the unpatched kernel, in 64 and 32 bit: no such ioctl, and no caps/drv_config that says so.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b juno -k none -- '/selftests/drv_config -t discovery' 'drv_config32.c -t discovery'
