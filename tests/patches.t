#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The queue as those see it who are sent it: each patch applies, is in form, and
# compiles. What takes longer is in "make review".

cd "$(dirname "$0")/.." || exit 1
. mk/lib.sh
. mk/each.sh
. tests/lib/tap.sh

budget=200	# lines added to the kernel without its tests, see the issue of the series

tmp=$(mktemp -d build/patches.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# silent COMMAND...: its success, and that it says nothing
silent() {
	"$@" >"$tmp/out" 2>&1
	silent_status=$?
	tap_note=$(tail -n 20 "$tmp/out")
	[ $silent_status -eq 0 ] && [ ! -s "$tmp/out" ]
}

# Only the files that the queue touches, and no git, which would hide an offset.
mkdir "$tmp/plain"
for p in $(queue); do
	touched "$p"
done | sort -u | while read -r f; do
	! git -C build/linux cat-file -e "base:$f" 2>/dev/null || echo "$f"
done | xargs git -C build/linux archive base -- | tar -x -C "$tmp/plain"

plain() {
	patch -d "$tmp/plain" -p1 -F0 --no-backup-if-mismatch <"$1" | grep -v '^patching file'
	[ -z "$(find "$tmp/plain" -name '*.rej')" ]
}

# FILE_PATH_CHANGES and GIT_COMMIT_ID want what a patch cannot have in this
# series; UNKNOWN_COMMIT_ID is about the commits that Fixes: names, which
# Debian's tree, a single commit, does not have. From stdin, as it takes a file
# that git knows for a source file.
checkpatch() {
	perl build/linux/scripts/checkpatch.pl --no-tree --strict --no-signoff --terse --no-summary \
		--ignore FILE_PATH_CHANGES,GIT_COMMIT_ID,UNKNOWN_COMMIT_ID - <"$1"
}

# What only a person can give; make send-ready adds the sender's.
tags() {
	! grep -E '^(Signed-off-by|Reviewed-by|Tested-by|Acked-by):' "$1"
}

compile() {
	arm64="ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-"
	cat guest/kernel.config guest/kernel-patched.config >"$tmp/config"
	# shellcheck disable=SC2086 # a list
	each_make check $arm64 CC='ccache aarch64-linux-gnu-gcc' KCONFIG_ALLCONFIG="$PWD/$tmp/config" \
		allnoconfig &&
	each_make check $arm64 CC='ccache aarch64-linux-gnu-gcc' kernel/events/ drivers/hwtracing/coresight/
}

# Of perf, what is made of the files that the patch touches, and one file that
# includes most of its headers if it touches one. "make review" builds all of perf,
# and builtin-trace.c, which needs a library that there is not for arm64.
perf_sources() {
	touched "$1" | grep -E '^tools/(perf|lib)/.*\.[cl]$' | grep -v /builtin-trace.c
	! touched "$1" | grep -qE '^tools/(perf|lib|include)/.*\.h$' || echo tools/perf/util/evsel.c
}

compile_perf() {
	# shellcheck disable=SC2046 # a list of files
	mk/perf each $(perf_sources "$1" | sort -u)
}

# With the headers of the series, which mk/guest has installed
compile_selftest() {
	mkdir -p "$tmp/selftests"
	make -s -C $each/tools/testing/selftests/perf_events OUTPUT="$PWD/$tmp/selftests" ARCH=arm64 \
		CROSS_COMPILE=aarch64-linux-gnu- \
		KHDR_INCLUDES="-isystem $PWD/build/guest/headers/usr/include" LDFLAGS="-static -pthread" all >/dev/null
}

ok "a tree to apply the queue to" silent each_start
for p in $(queue); do
	n=${p#patches/}
	n=${n%%-*}
	ok "$n: git am" silent each_am "$p"
	ok "$n: neither fuzz nor offset" silent plain "$p"
	ok "$n: checkpatch" silent checkpatch "$p"
	ok "$n: no tag of a person" silent tags "$p"
	if touched "$p" | grep -qE '^(kernel|include|drivers)/'; then
		ok "$n: compiles, with no warning" silent compile
	elif [ -n "$(perf_sources "$p")" ]; then
		ok "$n: perf compiles, with no warning" silent compile_perf "$p"
	elif touched "$p" | grep -q '^tools/testing/.*\.c$'; then
		ok "$n: the selftest compiles, with no warning" silent compile_selftest
	fi
done
is "the queue gives build/linux" "$(git -C $each rev-parse 'HEAD^{tree}')" \
	"$(git -C build/linux rev-parse 'drv_config^{tree}')"

tap_note=$(for p in $(queue); do git apply --numstat "$p"; done |
	grep -E '	(kernel|include|drivers)/' |
	grep -vE '/(Kconfig|Makefile|\.kunitconfig|coresight-kunit-tests\.c)$')
lines=$(echo "$tap_note" | awk '{ n += $1 } END { print n + 0 }')
ok "at most $budget lines are added to the kernel: $lines" [ "$lines" -le $budget ]
done_testing
