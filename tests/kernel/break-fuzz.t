#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Random calls on perf events, 64-bit and 32-bit, against a model of what each returns.
# "make soak" does more of it.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b juno -- 'fuzz.c --calls 30000' 'fuzz32.c --calls 20000'
