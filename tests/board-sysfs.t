#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a sink holds after recording through sysfs, as it is: trc_pkt_lister
# decodes every packet. With more trace than fits, so that the buffers wrap.

cd "$(dirname "$0")/.." || exit 1
. tests/lib/tap.sh

tmp=$(mktemp -d build/board/sysfs.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# In the guest: the registers that a decoder needs, and each sink's data
cat >"$tmp/record" <<'EOS'
cd /sys/bus/coresight/devices
set -e
for r in mgmt/trcconfig mgmt/trcauthstatus \
	trcidr/trcidr0 trcidr/trcidr1 trcidr/trcidr2 trcidr/trcidr8; do
	echo "${r##*/}=$(cat etm0/$r)"
done >/out/regs
for sink in tmc_etf0 tmc_etr0; do
	echo 1 >$sink/enable_sink
	echo 1 >etm0/enable_source
	taskset 1 gzip -c /bin/busybox >/dev/null
	echo "trctraceid=$(cat etm0/mgmt/trctraceid)" >/out/id
	echo 0 >etm0/enable_source
	echo 0 >$sink/enable_sink
	cat /dev/$sink >/out/$sink
done
EOS

# snapshot DIR SINK: what trc_pkt_lister needs beside the data
snapshot() {
	cat >"$1/snapshot.ini" <<-EOS
		[snapshot]
		version=1.0
		[device_list]
		device0=cpu.ini
		device1=etm.ini
		[trace]
		metadata=trace.ini
	EOS
	cat >"$1/cpu.ini" <<-EOS
		[device]
		name=cpu
		class=core
		type=$core
		[regs]
		PC(size:64)=0
	EOS
	{
		printf '[device]\nname=etm\nclass=trace_source\ntype=ETM4.0\n[regs]\n'
		sed 's/trcconfig/TRCCONFIGR/; s/trctraceid/TRCTRACEIDR/; s/^trc.*=/\U&/' "$1/regs" "$1/id"
	} >"$1/etm.ini"
	cat >"$1/trace.ini" <<-EOS
		[trace_buffers]
		buffers=buffer0
		[buffer0]
		name=sink
		file=$2
		format=coresight
		[core_trace_sources]
		cpu=etm
		[source_buffers]
		etm=sink
	EOS
}

board() {
	mkdir -p "$tmp/$1"
	tap_note=$(guest/run -b "$1" -o "$tmp/$1" "$(cat "$tmp/record")" 2>&1)
	ok "$1: recording ends well" test -s "$tmp/$1/tmc_etr0"
	for sink in tmc_etf0 tmc_etr0; do
		case $sink in
		tmc_etf0) size=$((64 * 1024)) ;;
		tmc_etr0) size=$((1024 * 1024)) ;;
		esac
		snapshot "$tmp/$1" $sink
		list=$tmp/$1/$sink.list
		trc_pkt_lister -ss_dir "$tmp/$1" -logfilename "$list" >"$tmp/$1/out" 2>&1
		tap_note=$(head -n 5 "$tmp/$1/out")
		is "$1: $sink is full" "$(stat -c %s "$tmp/$1/$sink")" $size
		ok "$1: $sink has trace" test "$(grep -c 'I_ASYNC' "$list")" -gt 5
		tap_note=$(grep -E -m 5 'BAD_SEQ|RESERVED|[Ee]rror|ERR|UNKNOWN' "$list" "$tmp/$1/out")
		ok "$1: $sink decodes without an error" test -z "$tap_note"
	done
}

core=Cortex-A57
board juno
core=Cortex-A53
board db410c
done_testing
