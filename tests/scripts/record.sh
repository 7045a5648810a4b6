# SPDX-License-Identifier: GPL-2.0
# Functions for tests that record to a sink with perf.

. ./trace.sh
# What is recorded of threads that run already; their IDs follow
ran="sh $PWD/ran.sh"
pmu=/sys/bus/event_source/devices/cs_etm
head -c 500 /bin/busybox >/tmp/file

# dump PERF: of what was recorded
dump() {
	"$1" script -D --no-itrace -i data 2>/dev/null
}

# record PERF EVENT [OPTION...]: leaves $status and $err. $run is what is recorded
run="gzip -nc file"
record() {
	p=$1 e=$2
	shift 2
	status=0
	rm -f data
	# shellcheck disable=SC2086 # a command
	$p record -e "$e" -o data "$@" -- $run >/dev/null 2>err || status=$?
	err=$(cat err)
	tap_note=$err
}

works() { # NAME PERF EVENT SINK [OPTION...]
	n=$1 p=$2 e=$3 s=$4
	shift 4
	record "$p" "$e" "$@"
	is "$n: $e${*:+ $*}" "$status $(dump "$p" | recorded_sinks)" "0 $s"
}

cd /tmp || exit 1
