# SPDX-License-Identifier: GPL-2.0
# Shell functions for ./run, on its variables: did the test that is meant for a mutant find it?

# The first line that the kernel complained in
complaint() {
	sed -n '/^guest\/run: the kernel complained/{n;s/^\[[^]]*\] *//p;q}' "$1"
}

# judge CONTROL OUTPUT: leaves $verdict
judge() {
	verdict=SURVIVED
	case $test in
	kernel:*)
		! complaint "$2" | grep -qE "${test#kernel:}" || verdict="killed by the kernel"
		[ -z "$(complaint "$1")" ] || verdict="SURVIVED: the kernel complains without it"
		;;
	*)
		! grep -q "^not ok .* $test\$" "$2" || verdict="killed by the test"
		grep -q "^ok .* $test\$" "$1" || verdict="SURVIVED: the test fails without it"
		[ "$verdict" != "killed by the test" ] || [ -z "$(complaint "$2")" ] ||
			verdict="$verdict, and the kernel"
		;;
	esac
}

# Does "make check" run this?
in_check() {
	for b in "$board" '*'; do
		! grep -qxF "$b $config ${series:-all} $program" "$out/checked" || echo yes
	done | grep . || echo -
}
