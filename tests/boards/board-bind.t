#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's own drivers bind to every component of every board, and the
# kernel neither warns nor complains. Trace gets where boards/BOARD/expect says. Boards that
# need another kernel than make check's are left to tests/long.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. tests/lib/tap.sh

# A slow host makes a timer interrupt late; that says nothing about the board.
look='ls /sys/bus/coresight/devices | tr "\n" " "; echo
for d in /sys/bus/amba/devices/* /sys/bus/platform/devices/ete-* /sys/bus/platform/devices/trbe; do
	[ ! -e $d ] || [ -e $d/driver ] || echo "no driver: $d"
done
dmesg -r | grep "^<[0-4]>" | grep -v "hrtimer: interrupt took"
echo --
nproc
perf list cs_etm | sed -n "s,.*@\(.*\)/ .*reached by no CPU],\1 -,p; s,.*@\(.*\)/ .*reached by CPUs* \(.*\)],\1 \2,p" | sort'

for b in $(checked_boards); do
	. "boards/$b/expect"
	out=$(guest/run -b "$b" "$look" 2>&1)
	status=$?
	tap_note=$out
	is "$b boots" $status 0
	is "$b: all its components, no warning" "${out%%
--*}" "$devices "
	is "$b: its CPUs, and which of them reach a sink" "${out##*--
}" "$cpus
$reach"
done

# The part numbers of the trace units in a Cortex-A57 and a Cortex-A53
is "juno: two kinds of trace unit" "$(guest/run 'cd /sys/bus/amba/devices
	for etm in *.etm; do cut -c 6-8 $etm/id; done | sort | uniq -c | tr -s " \n" " "')" \
	" 4 95d 2 95e "
done_testing
