#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# meet.sh SINK: meet.c with meet.ko

cd "$(dirname "$0")" || exit 1
. ./load-meet.sh
load_meet sink="$1"
./meet "$1"
status=$?
rmmod meet
exit $status
