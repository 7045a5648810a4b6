#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# As truth.t, but each CPU's own trace buffer (TRBE) is too small: it fills, its interrupt
# comes, and it begins again. Nothing that is decoded may differ from what was run, and if
# anything is missing, a record must say so. In all ways to record. TRUTH_SCALE makes the
# program run longer.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. tests/lib/tap.sh
. tests/lib/trace.sh
. tests/truth/decode.sh

dir=build/truth
limit=${TRUTH_LIMIT:-600}
board=${TRUTH_BOARD:-armv9}
mkdir -p $dir
tmp=$(mktemp -d $dir/wrap.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/extra" "$tmp/log"
tests/lib/programs build/truth/compare || exit 1

# record NAME LENGTH OPTION...: also makes the program, at an address of its own. It runs
# on CPU 1 from the start, as a thread that moves is not decoded by perf: see board.md.
at=0x6d0
ranges='' run='' names=''
record() {
	name=$1 program="./$1 table $(($2 * ${TRUTH_SCALE:-1}))"
	shift 2
	${cross}gcc -O2 -g -Wall -pthread -static -no-pie -Wl,-Ttext-segment=${at}0000000 \
		-o "$tmp/extra/$name" tests/truth/programs.c || exit 1
	case $name in
	snapshot) program="sh -c '$program; kill -USR2 \$PPID; sleep 1; $program; kill -USR2 \$PPID; sleep 1'" ;;
	unread) program="sh -c 'kill -STOP \$PPID; $program; kill -CONT \$PPID'" ;;
	# perf reads late: the event is off until it has read, and on again, many times
	late) program="sh -c 'while sleep 0.02; do kill -STOP \$PPID; sleep 0.05; kill -CONT \$PPID; done & $program
		kill \$!; kill -CONT \$PPID'" ;;
	esac
	run="$run taskset 2 perf record -q -o /out/$name.data $* -- $program;"
	ranges="$ranges ${at}0000000 $tmp/$name" names="$names $name"
	at=$(printf '0x%x' $((at + 1)))
}

record small 40000 -e cs_etm//u -m ,64K
record middle 40000 -e cs_etm//u -m ,256K
record large 12000 -e cs_etm//u -m ,16M
record all 12000 -e cs_etm//u -m ,64K -a
record thread 12000 -e cs_etm//u -m ,64K --per-thread
record named 12000 -e cs_etm/@trbe1/u -m ,64K -C 1
record named-thread 12000 -e cs_etm/@trbe1/u -m ,64K --per-thread
record unread 12000 -e cs_etm//u -m ,64K
record late 40000 -e cs_etm//u -m ,64K
record snapshot 12000 -e cs_etm//u -m ,64K -S -C 1

tap_note=$(guest/run -b "$board" -e "$tmp/extra" -o "$tmp/extra" -t "$limit" \
	-q "-d exec,nochain,in_asm,int,tid -dfilter 0x6d00000000+0x100000000 -D $tmp/log/%d" \
	"cd /extra; $run true" 2>&1)
is 'recording' $? 0
# shellcheck disable=SC2086 # $names are words
tap_note=$(decode "$tmp" "RECORD_AUX offset|$bad_trace" $names 2>&1)
is 'decoding' $? 0

# shellcheck disable=SC2086 # $ranges are words
$dir/compare -g "$tmp/log" $ranges >"$tmp/result"
sed 's/^[^#]/# &/' "$tmp/result"
is 'the log is understood' "$(head -n 1 "$tmp/result")" '0 steps unexplained, 0 blocks left half-way'
for name in $names; do
	tap_note=$(grep "/$name:" "$tmp/result"; cat "$tmp/$name.err")
	gaps=$(sed -n "s,.*/$name: \([0-9]*\) gaps.*,\1,p" "$tmp/result")
	# 0x100 says that there are no frames, 8 is a collision, 1 a truncation
	flagged=$(grep -cE 'RECORD_AUX offset.* flags: 0x10[1-9a-f] ' "$tmp/$name.said")
	ok "$name: no difference" \
		grep -q "/$name: [1-9][0-9]* branches equal on [1-9] CPUs, 0 differences" "$tmp/result"
	tap_note="$gaps gaps, $flagged records say so"
	[ "$name" = snapshot ] ||
		ok "$name: there is no gap that no record tells of" test "$gaps" -le "$flagged"
	is "$name: every packet is good" "$(grep -av RECORD_AUX "$tmp/$name.said" | head -n 3)" ''
	echo "# $name: $tap_note"
done
tap_note=$(cat "$tmp/large.said")
is 'a buffer that is big enough has no gap' \
	"$(sed -n 's,.*/large: \([0-9]*\) gaps.*,\1,p' "$tmp/result")" 0
tap_note=$(cat "$tmp/unread.said")
ok 'a buffer that nobody reads says TRUNCATED' grep -q '\[.*T.*\]' "$tmp/unread.said"
[ -z "${TRUTH_KEEP:-}" ] || mv "$tmp" "$TRUTH_KEEP"
done_testing
