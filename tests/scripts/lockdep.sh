# SPDX-License-Identifier: GPL-2.0
# Whether lockdep still watches: it stops with the first complaint, and where it has no
# room left.
. ./tap.sh
# CoreSight's configurations have locks of their own, which an event with one takes as it is mapped
ok 'an event with a configuration is mapped' \
	perf record -q -o /tmp/data -e cs_etm/autofdo,preset=1,@tmc_etr0/u -- true
is 'lockdep has watched to the end' "$(sed -n 's/^ *debug_locks: *//p' /proc/lockdep_stats)" 1
done_testing
