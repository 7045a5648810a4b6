#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The unpatched kernel has neither the ioctl, for 64-bit or 32-bit programs, nor caps/drv_config.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b juno -k none -- '/selftests/drv_config -t discovery' 'drv_config32.c -t discovery'
