# SPDX-License-Identifier: GPL-2.0
# decode NAME...: what perf, $perf, makes of each recording NAME.data, in a guest or on the
# host. The branches go to $out/NAME; and to $out/NAME.said the lines of the packets' dump
# that have the pattern $say, by sed, as busybox's grep is slower. As many run at a time as
# there are processors.

export perf symfs out say
decode() {
	for name; do
		# shellcheck disable=SC2016 # for the other shell
		printf '%s\0' '$perf script $symfs -i $0.data --itrace=bZ -F cpu,ip,addr >$out/$0 2>$out/$0.err' \
			"$name" '$perf report -D -i $0.data 2>&1 | sed -nE "/$say/p" >$out/$0.said' "$name"
	done | xargs -0 -n 2 -P "$(nproc)" sh -c || true
}
