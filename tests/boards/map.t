#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# How the devices of a board are connected, and the way to a sink: make map, and boards/map,
# which reads sysfs, by different shells and awks.

cd "$(dirname "$0")/../.." || exit 1
export IN_GUEST_FILES=boards/map
exec tests/lib/at-once <<'EOS'
make tests/lib/make-map
split tests/lib/in-guest -b split -- 'map.sh sh'
armv9 tests/lib/in-guest -b armv9 -- 'map.sh busybox'
dash-mawk tests/lib/map-made-up dash mawk
dash-busybox tests/lib/map-made-up dash busybox
busybox tests/lib/map-made-up busybox busybox
EOS
