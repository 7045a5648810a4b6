# SPDX-License-Identifier: GPL-2.0
# perf's own tests of its sinks, and those that run over all that perf list prints
. ./tap.sh

# perf looks for shell tests in ./tests/shell, and there is no bash here.
mkdir -p tests/shell/coresight
for t in $(grep -lE '^# .*(CoreSight|perf all PMU).*\(exclusive\)$' *.sh); do
	to=tests/shell/coresight/$t
	[ $t != stat_all_pmu.sh ] || to=tests/shell/$t
	sed '1s/bash/sh/' $t >$to
	chmod +x $to
done

# result PERF TEST: the result in the line for TEST of perf's report
result() {
	tap_note=$($1 test -v "$2" 2>&1)
	echo "$tap_note" | grep -F ": $2 " | tail -n 1 | sed 's/.*: //'
	tap_note=$(echo "$tap_note" | tail -n 20)
}

own='CoreSight sinks in the output of perf'
# The PMU exists even without a trace unit.
etm=/sys/bus/event_source/devices/cs_etm
if [ -e $etm/cpu0 ]; then
	is "perf test: $own" "$(result perf "$own")" Ok
else
	is "perf test: $own" "$(result perf "$own")" Skip
fi
is "perf test: perf all PMU test" "$(result perf 'perf all PMU test')" Ok
# results PERF TESTS: the lines of its report
results() {
	$1 test -v "$2" 2>&1 | sed -n 's/^ *[0-9.]*: *//p' | grep -v 'Running'
}
if ! [ -e $etm/cpu0 ]; then
	for t in 'Parse event definition strings' CoreSight; do
		old=$(results perf-old "$t") new=$(results perf "$t")
		tap_note=
		is "perf test: $t, as before" "$new" "$old"
		ok "perf test: $t, all of it" [ "$(echo "$new" | wc -l)" -gt 3 ]
	done
fi
done_testing
