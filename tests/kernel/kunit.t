#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The series' KUnit tests, on made-up CoreSight topologies: on QEMU's own machine,
# where there is no CoreSight.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b virt -- kunit.sh
