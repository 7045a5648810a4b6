#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A choice of what CPUs reach that are off at the time: an ETR that others do not reach, and
# sinks of their own.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/at-once <<'EOS'
split tests/lib/in-guest -b split -- offline.c
armv9 tests/lib/in-guest -b armv9 -- offline.c
EOS
