# SPDX-License-Identifier: GPL-2.0
# New perf lists the sinks, says which was used, and warns if nothing was traced; old perf does
# none of that. With the argument "list", only the list is tested.
. ./tap.sh
. ./sysfs.sh
. ./record.sh
event=cs_etm/@tmc_etr0/u
file=/tmp/data

# "SINK CPU" for each CPU that reaches a sink, by what perf list says
listed() {
	perf list cs_etm | sed -n 's/.*cs_etm\/@\(.*\)\/ .*\[Sink reached by CPUs* \(.*\)]/\1 \2/p' |
		while read -r sink cpus; do
			for c in $(echo "$cpus" | tr ',' ' '); do
				seq "${c%-*}" "${c#*-}" | sed "s/^/$sink /"
			done
		done | sort -u
}

sinks=$(ls $pmu/sinks)
connected=$(connected)
tap_note=$(perf list cs_etm)
is "perf list: what reaches each sink is what the connections say" "$(listed)" "$connected"
names=$(for s in $sinks; do echo "cs_etm/@$s/"; done)
none=$(for s in $sinks; do echo "$connected" | grep -q "^$s " || echo "cs_etm/@$s/ [Sink reached by no CPU]"; done)
is "perf list: and nothing reaches the others" \
	"$(perf list cs_etm | grep 'no CPU' | sed 's/^ *//; s/  */ /')" "$none"
for args in "" "--raw-dump pmu" "--raw-dump cs_etm" "pmu" "-j" "-j cs_etm"; do
	# shellcheck disable=SC2086 # options
	is "perf list${args:+ $args}: each sink" "$(perf list $args 2>&1 | grep -o 'cs_etm/@[^/]*/')" "$names"
done
others() {
	"$1" list --raw-dump pmu 2>&1 | tr ' ' '\n' | grep -v @ | sort
}
is "perf list: all else is as perf-old has it" "$(others perf)" "$(others perf-old)"
is "perf-old list knows no sink" "$(perf-old list 2>&1 | grep -c '@')" 0
for s in $sinks; do
	ok "perf stat takes cs_etm/@$s/ as perf list has it" perf stat -e "cs_etm/@$s/" -o out true
done

[ "${1-}" != list ] || {
	done_testing
	exit
}

# said: what perf said of sinks, and what the header of its file says
said() {
	echo "$err" | sed -n 's/^sinks : //p'
	perf report --header-only -i $file 2>/dev/null | sed -n 's/^# sinks : //p'
	perf script --header-only -i $file 2>/dev/null | sed -n 's/^# sinks : //p'
}
three() {
	printf '%s\n' "$1" "$1" "$1"
}

run="taskset 2 gzip -nc file"
record perf $event -v -C 1
is "asked for and used" "$(said)" "$(three "$event: asked for tmc_etr0, used tmc_etr0 (CPU 1)")"
record perf-old $event -v -C 1
is "perf-old does not say" "$(said)" ""
record perf cs_etm//u -v -C 1
is "used without being asked for" "$(said)" "$(three "cs_etm//u: used tmc_etr0 (CPU 1)")"
record perf cs_etm//u -v -C 1 -N
is "the same without build IDs" "$(said)" "$(three "cs_etm//u: used tmc_etr0 (CPU 1)")"
id=$(cat $pmu/sinks/tmc_etf0)
record perf "cs_etm/sinkid=$id/u" -v -C 1
is "asked for by number" "$(said)" "$(three "cs_etm/sinkid=$id/u: used tmc_etf0 (CPU 1)")"
record perf cs_etm//u -v -a
last=$(($(ls -d $pmu/cpu* | wc -l) - 1))
used="tmc_etr0 (CPUs 0-$last)"
[ ! -e $pmu/sinks/tmc_etr1 ] || used="tmc_etr0 (CPUs 0-1)
tmc_etr1 (CPUs 2-3)"
is "the sinks of all CPUs" "$(said | sed -n '1s/.*: used //; 1s/), /)\n/g; 1p' | sort)" "$used"
perf inject -i $file -o injected --itrace=i1000i 2>/dev/null
is "perf inject keeps it" "$(perf report --header-only -i injected 2>/dev/null | grep '^# sinks')" \
	"# sinks : $(said | head -n 1)"
