# SPDX-License-Identifier: GPL-2.0
# KUnit tests, out of the kernel's log: the series', or those of the module named.
dmesg -c >/dev/null
modprobe "${1:-coresight-kunit-tests}" || echo "not ok - modprobe failed"
# What is nested is a test's cases; the outer lines repeat their outcome.
dmesg | sed -n 's/^\[[^]]*\] //; s/^ *//; /^\(ok\|not ok\) [0-9]* \(test_\|coresight\)/p; /^# test_.*\(EXPECT\|FAILED\)/p' |
	awk '/ok/ { n++ } { print } END { print "1.." n + 0 }'
