#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The series, as their recipients see them: each patch applies and is in form, each series
# compiles, and none is too long. "make review" compiles after each patch.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. mk/series.sh
. mk/each.sh
. tests/lib/tap.sh

# What one person reviews in one sitting, and the lines that drv-config may add to the
# kernel without its tests
limits='fixes 10 drv-config 7 perf 6 perf-sinks 5'
budget=160
# What is read of a letter before the list of the patches, in lines
letter_lines=80

tmp=$(mktemp -d build/patches.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# silent COMMAND...: whether COMMAND succeeds and prints nothing
silent() {
	"$@" >"$tmp/out" 2>&1
	silent_status=$?
	tap_note=$(tail -n 20 "$tmp/out")
	[ $silent_status -eq 0 ] && [ ! -s "$tmp/out" ]
}

# Only the files that the series touch, and no git, which would hide an offset.
plain_start() {
	mkdir "$tmp/plain"
	for p in $(patches); do
		touched "$p"
	done | sort -u | while read -r f; do
		! git -C $tree cat-file -e "base:$f" 2>/dev/null || echo "$f"
	done | xargs -r git -C $tree archive -o "$PWD/$tmp/plain.tar" base --
	[ ! -e "$tmp/plain.tar" ] || tar -xf "$tmp/plain.tar" -C "$tmp/plain"
}

plain() {
	patch -d "$tmp/plain" -p1 -F0 --no-backup-if-mismatch <"$1" | grep -v '^patching file'
	[ -z "$(find "$tmp/plain" -name '*.rej')" ]
}

# What only a person can give; make send-ready adds the sender's.
tags() {
	! grep -E '^(Signed-off-by|Reviewed-by|Tested-by|Acked-by):' "$1"
}

arm64() {
	each_make check ARCH=arm64 CROSS_COMPILE=$cross CC="ccache ${cross}gcc" "$@"
}

# All of CoreSight that arm64 can have, not only what the guests have
configure() {
	{
		fragment default
		sed -n 's/^config \(CORESIGHT.*\)/CONFIG_\1=y/p' $each/drivers/hwtracing/coresight/Kconfig |
			grep -vF "$(sed -n 's/^\(CONFIG_CORESIGHT[^=]*=\).*/\1/p' guest/configs/default)"
	} >"$tmp/config"
	arm64 KCONFIG_ALLCONFIG="$PWD/$tmp/config" allnoconfig
}

compile() {
	configure && arm64 kernel/events/ drivers/hwtracing/coresight/
}

# What the patches of a series touch
touched_by() {
	for t in $(patches "$1"); do
		touched "$t"
	done | sort -u
}

# The sources of perf that the series touches, and one that includes most headers if it
# touches a header. "make review" builds all of perf, and builtin-trace.c, which needs a
# library that there is not for arm64.
perf_sources() {
	touched_by "$1" | grep -E '^tools/(perf|lib)/.*\.[cl]$' | grep -v /builtin-trace.c
	! touched_by "$1" | grep -qE '^tools/(perf|lib|include)/.*\.h$' || echo tools/perf/util/evsel.c
}

compile_perf() {
	# shellcheck disable=SC2046 # a list of files
	mk/perf each $(perf_sources "$1" | sort -u)
}

# With the headers of the series, which mk/guest has installed
compile_selftest() {
	mkdir -p "$tmp/selftests"
	make -s -C $each/tools/testing/selftests/perf_events OUTPUT="$PWD/$tmp/selftests" ARCH=arm64 \
		CROSS_COMPILE=$cross \
		KHDR_INCLUDES="-isystem $PWD/build/guest/headers/usr/include" LDFLAGS="-static -pthread" all >/dev/null
}

check_patch() {
	n=$(each_label "$1")
	ok "$n: git am" silent each_am "$1"
	ok "$n: neither fuzz nor offset" silent plain "$1"
	ok "$n: checkpatch" silent checkpatch "$1"
	ok "$n: no tag of a person" silent tags "$1"
}

check_series() {
	if touched_by "$1" | grep -qE '^(kernel|include|drivers)/'; then
		ok "$1: compiles, with no warning" silent compile
	fi
	if [ -n "$(perf_sources "$1")" ]; then
		ok "$1: perf compiles, with no warning" silent compile_perf "$1"
	fi
	if touched_by "$1" | grep -q '^tools/testing/.*\.[ch]$'; then
		ok "$1: the selftest compiles, with no warning" silent compile_selftest
	fi
}

ok "a tree to apply the series to" silent each_start
ok "and one without git" silent plain_start
before=0
for s in $series; do
	for p in $(patches "$s"); do
		check_patch "$p"
	done
	check_series "$s"
	is "$s: the patches give the branch" "$(git -C $each rev-parse 'HEAD^{tree}')" \
		"$(git -C $tree rev-parse "$s^{tree}")"
	count=$(patches "$s" | wc -l)
	limit=$(echo "$limits" | sed "s/.*\<$s \([0-9]*\).*/\1/")
	ok "$s: at most $limit patches: $count" [ "$count" -le "$limit" ]
	tap_note=$(cat patches/"$s"/0000-cover-letter.patch)
	like "$s: the letter counts them" "$tap_note" "*Subject: \[PATCH* 0*/$count\]*"
	lines=$(echo "$tap_note" | awk '/^$/ { text = 1 } /^[^ ].* \([0-9]+\):$/ { exit } text' | sed '1d; $d' | wc -l)
	ok "$s: and has at most $letter_lines lines of text: $lines" [ "$lines" -le $letter_lines ]
	is "$s: and names what it needs" "$(echo "$tap_note" | grep -c ^prerequisite-patch-id:)" $before
	before=$((before + count))
done

tap_note=$(grep -nE '\<6\.12\>' docs/*.md README.md patches/*/0000-cover-letter.patch)
is "what is said of Linux is of $linux" "$tap_note" ""

tap_note=$(for p in $(patches drv-config); do git apply --numstat "$p"; done |
	grep -E '	(kernel|include|drivers)/' |
	grep -vE '/(Kconfig|Makefile|\.kunitconfig|coresight-kunit-tests\.c)$')
lines=$(echo "$tap_note" | awk '{ n += $1 } END { print n + 0 }')
ok "drv-config adds at most $budget lines to the kernel: $lines" [ "$lines" -le $budget ]
done_testing
