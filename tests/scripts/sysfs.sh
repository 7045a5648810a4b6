# SPDX-License-Identifier: GPL-2.0
# How CoreSight's devices are connected, according to sysfs; and a made-up sysfs for what no
# board has.

# walk DEVICE: the sinks that its trace gets to
walk() {
	for out in "$1"/connections/out:*; do
		[ -e "$out" ] || continue
		out=$(readlink -f "$out")
		[ ! -e "$pmu/sinks/${out##*/}" ] || echo "${out##*/}"
		(walk "$out")
	done
}

# "SINK CPU" for each CPU that reaches a sink by the connections. A TRBE has none: it gets
# the trace of its own CPU.
connected() {
	for c in "$pmu"/cpu*; do
		walk "$(readlink -f "$c")" | sed "s/\$/ ${c##*cpu}/"
		[ ! -e "$pmu/sinks/trbe${c##*cpu}" ] || echo "trbe${c##*cpu} ${c##*cpu}"
	done | sort -u
}

sys=${TMPDIR:-/tmp}/sys
fake=$sys/bus/event_source/devices/cs_etm
devices=$sys/bus/coresight/devices

# fake CPUS SINKS: a sysfs in $sys with a funnel between the CPUs and each sink
fake() {
	rm -rf "$sys"
	mkdir -p $fake/sinks $devices/funnel0/connections $sys/devices/system/cpu
	echo 10 >$fake/type
	echo "0-$(($1 - 1))" >$sys/devices/system/cpu/online
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

# A hundred names, of 60 characters each
long=$(printf '%057d' 0 | tr 0 x)
hundred=$(seq 100 199 | sed "s/^/$long/")

# while_module_goes TIMES COMMAND...: runs COMMAND while the sinks' module is unloaded and loaded
# all the time; leaves in $bad how often COMMAND failed
while_module_goes() {
	times=$1
	shift
	until [ -e stop ]; do modprobe coresight_tmc; rmmod coresight_tmc; done 2>/dev/null &
	loop=$!
	bad=0
	for i in $(seq "$times"); do
		"$@" >/dev/null 2>err || { bad=$((bad + 1)); tap_note=$(cat err); }
	done
	# Killed, the loop would leave an rmmod behind that ends after the modprobe
	touch stop
	wait $loop
	rm stop
	modprobe coresight_tmc 2>/dev/null
}
