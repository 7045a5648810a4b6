# SPDX-License-Identifier: GPL-2.0
# perf-test.sh [sink]: perf's tests that the series adds to; "sink" alone.
. ./tap.sh

# passes TEST LINE: perf reports Ok for TEST in the line that is called LINE
passes() {
	tap_note=$(perf test -v "$1" 2>&1 | tail -n 40)
	like "perf test: $2" "$(echo "$tap_note" | grep -F ": $2 " | tail -n 1)" '*: Ok'
}

# perf looks for shell tests in ./tests/shell, and there is no bash here.
mkdir -p tests/shell/coresight
sed '1s/bash/sh/' sink.sh >tests/shell/coresight/sink.sh
chmod +x tests/shell/coresight/sink.sh

# One part of it only: the first part needs trace events that this kernel lacks.
[ "${1-}" = sink ] ||
	passes 'Parse event definition strings' 'Parsing of given PMU events from sysfs'
passes 'CoreSight sink selection' 'CoreSight sink selection'
done_testing
