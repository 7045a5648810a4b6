#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# perf records gzip to every sink in several ways, and what it wrote decodes. Runs
# in the guest. /bin/gzip has symbols; the shell has another gzip of its own.

. ./tap.sh
. ./trace.sh

cd /tmp || exit 1
head -c 16384 /bin/perf >file

record() {
	perf record -q -o data "$@" >/dev/null 2>err
	perf report -D -i data >dump 2>&1
}

# The flags of the PERF_RECORD_AUX records: "" or "T"runcated
flags() {
	sed -n 's/.*PERF_RECORD_AUX offset.*\[\(.*\)\]$/\1/p' dump | sort -u | tr -d '\n'
}

# There is trace, and all of it decodes
decodes() {
	tap_note=$(cat err; grep -E -m 5 "$bad_trace" dump)
	ok "$1: there is trace" grep -q 'I_ASYNC' dump
	is "$1: it decodes" "$(grep -cE "$bad_trace" dump)" 0
}

# enough NAME SINK KIBIBYTES: the trace is flagged as truncated if it is longer than the space
# that there is for it, and only then. A TRBE stops at each half of the AUX area and goes on
# when its interrupt has been handled; the driver flags that as a collision.
enough() {
	keep=$3 flag=T
	case $2 in
	tmc_etf*) keep=64 ;;
	trbe*) keep=$(($3 / 2)) flag=C ;;
	esac
	if [ $((keep * 1024)) -lt "$length" ]; then
		like "$1: it is too small, and the record says so" "$(flags)" "*$flag*"
	else
		is "$1: it is enough" "$(flags)" ''
	fi
}

everywhere=''
cpus=$(cd /sys/devices/system/cpu && echo cpu[0-9]*)
for sink in $(ls /sys/bus/event_source/devices/cs_etm/sinks); do
	reach=''
	for c in $cpus; do
		perf record -q -o data -e "cs_etm/@$sink/u" -C "${c#cpu}" -- true 2>err || continue
		reach="$reach $c"
	done
	if [ -z "$reach" ]; then
		ok "$sink: refused, since no CPU reaches it" grep -q "$sink" err
		continue
	fi
	cpu=${reach# cpu}
	cpu=${cpu%% *}
	on="taskset $(printf %x $((1 << cpu)))"
	length=65537	# what a gzip gives, when it is known: an ETF always has too little
	for size in 16384 4096 1024 256 64; do
		record -m ,${size}K -e "cs_etm/@$sink/u" -C $cpu -- $on /bin/gzip -c file
		[ $size != 16384 ] || [ "$(aux_bytes <dump)" -le $length ] || length=$(aux_bytes <dump)
		decodes "$sink, CPU $cpu, $size KiB"
		enough "$sink, CPU $cpu, $size KiB" "$sink" $size
	done
	if [ "$reach" = " $cpus" ]; then
		everywhere=$sink
		for size in 16384 64; do
			record -m ,${size}K -e "cs_etm/@$sink/u" -a -- $on /bin/gzip -c file
			decodes "$sink, all CPUs, $size KiB"
			enough "$sink, all CPUs, $size KiB" "$sink" $size
		done
		record -m ,4M -e "cs_etm/@$sink/u" -- $on /bin/gzip -c file
		decodes "$sink, one thread"
	else
		record -e "cs_etm/@$sink/u" -a -- true
		ok "$sink, all CPUs: refused, since not all reach it" grep -q "$sink" err
		record -e "cs_etm/@$sink/u" -- true
		ok "$sink, one thread: refused, since not all CPUs reach it" grep -q "$sink" err
	fi
	for size in 1024 64; do
		record -m ,${size}K -S -e "cs_etm/@$sink/u" -C $cpu -- $on \
			sh -c '/bin/gzip -c file; kill -USR2 $PPID; /bin/gzip -c file'
		decodes "$sink, snapshot, $size KiB"
	done
	echo "# $sink: $length bytes on CPU $cpu"
done

# What perf makes of it, of one thread, if there is a sink that all CPUs reach
[ -n "$everywhere" ] || { done_testing; exit; }
record -m ,4M -e "cs_etm/@$everywhere/u" -- gzip -c file
decodes "$everywhere, gzip alone"
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
