# SPDX-License-Identifier: GPL-2.0
# What has to work after each patch of the series. perf.sh tries more, and takes too long for that.
. ./tap.sh
. ./record.sh

for sink in tmc_etf0 tmc_etr0; do
	works perf perf "cs_etm/@$sink/u" $sink
done
works perf perf cs_etm//u tmc_etr0
done_testing
