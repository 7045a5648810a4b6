# SPDX-License-Identifier: GPL-2.0
# The tests of perf that the series adds to, with perf as it is in the middle of
# the queue.
. ./tap.sh
PATH=$PWD:$PATH

tap_note=$(perf test -v 'Parse event definition strings' 2>&1)
like "perf test: parsing events" "$tap_note" '*: Ok*'
status=0
tap_note=$(sh ./test_arm_coresight.sh 2>&1) || status=$?
is "perf test: Arm CoreSight" "$status" 0
like "it has tried sinks that are refused" "$tap_note" '*sink rejected with*'
done_testing
