# SPDX-License-Identifier: GPL-2.0
# New and old perf, on a kernel that has the ioctl or on one that does not.
. ./tap.sh

. ./record.sh

# fails NAME PERF EVENT PATTERN [OPTION...]: perf fails, and its message matches PATTERN
fails() {
	n=$1 p=$2 e=$3 pattern=$4
	shift 4
	record "$p" "$e" "$@"
	ok "$n: $e fails" [ "$status" -ne 0 ]
	like "$n: $e says why" "$err" "$pattern"
}

# config2 SINK: what perf puts into config2 for @SINK, after the PMU's number, which is always
# there
config2() {
	perf record -vv -e "cs_etm/@$1/u" -o data true 2>&1 |
		awk -v "pmu=$(cat $pmu/type)" '
			$1 == "type" { if (on) exit; on = $2 == pmu; if (on) print $2 }
			on && /config2/ { print $NF }' | tr '\n' ' '
}

# threads NAME PERF SINK [OPTION...]: a program of two threads that runs already
threads() {
	n=$1 p=$2 s=$3
	shift 3
	taskset 2 perf test -w thloop 60 2 >/dev/null 2>&1 &
	pid=$!
	until [ "$(ls /proc/$pid/task 2>/dev/null | wc -l)" -gt 1 ] || ! kill -0 $pid; do
		sleep 0.1
	done
	run="$ran $(ls /proc/$pid/task | xargs)" record "$p" "cs_etm/@$s/u" -p $pid "$@"
	kill $pid
	wait $pid 2>/dev/null
	is "$n: -p of two threads${*:+ $*} to $s" "$status $(dump "$p" | recorded_sinks)" "0 $s"
}

etf=$(cat $pmu/sinks/tmc_etf0)
etr=$(cat $pmu/sinks/tmc_etr0)
for p in perf perf-old; do
	for s in tmc_etf0 tmc_etr0; do
		works $p $p "cs_etm/@$s/u" $s
		# Old perf runs the same code for each sink: one is enough for the rest.
		[ "$p $s" != 'perf-old tmc_etr0' ] || continue
		works $p $p "cs_etm/@$s /u" $s
		works $p $p "cs_etm/@$s/u" $s --per-thread
		[ $p = perf-old ] || works $p $p "cs_etm/@sink=$s/u" $s
		threads $p $p $s
		threads $p $p $s --per-thread
		tap_note=$(dump $p | grep 'HW_ID\|ITRACE_START')
		ok "$p: a record for each thread's trace" [ "$(dump $p | hw_ids | wc -l)" -ge 2 ]
	done
	works $p $p cs_etm//u tmc_etr0
	works $p $p "cs_etm/@tmc_etf0,sinkid=$etf/u" tmc_etf0
	ok "$p: stat accepts it as before" $p stat -e cs_etm/@tmc_etf0/u -o out true
done
fails perf-old perf-old cs_etm/@nonsuch/u '*find sink "nonsuch" on event*'
works perf-old perf-old "cs_etm/@tmc_etr0,sinkid=$etf/u" tmc_etf0

all='Sinks that perf can use:*tmc_etf0*tmc_etr0*'
if [ -e $pmu/caps/drv_config ]; then
	one="*: Invalid argument*The driver takes one sink*$all"
	fails perf perf cs_etm/@nonsuch/u "*\"nonsuch\"*: No such device*no device of that name*$all"
	fails perf perf cs_etm/@tpiu0/u "*\"tpiu0\"$one"
	fails perf perf cs_etm/@key=tmc_etr0/u "*\"key=tmc_etr0\"$one"
	fails perf perf cs_etm/@/u "*\"\"$one"
	fails perf perf cs_etm/@tmc_etr0-/u '*"tmc_etr0-"*: No such device*'
	fails perf perf cs_etm/@sink=tmc_etr0,@sink=tmc_etf0/u "*\"sink=tmc_etr0,sink=tmc_etf0\"$one"
	fails perf perf "cs_etm/@tmc_etr0,sinkid=$etf/u" "*\"tmc_etr0\"$one"
	reach='reach that sink. It reaches: tmc_etf0 tmc_etr0*--per-thread*-C*'
	fails perf perf cs_etm/@tmc_etf1/u "*\"tmc_etf1\"*No such device or address*CPU 0 does not $reach"
	fails perf perf cs_etm/@tmc_etf1/u "*CPU 2 does not $reach" -C 2
	fails perf perf cs_etm/@tmc_etf1/u '*No CPU reaches that sink. They reach: tmc_etf0 tmc_etr0*' --per-thread
	fails perf perf software/config=1,@sink=tmc_etr0/u "*This PMU does not support*Remove them*"
	is "config2 stays free" "$(config2 tmc_etr0)" "$(cat $pmu/type) "
else
	fails perf perf cs_etm/@nonsuch/u "*find sink \"nonsuch\" on event*$all"
	fails perf perf cs_etm/@key=tmc_etr0/u "*find sink \"key=tmc_etr0\" on event*$all"
	fails perf perf cs_etm/@tmc_etr0-/u '*find sink "tmc_etr0-" on event*'
	fails perf perf cs_etm/@./u '*Failed to set sink "." on event*Is a directory*'
	fails perf perf cs_etm/@tmc_etr0,@tmc_etf0/u '*find sink "tmc_etr0,tmc_etf0" on event*'
	works perf perf "cs_etm/@tmc_etr0,sinkid=$etf/u" tmc_etf0
	works perf perf "cs_etm/@tmc_etf0,sinkid=$etr/u" tmc_etr0
	fails perf perf software/config=1,@sink=tmc_etr0/u "*This kernel does not support*Remove them*"
	is "config2 has the hash" "$(config2 tmc_etr0)" "$(cat $pmu/type) $(printf %#x "$etr") "
fi
done_testing
