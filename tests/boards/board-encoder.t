#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets of the ETMv4 encoder, judged by OpenCSD.

cd "$(dirname "$0")/../.." || exit 1
make -s -f qemu/qemu.mk board-tests || exit 1
exec build/qemu-tests/etm4-encoder-test
