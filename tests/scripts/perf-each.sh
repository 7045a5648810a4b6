# SPDX-License-Identifier: GPL-2.0
# What has to work after each patch of the series. The whole of what perf can do takes too long
# here: perf.sh is for the ends of series.
. ./tap.sh
. ./record.sh

for sink in tmc_etf0 tmc_etr0; do
	works perf perf "cs_etm/@$sink/u" $sink
done
works perf perf cs_etm//u tmc_etr0
done_testing
