# SPDX-License-Identifier: GPL-2.0
# lsm.c with refuse.ko, which stands for a security module
busybox insmod ./refuse.ko || {
	echo "Bail out! refuse.ko does not go into this kernel: tests/programs/Makefile builds it"
	exit 1
}
./lsm
status=$?
rmmod refuse
exit $status
