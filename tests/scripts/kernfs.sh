# SPDX-License-Identifier: GPL-2.0
# Has lockdep see that kernfs waits for mmap_lock with its own lock held. mmap() of an AUX area
# has mmap_lock when it calls the driver, which therefore can hold nothing under which it
# adds a device or a file in sysfs.
. ./tap.sh
ok "kernfs has waited for mmap_lock" ./readdir /sys/bus
done_testing
