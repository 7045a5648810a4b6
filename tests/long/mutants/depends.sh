# SPDX-License-Identifier: GPL-2.0
# A shell function for ./run, on its variables

# depends: the files that decide, with a mutant and the series, whether $program finds it
depends() {
	find guest qemu tests/lib mk/perf mk/kernel tests/truth/programs.c tests/scripts/ran.sh -type f
	[ ! -e "boards/$board" ] || find boards/*.dtsi "boards/$board" -type f
	for word in $(echo "$program" | tr , ' '); do
		case $word in
		*.sh)
			echo "tests/scripts/$word"
			sed -n 's,^\. \./,tests/scripts/,p' "tests/scripts/$word" | while read -r sourced; do
				[ ! -e "$sourced" ] || echo "$sourced"
			done
			case $word in meet.sh | race.sh) find tests/programs/meet -type f ;; esac
			;;
		*)
			word=${word##*/}
			[ ! -e "tests/programs/${word%32}.c" ] ||
				"${cross}gcc" -MM -Itests/programs -Ibuild/tests -Ibuild/linux/tools/testing/selftests \
					-isystem build/guest/headers/usr/include "tests/programs/${word%32}.c" |
					tr -d '\\' | sed 's/^[^:]*://' | xargs -n 1
			;;
		esac
	done
}
