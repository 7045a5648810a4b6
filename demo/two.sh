#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Two sessions at once, each on CPUs and a sink of its own. Runs in the guest
# on the board "split".

. /extra/lib.sh
cd /tmp || exit 1

session() { # NAME CPUS MASK SINK
	perf record -q -C "$2" -e "cs_etm/@$4/u" -o "data.$1" -- \
		taskset "$3" gzip -nc /extra/text >/dev/null 2>"err.$1"
	echo $? >"status.$1"
}

before0=$(model_bytes tmc_etr0) before1=$(model_bytes tmc_etr1)
session 0 0,1 3 tmc_etr0 & session 1 2,3 c tmc_etr1 & wait
model0=$(($(model_bytes tmc_etr0) - before0)) model1=$(($(model_bytes tmc_etr1) - before1))

for i in 0 1; do
	sink=tmc_etr$i
	eval "model=\$model$i"
	[ "$(cat status.$i)" = 0 ] || wrong=$(cat err.$i)
	[ "$model" -gt 0 ] || wrong="nothing in $sink"
	row split $sink $sink data.$i "$sink=$model"
done
exit $bad
