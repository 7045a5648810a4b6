#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's own drivers bind to every component of every board, and the
# kernel neither warns nor complains.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

# A slow host makes a timer interrupt late; that says nothing about the board.
look='ls /sys/bus/coresight/devices | tr "\n" " "; echo
for d in /sys/bus/amba/devices/* /sys/bus/platform/devices/ete-* /sys/bus/platform/devices/trbe; do
	[ ! -e $d ] || [ -e $d/driver ] || echo "no driver: $d"
done
dmesg -r | grep "^<[0-4]>" | grep -v hrtimer'

board() {
	out=$(guest/run -b "$1" "$look; true" 2>&1)
	status=$?
	tap_note=$out
	is "$1 boots" $status 0
	is "$1: all its components, no warning" "$out" "$2 "
}

board juno "etm0 etm1 etm2 etm3 etm4 etm5 funnel0 funnel1 funnel2 funnel3 funnel4 replicator0 tmc_etf0 tmc_etf1 tmc_etr0 tpiu0"
board db410c "etm0 etm1 etm2 etm3 funnel0 funnel1 replicator0 tmc_etf0 tmc_etr0 tpiu0"
board armv9 "ete0 ete1 ete2 ete3 funnel0 tmc_etf0 tmc_etr0 trbe0 trbe1 trbe2 trbe3"
board fvp "$(for i in ete trbe; do for n in 0 1 2 3 4 5 6 7; do printf '%s ' $i$n; done; done | sed 's/ $//')"
board split "etm0 etm1 etm2 etm3 funnel0 funnel1 replicator0 tmc_etf0 tmc_etr0 tmc_etr1 tpiu0"

# The part numbers of the trace units in a Cortex-A57 and a Cortex-A53
is "juno: two kinds of trace unit" "$(guest/run 'cd /sys/bus/amba/devices
	for etm in *.etm; do cut -c 6-8 $etm/id; done | sort | uniq -c | tr -s " \n" " "')" \
	" 4 95d 2 95e "
done_testing
