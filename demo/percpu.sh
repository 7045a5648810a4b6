#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# If each CPU has a sink of its own, its TRBE, that sink is the default. If the user names
# another sink, the trace goes there. Runs in the guest on the board "armv9".

. /extra/lib.sh
cd /tmp || exit 1
sinks=$(ls $pmu/sinks)
columns='%-7s %-28s %-10s %-21s %9d %6d  %s\n'

# record SINK ARGUMENTS: records gzip on CPU 2; all of its trace has to be in SINK
record() {
	want=$1
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
	# shellcheck disable=SC2086 # a list
	set -- $model
	[ "$# ${1%=*}" = "1 $want" ] || wrong="trace in ${model:-no sink}"
	row armv9 "$asked" "$want" data "${model# }"
}

record trbe2 -e cs_etm//u
record trbe2 -C 2 -e cs_etm/@trbe2/u
record tmc_etr0 -e cs_etm/@tmc_etr0/u
record tmc_etr0 -C 2 -e cs_etm/@tmc_etr0/u
echo
sh /extra/wrong.sh 1 trbe2 'CPU 1 does not reach that sink' || bad=1
exit $bad
