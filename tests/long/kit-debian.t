#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The kit, as its user would try it: in a Debian, unpacked, run, and the report read, on three
# boards. KIT_BOARDS names others.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

tmp=$(mktemp -d build/guest/kit.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/extra"
ok "it is made" mk/kit "$tmp/extra/kit.tar.gz"
cp tests/scripts/kit-bad.sh tests/lib/tap.sh "$tmp/extra"
unpack='cd /root && tar -xzf /extra/kit.tar.gz && cd drv-config-kit &&'

# report FILE: what the report has in it
report() {
	tar -xOzf "$tmp/out/report.tar.gz" "report/$1"
}

for b in ${KIT_BOARDS-juno db410c split}; do
	rm -rf "$tmp/out"
	# Twice: with all that is not destructive, and with what unloads drivers and unplugs CPUs
	guest/run -r debian -b "$b" -t 3000 -e "$tmp/extra" -o "$tmp/out" "$unpack { ./run >/out/said 2>/out/err
		echo \$? >/out/status; cp report.tar.gz /out; cat /etc/debian_version >/out/debian
		./run -m -c -n 3000 race leaks >/out/more 2>>/out/err; echo \$? >>/out/status; }" \
		>/dev/null 2>"$tmp/err"
	is "$b: the guest has ended well" $? 0
	tap_note=$(cat "$tmp/err" "$tmp/out/err" "$tmp/out/said" "$tmp/out/more")
	like "$b: it is a Debian" "$(cat "$tmp/out/debian")" "[1-9]*"
	is "$b: all passes, and nothing is complained of" "$(cat "$tmp/out/status" "$tmp/out/err" | xargs)" "0 0"
	for f in said more; do
		counts=$(tail -n 1 "$tmp/out/$f")
		like "$b, $f: the last line counts" "$counts" "[1-9]* passed, 0 failed, [0-9]* skipped"
		is "$b, $f: points are as many as planned" "$(grep -cE '^(not )?ok ' "$tmp/out/$f")" \
			"$(sed -n 's/^1\.\.//p' "$tmp/out/$f")"
	done
	echo "# $b: $(tail -n 1 "$tmp/out/said"); with -m -c: $counts"
	grep -h 'SKIP' "$tmp/out/said" | sed 's/^ok [0-9]*/#/; s/# SKIP/(skipped)/' | sort | uniq -c
	tap_note=$(report log)
	is "$b: the report's log is what was printed" "$tap_note" "$(cat "$tmp/out/said")"
	like "$b: the report has the kernel's messages" "$(report dmesg)" "*drv-config kit *"
	like "$b: the report has a way to a sink" "$(report map)" "*CPU 0: etm0 -> * -> tmc_etr0*"
	like "$b: it says what machine it is" "$tap_note" "# model: ?*# kernel: 7.*# sink tmc_etr0, for CPUs: 0*"
done

# refused WHAT OPTIONS PATTERN
refused() {
	# shellcheck disable=SC2086 # options are words
	out=$(guest/run -r debian $2 -e "$tmp/extra" "$unpack ./run; s=\$?; ls -A | xargs; exit \$s" 2>&1)
	status=$?
	like "$1: in one line, and nothing is left" "$status $out" "2 run: $3
README bin config lib run"
}
refused "without the series" "-b juno -k none" "the kernel, 7.*, does not have the series: *"
refused "without CoreSight" "-b virt" "there is no CoreSight, *"
out=$(guest/run -r debian -b juno -e "$tmp/extra" "$unpack sh /extra/kit-bad.sh INT TERM HUP" 2>&1)
tap_note=$out
is "bad input: all points are well" "$(echo "$out" | grep -v '^ok ')" "1..$(echo "$out" | grep -c '^ok ')"
done_testing
