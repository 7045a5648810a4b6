#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Registers and data paths of links and sinks, through qtest.

cd "$(dirname "$0")/.." || exit 1
make -s -f board/board.mk board-tests || exit 1
exec build/board/tests/links-test build/qemu/build/qemu-system-aarch64 \
	build/board/tests/links.dtb build/log/board-links.qemu
