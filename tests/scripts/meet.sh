#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# meet.sh SINK: meet.c with meet.ko, which tests/programs/Makefile builds

cd "$(dirname "$0")" || exit 1
modprobe coresight-tmc
bus=$(awk '$3 == "coresight_bustype" { print $1 }' /proc/kallsyms)
busybox insmod ./meet.ko bus="0x$bus" sink="$1" || {
	echo "Bail out! meet.ko does not go into this kernel: tests/programs/Makefile builds it"
	exit 1
}
./meet "$1"
status=$?
rmmod meet
exit $status
