# SPDX-License-Identifier: GPL-2.0
# attach PROGRAM COUNT OPTION...: in a guest, records with perf a program that runs already.
# What is to be traced of it is what it runs once it has got a byte for each thread.

attach() {
	name=$1
	mkfifo "/tmp/$name"
	exec 3<>"/tmp/$name"
	"./$name" attached "$2" <&3 &
	shift 2
	pid=$! threads=$((2 * $(nproc) + 1))
	# The main thread waits for the others
	until [ "$(cat /proc/$pid/task/*/stat | grep -c ') S ')" = $threads ]; do
		sleep 0.1
	done
	# It is perf that starts them; and it ends when its own program does
	perf record -o "/out/$name.data" "$@" -p $pid -- sh -c "
		printf %${threads}s '' >&3
		while grep -q 'State:.[RSD]' /proc/$pid/status; do sleep 0.1; done"
}
