#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# tests/lib/merge: the TAP of programs in a guest becomes one stream, and whatever is
# wrong with one of them is a failed point.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

# merge LINE...: leaves $out, without remarks
merge() {
	out=$(printf '%s\n' "$@" | awk -v mark=@x -f tests/lib/merge | grep -v '^#')
	tap_note=$out
}

merge '@x begin a' 'ok 1 - one' 'not ok 2 - two' 1..2 '@x end a 1' '@x begin b' 'ok 1 - one' 1..1 '@x end b 0'
is "points are numbered anew and carry the name" "$out" "ok 1 - a: one
not ok 2 - a: two
ok 3 - b: one
1..3"
merge '@x begin a' 'ok 1' '@x end a 0'
like "no plan" "$out" '*not ok 2 - a: there is no plan*'
merge '@x begin a' 'ok 1' 1..2 '@x end a 0'
like "a point is missing" "$out" '*not ok 2 - a: planned 2 points, gave 1*'
merge '@x begin a' 'ok 1' 1..1 '@x end a 3'
like "a status, and no point says why" "$out" '*not ok 2 - a: exit status 3*'
merge '@x begin a' 1..0 '@x end a 0'
is "no points, and none of them skipped" "$out" "not ok 1 - a: it has no points
1..1"
merge '@x begin a' '1..0 # SKIP why' '@x end a 4'
is "all skipped, for a reason" "$out" "ok 1 - a: all of it # SKIP why
1..1"
merge '@x begin a' 'ok 1'
like "no end" "$out" '*not ok 2 - a: did not end*'
merge '@x begin a' 'ok 1 - one' 1..1 '@end a 0' '@y end a 0'
is "what a program prints is no end" "$out" "ok 1 - a: one
not ok 2 - a: did not end
1..2"

# tests/lib/at-once hands streams to it; on a stand-in, where nothing has to be built
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/tests/lib" "$tmp/tests/programs"
cp tests/lib/at-once tests/lib/merge "$tmp/tests/lib"
echo all: >"$tmp/tests/programs/Makefile"
out=$("$tmp/tests/lib/at-once" <<'EOS'
a echo ok 1 - one; echo 1..1
b echo ok 1 - one; echo 1..2
EOS
)
is "at once: in order, with the names, and what is missing" "$out" "ok 1 - a: one
ok 2 - b: one
not ok 3 - b: planned 2 points, gave 1
1..3"
done_testing
