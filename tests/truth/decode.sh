# SPDX-License-Identifier: GPL-2.0
# For test scripts in sh: what perf makes of recordings, on the host, where it is much faster
# than in a guest. It is that of all series ("mk/perf host").

# decode DIR PATTERN NAME...: of each recording DIR/extra/NAME.data, of the programs in
# DIR/extra. The branches go to DIR/NAME; and to DIR/NAME.said the lines of the packets' dump
# that have PATTERN, and behind them those of its warnings, which would come in the middle of
# a line. As many run at a time as there are processors. The shell is then in DIR/extra.
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

# decode_by_time DIR NAME: the branches again, to DIR/NAME.by-time, in the order in which the
# CPUs ran: perf then takes the trace of each a piece at a time
decode_by_time() {
	(cd "$1/extra" && "$OLDPWD/build/perf/host/perf" --buildid-dir none script --symfs .. -i "$2.data" \
		--itrace=b -F cpu,ip,addr >"../$2.by-time" 2>>"../$2.err")
}
