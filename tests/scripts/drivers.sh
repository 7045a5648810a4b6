# SPDX-License-Identifier: GPL-2.0
# The kernel's drivers are bound to every CoreSight device that the device tree
# has, and the kernel has nothing to complain about.
. ./tap.sh

nodes=$(find /proc/device-tree/ -name compatible -exec grep -l arm,coresight {} + | wc -l)
devices=$(ls /sys/bus/coresight/devices | wc -l)
is "a driver for every node of the device tree" "$devices" "$nodes"
is "and there are some" $((nodes > 10)) 1
# On a loaded host a virtual CPU may be kept waiting, of which hrtimer complains.
is "no error or warning in dmesg" "$(dmesg -r | grep '^<[0-4]>' | grep -v 'hrtimer: interrupt took')" ""
done_testing
