#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# As truth.t, for the kernel: all that one CPU ran at EL1 while programs made system
# calls and took signals on it, interrupts and all. QEMU's log of the kernel is too
# big to keep from the start, so its monitor switches it on when the guest asks.
# TRUTH_LEAST is how many branches there must be, TRUTH_CPU (1) is the CPU.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. tests/lib/tap.sh
. tests/lib/trace.sh
. tests/truth/decode.sh

dir=build/truth
limit=${TRUTH_LIMIT:-600}
board=${TRUTH_BOARD:-juno}
event=${TRUTH_EVENT-@tmc_etr0}
cpu=${TRUTH_CPU:-1}
mkdir -p $dir
tmp=$(mktemp -d $dir/kernel.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/extra" "$tmp/log"
mkfifo "$tmp/monitor.in" "$tmp/monitor.out" "$tmp/said"

${cross}gcc -O2 -g -Wall -pthread -static -o "$tmp/extra/programs" \
	tests/truth/programs.c
tests/lib/programs build/truth/compare || exit 1

# The host answers by a change of the disk's size. The work ends as it begins: trace that
# begins late or ends early lacks system calls.
cat >"$tmp/extra/work" <<EOS
size=\$(cat /sys/block/vda/size)
echo ready
while [ "\$(cat /sys/block/vda/size)" = "\$size" ]; do sleep 0.1; done
echo enable >/tmp/control; read ack </tmp/ack
./programs syscalls $((5 * ${TRUTH_SCALE:-1}))
./programs signals $((3 * ${TRUTH_SCALE:-1}))
./programs syscalls $((5 * ${TRUTH_SCALE:-1}))
echo disable >/tmp/control; read ack </tmp/ack
echo done
EOS
# perf keeps the kernel's text as it is then, patched, with the recording
echo "event=$event cpu=$cpu mask=$(printf %x $((1 << cpu)))" >"$tmp/extra/run"
cat >>"$tmp/extra/run" <<'EOS'
cd /extra
sed -n 's/ .* __arm64_sys_getppid$//p' /proc/kallsyms >/out/getppid
mkfifo /tmp/control /tmp/ack
# The kernel patches getrandom() once it has enough random bits: not while it is traced
head -c 1 /dev/random >/dev/null
until dmesg | grep -q 'crng init done'; do sleep 0.1; done
sleep 0.5
perf record -C $cpu -D -1 --control fifo:/tmp/control,/tmp/ack -m ,16M --kcore -o /out/kernel.data -e cs_etm/$event/k -- taskset $mask sh ./work
EOS

# The monitor answers the second command when it has done the first.
monitor() {
	printf '%s\ninfo version\n' "$1" >"$tmp/monitor.in"
	timeout "$limit" sed -n '/^[0-9]*\.[0-9]*\.[0-9]*/q' <"$tmp/monitor.out"
}

guest/run -b "$board" -e "$tmp/extra" -o "$tmp/extra" -t "$limit" \
	-q "-d tid -D $tmp/log/%d -dfilter 0xffff800000000000+0x7fffffffffff
	-chardev pipe,id=log,path=$tmp/monitor -mon chardev=log" \
	'. /extra/run' >"$tmp/said" 2>&1 &
run=$!
while read -r line; do
	case $line in
	ready)
		monitor 'log exec,nochain,in_asm,int'
		monitor 'block_resize out 5G'
		;;
	done) monitor 'log none' ;;
	*) echo "$line" ;;
	esac
done <"$tmp/said" >"$tmp/other"
wait $run
status=$?
tap_note=$(cat "$tmp/other")
is 'recording' $status 0
tap_note=$(decode "$tmp" "lost|RECORD_LOST|RECORD_AUX offset|$bad_trace" kernel 2>&1)
is 'decoding' $? 0
$dir/compare -e "$(cat "$tmp/extra/getppid")" "$tmp/log" 0xffff800000000000+0x7fffffffffff "$tmp/kernel" >"$tmp/result"
sed 's/^[^#]/# &/' "$tmp/result"
tap_note=$(cat "$tmp/kernel.err")
like 'the log is understood' "$(head -n 1 "$tmp/result")" '0 steps unexplained, [0-9] blocks *'
ok 'no difference' \
	grep -q '/kernel: [1-9][0-9]* branches equal on [1-9] CPUs, 0 differences' "$tmp/result"
total=$(sed -n 's,.*/kernel: \([0-9]*\) branches equal.*,\1,p' "$tmp/result")
ok "$total branches in all" test "${total:-0}" -ge "${TRUTH_LEAST:-1}"
# If the trace ends early, what is left of it is still equal: look at how much there is
read -r ran traced calls <<EOS
$(sed -n 's,.*/kernel: \([0-9]*\) ran\, \([0-9]*\) traced\, \([0-9]*\) entries$,\1 \2 \3,p' "$tmp/result")
EOS
[ "${ran:-0}" -lt "${traced:-0}" ] && least=$ran || least=${traced:-1}
ok 'that is all but a tenth of what ran and was traced' test "${total:-0}" -ge $((least * 9 / 10))
is "each system call that the program made is in it" "${calls:-0}" $((10 * ${TRUTH_SCALE:-1}))
# Without a record of trace, none could be bad: so there must be some
is 'nothing is lost or bad' "$(grep -aEv 'RECORD_AUX .* flags: 0(x100)? ' "$tmp/kernel.said" | head -n 5) $(
	grep -ac 'RECORD_AUX offset' "$tmp/kernel.said" | sed 's/^[1-9].*/some/')" ' some'
[ -z "${TRUTH_KEEP:-}" ] || mv "$tmp" "$TRUTH_KEEP"
done_testing
