# SPDX-License-Identifier: GPL-2.0
# The tables: the median of the boots, and how far they are apart

function spread() {
	return low == high ? "same" : low ".." high
}

function row(title, new, base,    n, b, s) {
	n = new == "" ? "" : middle("bench " new)
	s = new == "" ? "" : spread()
	b = base == "" ? "" : middle("bench-base " base)
	printf "  %-44s %10s %-20s %10s %-20s\n", title, n, s, b, base == "" ? "" : spread()
}

function head(title) {
	printf "\n%s\n  %-44s %10s %-20s %10s %-20s\n", title, "", "series", "spread", "base", "spread"
}

function growth_table(title, name, sinks,    c, i, s) {
	printf "\n%s\n  %5s %6s %8s %12s %12s %12s %12s\n", title, "CPUs", "sinks", "reached",
		"ours", "config2", "ours", "config2"
	printf "  %21s %25s %25s\n", "", "sinks registered first", "sinks registered last"
	for (i = 1; i <= nr_sizes; i++) {
		c = size[i]
		s = sinks ? sinks : c / 4
		printf "  %5d %6d %8d %12d %12d %12d %12d\n", c, s,
			devices[name "/sinks_first/drv_config", c, s],
			growth(name "/sinks_first/drv_config", c, s),
			growth(name "/sinks_first/config2", c, s),
			growth(name "/sinks_last/drv_config", c, s),
			growth(name "/sinks_last/config2", c, s)
	}
}

END {
	printf "Instructions in the kernel; median of %d boots\n", boots["bench configure/cpu/ioc_id"]

	head("Configure: one ioctl on a cs_etm event (juno)")
	for (k = 1; k <= 2; k++) {
		kind = kinds[k]
		row(kind ": IOC_ID, the floor", "configure/" kind "/ioc_id", "configure/" kind "/ioc_id")
		row(kind ": SET_DRV_CONFIG tmc_etf0", "configure/" kind "/set_drv_config_etf0")
		row(kind ": SET_DRV_CONFIG tmc_etr0", "configure/" kind "/set_drv_config_etr0")
		row(kind ": SET_DRV_CONFIG tmc_etf1, out of reach", "configure/" kind "/set_drv_config_etf1")
		row(kind ": SET_FILTER, kernel address", "configure/" kind "/set_filter_address",
			"configure/" kind "/set_filter_address")
	}
	row("thread: SET_FILTER, address in a file", "configure/thread/set_filter_file",
		"configure/thread/set_filter_file")

	head("Session: open, choose tmc_etr0, map, unmap, close (juno)")
	for (k = 1; k <= 2; k++)
		for (a = 1; a <= 2; a++) {
			s = kinds[k] "/" areas[a]
			row(s ": by ioctl", "session/" s "/ioctl")
			row(s ": by config2", "session/" s "/config2", "session/" s "/config2")
		}

	head("Tracing: a thread scheduled in and out once (juno)")
	row("not traced", "switch/untraced", "switch/untraced")
	row("traced, sink chosen by config2", "switch/traced/config2", "switch/traced/config2")
	row("traced, sink chosen by ioctl", "switch/traced/ioctl")
	row("traced, the other CPUs trace into it, too", "switch/traced/others", "switch/traced/others")

	head("Memory: bytes that the slab allocator handed out and did not get back (juno)")
	for (k = 1; k <= 2; k++) {
		row(kinds[k] ": an event", "memory/" kinds[k] "/open", "memory/" kinds[k] "/open")
		row(kinds[k] ": choosing its sink", "memory/" kinds[k] "/set_drv_config")
	}

	head("perf record: from exec() to the events' first enable, on the series' kernel (juno)")
	for (k = 1; k <= 6; k += 5) {
		split("instructions ns", u)
		for (i = 1; i <= 2; i++) {
			row(k " CPU, old perf, " u[i], "startup/" k "/old/" u[i], "startup/" k "/old/" u[i])
			row(k " CPU, new perf, " u[i], "startup/" k "/new/" u[i])
			printf "  %-44s %10.4f\n", k " CPU, new / old, " u[i],
				ratio(middle("bench startup/" k "/new/" u[i]),
				      middle("bench startup/" k "/old/" u[i]))
		}
	}
}

END {
	for (i = 1; i <= nr_sinks; i++)
		growth_table("Growth: an event on CPU 0, all CPUs share " sink[i] " sink(s)", "shared", sink[i])
	growth_table("Growth: an event on CPU 0, islands of 4 CPUs and a sink each", "islands", 0)
	printf "\nGrowth: a thread's event\n  %5s %6s %8s %12s  %s\n", "CPUs", "sinks", "reached", "ours", ""
	for (i = 1; i <= nr_sizes; i++)
		printf "  %5d %6d %8d %12d  %s\n", size[i], size[i] / 4,
			devices["thread/islands", size[i], size[i] / 4],
			growth("thread/islands", size[i], size[i] / 4), "the last island's sink"
	for (k = 1; k <= nr_sinks; k++)
		for (i = 1; i <= nr_sizes; i++)
			printf "  %5d %6d %8d %12d  %s\n", size[i], sink[k],
				devices["thread/unreached", size[i], sink[k]],
				growth("thread/unreached", size[i], sink[k]), "a sink that no CPU reaches: ENXIO"
}
