# SPDX-License-Identifier: GPL-2.0
# The targets: each met, or missed. Exits with 1 if one is missed.

function target(text, got, holds) {
	printf "  %-4s %-70s %s\n", holds ? "met" : "MISS", text, got
	bad = bad || !holds
}

function linear(name, what, c1, s1, c2, s2, c3, s3,    a, b) {
	a = ratio(growth(name, c2, s2) - growth(name, c1, s1), devices[name, c2, s2] - devices[name, c1, s1])
	b = ratio(growth(name, c3, s3) - growth(name, c2, s2), devices[name, c3, s3] - devices[name, c2, s2])
	target("Growth, " what ": linear in what it reaches", \
		sprintf("%.1f, then %.1f a device", a, b), b <= 1.05 * a)
}

END {
	print "\nTargets"
	for (k = 1; k <= 2; k++) {
		kind = kinds[k]
		ours = middle("bench configure/" kind "/set_drv_config_etr0")
		n = middle("bench configure/" kind "/set_drv_config_etf0")
		ours = n > ours ? n : ours
		filter = middle("bench configure/" kind "/set_filter_address")
		target("Configure, " kind ": at most half of SET_FILTER", ratio(ours, filter),
			2 * ours <= filter)
	}
	for (k = 1; k <= 2; k++)
		for (a = 1; a <= 2; a++) {
			s = "session/" kinds[k] "/" areas[a]
			m = middle("bench-base " s "/config2")
			r = ratio(middle("bench " s "/ioctl"), m)
			widest = ratio(highest["bench-base " s "/config2"], m)
			target("Session, " kinds[k] ", " areas[a] \
				" areas: 1.00 of config2 on base, within its spread", \
				sprintf("%.4f, of up to %.4f", r, widest), r && r <= widest)
		}
	d = middle("bench switch/untraced") - middle("bench-base switch/untraced")
	target("Tracing, untraced: the same", d, m && d == 0)
	m = middle("bench switch/traced/ioctl")
	d = m - middle("bench switch/traced/config2")
	target("Tracing, by ioctl beside config2: the same", d, m && d == 0)
	# What patches 2, 3 and 10 of fixes take; tracing.t compares the code of the rest. Less
	# would be trace that is lost.
	d = m - middle("bench-base switch/traced/config2")
	target("Tracing, beside base: at most 50 more, which the fixes take", d, m && d >= 0 && d <= 50)
	# Which of two ways it goes differs by boots: the cheaper one
	middle("bench switch/traced/others")
	m = low
	middle("bench-base switch/traced/others")
	d = m - low
	target("Tracing, the others, too: at most 125 more, likewise", d, m && d >= 0 && d <= 125)
	for (k = 1; k <= 2; k++) {
		d = middle("bench memory/" kinds[k] "/open") - middle("bench-base memory/" kinds[k] "/open")
		target("Memory, " kinds[k] ": 0 bytes for an event not configured", d, d == 0)
		d = middle("bench memory/" kinds[k] "/set_drv_config")
		target("Memory, " kinds[k] ": at most 64 bytes for one that is", d, d > 0 && d <= 64)
	}
}

END {
	# The range of a cost that should be constant
	least = most = 0
	for (k = 1; k <= nr_sinks; k++) {
		for (i = 1; i <= nr_sizes; i++) {
			n = growth("shared/sinks_last/drv_config", size[i], sink[k])
			if (i == 1)
				least = most = n
			least = n < least ? n : least
			most = n > most ? n : most
		}
		target("Growth, " sink[k] " sinks: the same for 4 to 256 CPUs", least ".." most, most == least)
	}
	least = most = growth("islands/sinks_last/drv_config", 4, 1)
	for (i = 2; i <= nr_sizes; i++) {
		n = growth("islands/sinks_last/drv_config", size[i], size[i] / 4)
		least = n < least ? n : least
		most = n > most ? n : most
	}
	target("Growth: the same for 0 to 63 islands that are not reached", least ".." most, most == least)
	for (i = 3; i <= nr_sizes; i++)
		for (k = 1; k <= nr_sinks; k++) {
			n = growth("shared/sinks_last/drv_config", size[i], sink[k])
			c = growth("shared/sinks_last/config2", size[i], sink[k])
			target("Growth, " size[i] " CPUs, " sink[k] " sinks: below config2's search", \
				n " < " c, n < c)
		}
	# Linear: a reached device more costs no more among many than among few.
	linear("shared/sinks_last/drv_config", "an event of a CPU", 64, 1, 64, 8, 64, 64)
	linear("thread/islands", "a thread's event", 16, 4, 64, 16, 256, 64)
	exit bad
}
