# SPDX-License-Identifier: GPL-2.0
# perf's own tests of its sinks, and those that run over all that perf list prints
. ./tap.sh

# perf looks for shell tests in ./tests/shell, and there is no bash here.
mkdir -p tests/shell/coresight
for t in sink_info.sh stat_all_pmu.sh; do
	to=tests/shell/$t
	[ $t = stat_all_pmu.sh ] || to=tests/shell/coresight/$t
	sed '1s/bash/sh/' $t >$to
	chmod +x $to
done

# result PERF TEST: what it says in the line of its report that TEST is the name of
result() {
	tap_note=$($1 test -v "$2" 2>&1)
	echo "$tap_note" | grep -F ": $2 " | tail -n 1 | sed 's/.*: //'
	tap_note=$(echo "$tap_note" | tail -n 20)
}

own='CoreSight sinks in the output of perf'
# The PMU is there without any trace unit, too
etm=/sys/bus/event_source/devices/cs_etm
if [ -e $etm/caps/drv_config ] && [ -e $etm/cpu0 ]; then
	is "perf test: $own" "$(result perf "$own")" Ok
else
	is "perf test: $own" "$(result perf "$own")" Skip
fi
is "perf test: perf all PMU test" "$(result perf 'perf all PMU test')" Ok
if ! [ -e $etm/cpu0 ]; then
	t='Parsing of given PMU events from sysfs'
	is "perf test: $t, as ever" "$(result perf "$t")" "$(result perf-old "$t")"
fi
done_testing
