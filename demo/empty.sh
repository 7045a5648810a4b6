#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Records a program that runs only where the sink is out of reach, and shows what the user
# sees. Runs in the guest, on the board "split".

cd /tmp || exit 1
set -- --per-thread -e cs_etm/@tmc_etr0/u
echo "\$ taskset -c 3 perf record $* -- true"
taskset -c 3 perf record -o data "$@" -- true >out 2>&1 || { cat out; echo "WRONG: it failed"; exit 1; }
sed 's/^/    /' out
grep -q 'WARNING: event cs_etm.* recorded no trace' out || { echo "WRONG: there is no warning"; exit 1; }
