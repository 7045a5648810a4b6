#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Makes a wrong choice and shows what the user sees. Runs in the guest. The arguments are
# the CPUs or "any", the sink, and a pattern that the message must match.

cd /tmp || exit 1
cpus=$1 sink=$2 word=$3
set -- -e "cs_etm/@$sink/u"
[ "$cpus" = any ] || set -- "$@" -C "$cpus"

echo "\$ perf record $* -- true"
if perf record -o data "$@" -- true >out 2>&1; then
	echo "WRONG: it was accepted"
	exit 1
fi
sed 's/^/    /' out
grep -q "$word" out || { echo "WRONG: the message should have '$word'"; exit 1; }
! grep -q 'Captured and wrote' out || { echo "WRONG: something was recorded"; exit 1; }
