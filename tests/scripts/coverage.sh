# SPDX-License-Identifier: GPL-2.0
# Leaves in /out/gcov what the kernel and perf have counted; for "make coverage".
. ./tap.sh

n=0
# perf writes where it was built, below the root of the guest.
for f in $(find /sys/kernel/debug/gcov -name '*.gcda' 2>/dev/null; find / -xdev -name '*.gcda'); do
	to=/out/gcov/${f##*/linux-coverage/}
	mkdir -p "${to%/*}"
	cat "$f" >"$to" && n=$((n + 1))
done
ok "there are counts" [ $n -gt 0 ]
done_testing
