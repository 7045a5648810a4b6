# SPDX-License-Identifier: GPL-2.0
# perf list where sysfs is not as it should be. Read by perf-sinks.sh.

# fake CPUS SINKS: a sysfs in /tmp/sys with a funnel between the CPUs and each sink
fake() {
	rm -rf /tmp/sys
	fake=/tmp/sys/bus/event_source/devices/cs_etm
	devices=/tmp/sys/bus/coresight/devices
	mkdir -p $fake/sinks $devices/funnel0/connections /tmp/sys/devices/system/cpu
	echo 10 >$fake/type
	echo "0-$(($1 - 1))" >/tmp/sys/devices/system/cpu/online
	for i in $(seq 0 $(($1 - 1))); do
		mkdir -p $devices/etm$i/connections
		ln -s $devices/etm$i $fake/cpu$i
		ln -s $devices/funnel0 $devices/etm$i/connections/out:0
		ln -s $devices/etm$i $devices/funnel0/connections/in:$i
	done
	n=0
	for s in $2; do
		mkdir -p $devices/$s/connections
		echo 0x$n >$fake/sinks/$s
		ln -s $devices/funnel0 $devices/$s/connections/in:0
		ln -s $devices/$s $devices/funnel0/connections/out:$n
		n=$((n + 1))
	done
}

# lists WHAT COMMAND: how many sinks perf list has, with each text that follows them
lists() {
	said=$(SYSFS_PATH=/tmp/sys perf list cs_etm 2>&1)
	list_status=$?
	tap_note=$(echo "$said" | head -n 9)
	is "$1" "$list_status $(echo "$said" | grep -o '@.*' | sed 's/@[^ ]*  *//' | sort | uniq -c |
		sed 's/^ *//')" "0 $2"
}

fake 4 "tmc_etr0 tmc_etr1"
lists "a sysfs made up" "2 [Sink reached by CPUs 0-3]"
rm $fake/cpu2
lists "a CPU without a trace unit" "2 [Sink reached by CPUs 0-1,3]"
ln -s $devices/funnel0 $devices/funnel0/connections/in:9
lists "connections in a circle" "2 [Sink reached by CPUs 0-1,3]"
rm -r $devices/etm0
lists "a device that has gone" "2 [Sink reached by CPUs 1,3]"
rm -r $devices/tmc_etr1/connections
lists "a sink without connections/" "1 [Sink reached by CPUs 1,3]
1 [Sink]"
rm -r $devices
lists "no device has connections/" "2 [Sink]"
rm -r $fake/sinks
lists "no sinks/" ""
fake 2 "trbe0 trbe1"
lists "per-CPU sinks" "1 [Sink reached by CPU 0]
1 [Sink reached by CPU 1]"
long=$(printf '%057d' 0 | tr 0 x)
fake 6 "$(seq 100 199 | sed "s/^/$long/")"
lists "a hundred sinks with names of 60 characters" "100 [Sink reached by CPUs 0-5]"
is "all of them in full" "$(SYSFS_PATH=/tmp/sys perf list --raw-dump pmu | tr ' ' '\n' | grep -c "^cs_etm/@${long}1[0-9][0-9]/\$")" 100

# A module that goes, and comes back, all the time
if rmmod coresight_tmc 2>/dev/null; then
	until [ -e stop ]; do modprobe coresight_tmc; rmmod coresight_tmc; done 2>/dev/null &
	loop=$!
	bad=0
	for i in $(seq 30); do
		perf list cs_etm >/dev/null 2>err || { bad=$((bad + 1)); tap_note=$(cat err); }
	done
	# Killed, the loop would leave an rmmod behind that ends after the modprobe
	touch stop
	wait $loop
	modprobe coresight_tmc 2>/dev/null
	is "perf list while a module goes and comes" $bad 0
fi
