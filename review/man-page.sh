# SPDX-License-Identifier: GPL-2.0
# The text for perf_event_open(2), on the page as Debian has it: its source package
# and the one in manpages-dev do not differ there.
man_page() {
	mkdir -p "$log/man/man2"
	page=$log/man/man2/perf_event_open.2
	zcat /usr/share/man/man2/perf_event_open.2.gz >"$page"
	mandoc -T lint -W warning "$page" | sed 's/:[0-9:]*/:/' | sort >"$log/man/before"
	for m in man/*.patch; do
		patch -s -d "$log/man" -p1 -F0 <"$m" || return 1
	done
	mandoc -T lint -W warning "$page" | sed 's/:[0-9:]*/:/' | sort | comm -13 "$log/man/before" - |
		sed 's/^/warning: /'
}
