# SPDX-License-Identifier: GPL-2.0
# kcsan.sh COMMAND [ARGUMENT...]: runs COMMAND while KCSAN watches, and says how many
# watchpoints were set up. For CONFIG=kcsan, where KCSAN is off until then.
#
# KCSAN watches the whole kernel. It reports a race if both of its functions are on a list: all
# of CoreSight's, and those of perf that map an AUX area or choose a sink. A function that the
# compiler has put into its caller goes by the name of that. If a module is loaded again, its
# functions may be elsewhere, and are then not on the list. "kcsan.sh all COMMAND" has no list.

kcsan=/sys/kernel/debug/kcsan
[ -e $kcsan ] || {
	echo "Bail out! this kernel has no KCSAN: -c kcsan"
	exit 1
}

# What patches/ changes in kernel/events, its callers, and what it may race with
perf='perf_ioctl|_perf_ioctl|perf_compat_ioctl|perf_event_set_drv_config|perf_event_set_output'
perf="$perf|perf_mmap|perf_mmap_aux|perf_mmap_rb|perf_mmap_close|ring_buffer_attach|rb_alloc_aux"
perf="$perf|rb_free_aux|__rb_free_aux|perf_pmu_output_stop"
drivers='_*(coresight|etm|etm4|tmc|arm_trbe|trbe|cscfg|funnel|replicator|tpiu|enable_s[a-z]*)_.*|free_event_data'

list() {
	# A module has functions only while it is loaded. Not all boards have a TRBE.
	modprobe coresight-tmc
	modprobe coresight-trbe 2>/dev/null
	# Some have a suffix, as in name.constprop.0
	awk -v "want=^($perf|$drivers)([.].*)?\$" '
		tolower($2) == "t" && ($3 ~ want || $4 ~ /^\[coresight/) { print $3 }
	' /proc/kallsyms | sort -u >/tmp/kcsan
	for f in perf_ioctl etm_setup_aux tmc_alloc_etr_buffer; do
		grep -q "^_*$f" /tmp/kcsan || {
			echo "Bail out! kcsan.sh does not find $f"
			exit 1
		}
	done
	while read -r f; do
		echo "!$f" >$kcsan || exit 1
	done </tmp/kcsan
	echo whitelist >$kcsan
	echo "# KCSAN reports the races of $(wc -l </tmp/kcsan) functions"
}

if [ "${1-}" = all ]; then
	shift
else
	list
fi
echo on >$kcsan
"$@"
status=$?
echo off >$kcsan
awk '/^[a-z]/ { n[$1] = $2 }
	END { printf "# KCSAN: %d watchpoints, %d met by another access, %d values changed unseen\n",
		n["setup_watchpoints:"], n["data_races:"], n["races_unknown_origin:"] }' $kcsan
exit $status
