# SPDX-License-Identifier: GPL-2.0
# What perf's dump of a recording (perf report -D) says of its trace. For test scripts in
# sh, on the host and in the guest alike; the demo uses it too.

# What no trace may have, in the words of perf and of OpenCSD
bad_trace='I_BAD_SEQ|I_RESERVED|I_UNKNOWN|OCSD_ERR|[Ee]rror|failed to'

# hw_ids: what the AUX_OUTPUT_HW_ID records of the dump on stdin say
hw_ids() {
	sed -n 's/.*AUX_OUTPUT_HW_ID.* hw_id: \(0x[0-9a-f]*\).*/\1/p'
}

# recorded_sinks: the names of the sinks in these records, each once. Only in the guest, where
# the PMU's sysfs has the names.
recorded_sinks() {
	hw_ids | sort -u | while read -r id; do
		for s in /sys/bus/event_source/devices/cs_etm/sinks/*; do
			[ $(((id >> 8) & 0xffffffff)) -ne $(($(cat "$s"))) ] || basename "$s"
		done
	done | sort -u | xargs
}

# aux_bytes: the bytes of trace that the PERF_RECORD_AUX records of the dump on stdin
# account for
aux_bytes() {
	total=0
	for size in $(sed -n 's/.*PERF_RECORD_AUX offset: [^ ]* size: \([^ ]*\) .*/\1/p'); do
		total=$((total + size))
	done
	echo $total
}

# sink_address NAME: where its registers are; a TRBE's address is its CPU's number plus 1. Only
# in the guest, as is the next.
sink_address() {
	case $1 in trbe*) echo $((${1#trbe} + 1)); return ;; esac
	d=$(readlink -f "/sys/bus/coresight/devices/$1") && d=${d%/*} && d=${d##*/} && echo $((0x${d%%.*}))
}

# model_bytes NAME: how many bytes of trace the board's own model has taken into that sink
model_bytes() {
	want=$(sink_address "$1")
	# Address and size of the board monitor, out of the device tree
	entry=$((0x$(hexdump -ve '1/1 "%02x"' /proc/device-tree/monitor/reg | cut -c1-16)))
	while :; do
		at=$(($(devmem $entry 64)))
		[ "$at" -ne 0 ] || { echo 0; return; }
		[ "$at" -ne "$want" ] || { echo $(($(devmem $((entry + 8)) 64))); return; }
		entry=$((entry + 16))
	done
}
