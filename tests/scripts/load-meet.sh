# SPDX-License-Identifier: GPL-2.0
# load_meet [PARAMETER=VALUE...]: loads meet.ko, which tests/programs/Makefile builds, from
# the current directory.

load_meet() {
	modprobe coresight-tmc
	bus=$(awk '$3 == "coresight_bustype" { print $1 }' /proc/kallsyms)
	busybox insmod ./meet.ko bus="0x$bus" "$@" || {
		echo "Bail out! meet.ko does not go into this kernel: tests/programs/Makefile builds it"
		exit 1
	}
}
