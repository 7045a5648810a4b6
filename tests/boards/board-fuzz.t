#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A million random accesses to the registers of every model, or ACCESSES; "make
# soak" makes ten million.

cd "$(dirname "$0")/../.." || exit 1
make -s -f qemu/qemu.mk board-tests || exit 1
exec build/qemu-tests/fuzz-test build/qemu/build/qemu-system-aarch64 \
	build/qemu-tests/links.dtb "${ACCESSES:-1000000}"
