#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The tests of patches/fixes fail on the kernel without it, each for the reason that its
# patch gives. What is not here:
#
#   0004 enable_source: reload.c, which needs CONFIG=modules: "make soak" runs it. On this
#        kernel it hangs: guest/run -k none -c modules -e build/tests /extra/reload
#   0005 paths while drivers go: a use after free that only KASAN sees: percpu_reload.c under
#        CONFIG=kasan, see docs/reliability.md

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

tests/lib/programs all build/tests/meet-none/meet.ko || exit 1
cp tests/scripts/meet.sh tests/scripts/load-meet.sh build/tests
tmp=$(mktemp -d build/guest/fixes.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# base [OPTION...] COMMAND: leaves $out, of stdout, and the console's log in $tmp/log
base() {
	out=$(guest/run -b juno -k none -e build/tests -l "$tmp/log" "$@" 2>"$tmp/err")
	tap_note=$out
}

logged() {
	ok "$1" grep -aqE "$2" "$tmp/log"
}

for sink in etf etr; do
	base "/extra/owner tmc_${sink}0"
	logged "0001, $sink: a user's mmap() for an event without an owner oopses" 'Unable to handle kernel NULL'
	logged "0001, $sink: where the driver asks for its PID" "pc : tmc_alloc_${sink}_buffer"
done

base -s '/extra/fixes32; /extra/fixes'
like "0002: an ETF that is a sink and a link does not record" "$out" \
	'*not ok*an ETF that is a sink: and it is nothing else*'
logged "0002: and is out of count" 'WARNING: .*coresight-tmc-etf.c'
like "0002: a buffer of an ETF that sysfs could not have" "$out" \
	'*not ok * an ETF that sysfs wants: its buffer is freed once, 64 bit*'
logged "0002: is freed and then used" 'WARNING: .* free_large_kmalloc'
like "0003: two kinds of buffers of an ETR" "$out" "*not ok * an ETR's buffer per thread, freed first*"
logged "0003: which are taken for each other" 'WARNING: .* tmc_free_etr_buffer'
for bits in 64 32; do
	like "0008: SET_OUTPUT with -1, $bits bit" "$out" "*not ok * SET_OUTPUT with -1 undoes it, $bits bit*"
done
like "0009: an AUX area of another event's buffer" "$out" '*not ok * no AUX area for an event that is redirected*'
logged "0009: saturates a reference count" 'refcount_t: addition on 0'

# CPUs that stop together are the last to use the sink; and one starts before they give it up
for sink in etr etf; do
	base -s "mkdir /tmp/meet && cd /tmp/meet && cp /extra/meet /extra/meet-none/meet.ko /extra/*meet.sh . &&
		sh meet.sh tmc_${sink}0"
	like "0010, $sink: nobody takes the trace" "$out" \
		"*not ok *of two CPUs that stop together one takes the trace: 0 times*"
	like "0010, $sink: who starts takes the trace of another" "$out" \
		"*not ok *1 that stop, one starts: it records its own, 0 times*"
done
# It is luck which memory is used again: one run of eight shows nothing
base -s 'for i in 1 2 3 4 5 6; do
	su nobody -s /bin/sh -c "/extra/freed tmc_etr0" >/tmp/freed
	cat /tmp/freed
	! grep -qE "^not ok .*(that was freed|of the other)" /tmp/freed || break
done'
echo "$out" >"$tmp/freed"
ok "0003: a user has the ETR write to a buffer that was freed, or lose what another records" \
	grep -qE '^not ok .*(that was freed|of the other)' "$tmp/freed"

base -s -b split '/extra/freed tmc_etr0'
like "0003: two ETRs write to one buffer" "$out" "*not ok *tmc_etr1 does not write to the buffer that tmc_etr0 writes to*"

# Each of the next leaves something behind, so it has a guest to itself
base -s '/extra/leaks'
like "0007: the device that config2 names is kept" "$out" '*not ok * devices chosen by config2 are freed*'
base -s '/extra/fault'
like "0006: what is left of a path that was not built holds the module" "$out" \
	"*not ok * no reference to the sinks' module is left*"
done_testing
