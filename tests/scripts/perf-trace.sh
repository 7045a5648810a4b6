#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# perf records gzip to every sink in several ways, and what it wrote decodes; and it is refused
# where boards/BOARD/expect says that the sink is out of reach, and nowhere else. Runs in the
# guest. /bin/gzip has symbols; the shell has another gzip of its own.

. ./tap.sh
. ./trace.sh
. ./expect

cd /tmp || exit 1
head -c 16384 /bin/perf >file

record() {
	perf record -q -o data "$@" >/dev/null 2>err
	status=$?
	perf report -D -i data >dump 2>&1
}

# cpus_of LIST: the CPUs of a list like 0-2,5; - has none
cpus_of() {
	for part in $(echo "$1" | sed 's/^-$//; y/,/ /'); do
		seq "${part%-*}" "${part#*-}"
	done | xargs
}

# refused WHAT CPU: what was recorded last was refused, as that CPU does not reach the sink
refused() {
	tap_note=$(cat err)
	ok "$1: refused" [ $status -ne 0 ]
	like "$1: since CPU $2 does not reach it" "$tap_note" "*CPU $2 does not reach that sink*"
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
# shellcheck disable=SC2154 # from ./expect
all=$(seq 0 $((cpus - 1)) | xargs)
sinks=$(ls /sys/bus/event_source/devices/cs_etm/sinks)
is "the sinks" "$sinks" "$(echo "$reach" | sed 's/ .*//')"
for sink in $sinks; do
	reaching=$(cpus_of "$(echo "$reach" | sed -n "s/^$sink //p")")
	taken='' out=''
	for c in $all; do
		if perf record -q -o data -e "cs_etm/@$sink/u" -C $c -- true 2>err; then
			taken="$taken $c"
		else
			status=1
			refused "$sink, CPU $c" $c
			: "${out:=$c}"
		fi
	done
	is "$sink: it can be chosen for the CPUs that reach it" "${taken# }" "$reaching"
	[ -n "$reaching" ] || continue
	cpu=${reaching%% *}
	on="taskset $(printf %x $((1 << cpu)))"
	length=65537	# what a gzip gives, when it is known: an ETF always has too little
	for size in 16384 4096 1024 256 64; do
		record -m ,${size}K -e "cs_etm/@$sink/u" -C $cpu -- $on /bin/gzip -c file
		[ $size != 16384 ] || [ "$(aux_bytes <dump)" -le $length ] || length=$(aux_bytes <dump)
		decodes "$sink, CPU $cpu, $size KiB"
		enough "$sink, CPU $cpu, $size KiB" "$sink" $size
	done
	if [ "$reaching" = "$all" ]; then
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
		refused "$sink, all CPUs" $out
		record -e "cs_etm/@$sink/u" -- true
		refused "$sink, one thread" $out
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
