#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The kit for owners of boards: it is the same each time it is made, runs as it should in
# a guest, and says in one line why it does not run. KIT_TESTS are those that it runs; empty
# for all of them, and for each signal that may stop it.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

tmp=$(mktemp -d build/guest/kit.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/extra"
tests=${KIT_TESTS-drv_config perf-sinks}
if [ -n "$tests" ]; then
	signals=INT
	set -- 'ok * fuzz: all of it # SKIP left out: it was not asked for'
else
	signals='INT TERM HUP'
	set -- 'ok * fuzz: *' 'ok * fuzz32: *' 'ok * fault: *' 'ok * race: choice: *'
fi

ok "it is made" mk/kit "$tmp/extra/kit.tar.gz"
(umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 mk/kit "$tmp/again.tar.gz" >/dev/null)
ok "and is the same to the byte if made again" cmp "$tmp/extra/kit.tar.gz" "$tmp/again.tar.gz"
ok "and has 40 MB at most" [ "$(stat -c %s "$tmp/extra/kit.tar.gz")" -le 40000000 ]

cp tests/scripts/kit-bad.sh tests/lib/tap.sh "$tmp/extra"
unpack='cd /tmp && tar -xzf /extra/kit.tar.gz && cd drv-config-kit &&'
# shellcheck disable=SC2086 # a list
guest/run -b juno -e "$tmp/extra" -o "$tmp/out" "$unpack sh /extra/kit-bad.sh $signals >/out/bad
	./run -n 3000 -o /out $tests >/out/said 2>/out/err; echo \$? >/out/status" >/dev/null 2>"$tmp/err"
tap_note=$(cat "$tmp/err" "$tmp/out/err" "$tmp/out/said")
is "on juno, all passes" "$(cat "$tmp/out/status" "$tmp/out/err")" 0
counts=$(tail -n 1 "$tmp/out/said")
points=$(grep -cE '^(not )?ok ' "$tmp/out/said")
like "the last line counts" "$counts" "[0-9]* passed, 0 failed, [0-9]* skipped"
is "the plan is kept" "$(grep '^1\.\.' "$tmp/out/said")" "1..$points"
is "the numbers follow each other" "$(sed -En 's/^(not )?ok ([0-9]+) .*/\2/p' "$tmp/out/said")" "$(seq "$points")"
for what in '# model: ?*' '# kernel: 7.*' '# sink tmc_etr0, for CPUs: 0 1 2 3 4 5*' '# sink tmc_etf1, for CPUs: none*' \
	'ok * drv_config: cs_etm.chosen*' 'ok * leaks: all of it # SKIP *' 'ok * race: all of it # SKIP *' 'ok * perf-sinks: tmc_etr0: and is decoded*' "$@"; do
	like "it says ${what%% # SKIP*}" "$(cat "$tmp/out/said")" "*$what*"
done
is "the report has three files" "$(tar -tzf "$tmp/out/report.tar.gz" | sort | xargs)" \
	"report/ report/dmesg report/log report/map"
is "the log is what was printed" "$(tar -xOzf "$tmp/out/report.tar.gz" report/log)" "$(cat "$tmp/out/said")"
like "the map has the ways" "$(tar -xOzf "$tmp/out/report.tar.gz" report/map)" "*CPU 5: etm5 -> * -> tmc_etr0*"
sed -n 's/^ok [0-9]* - /ok /p; s/^not ok [0-9]* - /not ok /p; /^#/p' "$tmp/out/bad" >"$tmp/bad"
is "bad input: the script ran to its end" "$(tail -n 1 "$tmp/out/bad")" "1..$(grep -cE '^(not )?ok ' "$tmp/bad")"
while read -r line; do
	case $line in
	"ok "*) ok "${line#ok }" true ;;
	"not ok "*) ok "${line#not ok }" false ;;
	*) echo "$line" ;;
	esac
done <"$tmp/bad"

# A real board is none of boards/, and has no monitor
cp build/boards/juno.dtb "$tmp/real.dtb"
fdtput -t s "$tmp/real.dtb" / compatible arm,juno-r1 arm,juno
fdtput -r "$tmp/real.dtb" /monitor
out=$(guest/run -b juno -q "-dtb $tmp/real.dtb" -e "$tmp/extra" "$unpack ./run -n 3000 drv_config privilege fuzz race" 2>&1)
status=$?
tap_note=$out
like "on a machine that is no board of this project, all passes" "$status $(echo "$out" | tail -n 1)" \
	"0 [1-9]* passed, 0 failed, *"
for what in 'cs_etm.chosen' 'cs_etm.reach' 'fuzz: every call' 'race: choice: all'; do
	like "there: $what" "$out" "*
ok *$what*"
done

# refused BOARD SERIES PATTERN
refused() {
	out=$(guest/run -b "$1" -k "$2" -e "$tmp/extra" "$unpack ./run; s=\$?; ls -A | xargs; exit \$s" 2>&1)
	status=$?
	like "on $1 with series $2: in one line, and nothing is left" "$status $out" "2 run: $3
README bin config lib run"
}
refused juno none "the kernel, 7.*, does not have the series: *"
tar -C "$tmp" -xzf "$tmp/extra/kit.tar.gz"
if [ "$(uname -m)" != aarch64 ]; then
	out=$("$tmp/drv-config-kit/run" 2>&1)
	like "on this machine: in one line" "$? $out" "2 run: this machine is $(uname -m): the kit is for arm64"
	is "on this machine: nothing is left" "$(ls -A "$tmp/drv-config-kit" | xargs)" "README bin config lib run"
fi
refused virt perf-sinks "there is no CoreSight, *"
done_testing
