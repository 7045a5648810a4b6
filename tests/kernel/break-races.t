#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Calls that get in each other's way. "make soak" does more of it.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b juno -- 'race.c --rounds 300'
