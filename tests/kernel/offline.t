#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A sink can be chosen while the CPUs that reach it are offline: an ETR that others do not reach,
# and the sinks that belong to one CPU each.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/at-once <<'EOS'
split tests/lib/in-guest -b split -- offline.c
armv9 tests/lib/in-guest -b armv9 -- offline.c
EOS
