#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trc_pkt_lister decodes every packet of what a sink holds after recording through sysfs.
# There is more trace than fits, so that the buffers wrap. Another trace unit overflows, as
# the funnel after it lets nothing through for a time.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
. tests/lib/trace.sh
. tests/lib/snapshot.sh

tmp=$(mktemp -d build/boards/sysfs.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# In the guest: the registers that a decoder needs, and each sink's data
cat >"$tmp/regs" <<'EOS'
cd /sys/bus/coresight/devices
set -e
source=$(ls -d et[em]0) more=
[ $source = etm0 ] || more=mgmt/trcdevarch
for r in mgmt/trcconfig mgmt/trcauthstatus $more \
	trcidr/trcidr0 trcidr/trcidr1 trcidr/trcidr2 trcidr/trcidr8; do
	echo "${r##*/}=$(cat $source/$r)"
done | sed 's,trcconfig,&r,' | tr a-z A-Z >/out/regs
EOS
cat "$tmp/regs" - >"$tmp/record" <<'EOS'
for sink in tmc_etf0 tmc_etr0; do
	echo 1 >$sink/enable_sink
	echo 1 >$source/enable_source
	taskset 1 gzip -c /bin/busybox >/dev/null
	cat $source/mgmt/trctraceid >/out/id
	echo 0 >$source/enable_source
	echo 0 >$sink/enable_sink
	cat /dev/$sink >/out/$sink
done
EOS

# The funnel's function control register opens its ports.
cat "$tmp/regs" - >"$tmp/stall" <<'EOS'
funnel=0x220c0000
taskset -p 2 $$ >/dev/null
echo 1 >tmc_etr0/enable_sink
echo 1 >etm0/enable_source
devmem $((funnel + 0xfb0)) 32 0xc5acce55
ports=$(devmem $funnel 32)
devmem $funnel 32 $((ports & ~0xff))
taskset 1 head -c 100000 /bin/busybox >/dev/null
devmem $funnel 32 $ports
# What tells of the overflow is trace, so there has to be some
taskset 1 head -c 10000 /bin/busybox >/dev/null
cat etm0/mgmt/trctraceid >/out/id
echo 0 >etm0/enable_source
echo 0 >tmc_etr0/enable_sink
cat /dev/tmc_etr0 >/out/stalled
EOS

# board NAME CORE
board() {
	mkdir -p "$tmp/$1"
	tap_note=$(guest/run -b "$1" -o "$tmp/$1" "$(cat "$tmp/record")" 2>&1)
	is "$1: recording ends well" $? 0
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
board armv9 Cortex-A76

mkdir "$tmp/stalled"
tap_note=$(guest/run -b juno -o "$tmp/stalled" "$(cat "$tmp/stall")" 2>&1)
is "overflow: recording ends well" $? 0
snapshot "$tmp/stalled" stalled Cortex-A57 "$(cat "$tmp/stalled/id")"
list "$tmp/stalled"
is "overflow: the trace has one overflow packet" "$(grep -c I_OVERFLOW "$tmp/stalled/list")" 1
ok "overflow: there is trace after it" \
	test "$(sed '1,/I_OVERFLOW/d' "$tmp/stalled/list" | grep -c I_ATOM)" -gt 10
tap_note=$bad
ok "overflow: all decodes without an error" test -z "$bad"
done_testing
