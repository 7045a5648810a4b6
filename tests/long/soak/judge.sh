# SPDX-License-Identifier: GPL-2.0
# What the output of a row, in $log.out, says; for ./run.

# found PATTERN: what the log has behind it
found() {
	sed -n "s/^$1\$/\\1/p" $log.out
}

# What the log says of a row: $done, and what it counted
measure() {
	passed=$(grep -c '^ok ' $log.out) || :
	failed=$(grep -c '^not ok \|^Bail out' $log.out) || :
	n_calls=$(found '# --seed.*: \([0-9]*\) calls in .*')
	n_rounds=$(found '# [a-z-]*: \([0-9]*\) rounds in .*' | paste -sd+ | bc)
	n_bytes=$(sed -n 's/.* config2 are freed: .*, \(-*[0-9]*\) bytes more, .*/\1/p' $log.out)
	done=
	[ -z "$n_calls" ] || done="$n_calls calls"
	[ -z "$n_rounds" ] || done="$n_rounds rounds"
	[ -z "$n_bytes" ] || done="$n_bytes bytes"
	leaks_found=$(found '@leaks \(.*\)')
	watchpoints=$(sed -n 's/^@watched \([1-9][0-9]*\) \([0-9]*\)$/\1 watchpoints, \2 met/p' $log.out)
	# Of references, devices and kB: how many more there are
	read -r references devices kb <<-EOS
		$(sed -n 's/^@before //p; s/^@after //p' $log.out |
			awk 'NR == 1 { r = $1; d = $2; k = $3 }
			     NR == 2 { print $1 - r, $2 - d, $3 - k }')
	EOS
}

# judge STATUS PATTERN: leaves in $why what is wrong. The point PATTERN is to fail, if there is one.
judge() {
	why= expected=0
	[ -z "$2" ] || expected=1
	[ -z "$2" ] || grep -q "^not ok .*$2" $log.out || expected=none
	[ "$1" -eq 0 ] || why="status $1, "
	grep -q '^1\.\.' $log.out || why="${why}ended early, "
	[ "$passed" -gt 0 ] && [ "$failed" = "$expected" ] || why="${why}points, "
	[ "$references $devices" = "0 0" ] || why="${why}references or devices, "
	[ "${kb:-$tolerance}" -lt $tolerance ] || why="${why}memory, "
	[ "${leaks_found:-0}" = 0 ] || why="${why}leaks, "
	# Setting up no watchpoint, KCSAN sees nothing
	[ "$config" != kcsan ] || [ -n "$watchpoints" ] || why="${why}no watchpoints, "
	why=${why%, }
}
