# SPDX-License-Identifier: GPL-2.0
# Whether lockdep still watches: it stops after its first complaint, and if it has no room
# left.
. ./tap.sh
is 'lockdep has watched to the end' "$(sed -n 's/^ *debug_locks: *//p' /proc/lockdep_stats)" 1
done_testing
