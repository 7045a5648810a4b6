# SPDX-License-Identifier: GPL-2.0
# map.sh SHELL [AWK]: tests boards/map, run by SHELL with nothing in the path but awk. In a
# guest with CoreSight it reads the guest's sysfs; on the host, which has none, a made-up one.
. ./tap.sh
. ./sysfs.sh
pmu=/sys/bus/event_source/devices/cs_etm

only=$(mktemp -d)
ln -s "$(command -v ${2:-awk})" "$only/awk"

# map [OPTION...]: leaves $status, $out and $err
map() {
	status=0
	env -i PATH="$only" $shell ./map "$@" >out 2>err || status=$?
	out=$(sed 's/ *$//' out) err=$(cat err)
	tap_note=$out$err
}
shell="$(command -v "$1")"
[ "$1" != busybox ] || shell="$shell sh"

# fails WHAT STATUS PATTERN [OPTION...]: with a clear line, and no picture
fails() {
	fails_what=$1 fails_status=$2 pattern=$3
	shift 3
	map "$@"
	is "$fails_what: no picture" "$status $out" "$fails_status "
	like "$fails_what: it says" "$err" "$pattern"
}

# The ways to each sink, as boards/map prints them on this machine
ways() {
	for s in "$pmu"/sinks/*; do
		map -s "${s##*/}"
		printf '%s\n' "$out" "$err"
	done
}
# "FROM -> TO" for each connection
links() {
	for c in /sys/bus/coresight/devices/*/connections/out:*; do
		from=${c%/connections/*}
		echo "${from##*/} -> $(basename "$(readlink -f "$c")")"
	done
}
# Either there is a map, or a line that says why not
some() {
	map -s tmc_etr0
	{ [ -n "$out" ] || [ "$status" -eq 1 ]; } && [ -z "$(grep -v '^map: ' err)" ]
}
if [ -e $pmu/cpu0 ]; then
	ways=$(ways)
	connected=$(connected)
	tap_note=$ways
	is "each CPU has a way to the sinks that it is connected to" \
		"$(echo "$ways" | sed -n 's/^CPU \([0-9]*\): .* -> \(.*\)/\2 \1/p' | sort)" "$connected"
	is "and to no other" \
		"$(echo "$ways" | sed -n 's/^map: CPU \([0-9]*\) has no way to \(.*\)/\2 \1/p' | sort)" \
		"$(for s in "$pmu"/sinks/*; do for c in "$pmu"/cpu*; do echo "${s##*/} ${c##*cpu}"; done; done |
			sort | grep -vxF "$connected")"
	is "each step is a connection" "$(echo "$ways" | sed -n 's/^CPU [0-9]*: //p' | awk -F ' -> ' '{
			for (i = 1; i < NF; i++) if ($(i + 1) !~ /^trbe/) print $i " -> " $(i + 1) }' |
			sort -u | grep -vxF "$(links)")" ""
	map
	is "all of the devices are there" "$(echo "$out" | sed 's/ .*//' | sort)" \
		"$(ls /sys/bus/coresight/devices)"
	if rmmod coresight_tmc 2>/dev/null; then
		while_module_goes 5 some
		is "while a module is unloaded and loaded" $bad 0
	fi
	done_testing
	exit
fi

fake 2 "tmc_etr0 tmc_etr1"
devices_of_2='etm0           devices                CPU 0  -> funnel0
etm1           devices                CPU 1  -> funnel0
funnel0        devices                       -> tmc_etr0 -> tmc_etr1
tmc_etr0       devices                sink
tmc_etr1       devices                sink'
map "$sys"
is "text" "$status $out$err" "0 $devices_of_2"
map -s tmc_etr1 "$sys"
is "text, the way to a sink" "$status $out$err" "0 $devices_of_2

