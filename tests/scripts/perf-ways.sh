# SPDX-License-Identifier: GPL-2.0
# The ways in which new and old perf are told what to trace, and perf top, which records nothing;
# on a kernel that has the ioctl or on one that does not. What was traced is what the records
# that name a sink belong to.
here=$PWD
. ./tap.sh
. ./record.sh

# cpus PERF: those whose trace a record names the sink of; its line in the dump begins with the CPU
cpus() {
	dump "$1" | sed -n 's/^ *\([0-9]*\) .*AUX_OUTPUT_HW_ID.*/\1/p' | sort -un | xargs
}

# traces PERF SINK CPUS EVENT [OPTION...]: all of these CPUs, and no others, are traced to SINK
traces() {
	p=$1 s=$2 c=$3 e=$4
	shift 4
	record "$p" "$e" "$@"
	is "$p: $e${*:+ $*}, on CPUs $c" "$status $(dump "$p" | recorded_sinks), $(cpus "$p")" "0 $s, $c"
}

# tops PERF EVENT: perf top's status, and the event that it shows; it is told to end once it does
tops() {
	"$1" top --stdio -d 1 -e "$2" </dev/null >out 2>err &
	top=$!
	until grep -q PerfTop: out || ! kill -0 $top 2>/dev/null; do
		sleep 0.2
	done
	kill $top
	wait $top
	echo "$? $(grep -o "$2" out | head -n 1)"
}

last=$(($(ls -d $pmu/cpu* | wc -l) - 1))
for p in perf perf-old; do
	run="gzip -nc file"
	traces $p tmc_etf0 "$(seq 0 $last | xargs)" cs_etm/@tmc_etf0/u -a
	traces $p tmc_etf0 "0 2 3" cs_etm/@tmc_etf0/u -C 0,2-3
	run="taskset 2 gzip -nc file"
	for e in cs_etm/@tmc_etf0,cpu=1/u cs_etm/cpu=1,@tmc_etf0/u; do
		traces $p tmc_etf0 1 $e
	done
	works $p $p "cs_etm/ @tmc_etf0/u" tmc_etf0
	# They ignore what only perf record can pass to the kernel
	for e in cs_etm/@tmc_etf0/u cs_etm/@nonsuch/u; do
		is "$p: top takes $e" "$(tops $p "$e")" "0 $e"
		ok "$p: stat takes $e" $p stat -e "$e" -o out true
	done
done

# Threads of a program that runs already, each on a CPU of its own
perf test -w thloop 600 3 >/dev/null 2>&1 &
pid=$!
until [ "$(ls /proc/$pid/task 2>/dev/null | wc -l)" -gt 2 ] || ! kill -0 $pid; do
	sleep 0.1
done
tids=$(ls /proc/$pid/task)
one=$(echo "$tids" | sed -n 2p)
two=$(echo "$tids" | sed -n '2,3p' | paste -sd, -)
for p in perf perf-old; do
	for t in $one $two; do
		for how in '' --per-thread; do
			run="$ran $(echo "$t" | tr , ' ')" record $p cs_etm/@tmc_etf0/u -t "$t" $how
			is "$p: -t${how:+ $how} of $(echo "$t" | tr ',' '\n' | wc -l) threads" \
				"$status $(dump $p | recorded_sinks)" "0 tmc_etf0"
			is "$p: and of no others" \
				"$(dump $p | sed -n 's/.*ITRACE_START pid: .* tid: \([0-9]*\).*/\1/p' | sort -un | paste -sd, -)" "$t"
		done
	done
done
kill $pid
wait $pid 2>/dev/null

# The first thread has exited: perf goes on with the others
"$here/leaderless" &
pid=$!
until grep -q '^State:.*Z' /proc/$pid/task/$pid/status || ! kill -0 $pid; do
	sleep 0.1
done
for p in perf perf-old; do
	run="$ran $(ls /proc/$pid/task | sed "/^$pid$/d" | xargs)" record $p cs_etm/@tmc_etf0/u -p $pid --per-thread
	is "$p: -p of a process whose first thread has exited" \
		"$status $(dump $p | recorded_sinks)" "0 tmc_etf0"
done
kill $pid
wait $pid 2>/dev/null
done_testing
