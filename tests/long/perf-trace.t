#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What perf records to each sink, with buffers that are big enough and others that are
# not, with and without -S, decodes. TRACE_BOARD chooses the board. Too long for make
# check: make truth runs it.

cd "$(dirname "$0")/../.." || exit 1
board=${TRACE_BOARD:-db410c}
IN_GUEST_FILES=boards/$board/expect exec tests/lib/in-guest -b "$board" -t 1800 -- perf-trace.sh
