#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a sink holds after recording through sysfs, as it is: trc_pkt_lister
# decodes every packet. With more trace than fits, so that the buffers wrap.

cd "$(dirname "$0")/.." || exit 1
. tests/lib/tap.sh
. tests/lib/snapshot.sh

tmp=$(mktemp -d build/board/sysfs.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# In the guest: the registers that a decoder needs, and each sink's data
cat >"$tmp/record" <<'EOS'
cd /sys/bus/coresight/devices
set -e
for r in mgmt/trcconfig mgmt/trcauthstatus \
	trcidr/trcidr0 trcidr/trcidr1 trcidr/trcidr2 trcidr/trcidr8; do
	echo "${r##*/}=$(cat etm0/$r)"
done | sed 's,trcconfig,&r,' | tr a-z A-Z >/out/regs
for sink in tmc_etf0 tmc_etr0; do
	echo 1 >$sink/enable_sink
	echo 1 >etm0/enable_source
	taskset 1 gzip -c /bin/busybox >/dev/null
	cat etm0/mgmt/trctraceid >/out/id
	echo 0 >etm0/enable_source
	echo 0 >$sink/enable_sink
	cat /dev/$sink >/out/$sink
done
EOS

# board NAME CORE
board() {
	mkdir -p "$tmp/$1"
	tap_note=$(guest/run -b "$1" -o "$tmp/$1" "$(cat "$tmp/record")" 2>&1)
	ok "$1: recording ends well" test -s "$tmp/$1/tmc_etr0"
	for sink in tmc_etf0 tmc_etr0; do
		case $sink in
		tmc_etf0) size=$((64 * 1024)) ;;
		tmc_etr0) size=$((1024 * 1024)) ;;
		esac
		snapshot "$tmp/$1" $sink "$2" "$(cat "$tmp/$1/id")"
		list "$tmp/$1"
		tap_note=$(head -n 5 "$tmp/$1/out")
		is "$1: $sink is full" "$(stat -c %s "$tmp/$1/$sink")" $size
		ok "$1: $sink has trace" test "$(grep -c 'I_ASYNC' "$tmp/$1/list")" -gt 5
		tap_note=$bad
		ok "$1: $sink decodes without an error" test -z "$bad"
	done
}

board juno Cortex-A57
board db410c Cortex-A53
done_testing
