#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Calls that get in each other's way. "make soak" does more of it.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
module=build/tests/meet-$last/meet.ko
tests/lib/programs "$module" || exit 1
IN_GUEST_FILES=$module exec tests/lib/in-guest -b juno -- 'race.sh --rounds 300' 'race32.c --rounds 100'
