# SPDX-License-Identifier: GPL-2.0
# perf, new and old, on a kernel that has the ioctl and on one that has not.
. ./tap.sh

. ./record.sh

# fails NAME PERF EVENT PATTERN [OPTION...]
fails() {
	n=$1 p=$2 e=$3 pattern=$4
	shift 4
	record "$p" "$e" "$@"
	ok "$n: $e fails" [ "$status" -ne 0 ]
	like "$n: $e says why" "$err" "$pattern"
}

# What perf puts into config2 for @$1
config2() {
	perf record -vv -e "cs_etm/@$1/u" -o data true 2>&1 |
		sed -n 's/.*config2 }* *\(0x[0-9a-f]*\).*/\1/p' | head -n 1
}

for sink in tmc_etf0 tmc_etr0; do
	works "new perf" perf "cs_etm/@$sink/u" $sink
	works "new perf" perf "cs_etm/@sink=$sink/u" $sink
	works "old perf" perf-old "cs_etm/@$sink/u" $sink
done
works "new perf" perf cs_etm//u tmc_etr0
works "old perf" perf-old cs_etm//u tmc_etr0
fails "new perf" perf cs_etm/@nonsuch/u '*nonsuch*cs_etm/@nonsuch/u*tmc_etf0*tmc_etr0*'
fails "old perf" perf-old cs_etm/@nonsuch/u '*nonsuch*'
fails "new perf" perf cs_etm/@sink=tmc_etr0,@sink=tmc_etf0/u '*sink*'
fails "new perf" perf cs_etm/@key=tmc_etr0/u '*key=tmc_etr0*'

if [ -e $pmu/caps/drv_config ]; then
	fails "new perf" perf cs_etm/@tpiu0/u '*tpiu0*does not accept*tmc_etf0*tmc_etr0*'
	fails "new perf" perf cs_etm/@tmc_etf1/u '*tmc_etf1*reach*'
	fails "new perf" perf cs_etm/@tmc_etf1/u '*tmc_etf1*CPU 2 does not reach*' -C 2
	fails "new perf" perf software/config=1,@sink=tmc_etr0/u '*sink=tmc_etr0*takes no*'
	is "config2 stays free" "$(config2 tmc_etr0)" ""
else
	is "config2 has the hash" "$(config2 tmc_etr0)" "$(cat $pmu/sinks/tmc_etr0)"
fi
done_testing
