#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Both on the kernel before the series.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b juno -k none -- perf.sh
