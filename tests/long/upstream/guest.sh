# SPDX-License-Identifier: GPL-2.0
# What tests/long/upstream/run does in a guest with ROOT=debian and at /extra what mk/upstream
# makes: perf's tests of CoreSight, of the parser of events and of PMUs, by perf test, and
# perf_events by run_kselftest.sh; or with ONLY=kselftest the second alone. Prints a row for
# each, "TEST<tab>RESULT", in the words of the runner. What they said goes to /out.

tar -C /extra/root -c . | tar -C / -xm --keep-directory-symlink --no-overwrite-dir || exit 1
# What upstream's runner of kselftests writes to
ln -sfn /proc/self/fd /dev/fd
for n in 0:stdin 1:stdout 2:stderr; do
	ln -sfn "fd/${n%:*}" "/dev/${n#*:}"
done
cd /tmp || exit 1

# The numbers and names of the tests that perf has of these
wanted() {
	for f in /usr/libexec/perf-core/tests/shell/coresight/*.sh; do
		sed -n '/^#!/d; /SPDX/d; s/^# *//; s/ *(exclusive)$//; p; q' "$f"
	done >names
	echo 'Parse event definition strings' >>names
	perf test list 2>&1 | sed -n 's/^ *\([0-9]*\): \(.*[^ ]\) *$/\1 \2/p' |
		awk 'BEGIN { while ((getline name <"names") > 0) named[name] = 1 }
			{ n = $1; sub(/^[0-9]* /, "") } named[$0] || /PMU/ { print n, $0 }'
}

# perf_test NUMBER NAME: rows of it and its parts
perf_test() {
	timeout 1200 perf test -v --failure-snippet-lines=1000 "$1" >"/out/perf-test-$1" 2>&1 </dev/null
	[ $? -ne 124 ] || printf 'perf test: %s: in 1200 s\tFAILED!\n' "$2"
	awk -v number="$1" -v name="$2" '
		/^ *[0-9.]+: .*: *(Ok|FAILED!|Skip.*)$/ {
			n = $1; result = $0; part = $0
			sub(/.*: */, "", result); sub(/ .*/, "", result)
			sub(/^ *[0-9.]+: */, "", part); sub(/ *: *(Ok|FAILED!|Skip.*)$/, "", part)
			print "perf test: " name (n == number ":" ? "" : ": " part) "\t" result
			rows++
		}
		END { if (!rows) print "perf test: " name "\tlost" }' "/out/perf-test-$1"
}

if [ "${ONLY-}" != kselftest ]; then
	wanted | while read -r number name; do
		perf_test "$number" "$name"
	done
fi
# One at a time: the runner waits for what a test has left behind, and then does not end.
cd /opt/kselftest || exit 1
sed 's/^perf_events://' kselftest-list.txt | while read -r t; do
	# ">>", as the runner opens its output anew, and one would overwrite what the other wrote
	timeout -k 5 200 ./run_kselftest.sh -t "perf_events:$t" >>"/out/kselftest-$t" 2>&1 </dev/null
	pkill -KILL -f "/$t\$"
	result=$(sed -n 's/^\(ok\|not ok\) [0-9]* selftests: perf_events: [a-z_]*\(.*\)/\1\2/p' "/out/kselftest-$t")
	case $result in
	ok*SKIP*) result=Skip ;;
	# The harness says "ok" if all of its tests were skipped
	ok*)
		result=Ok
		! grep -q '^# *ok .*# SKIP' "/out/kselftest-$t" ||
			grep '^# *ok ' "/out/kselftest-$t" | grep -qv '# SKIP' || result=Skip
		;;
	*) result=FAILED! ;;
	esac
	printf 'run_kselftest.sh: perf_events: %s\t%s\n' "$t" $result
done
dmesg >/out/dmesg
