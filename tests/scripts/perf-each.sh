# SPDX-License-Identifier: GPL-2.0
# What has to work after each patch of the series, with perf as it is after that patch.
. ./tap.sh
. ./record.sh

for sink in tmc_etf0 tmc_etr0; do
	works "perf of this row" perf "cs_etm/@$sink/u" $sink
done
works "perf of this row" perf cs_etm//u tmc_etr0
done_testing
