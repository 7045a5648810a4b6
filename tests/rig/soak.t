#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# How "make soak" judges the output of a row.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
. tests/long/soak/judge.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
log=$tmp/log tolerance=512 config=default append='' fails='' program=a first='@status 0'
allowed=$tmp/skips
printf '# why\nskipper test_.*nothreads\n' >"$allowed"

# row WHAT WHY LINE...: a row that prints $first and, the second time, these lines, in a guest
# that ends well, is judged WHY
row() {
	what=$1 wanted=$2
	shift 2
	printf '%s\n' "$first" '@before 1 2 3' "$@" '@after 1 2 3' >$log.out
	judged
}

judged() {
	measure
	judge 0 "$fails" $program
	is "$what" "${why:-green}" "$wanted"
}

row "all is well" green 1..2 'ok 1 - a' 'ok 2 - b' '@status 0'
row "the program dies in the middle" "the program's statuses 0 139, planned 3" 1..3 'ok 1 - a' 'ok 2 - b' '@status 139'
row "or says nothing of its end" "the program's statuses 0" 1..1 'ok 1 - a'
row "it has fewer points than planned" "planned 3" 1..3 'ok 1 - a' 'ok 2 - b' '@status 0'
row "no plan" "planned nothing" 'ok 1 - a' '@status 0'
row "a point fails" "the program's statuses 0 1, points" 1..2 'ok 1 - a' 'not ok 2 - b' '@status 1'
row "no point at all" "points" 1..0 '@status 0'
row "a skip" skips 1..2 'ok 1 - a' 'ok 2 - b # SKIP none' '@status 0'
row "all is a skip" "points, skips" 1..1 'ok 1 - a # SKIP none' '@status 0'
first='@status 1'
row "it fails the first time" "the program's statuses 1 0" 1..1 'ok 1 - a' '@status 0'
fails=devices
row "the point that is to fail does" green 1..2 'ok 1 - a' 'not ok 2 - devices' '@status 1'
row "another one does" "the program's statuses 1 1, points" 1..2 'ok 1 - devices' 'not ok 2 - b' '@status 1'
row "and does not" "the program's statuses 1 0, points" 1..2 'ok 1 - a' 'ok 2 - devices' '@status 0'
fails='' program=skipper first='@status 0'
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

config=default program=race
# Both halves, as race.c prints them
rounds=': 10 rounds in 0.5 s, 5 of them disturbed, 3 disturbances; ioctl 0 9'
first=$(printf '%s\n' "# mmap$rounds" 'ok 1 - mmap' "# set-output$rounds" 'ok 2 - set-output' 1..2 '@status 0')
row "two halves, with a plan each" green "# mmap$rounds" 'ok 1 - mmap' "# set-output$rounds" 'ok 2 - set-output' 1..2 '@status 0'
is "and what they have done" "$done" "40 rounds, 20 disturbed"
row "a half ends early" "planned 4" "# mmap$rounds" 'ok 1 - mmap' 1..2 '@status 0'
row "less than half is disturbed" "not disturbed" "# mmap: 10 rounds in 0.5 s, 4 of them disturbed" 'ok 1 - mmap' 1..1 '@status 0'
first=$(printf '%s\n' '# --seed 1 --calls 5: 5 calls in 0.1 s, 2 of them' 'ok 1 - a' 1..1 '@status 0')
row "a fuzzer's halves" green '# --seed 2 --calls 5: 6 calls in 0.1 s, 2 of them' 'ok 1 - a' 1..1 '@status 0'
is "and what they have done" "$done" "11 calls"

# held WHAT WHY BEFORE AFTER: what is held: references, devices, kB
held() {
	what=$1 wanted=$2
	printf '%s\n' '@status 0' "@before $3" 1..1 'ok 1 - a' '@status 0' ${4:+"@after $4"} >$log.out
	judged
}

held "a reference stays" "references or devices" '1 2 3' '2 2 3'
held "a device stays" "references or devices" '1 2 3' '1 3 3'
held "less memory" green '1 2 3000' '1 2 3'
held "a little more memory" green '1 2 3000' '1 2 3511'
held "more than that" memory '1 2 3000' '1 2 3512'
held "no count after it" "references or devices, memory" '1 2 3000' ''

# What runs the row, with a guest that holds so many kB more each time
. tests/long/soak/row.sh
settings() { first=a second=a; }
recall() { false; }
remember() { cp $log.row $log.remembered; }
count_row() { :; }
mkdir "$tmp/guest"
cat >"$tmp/guest/run" <<'EOS'
#!/bin/sh
read -r kb more <kbs
echo "$more" >kbs
printf '%s\n' '@status 0' '@before 1 2 3000' 1..1 "$(cat point)" '@status 0' "@after 1 2 $((3000 + kb))"
EOS
chmod +x "$tmp/guest/run"
cd "$tmp" || exit 1

# grows WHAT WANTED KBS POINT: how often it is run, the last verdict, what is remembered
grows() {
	echo "$3" >kbs
	echo "$4" >point
	rm -f $log.remembered
	seed=0 red=0 extra='' limit=1
	row default juno '' a >/dev/null
	is "$1" "$(($(echo "$3" | wc -w) - $(wc -w <kbs))), ${why:-green}, $(cat $log.remembered 2>/dev/null | wc -l)" "$2"
}
grows "a row that holds no more" "1, green, 1" "0 0 0" 'ok 1 - a'
grows "one that does is run once more" "2, green, 2" "568 0 0" 'ok 1 - a'
grows "and is red if it does again" "2, memory, 0" "568 512 0" 'ok 1 - a'
grows "but not if something else is wrong as well" "1, points, memory, 0" "568 0 0" 'not ok 1 - a'
done_testing
