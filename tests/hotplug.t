#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# No deadlock of CPU hotplug, sysfs and the ioctl of the series.

cd "$(dirname "$0")/.." || exit 1
exec tests/lib/in-guest -b juno -t 120 -- hotplug.c
