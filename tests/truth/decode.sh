# SPDX-License-Identifier: GPL-2.0
# For test scripts in sh: decodes recordings with perf on the host, which is much faster than
# in a guest. This perf has all series ("mk/perf host").

# decode DIR PATTERN NAME...: decodes each recording DIR/extra/NAME.data of the programs in
# DIR/extra. The branches go to DIR/NAME. Lines with PATTERN go to DIR/NAME.said: first those
# of the dump of packets, then those of perf's warnings, which would otherwise break up other
# lines. As many run at a time as there are processors. Leaves the shell in DIR/extra.
decode() {
	export perf="$PWD/build/perf/host/perf --buildid-dir none" say="$2"
	cd "$1/extra" || return
	shift 2
	for name; do
		# shellcheck disable=SC2016 # for the other shell
		printf '%s\0' '$perf script --symfs .. -i $0.data --itrace=bZ -F cpu,ip,addr >../$0 2>../$0.err' \
			"$name" '$perf report -D -i $0.data 2>../$0.warn | sed -nE "/$say/p" >../$0.said
			sed -nE "/$say/p" ../$0.warn >>../$0.said' "$name"
	done | xargs -0 -n 2 -P "$(nproc)" sh -c
}

# decode_by_time DIR NAME: writes the branches to DIR/NAME.by-time, in the order in which the
# CPUs ran: perf then decodes each CPU's trace piece by piece.
decode_by_time() {
	(cd "$1/extra" && "$OLDPWD/build/perf/host/perf" --buildid-dir none script --symfs .. -i "$2.data" \
		--itrace=b -F cpu,ip,addr >"../$2.by-time" 2>>"../$2.err")
}
