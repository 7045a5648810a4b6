# SPDX-License-Identifier: GPL-2.0
# Functions for tests that record to a sink with perf.

pmu=/sys/bus/event_source/devices/cs_etm
head -c 4000 /bin/busybox >/tmp/file

# What AUX_OUTPUT_HW_ID says of each event and CPU that was traced
hw_ids() {
	"$1" script -D --no-itrace -i data 2>/dev/null | sed -n 's/.*AUX_OUTPUT_HW_ID.* hw_id: \(0x[0-9a-f]*\).*/\1/p'
}

# The names of the sinks that trace went to, each once
recorded() {
	for id in $(hw_ids "${1:-perf}"); do
		for s in "$pmu"/sinks/*; do
			[ $(((id >> 8) & 0xffffffff)) -ne $(($(cat "$s"))) ] || basename "$s"
		done
	done | sort -u | tr '\n' ' '
}

# record PERF EVENT [OPTION...]: leaves $status and $err. $run is what is recorded
run="gzip -nc file"
record() {
	p=$1 e=$2
	shift 2
	status=0
	rm -f data
	# shellcheck disable=SC2086 # a command
	"$p" record -e "$e" -o data "$@" -- $run >/dev/null 2>err || status=$?
	err=$(cat err)
	tap_note=$err
}

works() { # NAME PERF EVENT SINK [OPTION...]
	n=$1 p=$2 e=$3 s=$4
	shift 4
	record "$p" "$e" "$@"
	is "$n: $e${*:+ $*}" "$status $(recorded "$p")" "0 $s "
}

cd /tmp || exit 1
