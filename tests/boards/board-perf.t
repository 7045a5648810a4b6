#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trc_pkt_lister decodes every packet of what perf records in its AUX area: of one thread and
# of all CPUs; to an ETF, which is too small and wraps, to an ETR, and to the CPUs' own trace
# buffers, which have no frames.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
. tests/lib/trace.sh
. tests/lib/snapshot.sh

mkdir -p build/boards
tmp=$(mktemp -d build/boards/perf.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# In the guest: makes perf's file, and perf's dump of it
cat >"$tmp/record" <<'EOS'
cd /out
head -c 8000 /bin/perf >/tmp/file
for run in $runs; do
	sink=${run%-a}
	perf record -q -m ,1M ${run#$sink} -o $run -e cs_etm/${sink#default}/u -- gzip -c /tmp/file >/dev/null
	perf report -D -i $run 2>&1 | grep -aE 'PERF_RECORD_AUX|TRC[A-Z0-9]+' >$run.dump
done
EOS

# number PATTERN: the value after PATTERN in $record
number() {
	value=${record##*"$1"}
	echo $((${value%% *}))
}

# pieces RUN: puts the data of each PERF_RECORD_AUX in a file of its own. The records
# say the place in the AUX area; a PERF_RECORD_AUXTRACE, which the data follows, says
# what part of the area that is.
pieces() {
	n=0
	grep 'PERF_RECORD_AUX offset' "$tmp/$1.dump" | grep -v 'size: 0 ' | while read -r record; do
		cpu=${record%% *} at=$(number 'offset: ') size=$(number 'size: ')
		grep "PERF_RECORD_AUXTRACE .* cpu: $cpu\$" "$tmp/$1.dump" | while read -r record; do
			from=$(number 'offset: ') head=${record#*\[}
			[ "$at" -lt "$from" ] || [ "$at" -ge $((from + $(number 'size: '))) ] || {
				place=${record#* * }
				tail -c +$((${place%% *} + ${head%%]*} + at - from + 1)) "$tmp/$1" |
					head -c "$size" >"$tmp/$1.$n"
			}
		done
		n=$((n + 1))
	done
}

# decodes RUN CORE: whether all pieces of RUN decode
decodes() {
	run=$1 dump=$tmp/$1.dump
	pieces $run
	sed -n 's/^[[:space:]]*\(TRC[A-Z0-9]*\)[[:space:]]*\([0-9a-f]*\)$/\1=0x\2/p' "$dump" |
		grep -v TRCTRACEID | sort -u >"$tmp/regs"
	ids=$(sed -n 's/.*hw_id: 0x[0-9a-f]*\([0-9a-f][0-9a-f]\)$/0x\1/p' "$dump" | sort -u)
	snapshot_format=coresight
	case $run in
	default*)
		snapshot_format=source_data
		ids=${ids%%[!0-9a-fx]*}
		;;
	esac
	records=$(grep 'PERF_RECORD_AUX offset' "$dump" | grep -vc 'size: 0 ')
	done=0 packets=0
	for piece in "$tmp/$run".[0-9]*; do
		# shellcheck disable=SC2086 # a list
		snapshot "$tmp" "${piece##*/}" "$2" $ids
		list "$tmp"
		tap_note=$bad
		grep -q I_ASYNC "$tmp/list" && [ -z "$bad" ] || break
		done=$((done + 1)) packets=$((packets + $(grep -c 'Idx:' "$tmp/list")))
	done
	is "$run: every record's data decodes" "$done" "$records"
	tap_note="$packets packets in $records records"
	echo "# $run: $tap_note"
	ok "$run: it is the trace of a program" test "$packets" -gt 1000
}

# board NAME CORE RUN...: RUN is a sink, or "default", and -a if of all CPUs
board() {
	name=$1 core=$2
	shift 2
	tap_note=$(guest/run -b "$name" -o "$tmp" "runs='$*'
		$(cat "$tmp/record")" 2>&1)
	is "$name: recording ends well" $? 0
	for run; do
		ok "$name, $run: there is a recording" test -s "$tmp/$run.dump"
		decodes "$run" "$core"
	done
	rm -f "$tmp"/*.dump "$tmp"/*.[0-9]*
}

board db410c Cortex-A53 @tmc_etf0 @tmc_etr0 @tmc_etf0-a @tmc_etr0-a
board armv9 Cortex-A76 @tmc_etf0 @tmc_etr0-a default default-a
done_testing
