# SPDX-License-Identifier: GPL-2.0
# perf list with a sysfs that is wrong or changes.
here=$PWD
. ./tap.sh
. ./sysfs.sh

# lists WHAT COMMAND: how many sinks perf list has, with each text that follows them
lists() {
	said=$(SYSFS_PATH=$sys perf list cs_etm 2>&1)
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
rm -r $devices/etm1/connections
lists "a trace unit without connections/" "2 [Sink reached by CPUs 1,3]"
rm $devices/tmc_etr1/connections/in:0
lists "a sink that nothing leads to" "1 [Sink reached by CPUs 1,3]
1 [Sink reached by no CPU]"
rm -r $devices/tmc_etr1/connections
lists "a sink without connections/" "1 [Sink reached by CPUs 1,3]
1 [Sink]"
rm -r $devices/funnel0/connections
lists "a link without connections/" "1 [Sink reached by no CPU]
1 [Sink]"
rm -r $devices
lists "no device has connections/" "2 [Sink]"
rm -r $fake/sinks
lists "no sinks/" ""
fake 2 "trbe0 trbe1"
lists "per-CPU sinks" "1 [Sink reached by CPU 0]
1 [Sink reached by CPU 1]"
fake 6 "$hundred"
lists "a hundred sinks with names of 60 characters" "100 [Sink reached by CPUs 0-5]"
is "all of them in full" "$(SYSFS_PATH=$sys perf list --raw-dump pmu | tr ' ' '\n' | grep -c "^cs_etm/@${long}1[0-9][0-9]/\$")" 100

# Sinks that come or go after perf has counted them
fake 4 "tmc_etr0 tmc_etr1"
mkdir ${fake%/*}/hisi_ptt0_0
echo 11 >${fake%/*}/hisi_ptt0_0/type

# changes COMMAND: leaves what perf list has of these PMUs, and its status, in $list, and in
# $err what it says on stderr
changes() {
	list=$(SYSFS_PATH=$sys LD_PRELOAD=$here/preload.so SINKS_CHANGE=$1 perf list --raw-dump pmu 2>err)
	list="$? $(echo "$list" | grep -oE '(cs_etm|hisi_ptt)[^ ]*' | xargs)"
	err=$(grep -v "cpuid string" err)
	tap_note=$err
}
changes "touch $fake/type"
is "sinks that stay" "$list" "0 cs_etm// cs_etm/@tmc_etr0/ cs_etm/@tmc_etr1/ hisi_ptt0_0//"
changes "rm $fake/sinks/tmc_etr0"
is "a sink that goes" "$list, $err" "0 cs_etm// cs_etm/@tmc_etr1/ hisi_ptt0_0//, preload: the sinks change"
# More than perf list has room for, as it leaves out other events that it has counted
changes "seq 100 199 | sed 's|^|$fake/sinks/tmc_etr|' | xargs touch"
listed=$(echo "$list" | grep -o @ | wc -l)
# shellcheck disable=SC2012 # made-up names
is "a hundred that come: what there is room for" "$list" \
	"0 cs_etm// $(ls $fake/sinks | head -n $listed | sed 's|.*|cs_etm/@&/|' | xargs)"
like "a hundred that come: perf leaves out the rest, and says where from" "$(echo "$err" | head -n 3)" \
	"preload: the sinks change
Unexpected event cs_etm/cs_etm/@tmc_etr1[0-9][0-9]//
Unexpected event hisi_ptt0_0/hisi_ptt0_0///"

# A module that is unloaded and loaded all the time
if rmmod coresight_tmc 2>/dev/null; then
	while_module_goes 8 perf list cs_etm
	is "perf list while a module is unloaded and loaded" $bad 0
fi
done_testing
