#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What perf records to each sink, with buffers that are big enough and others that are
# not, with and without -S, decodes. TRACE_BOARD chooses the board. Too long for make
# check: make truth runs it.

cd "$(dirname "$0")/../.." || exit 1
exec tests/lib/in-guest -b "${TRACE_BOARD:-db410c}" -t 1800 -- perf-trace.sh
