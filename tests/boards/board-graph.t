#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The boards have the CoreSight of the real boards: our device trees have the same addresses,
# CPUs and graph as the kernel's.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. tests/lib/tap.sh
make -s -f qemu/qemu.mk board-tests dtbs || exit 1

kernel=build/linux
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# kernel_graph DTS: the graph of a device tree in the kernel's source
kernel_graph() {
	all=$kernel/arch/arm64/boot/dts
	cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp \
		-I $kernel/scripts/dtc/include-prefixes -I "$all/${1%/*}" \
		-o "$tmp/dts" "$all/$1" &&
	dtc -q -I dts -O dtb -o "$tmp/dtb" "$tmp/dts" &&
	build/boards/graph "$tmp/dtb" | sort
}

ours() {
	build/boards/graph "build/boards/$1.dtb" | sort
}

compare() {
	kernel_graph "$2" >"$tmp/kernel"
	ours "$1" >"$tmp/ours"
	tap_note=$(diff "$tmp/kernel" "$tmp/ours")
	ok "$1 has a graph" test -s "$tmp/ours"
	ok "$1 is as $2 says" test -z "$tap_note"
}

for b in $(boards); do
	dts=''
	. "boards/$b/expect"
	[ -z "$dts" ] || compare "$b" "$dts"
done
tap_note=$(for b in $(boards); do ours "$b"; done | grep 'one way')
ok "connections have two ends" test -z "$tap_note"
done_testing
