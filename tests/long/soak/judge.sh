# SPDX-License-Identifier: GPL-2.0
# Judges the output of a row, which is in $log.out. Sourced by ./run.

# found PATTERN: what the group in PATTERN matches in the log
found() {
	sed -n "s/^$1\$/\\1/p" $log.out
}

# The sum of the lines of stdin; nothing if there are none
sum() {
	paste -sd+ | bc
}

# What the log says of a row: $done, and what it counted
measure() {
	skipped=$(grep -ci '^ok .*# *skip' $log.out) || :
	passed=$(($(grep -c '^ok ' $log.out) - skipped)) || :
	failed=$(grep -c '^not ok \|^Bail out' $log.out) || :
	# What ran before the count of what is held, if it was to be seen, and what ran after it
	planned=$(found '1\.\.\([0-9]*\).*' | sum)
	statuses=$(found '@status \(.*\)' | xargs)
	n_calls=$(found '# --seed.*: \([0-9]*\) calls in .*' | sum)
	n_rounds=$(found '# [a-z-]*: \([0-9]*\) rounds in .*' | sum)
	n_disturbed=$(found '# [a-z-]*: .* rounds in .* s, \([0-9]*\) of them disturbed.*' | sum)
	done=
	[ -z "$n_calls" ] || done="$n_calls calls"
	[ -z "$n_rounds" ] || done="$n_rounds rounds"
	[ -z "$n_disturbed" ] || done="$done, $n_disturbed disturbed"
	leaks_found=$(found '@leaks \(.*\)')
	watchpoints=$(sed -n 's/^@watched \([1-9][0-9]*\) \([0-9]*\)$/\1 watchpoints, \2 met/p' $log.out)
	# How many references, devices and kB there are more after it than before
	read -r references devices kb <<-EOS
		$(sed -n 's/^@before //p; s/^@after //p' $log.out |
			awk 'NR == 1 { r = $1; d = $2; k = $3 }
			     NR == 2 { print $1 - r, $2 - d, $3 - k }')
	EOS
}

# forbidden PROGRAM: the skips that $allowed, as ./skips, does not allow
forbidden() {
	sed -n "s/^$1[[:space:]]*\(.*\)/^ok [0-9]+ (- )?(\1) *# *SKIP/p" "$allowed" >$log.skips
	grep -i '^ok .*# *skip' $log.out | grep -viPf $log.skips
}

# judge STATUS PATTERN PROGRAM: leaves in $why what is wrong. The point PATTERN is to fail, if
# there is one; PROGRAM may skip what $allowed says.
judge() {
	why= expected=0
	[ -z "$2" ] || expected=1
	[ -z "$2" ] || grep -q "^not ok .*$2" $log.out || expected=none
	[ "$1" -eq 0 ] || why="status $1, "
	# Both times
	[ "$statuses" = "$expected $expected" ] || why="${why}the program's statuses ${statuses:-none}, "
	[ "$planned" = $((passed + failed + skipped)) ] || why="${why}planned ${planned:-nothing}, "
	[ "$passed" -gt 0 ] && [ "$failed" = "$expected" ] || why="${why}points, "
	[ -z "$(forbidden "$3")" ] || why="${why}skips, "
	# A race that nothing disturbed is none; race itself wants half
	[ -z "$n_disturbed" ] || [ $((2 * n_disturbed)) -ge "$n_rounds" ] || why="${why}not disturbed, "
	[ "$references $devices" = "0 0" ] || why="${why}references or devices, "
	[ "${kb:-$tolerance}" -lt $tolerance ] || why="${why}memory, "
	# If kmemleak has switched itself off, it has found nothing, either
	case $config:$append in
	debug:*kmemleak=off*) ;;
	debug:*) [ "$leaks_found" = 0 ] || why="${why}${leaks_found:-unknown} leaks, " ;;
	esac
	# Without a watchpoint, KCSAN has seen nothing
	[ "$config" != kcsan ] || [ -n "$watchpoints" ] || why="${why}no watchpoints, "
	why=${why%, }
}
