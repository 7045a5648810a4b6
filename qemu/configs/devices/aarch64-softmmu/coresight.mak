# SPDX-License-Identifier: GPL-2.0-or-later
# The board, and the machine that QEMU without our files has too, to compare
# their speed. No other: building all of them takes longer than the rest.

CONFIG_ARM_VIRT=y
CONFIG_VIRTIO_SERIAL=y
CONFIG_CORESIGHT_BOARD=y
# target/arm does not link without this.
CONFIG_ARM_V7M=y
