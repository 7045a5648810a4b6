#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# guest/run: whatever the guest does, the run ends, and its status says how. On
# QEMU's own machine, to be independent of the board. ROOT= is what the guest runs from.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

tmp=$(mktemp -d build/guest/runner.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/runs"
export TMPDIR="$tmp/runs"

# run [OPTION...] COMMAND: leaves its $status, $out and $err.
run() {
	status=0
	guest/run -b virt -r "${ROOT:-busybox}" -t 120 "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	out=$(tr -d '\0' <"$tmp/out")
	err=$(cat "$tmp/err")
	tap_note=$err
}

mkdir "$tmp/extra"
echo 'from the host' >"$tmp/extra/a file"
ln -s 'a file' "$tmp/extra/link"
run -e "$tmp/extra" -o "$tmp/fetched" '
	cat /extra/link; id -u; echo complaint >&2
	mkdir /out/folder; head -c 300000 /dev/urandom | tee /out/folder/random | sha256sum
	exit 7'
is "the command's status is the run's" "$status" 7
is "/extra, root, stdout" "$out" "from the host
0
$(sha256sum <"$tmp/fetched/folder/random")"
is "stderr is kept apart" "$err" complaint

# As typed, whatever make thinks of it
cmd='i=3; echo $i $? "${i}x" '\''$(i) $$'\'' $(echo sub) \$ "#" \\ %s # end
  ls "/extra/a \$file" | tr a-z A-Z; grep -o "test=.*" /proc/cmdline >/out/line; exit 7'
mkdir "$tmp/an \$extra"
touch "$tmp/an \$extra/a \$file"
env -u MAKEFLAGS -u MAKELEVEL make guest BOARD=virt CMD="$cmd" EXTRA="$tmp/an \$extra" OUT="$tmp/an \$out" \
	APPEND='test=$i,"a  b"' >"$tmp/out" 2>"$tmp/err"
is "make guest fails, too" $? 2
tap_note=$(cat "$tmp/err")
like "and says with what" "$tap_note" "*guest] Error 7"
is "having run what was typed" "$(cat "$tmp/out")" "$(sh -c "$cmd" 2>/dev/null | sed '2,$d')
/EXTRA/A \$FILE"
is "with the kernel's arguments as typed" "$(cat "$tmp/an \$out/line")" 'test=$i,"a  b"'

run 'head -c 200000 /dev/urandom >/tmp/r; cat /tmp/r; sha256sum </tmp/r >&2'
is "every byte gets through" "$(sha256sum <"$tmp/out")" "$err"

run 'printf "X\0\0010"; exit 3'
is "output cannot pose as an exit status" "$status" 3

run 'kill -KILL $$'
is "a command killed by a signal gives 128 and the signal" "$status" 137

start=$(date +%s)
run 'sleep 1000 & exit 4'
is "a process left behind does not hold up the end" "$status" 4
ok "and the run is short" [ $(($(date +%s) - start)) -lt 60 ]

run -m 'exit 4'
is "nor does making what it needs change the status" "$status $out" "4 "

run 'no-such-program'
is "a command that does not exist gives 127" "$status" 127

# The output is on its way in no time, but a panic stops all processors in less
run 'echo before; sleep 1; echo c >/proc/sysrq-trigger; sleep 100'
is "a panic gives 125" "$status" 125
is "output before the panic is there" "$out" before
like "and the console's last lines" "$err" '*it stopped before the command ended*Kernel panic*sysrq triggered crash*'

run -t 15 'echo before; sleep 1000'
is "a command that hangs gives 124" "$status" 124
like "and says after how long" "$err" '*no end after 15 s*last lines of its console*'

run -t 2 -q -S 'true'
is "a guest that never boots gives 124" "$status" 124

run 'echo "<4>WARNING: this is a test" >/dev/kmsg'
is "a warning in the kernel's log fails the run" "$status" 125
like "and is shown" "$err" '*the kernel complained*WARNING: this is a test*'
run -s 'echo "<4>WARNING: this is a test" >/dev/kmsg'
is "unless that is allowed" "$status" 0

printf '#!/bin/sh\nkill -SEGV $$\n' >"$tmp/qemu"
chmod +x "$tmp/qemu"
QEMU=$tmp/qemu run true
is "QEMU's crash gives 125" "$status" 125
like "and is named" "$err" '*QEMU died of signal 11*'
QEMU=/no/qemu run true
like "a QEMU that is not there is named" "$status $err" '125 *cannot run /no/qemu*'
run -k each -c bench true
like "so is a kernel that is not built" "$status $err" '125 *build/kernel/each/bench/*missing*'

# no_such OPTION KIND SOME: what there is instead is said, in one line
no_such() {
	run "$1" nosuch true
	like "no $2 of that name" "$status $err" "125 guest/run: no $2 nosuch: there are *$3*"
	is "no $2 of that name: in one line" "$(wc -l <"$tmp/err")" 1
	kind=$(echo "$2" | tr a-z A-Z)
	env -u MAKEFLAGS -u MAKELEVEL make guest "$kind=nosuch" CMD=true >"$tmp/out" 2>"$tmp/err"
	is "make guest $kind=nosuch says the same" "$? $(sed 1q "$tmp/err")" "2 $err"
}
no_such -b board 'juno * virt'
no_such -k series 'none fixes drv-config'
no_such -c config 'lockdep modules'
no_such -r root busybox
run -p nosuch true
like "no perf of that name" "$status $err" '125 guest/run: no series nosuch: *'

run -k none -p none 'uname -r; cmp /bin/perf /bin/perf-old && echo the same; cat /proc/cmdline'
like "a series: its kernel, and its perf" "$out" '*-none-default
the same
*'
like "with what the configuration has for the command line" "$out" '*rcu_cpu_stall_timeout=300*'
run 'uname -r; cmp -s /bin/perf /bin/perf-old || echo another'
like "all of the series" "$out" "*-default
another"

is "no run leaves files behind" "$(ls "$TMPDIR")" ""
done_testing