for option in '' -N; do
	record perf cycles:u -v $option
	is "an event without AUX area has no sinks${option:+, $option}" "$(said)" ""
done

# The file of one perf, read by the other
run="taskset 2 true"
for p in perf perf-old; do
	record $p $event -C 1
	for q in perf perf-old; do
		lines=$($q script -i $file --itrace=b -F ip 2>err | wc -l)
		tap_note=$(tail -n 5 err)
		ok "$q decodes $p's file" [ "$lines" -gt 100 ]
		ok "$q reads the header of $p's file" sh -c "$q report --header-only -i $file 2>&1 | grep -q tmc_etr0"
	done
done

# warning WHAT PATTERN PERF [ARGUMENT...]: perf's status is that of the program, and it warns
warning() {
	w=$1 pattern=$2
	shift 2
	"$@" >stream 2>err
	is "$w: the status is the program's" $? 3
	tap_note=$(cat err)
	like "$w: what is said" "$tap_note" "$pattern"
}
# silence WHAT PERF [ARGUMENT...]: the same, but it does not warn
silence() {
	w=$1
	shift
	"$@" >stream 2>err
	is "$w: the status is the program's" $? 3
	tap_note=$(cat err)
	ok "$w: it says nothing" sh -c '! grep -iq "warning\|trace" err'
}
nothing="*WARNING: event $event recorded no trace.*"
busy="*A sink can only be used by one session at a time, and not while an external debugger*"
program() {
	p=$1
	shift
	# shellcheck disable=SC2086 # a command and its argument
	$pin "$p" record -o data -e $event "$@" -- sh -c 'exit 3'
}
pin=
if echo "$connected" | grep -q '^tmc_etr0 3$'; then
	silence "there is trace" program perf
	# As an external debugger does
	etr=0x$(basename "$(dirname "$(readlink -f /sys/bus/coresight/devices/tmc_etr0)")" | sed 's/\..*//')
	claim() {
		devmem $((etr + 0xfb0)) 32 0xc5acce55
		devmem $((etr + $1)) 32 1
	}
	claim 0xfa0
	silence "claimed, perf-old" program perf-old
	warning "claimed" "$nothing*could not start tracing on CPU*$busy" program perf
	silence "claimed, -q" program perf -q
	warning "claimed, to a pipe" "$nothing$busy" program perf -o -
	ok "claimed: nothing of that is in the stream" sh -c '! grep -aq "no trace" stream'
	claim 0xfa4
	silence "claimed no more" program perf
else
	reach="Trace of CPUs 2-3 does not reach tmc_etr0. Run the program with taskset -c 0-1, or trace these CPUs with -C 0-1."
	pin="taskset 8"
	silence "out of reach, perf-old" program perf-old --per-thread
	warning "out of reach" "$nothing$reach*" program perf --per-thread
	event=cs_etm/@sink=tmc_etr0/u
	warning "out of reach, as sink=" "*$reach*" program perf --per-thread
	event=cs_etm/@tmc_etr0/u
	warning "out of reach, to a pipe" "$nothing$reach*$busy" program perf --per-thread -o -
	ok "out of reach: nothing of that is in the stream" sh -c '! grep -aq "no trace" stream'
	ok "perf-old reads the stream" sh -c "perf-old report --header-only -i - <stream | grep -q tmc_etr0"
	silence "out of reach, perf-old, to a pipe" program perf-old --per-thread -o -
	ok "perf reads perf-old's stream" sh -c "perf report --header-only -i - <stream | grep -q tmc_etr0"
	silence "out of reach, a snapshot" program perf --per-thread -S
	pin="taskset 1"
	silence "within reach" program perf --per-thread
fi
done_testing
