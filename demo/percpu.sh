#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Where each CPU has a sink of its own, its TRBE, that is the default; naming another
# sends the trace there. Runs in the guest on the board "armv9".

. /extra/lib.sh
cd /tmp || exit 1
sinks=$(ls $pmu/sinks)

# row SINK ARGUMENTS: records gzip on CPU 2; all of its trace has to be in SINK
row() {
	want=$1 wrong=''
	shift
	asked=$*
	for s in $sinks; do
		eval "before_$s=$(model_bytes "$s")"
	done
	taskset 4 perf record -q "$@" -o data -- gzip -nc /extra/text >/dev/null 2>err ||
		wrong=$(cat err)
	model=''
	for s in $sinks; do
		n=$(($(model_bytes "$s") - before_$s))
		[ $n -eq 0 ] || model="$model $s=$n"
	done
	perf report -D -i data >dump 2>err
	perf script -i data --itrace=b -F ip >branches 2>>err
	named=$(recorded_sinks <dump) aux=$(aux_bytes <dump) errors=$(decode_errors dump err)
	# shellcheck disable=SC2086 # a list
	set -- $model
	[ "$# ${1%=*}" = "1 $want" ] || wrong="trace in ${model:-no sink}"
	[ "$named" = "$want" ] || wrong="perf.data names '$named'"
	[ "$aux" -gt 0 ] || wrong='no AUX data'
	[ "$errors" -eq 0 ] || wrong="$errors decode errors: $(head -1 err)"
	[ -s branches ] || wrong='no branch was decoded'
	printf '%-7s %-28s %-10s %-21s %9d %6d  %s\n' armv9 "$asked" "$named" "${model# }" \
		"$aux" "$errors" "${wrong:+WRONG: $wrong}"
	[ -z "$wrong" ] || bad=1
}

row trbe2 -e cs_etm//u
row trbe2 -C 2 -e cs_etm/@trbe2/u
row tmc_etr0 -e cs_etm/@tmc_etr0/u
row tmc_etr0 -C 2 -e cs_etm/@tmc_etr0/u
echo
sh /extra/wrong.sh 1 trbe2 'CPU 1 does not reach that sink' || bad=1
exit $bad
