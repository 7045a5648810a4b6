#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# ROOT=debian is a complete Debian, a fresh one for each guest, and guest/run can do with this
# root all that it can do with another.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
export ROOT=debian

# run COMMAND: leaves $status and $out
run() {
	status=0
	out=$(guest/run -b juno -r debian -t 120 "$1" 2>&1) || status=$?
	tap_note=$out
}

own() {
	start=$(date +%s)
	run 'true'
	is "it boots" "$status $out" "0 "
	ok "in a minute" [ $(($(date +%s) - start)) -le 60 ]
	run '. /etc/os-release; echo $ID; findmnt -no FSTYPE /
		stat -c %a /tmp; id -u user; ls /proc/self/root/ | grep -cx -e initramfs -e disk -e debootstrap'
	is "Debian, on a disk, with the accounts of other roots, and nothing of how it was made" "$out" \
		"debian
ext2
1777
1000
0"
	run 'touch /mark /var/lib/dpkg/mark && rm /bin/cat && sync'
	is "a guest can change anything" "$status $out" "0 "
	run 'ls /mark /var/lib/dpkg/mark 2>/dev/null; cat /etc/hostname >/dev/null'
	is "and the next has nothing of that" "$status $out" "0 "
	run 'for p in perf perf-old; do $p --version; done; /selftests/drv_config -l 2>&1 | grep -c FIXTURE
		trc_pkt_lister -help | grep -c "^Trace Packet Lister"; ldd /bin/perf | grep "not found"; echo a | gzip | gzip -d'
	like "what each root has runs" "$out" "perf version *perf version *
1
[1-9]*
a"
	run 'perf record -o /tmp/data -e cs_etm/@tmc_etr0/u -- gzip -c /etc/passwd >/dev/null 2>&1
		perf script -i /tmp/data --itrace=b -F ip,sym 2>/dev/null | grep -c deflate'
	like "perf decodes what a program did" "$status $out" "0 [1-9][0-9][0-9]*"
	done_testing
}

{
	own
	tests/rig/runner.t
} | tests/lib/join
