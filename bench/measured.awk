# SPDX-License-Identifier: GPL-2.0
# What was measured, for tables.awk and targets.awk
#
# base.txt, series.txt:	KERNEL BOOT NAME MEDIAN MINIMUM MAXIMUM SAMPLES
# growth.txt:		KERNEL BOOT NAME CPUS SINKS DEVICES MEDIAN MINIMUM MAXIMUM
#
# What counts is the median of the boots' medians, and how far these are apart.

BEGIN {
	nr_sizes = split("4 16 64 256", size)
	nr_sinks = split("1 8 64", sink)
	split("cpu thread", kinds)
	split("perf small", areas)
}

# @most is the highest of the samples of a boot
function add(key, value, most) {
	values[key, ++boots[key]] = value + 0
	if (most + 0 > highest[key])
		highest[key] = most + 0
}

# There are few values, so the simplest way of sorting is good enough.
function middle(key,    i, j, n, t, v) {
	n = boots[key]
	if (!n)
		return missing(key)
	for (i = 1; i <= n; i++) {
		v[i] = values[key, i]
		for (j = i; j > 1 && v[j] < v[j - 1]; j--) {
			t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
		}
	}
	low = v[1]; high = v[n]
	return v[int((n + 1) / 2)]
}

function missing(key) {
	print "bench/report: nothing was measured for " key >"/dev/stderr"
	bad = 1
	low = high = 0
	return 0
}

function ratio(a, b) {
	return b ? a / b : 0
}

{
	if (FILENAME ~ /growth/) {
		add("growth " $3 " " $4 " " $5, $7, $9)
		devices[$3, $4, $5] = $6
	} else {
		add($1 " " $3, $4, $6)
	}
}

function growth(name, cpus, sinks) {
	return middle("growth " name " " cpus " " sinks)
}
