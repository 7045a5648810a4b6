#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What guest/run takes for a complaint of the kernel, and what a configuration can hide. On
# made-up logs, with made-up configurations.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/guest/configs"
cp -r mk "$tmp"
cp guest/complaints "$tmp/guest"

# config NAME LINE...
config() {
	file=$tmp/guest/configs/$1
	shift
	printf '%s\n' "$@" >"$file"
}
config default 'parameters a=b' CONFIG_A=y
config some 'known BUG: KCSAN: data-race in one[+]' 'known harmless'
config branch 'known BUG: KCSAN: data-race in one[+]|'
config nothing 'known ' 'known harmless'
config wrong 'known BUG: a(' 'known harmless'

# said CONFIG LINE...: what is told of a log that has these lines
said() {
	config=$1
	shift
	{ printf '[    1.0] Linux\r\n'; printf '[    1.1] %s\r\n' "$@"; printf '[    1.2] end\r\n'; } >"$tmp/log"
	out=$("$tmp/guest/complaints" "$config" "$tmp/log" 2>&1)
	out="$? $out"
	tap_note=$out
}

while read -r line; do
	said some "$line"
	is "a complaint: $line" "$out" "0 [    1.1] $line
[    1.2] end"
done <<'EOS'
BUG: sleeping function called from invalid context
BUG kmalloc-64 (Not tainted): Poison overwritten
WARNING: CPU: 0 PID: 1 at kernel/events/core.c:1 f+0x1/0x2
WARNING: possible circular locking dependency detected
BUG: KASAN: slab-use-after-free in f+0x1/0x2
KASAN: null-ptr-deref in range [0x0000000000000000-0x0000000000000007]
BUG: KCSAN: data-race in another+0x1/0x2
UBSAN: array-index-out-of-bounds in a.c:1:2
kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
ODEBUG: free active (active state 0) object: 1 object type: work_struct
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks
refcount_t: underflow; use-after-free.
INFO: task fuzz:123 blocked for more than 120 seconds.
Unable to handle kernel NULL pointer dereference at virtual address 0
Internal error: Oops: 0000000096000004 [#1] SMP
sysfs: cannot create duplicate filename '/devices/a'
EOS
for line in 'harmless' 'kmemleak: Kernel memory leak detector initialized' 'coresight tmc_etr0: probed'; do
	said default "$line"
	is "none: $line" "$out" "1 "
done
said some 'BUG: KCSAN: data-race in one+0x1/0x2'
is "what is known is none" "$out" "1 "
said default 'BUG: KCSAN: data-race in one+0x1/0x2'
like "but in another configuration" "$out" '0 *data-race in one*'
said some 'BUG: KCSAN: data-race in one+0x1/0x2' 'WARNING: after it'
like "nor does it hide what follows" "$out" '0 *WARNING: after it*'
for c in branch nothing wrong; do
	said $c 'coresight tmc_etr0: probed'
	is "a pattern that would hide everything is one: $c" "$out" \
		"0 guest/configs/$c: something that is known matches an empty line, or is no pattern"
done
done_testing
