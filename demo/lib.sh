# SPDX-License-Identifier: GPL-2.0
# What the demo's guest scripts share. Runs in the guest, under busybox.

. /extra/trace.sh

pmu=/sys/bus/event_source/devices/cs_etm
bad=0 wrong=''
columns='%-7s %-10s %-10s %-42s %9d %6d  %s\n'

# Address and size of the board monitor, out of the device tree
monitor=$(hexdump -ve '1/1 "%02x"' /proc/device-tree/monitor/reg 2>/dev/null | cut -c1-16)

sink_address() { # NAME: where its registers are; a TRBE's address is its CPU's number plus 1
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

# row BOARD ASKED SINK DATA MODEL: prints a line about the recording DATA, all of whose trace
# must be from SINK. MODEL is what the models counted. The row is wrong if $wrong gives a reason.
row() {
	perf report -D -i "$4" >dump 2>err
	perf script -i "$4" --itrace=b -F ip >branches 2>>err
	named=$(recorded_sinks <dump) aux=$(aux_bytes <dump) errors=$(decode_errors dump err)
	[ "$named" = "$3" ] || wrong="perf.data names '$named'"
	[ "$aux" -gt 0 ] || wrong='no AUX data'
	[ "$errors" -eq 0 ] || wrong="$errors decode errors: $(head -1 err)"
	[ -s branches ] || wrong='no branch was decoded'
	# shellcheck disable=SC2059 # the format
	printf "$columns" "$1" "$2" "$named" "$5" "$aux" "$errors" "${wrong:+WRONG: $wrong}"
	[ -z "$wrong" ] || bad=1
	wrong=''
}
