#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Frames of the trace formatter, judged by OpenCSD.

cd "$(dirname "$0")/../.." || exit 1
make -s -f qemu/qemu.mk board-tests || exit 1
exec build/qemu-tests/formatter-test
