# SPDX-License-Identifier: GPL-2.0
# KUnit's results, from the kernel's log: of the series' tests, or of those in the module named.
dmesg -c >/dev/null
modprobe "${1:-coresight-kunit-tests}" || echo "not ok - modprobe failed"
# The nested lines are the cases of a test; the outer lines repeat their outcome.
dmesg | sed -n 's/^\[[^]]*\] //; s/^ *//; /^\(ok\|not ok\) [0-9]* \(test_\|coresight\)/p; /^# test_.*\(EXPECT\|FAILED\)/p' |
	awk '/ok/ { n++ } { print } END { print "1.." n + 0 }'
