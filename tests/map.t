#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# How the devices of a board are connected, and the way to a sink: make map, and board/map,
# which reads sysfs, by different shells and awks.

cd "$(dirname "$0")/.." || exit 1
export IN_GUEST_FILES=board/map
exec tests/lib/at-once <<'EOS'
make tests/lib/make-map
dash tests/lib/in-guest -b split -- 'map.sh sh'
busybox tests/lib/in-guest -b armv9 -- 'map.sh busybox sh'
mawk TMPDIR=$(mktemp -d); export TMPDIR; cp board/map tests/guest/*.sh tests/lib/tap.sh $TMPDIR; (cd $TMPDIR && sh ./map.sh sh); rm -r $TMPDIR
EOS
