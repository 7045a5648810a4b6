#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# perf records gzip to every sink in several ways, and what it wrote decodes. Runs
# in the guest; gzip must be /bin/gzip, with symbols.

. ./tap.sh

bad='I_BAD_SEQUENCE|I_RESERVED|I_UNKNOWN|OCSD_ERR|decode error|failed to'
cd /tmp || exit 1
head -c 30720 /bin/perf >file

record() {
	perf record -q -o data "$@" >/dev/null 2>err
	perf report -D -i data >dump 2>&1
}

# The flags of the PERF_RECORD_AUX records: "" or "T"runcated
flags() {
	sed -n 's/.*PERF_RECORD_AUX offset.*\[\(.*\)\]$/\1/p' dump | sort -u | tr -d '\n'
}

# What there is of trace, and that all of it decodes
decodes() {
	tap_note=$(cat err; grep -E -m 5 "$bad" dump)
	ok "$1: there is trace" grep -q 'I_ASYNC' dump
	is "$1: it decodes" "$(grep -cE "$bad" dump)" 0
}

# The last sink of each kind; an ETF keeps 64 KiB, so it may not be enough.
for sink in $(ls /sys/bus/event_source/devices/cs_etm/sinks | grep -e etf0 -e etr); do
	# One that reaches it
	cpu=0 mask=1
	perf record -q -o data -e "cs_etm/@$sink/u" -C 0 -- true 2>/dev/null || { cpu=3 mask=8; }
	for size in 64K 16M; do
		record -m ,$size -e "cs_etm/@$sink/u" -C $cpu -- taskset $mask gzip -c file
		decodes "$sink, CPU $cpu, $size"
		case $sink:$size in
		tmc_etr*:16M) is "$sink: $size is enough" "$(flags)" '' ;;
		*) is "$sink: $size is not, and the record says so" "$(flags)" T ;;
		esac
	done
	record -m ,64K -S -e "cs_etm/@$sink/u" -C $cpu -- taskset $mask \
		sh -c 'gzip -c file; kill -USR2 $PPID; gzip -c file'
	decodes "$sink, snapshot"
done

# What perf makes of it, of one thread
record -m ,4M -e "cs_etm/@$sink/u" -- gzip -c file
decodes "$sink, one thread"
perf report -i data --stdio --itrace=i1000i >report 2>err
tap_note=$(cat err; head -n 20 report)
ok "report names gzip's functions" grep -q 'gzip.*\(longest_match\|deflate\)' report
perf inject -i data -o injected --itrace=i10000i 2>err
perf script -i injected -F ip,sym >script 2>>err
tap_note=$(cat err; head -n 5 script)
ok "inject writes samples" grep -q 'longest_match' script
perf script -i data --itrace=b -F +flags,+insn >script 2>err
tap_note=$(cat err; head -n 5 script)
ok "script tells calls, returns and instructions" \
	[ "$(grep -o -w -m 2000 'call\|return\|insn:' script | sort -u | wc -l)" -eq 3 ]
done_testing
