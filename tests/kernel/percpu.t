#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sinks of which each CPU has one: the ABI with them, and what perf says.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b armv9 -- percpu.c percpu.sh
