# SPDX-License-Identifier: GPL-2.0
# Functions for tests that record to a sink with perf.

pmu=/sys/bus/event_source/devices/cs_etm
head -c 4000 /bin/busybox >/tmp/file

# The name of the sink that the trace went to
recorded() {
	id=$("${1:-perf}" script -D -i data 2>/dev/null |
		sed -n 's/.*AUX_OUTPUT_HW_ID.* hw_id: \(0x[0-9a-f]*\).*/\1/p' | head -n 1)
	for s in $pmu/sinks/*; do
		[ -z "$id" ] || [ $(((id >> 8) & 0xffffffff)) -ne $(($(cat "$s"))) ] || basename "$s"
	done
}

# record PERF EVENT [OPTION...]: leaves $status and $err
record() {
	p=$1 e=$2
	shift 2
	status=0
	rm -f data
	"$p" record -e "$e" -o data "$@" -- gzip -nc file >/dev/null 2>err || status=$?
	err=$(cat err)
	tap_note=$err
}

works() { # NAME PERF EVENT SINK
	record "$2" "$3"
	is "$1: $3" "$status $(recorded "$2")" "0 $4"
}

cd /tmp || exit 1
