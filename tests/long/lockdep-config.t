#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# lockdep complains where config2 has a configuration of CoreSight's. That is Linux's own:
#  - etm_setup_aux() takes cscfg_mutex with perf's aux_mutex held, which closes a circle by
#    way of kernfs and mmap_lock, once a directory of sysfs was read into memory that was not
#    there yet;
#  - a configuration takes the ETM's lock in an interrupt, and sysfs with interrupts on.
# The kernel without the series complains of the same locks, and the series adds none. "make
# soak" runs it, as it needs mk/kernel none lockdep.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
. mk/lib.sh

tmp=$(mktemp -d build/guest/lockdep.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
tests/lib/programs build/tests/readdir
cp build/tests/readdir "$tmp"

# locks SERIES EVENT BEFORE: records after BEFORE, and leaves in $locks those that the kernel
# complains of, a line each
locks() {
	guest/run -s -b juno -c lockdep -k "$1" -t 300 -l "$tmp/log" -e "$tmp" \
		"$3 && cd /tmp && perf record -e $2 -o data -- taskset 1 true" >"$tmp/out" 2>&1
	status=$?
	tap_note=$(cat "$tmp/out")
	is "SERIES=$1: $2 records" $status 0
	tr -d '\r' <"$tmp/log" | sed -n '/WARNING:\|BUG:/,$p' >"$tmp/complaint"
	locks=$(sed -n 's/.*-> #[0-9]* (\([^)]*\)).*/\1/p; s/^[^-]*(\(.*\)){.*} -> (\(.*\)){.*/\1 -> \2/p' "$tmp/complaint" |
		sed 's/#[0-9]*//g' | sort -u)
	tap_note=$(head -n 80 "$tmp/complaint")
}

# same WHAT LOCK BEFORE: the complaint WHAT, of LOCK and others, is the same with the series
same() {
	locks none cs_etm/autofdo,preset=1/u "$3"
	base=$locks
	like "SERIES=none: $1" "$(head -n 1 "$tmp/complaint")" "*$1*"
	like "SERIES=none: it is of $2" "$base" "*$2*"
	for event in cs_etm/autofdo,preset=1/u cs_etm/autofdo,preset=1,@tmc_etr0/u; do
		locks "$last" $event "$3"
		is "SERIES=$last: $event: of the same locks" "$locks" "$base"
		is "and it is all that the kernel complains of" "$(grep -c 'WARNING:\|BUG:' "$tmp/complaint")" 1
	done
}

same 'possible circular locking dependency' cscfg_mutex '/extra/readdir /sys/bus'
# shellcheck disable=SC2016 # for the guest
same 'HARDIRQ-safe -> HARDIRQ-unsafe lock order' 'drvdata->spinlock' '
	cd /sys/bus/coresight/devices && etm=$(readlink -f /sys/bus/event_source/devices/cs_etm/cpu0) &&
	echo 1 >tmc_etr0/enable_sink && echo 1 >$etm/enable_source &&
	echo 0 >$etm/enable_source && echo 0 >tmc_etr0/enable_sink'
done_testing
