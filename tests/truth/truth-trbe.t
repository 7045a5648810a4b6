#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# As truth.t, where an ETE traces and each CPU's TRBE, the default there, is the sink.

cd "$(dirname "$0")/../.." || exit 1
export TRUTH_BOARD="${TRUTH_BOARD:-armv9}" TRUTH_EVENT="${TRUTH_EVENT-}"
exec tests/truth/truth.t
