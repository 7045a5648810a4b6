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
