# SPDX-License-Identifier: GPL-2.0
# ran.sh THREAD...: what a recording of threads that run already is made for: it ends when each
# of them has run for 20 ms more, however long a busy machine takes for that.

# ticks THREAD: for how many hundredths of a second it has run, see proc_pid_stat(5)
ticks() {
	sed "s/.*) //" "/proc/$1/task/$1/stat" | awk '{ print $12 + $13 }'
}

for thread; do
	before=$(ticks "$thread")
	while now=$(ticks "$thread") && [ -n "$now" ] && [ "$now" -lt $((before + 2)) ]; do
		sleep 0.05
	done
done
