# SPDX-License-Identifier: GPL-2.0
# accounts.sh FIRST SECOND: runs both commands, and counts what is held after each.
# What is kept from the first time is in both counts; what grows is not. "make soak" reads the lines that begin with "@".

# Prints how many kB are in use. Pages in the free list of a CPU count as free.
in_use() {
	echo 3 >/proc/sys/vm/drop_caches
	cat /proc/sys/vm/stat_refresh
	awk '/^MemTotal|^MemFree/ { kb = $2 - kb } /count:/ { pages += $2 }
		END { print -kb - 4 * pages }' /proc/meminfo /proc/zoneinfo
}

# Prints the number of references to CoreSight's modules, of its devices, and of kB in use, once
# workers have dropped what they hold. Of three numbers of kB the least has the least noise.
count() {
	refs=1000
	for i in 1 2 3 4 5; do
		old=$refs
		sleep 1
		refs=$(cat /sys/module/coresight*/refcnt | awk '{ n += $1 } END { print n }')
		[ "$refs" != "$old" ] || break
	done
	echo "@$1 $refs $(ls /sys/bus/coresight/devices | wc -l) $(
		for i in 1 2 3; do in_use; sleep 1; done | sort -n | head -n 1)"
}

# kmemleak finds memory that is not freed although nothing points to it any more.
leaks() {
	kmemleak=/sys/kernel/debug/kmemleak
	if [ -e $kmemleak ] && sleep 6 && echo scan 2>/dev/null >$kmemleak; then
		echo scan >$kmemleak
		cat $kmemleak
		echo "@leaks $(grep -c '^unreferenced' $kmemleak)"
	fi
}

# How many watchpoints KCSAN has set up, and how many of them another access met
watched() {
	[ ! -e /sys/kernel/debug/kcsan ] || awk '
		/^setup_watchpoints/ { n = $2 }
		/^data_races|^races_unknown_origin/ { met += $2 }
		END { print "@watched", n, met }' /sys/kernel/debug/kcsan
}

# Its own test is the one whose races are in functions of its own
watch=
case $2 in
*kcsan_test*) watch="sh ${0%/*}/kcsan.sh all" ;;
*) [ ! -e /sys/kernel/debug/kcsan ] || watch="sh ${0%/*}/kcsan.sh" ;;
esac

eval "$watch $1"
echo "@status $?"
count before
eval "$watch $2"
echo "@status $?"
count after
leaks
watched
