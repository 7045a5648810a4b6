# SPDX-License-Identifier: GPL-2.0
# attach PROGRAM COUNT OPTION...: in a guest, records with perf a program that runs already.
# The program starts what is to be traced once it has received a byte for each thread.

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
	# perf runs the command that sends the bytes, and stops recording when that ends.
	perf record -o "/out/$name.data" "$@" -p $pid -- sh -c "
		printf %${threads}s '' >&3
		while grep -q 'State:.[RSD]' /proc/$pid/status; do sleep 0.1; done"
}
