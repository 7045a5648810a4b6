#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sinks of which each CPU has one: the ABI with them, what perf prints, and what perf cannot do
# with them, with or without the series; and that nothing is left of one if there is no memory
# for it. "make soak" reloads their driver for longer.

cd "$(dirname "$0")/../.." || exit 1
{
	tests/lib/in-guest -t 600 -b armv9 -- percpu.c percpu.sh percpu-mixed.sh probe_faults.c \
		'percpu_reload.c --rounds 30'
	tests/lib/in-guest -b armv9 -k none -- 'percpu-mixed.sh old'
} | tests/lib/join