CPU 0: etm0 -> funnel0 -> tmc_etr1
CPU 1: etm1 -> funnel0 -> tmc_etr1"
map -s tmc_etr1 -c 1 "$sys"
is "text, the way from a CPU" "$status $out$err" "0 $devices_of_2

CPU 1: etm1 -> funnel0 -> tmc_etr1"
map -d "$sys"
is "for Graphviz" "$status $(grep -c -- '->' out) $(grep -c c00000 out)$err" "0 4 0"
map -d -s tmc_etr1 -c 1 "$sys"
is "for Graphviz, the way in red" "$status $(sed -n 's/^\t"\(.*\)" .*c00000.*/\1/p' out)$err" \
	'0 etm1
etm1" -> "funnel0
funnel0
funnel0" -> "tmc_etr1
tmc_etr1'
fails "a sink that does not exist" 1 "map: perf has no sink nonsuch: there are tmc_etr0 tmc_etr1" -s nonsuch "$sys"
fails "a CPU that does not exist" 1 "map: CPU 9 has no trace unit that perf can use" -d -s tmc_etr0 -c 9 "$sys"
fails "a CPU and no sink" 2 "usage: *" -c 1 "$sys"

ln -s $devices/funnel0 $devices/funnel0/connections/out:9
map -s tmc_etr1 -c 1 "$sys"
like "connections in a circle" "$status $out$err" "0 *CPU 1: etm1 -> funnel0 -> tmc_etr1"
rm $fake/cpu1
fails "a CPU without a trace unit" 1 "map: CPU 1 has no trace unit that perf can use" -s tmc_etr0 -c 1 "$sys"
map -s tmc_etr0 "$sys"
is "and the others" "$status $(echo "$out" | grep ^CPU)$err" "0 CPU 0: etm0 -> funnel0 -> tmc_etr0"
rm $devices/funnel0/connections/out:1
rm -r $devices/tmc_etr1/connections
map -s tmc_etr1 "$sys"
is "a sink without connections/" "$status $(echo "$out" | tail -n 1)$err" \
	"0 tmc_etr1       devices                sinkmap: CPU 0 has no way to tmc_etr1"
rm -r $devices/etm0
map -s tmc_etr0 "$sys"
is "a device that has gone, and no CPU" "$status $(echo "$out" | head -n 1) $err" \
	"0 etm1           devices                       -> funnel0 map: no CPU has a trace unit that perf can use"
rm -r $fake/sinks
map "$sys"
is "no sinks/: the devices" "$status $(echo "$out" | grep -c devices)" "0 4"
is "no sinks/: it says" "$err" \
	"map: there is no $fake/sinks, so perf cannot record here: load the drivers of the sinks"
fails "no sinks/ and one asked for" 1 "*perf has no sink tmc_etr0" -s tmc_etr0 "$sys"
rm -r $devices/*/connections
fails "no connections/" 1 "*this kernel shows no connections between devices:*" -d "$sys"
rm -r $devices
fails "no devices" 1 "map: there are no devices in $devices: this machine has no CoreSight,*" -d "$sys"
fails "no sysfs" 1 "map: there are no devices in $sys/none/*" "$sys/none"

fake 2 "trbe0 trbe1"
rm -r $devices/*/connections
map -s trbe1 "$sys"
is "per-CPU sinks" "$status $(echo "$out" | tail -n 1) $err" "0 CPU 1: etm1 -> trbe1 map: CPU 0 has no way to trbe1"
fake 2 "$hundred"
map -s ${long}199 -c 1 "$sys"
is "a hundred sinks with names of 60 characters" "$status $(echo "$out" | grep -c ' sink$') $(echo "$out" | tail -n 1)$err" \
	"0 100 CPU 1: etm1 -> funnel0 -> ${long}199"
map -d -s ${long}199 "$sys"
is "all of them for Graphviz" "$status $(grep -c "funnel0\" -> \"${long}1[0-9][0-9]\"" out)$err" "0 100"
rm -rf "$only"
done_testing
