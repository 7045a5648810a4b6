#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# tests/run: which tests it runs. On a stand-in for tests/.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/tests"
cp tests/run "$tmp/tests"

# test_in DIR NAME
test_in() {
	mkdir -p "$tmp/tests/$1"
	printf '#!/bin/sh\necho ok 1\necho 1..1\n' >"$tmp/tests/$1/$2.t"
	chmod +x "$tmp/tests/$1/$2.t"
}

# run [NAME...]: leaves $status, $ran, and all that was said in $out
run() {
	status=0
	out=$("$tmp/tests/run" "$@" 2>&1) || status=$?
	ran=$(echo "$out" | sed -n 's,^tests/\(.*\)\.t \.\.\..*,\1,p' | xargs)
	tap_note=$out
}

test_in a one
test_in b two
test_in long three
run
is "all tests but the long ones" "$status $ran" "0 a/one b/two"
like "the last line counts" "$out" "*
2 passed, 0 failed, 0 skipped"
run two one
is "those named, in that order, without path and .t" "$status $ran" "0 b/two a/one"
run three
is "a long one if it is named" "$status $ran" "0 long/three"
run one nosuch
is "none, if one of them does not exist" "$status $out" "255 no such test: nosuch"
test_in b one
run
is "nor if a name is not enough" "$status $out" "255 two tests of one name: tests/a/one.t tests/b/one.t"
done_testing
