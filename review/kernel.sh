# SPDX-License-Identifier: GPL-2.0
# A check that builds the kernel; sourced by one that sets
#	build			its name
#	arguments, compiler	of make
#	targets			what is built
#	proof			a line of .config that shows that the options took
#	options			a function that prints the options

lane=1
touches=$kernel_files
arguments="ARCH=arm64 CROSS_COMPILE=$cross" compiler=${cross}gcc
targets='kernel/events/ drivers/hwtracing/coresight/'
proof=CONFIG_CORESIGHT=y

options() {
	fragment default
}

# kernel ARGUMENT...
kernel() {
	# shellcheck disable=SC2086 # a list
	each_make "$build" $arguments CC="ccache $compiler" W=1 "$@"
}

configure() {
	options >"$log/$build.config"
	kernel KCONFIG_ALLCONFIG="$log/$build.config" allnoconfig >"$log/$build.configure" 2>&1 ||
		{ tail -n 5 "$log/$build.configure"; return 1; }
	grep -qxF "$proof" "$each/.each-$build/.config" || {
		echo "error: $proof did not take"
		return 1
	}
}

compile() {
	# shellcheck disable=SC2086 # a list
	kernel $targets
}

before() {
	baseline "$build" configure
	baseline "$build" compile
}

check() {
	! any '/Kconfig$' || configure || return 1
	compile
}
