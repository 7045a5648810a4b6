#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The system registers of ETE and TRBE: what a program at EL1 sees of them, what QEMU's
# log says of its mistakes, and ten million random accesses.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
make -s -f qemu/qemu.mk board-tests dtbs || exit 1

log=build/log/board-ete.qemu
mkdir -p build/log

# bare NAME: runs the program, and reports its points
bare() {
	out=$(timeout 300 build/qemu/build/qemu-system-aarch64 -M coresight \
		-dtb build/boards/armv9.dtb -m 1G -display none -nic none -monitor none \
		-serial stdio -no-reboot -d guest_errors,unimp -D "$log" \
		-kernel build/qemu-tests/"$1".elf 2>&1)
	status=$?
	tap_note=$(echo "$out" | grep -A 1 '^not ok')
	plan=$(echo "$out" | sed -n 's/^1\.\.//p')
	is "$1: ends, and has points" "$status $(echo "$out" | grep -c '^ok')" "0 ${plan:-some}"
}

bare ete-test
tap_note=
said=$(sed 's/0x[0-9a-f]*/N/g' "$log" | sort)
is "QEMU's log has the mistakes, and nothing else" "$said" \
	"$(printf 'ete-0: %s\n' 'TRFCR_EL1 with a reserved TS' 'write to N while enabled'
	printf 'trbe0: %s\n' 'enabled with a reserved mode' \
		'enabled with the write pointer N outside of base N and limit N' \
		'enabled with the write pointer N outside of base N and limit N' \
		'enabled with the write pointer N outside of base N and limit N' \
		'write to TRBBASER_EL1 while enabled' 'write to TRBLIMITR_EL1 while enabled' \
		'write to TRBMAR_EL1 while enabled' 'write to TRBPTR_EL1 while enabled' \
		'write to TRBSR_EL1 while enabled' 'write to TRBTRG_EL1 while enabled')"
log=/dev/null
bare ete-fuzz
done_testing
