# SPDX-License-Identifier: GPL-2.0
# perf without memory, or with a kernel that has none or reports no sinks: it says so or does
# without, and ends as it should. preload.so has that go wrong, and the file "functions" says
# where the functions of this perf are. For the board armv9, as only a TRBE's trace is of one CPU.
here=$PWD
. ./tap.sh
. ./record.sh
event=cs_etm/@tmc_etr0/u

# amiss NAME=VALUE: perf with that gone wrong
amiss() {
	echo "env LD_PRELOAD=$here/preload.so $1 perf"
}

# no_memory FUNCTION DEPTH N: perf whose function has no memory, see preload.c
no_memory() {
	amiss "NO_MEMORY=$(awk -v name="$1" '{ sub(/\..*/, "", $3) }
		$3 == name { print $1 "," $2; exit }' "$here/functions"),$2,$3"
}

# What the header of the file says of sinks
header() {
	perf report --header-only -i data 2>/dev/null | sed -n 's/^# sinks : //p'
}

# tells WHAT STATUS TEXT HEADER PERF EVENT [OPTION...]
tells() {
	w=$1 s=$2 text=$3 h=$4
	shift 4
	record "$@"
	is "$w: status, and what the header says" "$status $(header)" "$s $h"
	like "$w: what perf says" "$err" "$text"
}

# lists PERF: what perf list says of the sinks that CPUs share
lists() {
	$1 list cs_etm 2>err | sed -n 's/.*@tmc_[^ ]*  *//p' | sort | uniq -c | sed 's/^ *//'
}

run="taskset 2 true"
tells "all is well" 0 '*' "$event: asked for tmc_etr0, used tmc_etr0 (CPU 1)" perf $event -C 1
is "all is well: perf list" "$(lists perf)" "2 [Sink reached by CPUs 0-3]"

is "no memory for CPUs: perf list does without them" "$(lists "$(no_memory cs_etm_sink_cpus 1 1)")" "2 [Sink]"
like "no memory for CPUs: and it had none" "$(cat err)" "preload: no memory*"

stopped="*preload: no memory*AUX_OUTPUT_HW_ID*Cannot allocate memory*"
for n in 1 2; do
	tells "no memory for the sink used, $n" 0 "$stopped" "$event: asked for tmc_etr0, used unknown sinks" \
		"$(no_memory process_aux_output_hw_id 2 $n)" $event -C 1
done
tells "no memory for the header" 0 '*preload: no memory*failed to write feature AUX_SINKS*' "" \
	"$(no_memory record__describe_aux_sinks 9 1)" $event -C 1 -v

two=cs_etm/@tmc_etr0,@other/u
tells "two terms" 255 '*"tmc_etr0,other"*Invalid argument*' "" perf $two -C 1
tells "no memory for two terms" 129 '*preload: no memory*event syntax error*' "" \
	"$(no_memory get_config_terms 9 3)" $two -C 1

# Of a thread that is not in the records otherwise. The idle one and the program come first.
taskset 2 sh -c '>runs; while :; do :; done' &
thread="-t $! --per-thread --synth=no"
until [ -e runs ]; do sleep 0.1; done
run="$ran $!"
# shellcheck disable=SC2086 # options
{
	tells "a thread" 0 '*' "cs_etm//u: used trbe1 (CPU 1)" perf cs_etm//u $thread
	tells "no memory for a thread" 0 '*preload: no memory*type: AUX (11)*Cannot allocate memory*' \
		"cs_etm//u: used trbe1 (CPU 1)" "$(no_memory thread__init_maps 2 3)" cs_etm//u $thread
}
kill $!

# fail-nth makes those fail that may sleep, but for this
gfp_wait=/sys/kernel/debug/failslab/ignore-gfp-wait
echo N >$gfp_wait
tells "no memory in the kernel" 255 "*
Failed to set driver configuration \"tmc_etr0\" on event $event: Cannot allocate memory" "" \
	"$(amiss NO_KERNEL_MEMORY=1)" $event -C 1
echo Y >$gfp_wait

run="taskset 2 true"
unknown="$event: asked for tmc_etr0, used a sink that this kernel does not report (CPU 1)"
tells "a kernel that reports no sinks" 0 "*preload: a record without a sink*sinks : $unknown*" "$unknown" \
	"$(amiss OLD_KERNEL=1)" $event -C 1 -v
done_testing
