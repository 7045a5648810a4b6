# SPDX-License-Identifier: GPL-2.0
# kit-bad.sh SIGNAL...: started in the kit's directory, where the kit cannot run or is stopped by
# a signal: ./run prints one line, exits with 2, and leaves nothing behind.
. /extra/tap.sh

state() {
	cat /proc/sys/kernel/perf_event_paranoid /sys/kernel/debug/fail*/* /proc/modules \
		/sys/bus/coresight/devices/*/enable_* 2>/dev/null
	ls -A . /tmp/bad
}

# bad WHAT PATTERN COMMAND...
bad() {
	what=$1 pattern=$2
	shift 2
	before=$(state)
	status=0
	out=$("$@" 2>&1) || status=$?
	like "$what: one line" "$status $out" "2 run: $pattern"
	is "$what: no more than that" "$(echo "$out" | wc -l)" 1
	is "$what: all is as it was" "$(state)" "$before"
}

# as_nobody COMMAND: where there is PAM, su wants it configured; busybox's setpriv, if there at
# all, does not change the user
as_nobody() {
	if setpriv --reuid=nobody --regid=nogroup --clear-groups true 2>/dev/null; then
		setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
	else
		su nobody -s /bin/sh -c "$1"
	fi
}

mkdir -p /tmp/bad/bin /tmp/bad/small
printf '#!/bin/sh\necho x86_64\n' >/tmp/bad/bin/uname
chmod +x /tmp/bad/bin/uname
bad "not root" "only root *" as_nobody ./run
bad "x86" "this machine is x86_64*" env PATH=/tmp/bad/bin:/bin ./run
bad "no sysfs" "there is no sysfs*" unshare -m sh -c 'umount -l /sys && ./run'
mount -t tmpfs -o size=8M small /tmp/bad/small
bad "too little space" "/tmp/bad/small has [78] MB free*" ./run -o /tmp/bad/small
mount -o remount,ro /tmp/bad/small
bad "read-only" "/tmp/bad/small cannot be written*" ./run -o /tmp/bad/small
umount /tmp/bad/small
bad "no such folder" "/nowhere cannot be written*" ./run -o /nowhere
bad "calls" "-n: *" ./run -n many
bad "no such test" "there is no test nonsuch: there are drv_config *" ./run nonsuch
# A test that has started something else. busybox's setsid does not look for timeout in PATH.
cat >/tmp/bad/bin/setsid <<'EOF'
#!/bin/sh
PATH=${PATH#*:} exec setsid sh -c 'sleep 4321 & : >/tmp/started; exec "$@"' sh "$@"
EOF
rm /tmp/bad/bin/uname
chmod +x /tmp/bad/bin/setsid
for s; do
	before=$(state)
	echo 2 >/proc/sys/kernel/perf_event_paranoid
	# Not run in the background, where sh has it ignore SIGINT
	(
		until [ -e /tmp/started ]; do sleep 0.1; done
		echo 1 >/proc/sys/kernel/perf_event_paranoid
		kill -s $s "$(cat /tmp/pid)"
	) &
	PATH=/tmp/bad/bin:$PATH sh -c 'echo $$ >/tmp/pid; exec ./run -n 3000 privilege' >/tmp/said 2>/tmp/err
	is "SIG$s: status and line" "$? $(cat /tmp/err)" \
		"2 run: stopped by SIG$s: the machine is as it was, and there is no report"
	wait
	rm /tmp/said /tmp/started
	is "SIG$s: a setting is put back" "$(cat /proc/sys/kernel/perf_event_paranoid)" 2
	is "SIG$s: all is as it was" "$(state)" "$before"
	ok "SIG$s: nothing runs on" sh -c '! cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\0" " " |
		grep -q "[/]bin/\(privilege\|fault\|fuzz\|perf\)\|[s]leep 4321"'
done
done_testing
