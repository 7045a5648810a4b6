#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# race.sh [ARGUMENT...]: race.c with meet.ko, which tells who uses what afterwards

cd "$(dirname "$0")" || exit 1
. ./load-meet.sh
load_meet
./race "$@"
status=$?
rmmod meet
exit $status
