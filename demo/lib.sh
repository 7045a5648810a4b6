# SPDX-License-Identifier: GPL-2.0
# What the demo's guest scripts share. Runs in the guest, under busybox.

. /extra/trace.sh

pmu=/sys/bus/event_source/devices/cs_etm
bad=0

# Address and size of the board monitor, out of the device tree
monitor=$(hexdump -ve '1/1 "%02x"' /proc/device-tree/monitor/reg 2>/dev/null | cut -c1-16)

sink_address() { # of $1: where its registers are; for a TRBE, the monitor has its CPU from 1 on
	case $1 in trbe*) echo $((${1#trbe} + 1)); return ;; esac
	d=$(readlink -f "/sys/bus/coresight/devices/$1") && d=${d%/*} && d=${d##*/} && echo $((0x${d%%.*}))
}

# How many bytes of trace the board's own model has taken into sink $1
model_bytes() {
	want=$(sink_address "$1") entry=$((0x$monitor))
	while :; do
		at=$(($(devmem $entry 64)))
		[ "$at" -ne 0 ] || { echo 0; return; }
		[ "$at" -ne "$want" ] || { echo $(($(devmem $((entry + 8)) 64))); return; }
		entry=$((entry + 16))
	done
}

# How often OpenCSD complained: in the dump $1 of raw packets, and in what perf said ($2)
# while it decoded them against the program
decode_errors() {
	cat "$1" "$2" | grep -ciE "$bad_trace"
}
