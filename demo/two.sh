#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Two sessions at once, each on a CPU and a sink of its own. Runs in the guest
# on the board "split". perf itself runs on the next CPU, or it would trace itself.

. /extra/lib.sh
cd /tmp || exit 1

session() { # NAME CPU SINK
	taskset $((2 << $2)) perf record -q -C "$2" -e "cs_etm/@$3/u" -o "data.$1" -- \
		taskset $((1 << $2)) gzip -nc /extra/text >/dev/null 2>"err.$1"
	echo $? >"status.$1"
}

before0=$(model_bytes tmc_etr0) before1=$(model_bytes tmc_etr1)
session 0 0 tmc_etr0 & session 1 2 tmc_etr1 & wait
model0=$(($(model_bytes tmc_etr0) - before0)) model1=$(($(model_bytes tmc_etr1) - before1))

for i in 0 1; do
	sink=tmc_etr$i
	eval "model=\$model$i"
	[ "$(cat status.$i)" = 0 ] || wrong=$(cat err.$i)
	[ "$model" -gt 0 ] || wrong="nothing in $sink"
	row split $sink $sink data.$i "$sink=$model"
done
exit $bad
