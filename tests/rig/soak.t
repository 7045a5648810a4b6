#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# How "make soak" judges the output of a row.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
. tests/long/soak/judge.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
log=$tmp/log tolerance=1024 config=default append='' fails='' program=a

# row WHAT WHY LINE...: a row that prints these lines, in a guest that ends well, is judged WHY
row() {
	what=$1 wanted=$2
	shift 2
	printf '%s\n' '@before 1 2 3' "$@" '@after 1 2 3' >$log.out
	judged
}

judged() {
	measure
	judge 0 "$fails" $program
	is "$what" "${why:-green}" "$wanted"
}

row "all is well" green 1..2 'ok 1 - a' 'ok 2 - b' '@status 0'
row "the program dies in the middle" "the program's status 139, planned 3" 1..3 'ok 1 - a' 'ok 2 - b' '@status 139'
row "or says nothing of its end" "the program's status none" 1..1 'ok 1 - a'
row "it has fewer points than planned" "planned 3" 1..3 'ok 1 - a' 'ok 2 - b' '@status 0'
row "no plan" "planned nothing" 'ok 1 - a' '@status 0'
row "a point fails" "the program's status 1, points" 1..2 'ok 1 - a' 'not ok 2 - b' '@status 1'
row "no point at all" "points" 1..0 '@status 0'
row "a skip" skips 1..2 'ok 1 - a' 'ok 2 - b # SKIP none' '@status 0'
fails=devices
row "the point that is to fail does" green 1..2 'ok 1 - a' 'not ok 2 - devices' '@status 1'
row "and does not" "the program's status 0, points" 1..2 'ok 1 - a' 'ok 2 - devices' '@status 0'
fails='' program=kcsan_test
row "a skip that is allowed" green 1..2 'ok 1 - a' 'ok 2 test_barrier_nothreads # SKIP' '@status 0'
row "and one that is not" skips 1..2 'ok 1 - a' 'ok 2 test_barrier_nothread # SKIP' '@status 0'
config=debug program=a
row "kmemleak does not answer" "unknown leaks" 1..1 'ok 1 - a' '@status 0'
row "it finds a leak" "2 leaks" 1..1 'ok 1 - a' '@status 0' '@leaks 2'
row "it finds none" green 1..1 'ok 1 - a' '@status 0' '@leaks 0'
append=kmemleak=off
row "it is off" green 1..1 'ok 1 - a' '@status 0'
config=kcsan
row "KCSAN watches nothing" "no watchpoints" 1..1 'ok 1 - a' '@status 0' '@watched 0 0'
config=default what="what is held stays"
printf '%s\n' '@before 1 2 3' 1..1 'ok 1 - a' '@status 0' '@after 2 2 3' >$log.out
wanted="references or devices"
judged
done_testing
