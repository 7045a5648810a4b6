# SPDX-License-Identifier: GPL-2.0
# What the demo's guest scripts share. Runs in the guest, under busybox.

. /extra/trace.sh

pmu=/sys/bus/event_source/devices/cs_etm
bad=0 wrong=''
columns='%-7s %-10s %-10s %-42s %9d %6d  %s\n'

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
