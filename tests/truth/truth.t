#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What perf decodes from the trace of programs is what QEMU's log of executed
# blocks says that they ran, branch by branch. TRUTH_SCALE makes them run longer,
# TRUTH_PROGRAMS runs others (NAME:COUNT...), TRUTH_KEEP keeps it all in a new directory.
# TRUTH_LEAST is how many branches there must be. TRUTH_BOARD is the board, TRUTH_EVENT what
# is between the slashes of cs_etm's event.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. tests/lib/tap.sh
. tests/lib/trace.sh
. tests/truth/decode.sh

dir=build/truth
scale=${TRUTH_SCALE:-1} limit=${TRUTH_LIMIT:-600}
board=${TRUTH_BOARD:-juno} event=${TRUTH_EVENT-@tmc_etr0}
mkdir -p $dir
tmp=$(mktemp -d $dir/run.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/extra" "$tmp/log"
cp tests/truth/attach.sh "$tmp/extra"

# NAME:COUNT of tests/truth/programs.c, in a32 and t32 for AArch32; gzip is linked anew,
# like them. per-thread and per-cpu are the two ways of perf record -p, of a program whose
# threads sleep together and end together.
programs=${TRUTH_PROGRAMS:-recursion:16 table:$((3000 * scale)) signals:$((100 * scale))
	syscalls:$((300 * scale)) naps:$((40 * scale)) gzip:$((4 * scale)) filter:16
	startstop:$((1000 * scale)) threads:$((300 * scale))
	allcpus:$((300 * scale)) together:$((5 * scale))
	per-thread:$((10 * scale)) per-cpu:$((10 * scale))
	a32:$((300 * scale)) t32:$((20 * scale))}

# symbol PROGRAM NAME: its address
symbol() {
	printf 0x; ${cross}nm "$1" | sed -n "s/ t $2\$//p"
}

# Each program has addresses of its own, by which the comparison knows it
ranges='' run='' names=''
# 0x100 says that a TRBE's trace has no frames
bad="lost|RECORD_LOST|RECORD_AUX .* flags: 0x([^1]|1[^0]|10[^0])|$bad_trace"
at=0x6d0 at32=0x4
for p in $programs; do
	name=${p%:*}
	filter='' part='' mode='' cpu=''
	flags="-static -no-pie -Wl,-Ttext-segment=${at}0000000"
	# shellcheck disable=SC2086 # $flags are words
	case $name in
	gzip)
		${cross}gcc $flags -o "$tmp/extra/$name" build/guest/gzip/*.o \
			build/guest/gzip/libver.a build/guest/gzip/lib/libgzip.a
		args="-c /tmp/file >/dev/null"
		run="$run head -c $((${p#*:} * 1024)) /bin/perf >/tmp/file;"
		;;
	filter)
		${cross}gcc -O2 -g -Wall -pthread $flags -o "$tmp/extra/$name" \
			tests/truth/programs.c
		args="recursion ${p#*:}"
		filter="--filter 'filter fib @ ./filter'"
		base=$(symbol "$tmp/extra/$name" fib)
		part=+0x$(${cross}nm -S "$tmp/extra/$name" | sed -n 's/^[^ ]* \([^ ]*\) t fib$/\1/p')
		;;
	startstop)
		${cross}gcc -O2 -g -Wall -pthread $flags -o "$tmp/extra/$name" \
			tests/truth/programs.c
		args="table ${p#*:}"
		filter="--filter 'start op_mul @ ./startstop, stop op_xor @ ./startstop'"
		part=@$(symbol "$tmp/extra/$name" op_mul)-$(symbol "$tmp/extra/$name" op_xor)
		cpu='taskset 2'
		;;
	per-thread | per-cpu)
		${cross}gcc -O2 -g -Wall -pthread $flags -o "$tmp/extra/$name" \
			tests/truth/programs.c
		part=@$(symbol "$tmp/extra/$name" traced_from)
		# The ways in which perf traces the threads of a program that runs
		mode='-m ,16M'
		[ "$name" = per-cpu ] || mode='--per-thread --sample-cpu -m ,4M'
		;;
	a32 | t32)
		case $name in
		a32) set=-marm args="table ${p#*:}" ;;
		t32) set=-mthumb args="signals ${p#*:}" ;;
		esac
		${cross32}gcc $set -O2 -g -Wall -pthread -static -no-pie \
			-Wl,-Ttext-segment=${at32}0000000 -o "$tmp/extra/$name" tests/truth/programs.c
		;;
	*)
		${cross}gcc -O2 -g -Wall -pthread $flags -o "$tmp/extra/$name" \
			tests/truth/programs.c
		args="$name ${p#*:}"
		# The same threads, with whatever else runs on their CPUs
		[ "$name" != allcpus ] || args="threads ${p#*:}" mode='-a -m ,16M'
		;;
	esac
	case $name in
	per-*) run="$run attach $name ${p#*:} $mode -e cs_etm/${event:+$event,}contextid/u;" ;;
	*) run="$run perf record ${mode:--m ,16M} -o /out/$name.data -e cs_etm/$event/u $filter -- $cpu ./$name $args;" ;;
	esac
	names="$names $name"
	case $name in
	filter) ;;
	a32 | t32) base=${at32}0000000 at32=$(printf '0x%x' $((at32 + 1))) ;;
	*) base=${at}0000000 ;;
	esac
	ranges="$ranges $base$part $tmp/$name"
	at=$(printf '0x%x' $((at + 1)))
done
tests/lib/programs build/truth/compare build/truth/by-cpu || exit 1

tap_note=$(guest/run -b "$board" -e "$tmp/extra" -o "$tmp/extra" -t "$limit" \
	-q "-d exec,nochain,in_asm,int,tid -dfilter 0x6d00000000+0x100000000,0x40000000+0x20000000 -D $tmp/log/%d" \
	"cd /extra; . ./attach.sh; $run true" 2>&1)
is 'recording' $? 0
if [ -e "$tmp/extra/per-thread.data" ]; then
	tap_note=$($dir/by-cpu "$tmp/extra/per-thread.data" 2>&1)
	is "per-thread: each thread stayed on a CPU, $tap_note" $? 0
fi
# shellcheck disable=SC2086 # $names are words
tap_note=$(decode "$tmp" "$bad|RECORD_AUX offset" $names 2>&1)
is 'decoding' $? 0
# shellcheck disable=SC2086 # $ranges are words
$dir/compare "$tmp/log" $ranges >"$tmp/result"
sed 's/^[^#]/# &/' "$tmp/result"
tap_note=
is 'the log is understood' "$(head -n 1 "$tmp/result")" '0 steps unexplained, 0 blocks left half-way'
for p in $programs; do
	name=${p%:*}
	tap_note=$(grep "/$name:" "$tmp/result"; cat "$tmp/$name.err")
	ok "$name: no difference" \
		grep -q "/$name: [1-9][0-9]* branches equal on [1-9] CPUs, 0 differences" "$tmp/result"
	# Without a record of trace, none could be bad: so there must be some
	is "$name: nothing is lost or bad" "$(grep -aE -m 5 "$bad" "$tmp/$name.said") $(
		grep -ac 'RECORD_AUX offset' "$tmp/$name.said" | sed 's/^[1-9].*/some/')" " some"
done
if [ -e "$tmp/extra/naps.data" ]; then
	tap_note=$(decode_by_time "$tmp" naps 2>&1)
	for f in naps naps.by-time; do
		sort -s -k 1,1 "$tmp/$f" >"$tmp/$f.sorted"
	done
	tap_note=$(diff "$tmp/naps.sorted" "$tmp/naps.by-time.sorted" | head; wc -l "$tmp"/naps*.sorted)
	ok "naps: the same branches of each CPU, decoded by time" cmp -s "$tmp/naps.sorted" "$tmp/naps.by-time.sorted"
fi
total=$(sed -n 's/.*: \([0-9]*\) branches equal.*/\1/p' "$tmp/result" | paste -sd+ - | bc)
tap_note=
ok "$total branches in all" test "$total" -ge "${TRUTH_LEAST:-1}"
[ -z "${TRUTH_KEEP:-}" ] || mv "$tmp" "$TRUTH_KEEP"
done_testing
