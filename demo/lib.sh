# SPDX-License-Identifier: GPL-2.0
# What the demo's guest scripts share. Runs in the guest, under busybox.

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

# The sinks that the AUX_OUTPUT_HW_ID records of the dump $1 name
recorded_sinks() {
	sed -n 's/.*AUX_OUTPUT_HW_ID.* hw_id: \(0x[0-9a-f]*\).*/\1/p' "$1" | sort -u |
	while read -r id; do
		for s in $pmu/sinks/*; do
			[ $(((id >> 8) & 0xffffffff)) -ne $(($(cat $s))) ] || basename $s
		done
	done | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# Bytes of trace that the PERF_RECORD_AUX records of the dump $1 account for
aux_bytes() {
	total=0
	for size in $(sed -n 's/.*PERF_RECORD_AUX offset: [^ ]* size: \(0x[0-9a-f]*\|0\) .*/\1/p' "$1"); do
		total=$((total + size))
	done
	echo $total
}

# Records that OpenCSD did not like: in the dump $1 of raw packets, and in what
# perf said ($2) while it decoded them against the program
decode_errors() {
	cat "$1" "$2" | grep -ciE 'I_BAD_SEQUENCE|I_RESERVED|I_UNKNOWN|OCSD_ERR|decode error|failed to|trace errors'
}
