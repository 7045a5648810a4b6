#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What patches/fixes mends, on the patched kernel. tests/fixes-base.t has the same fail
# without it; and where each of the others is tested, or why it is not.

cd "$(dirname "$0")/.." || exit 1
exec tests/lib/in-guest -b juno -- owner.c fixes.c fixes32.c
