#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# tests/run: which tests it runs, and what it counts as a failure. On a stand-in for tests/.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/tests"
cp tests/run tests/skips "$tmp/tests"

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
is "all tests but the long ones" "$status $ran" "0 b/two a/one"
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

# says LINE...: runs the only test there is, which prints these lines and then does $then
says() {
	rm -r "$tmp/tests"/*/
	test_in a one
	{ echo '#!/bin/sh'; printf 'echo "%s"\n' "$@"; echo "$then"; } >"$tmp/tests/a/one.t"
	run
	counted=$(echo "$out" | tail -n 1)
}

then=
says 'ok 1 - it' 'ok 2 - that # SKIP no such thing' 1..2
is "a skip fails" "$status $counted" "1 1 passed, 1 failed, 0 skipped"
like "and is shown" "$out" '*that # SKIP no such thing
    tests/skips does not allow that*'
says '1..0 # SKIP no such thing'
is "so does one of all" "$status $counted" "1 0 passed, 1 failed, 0 skipped"
printf '# why\none .*[^x]that\none no such .*\ntwo it.*\n' >"$tmp/tests/skips"
says 'ok 1 - it' 'ok 2 - not that # SKIP no such thing' 1..2
is "one that is allowed does not" "$status $counted" "0 1 passed, 0 failed, 1 skipped"
says 'ok 1 - it # SKIP no such thing' 'ok 2 - that it is # SKIP' 'ok 3' 1..3
is "others do, what is not matched as a whole, too" "$status $counted" "1 1 passed, 2 failed, 0 skipped"
says '1..0 # SKIP no such thing'
is "all of one may be skipped" "$counted" "0 passed, 0 failed, 1 skipped"
says 'ok 1 - it' 'not ok 2 - this # TODO' 'ok 3 - that # TODO' 1..3
is "TODO fails" "$status $counted" "1 1 passed, 2 failed, 0 skipped"
says 1..0
is "no points: fails" "$status $counted" "1 0 passed, 1 failed, 0 skipped"
says '# nothing'
is "nothing at all: fails" "$status $counted" "1 0 passed, 1 failed, 0 skipped"
says 'ok 1 - it' 1..2
is "a point that is missing fails" "$status $counted" "1 1 passed, 1 failed, 0 skipped"
then='exit 3'
says 'ok 1 - it' 1..1
is "so does a status" "$status $counted" "1 1 passed, 1 failed, 0 skipped"

# One process that is in a session of its own, and one that ignores SIGTERM
then="setsid sleep 21 >/dev/null 2>&1 & echo \$! >$tmp/pids
(trap '' TERM; exec sleep 22) >/dev/null 2>&1 & echo \$! >>$tmp/pids; wait"
export LIMIT=2
start=$(date +%s)
says 'ok 1 - it' 1..1
is "no end: fails" "$status $counted" "1 1 passed, 1 failed, 0 skipped"
like "and says why" "$out" '*it was ended, with all that it had started, after 2 s*'
ok "soon" [ $(($(date +%s) - start)) -lt 15 ]
# Zombies that init has not reaped yet do not count.
is "nothing of it is left" "$(ps -o stat= -p "$(xargs <"$tmp/pids")" | grep -v '^Z')" ""
done_testing
