#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Registers and data paths of links and sinks, through qtest.

cd "$(dirname "$0")/../.." || exit 1
make -s -f qemu/qemu.mk board-tests || exit 1
exec build/qemu-tests/links-test build/qemu/build/qemu-system-aarch64 \
	build/qemu-tests/links.dtb build/log/board-links.qemu
