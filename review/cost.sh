# SPDX-License-Identifier: GPL-2.0
# What the series cost, for ./run: lines, bytes, and the sizes of structures.

objects='kernel/events/core.o kernel/events/ring_buffer.o
	drivers/hwtracing/coresight/coresight-core.o drivers/hwtracing/coresight/coresight-etm-perf.o'

# Keeps what the costs are taken from.
keep() {
	for b in gcc x86; do
		for f in $objects; do
			[ ! -e "$each/.each-$b/$f" ] || cp "$each/.each-$b/$f" "$log/$1-$b-${f##*/}"
		done
	done
}

# lines AREA PATTERN [NOT]: lines added and removed
lines() {
	plain_git -C $tree diff --numstat "$from" "$to" | grep -E "	$2" | grep -vE "${3:-^$}" |
		awk -v area="$1" '{ a += $1; r += $2 } END { printf "  %-37s +%d -%d\n", area, a, r }'
}

# struct_size WHEN BUILD STRUCT
struct_size() {
	pahole -C "$3" "$log/$1-$2-core.o" 2>/dev/null | sed -n 's,.*/\* size: \([0-9]*\).*,\1,p'
}

cost() {
	tests='/(Kconfig|Makefile|\.kunitconfig|coresight-kunit-tests\.c)$'
	echo 'Lines added and removed'
	lines 'kernel/ and include/' '(kernel|include)/'
	lines 'drivers/, without tests' 'drivers/' "$tests"
	lines 'KUnit tests' 'drivers/.*'"$tests"
	lines 'tools/perf, tools/lib, tools/include' 'tools/(perf|lib|include)/'
	lines 'selftests' 'tools/testing/'
	lines 'Documentation, MAINTAINERS' '(Documentation/|MAINTAINERS)'
	echo 'Bytes, before and after        text          data         bss    bloat-o-meter'
	for b in gcc x86; do
		for f in $objects; do
			o=${f##*/}
			[ -e "$log/base-$b-$o" ] || continue
			size "$log/base-$b-$o" "$log/new-$b-$o" | awk -v o="$o" -v b=$b '
				NR > 1 { t[NR] = $1; d[NR] = $2; s[NR] = $3 }
				END { printf "  %-7s%-22s%6d %6d %6d %6d %5d %5d", b == "gcc" ? "arm64" : "x86_64", o,
					t[2], t[3], d[2], d[3], s[2], s[3] }'
			python3 $tree/scripts/bloat-o-meter "$log/base-$b-$o" "$log/new-$b-$o" |
				sed -n 's/.*\((.*)\)$/  \1/p' | head -n 1
		done
	done
	echo 'sizeof, before and after       arm64         x86_64'
	for s in perf_event hw_perf_event pmu; do
		printf '  struct %-20s' $s
		for b in gcc x86; do
			printf ' %6s %6s' "$(struct_size base $b $s)" "$(struct_size new $b $s)"
		done
		echo
	done
	for b in gcc x86; do
		before=$(struct_size base $b perf_event)
		[ -n "$before" ] && [ "$before" = "$(struct_size new $b perf_event)" ] ||
			echo "sizeof(struct perf_event) differs or is not known ($b)" >"$log/size-$b.fault"
	done
}
