#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The series add nothing to what runs while tracing: the code of these functions is compared,
# instruction by instruction, with that of Linux without the series. "make bench" counts, but
# only along the way that it takes. And structures are as large as before, but for those named
# below.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. tests/lib/tap.sh

tmp=$(mktemp -d build/tracing.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
coresight=drivers/hwtracing/coresight

# code SERIES OBJECT: a line for each function, without what moves if something else changes:
# addresses, and where in its section a string or a variable lies
code() {
	"${cross}objdump" -dr --no-show-raw-insn "$(tree_of "$1")/.kernel-default/$2" | awk '
		/^[0-9a-f]+ <.*>:$/ {
			gsub(/[<>:]/, "", $2)
			printf "%s%s\t", name ? "\n" : "", name = $2
			next
		}
		name && /^[ \t]+[0-9a-f]+:/ {
			sub(/^[ \t]*[0-9a-f]+:[ \t]*/, "")
			gsub(/[0-9a-f]+ </, "<")
			gsub(/(\.rodata|\.data|\.bss|__bug_table|\.L)[^ \t]*\+0x[0-9a-f]+/, "DATA")
			gsub(/[ \t]+/, " ")
			printf "%s;", $0
		}
		END { print "" }'
}

# same OBJECT FUNCTION...
same() {
	object=$1
	shift
	code none "$object" >"$tmp/none"
	code "$last" "$object" >"$tmp/all"
	for f; do
		ok "$f: it is in $object" grep -q "^$f	" "$tmp/none"
		tap_note=$(for s in none all; do
			grep "^$f	" "$tmp/$s" | tr ';' '\n' >"$tmp/$s.code"
		done
		diff -u "$tmp/none.code" "$tmp/all.code")
		ok "$f: as without the series" [ -z "$tap_note" ]
	done
}

# sizes SERIES: of structures, a line each
sizes() {
	mkdir "$tmp/sizes-$1"
	cp tests/series/sizes/* "$tmp/sizes-$1"
	make -s -C "$(tree_of "$1")" O="$(readlink -f "build/kernel/$1/default")" ARCH=arm64 \
		CROSS_COMPILE="ccache $cross" M="$PWD/$tmp/sizes-$1" sizes.o >"$tmp/log" 2>&1 || cat "$tmp/log" >&2
	"${cross}nm" -S "$tmp/sizes-$1/sizes.o" | while read -r _ size _ name; do
		echo "$name $((0x$size))"
	done
}

same $coresight/coresight-etm-perf.o etm_event_start etm_event_stop etm_event_add etm_event_del \
	etm_event_read
same $coresight/coresight-core.o coresight_enable_path coresight_disable_path \
	coresight_disable_source coresight_get_sink
same $coresight/coresight-etm4x-core.o etm4_enable etm4_disable
same $coresight/coresight-trbe.o arm_trbe_enable arm_trbe_disable arm_trbe_update_buffer \
	arm_trbe_irq_handler
# Not here, as patches 2, 3 and 8 of fixes change them: how a TMC is enabled and disabled, and
# its buffer updated, as a sink
same $coresight/coresight-tmc-etr.o tmc_etr_enable_hw
same kernel/events/ring_buffer.o perf_aux_output_begin perf_aux_output_end perf_aux_output_skip \
	perf_aux_output_flag perf_output_begin perf_output_end
sizes none >"$tmp/none"
sizes "$last" >"$tmp/all"
is "all structures are there" "$(cut -d ' ' -f 1 "$tmp/all" | xargs)" \
	"$(sed -n 's/^SIZE_OF(\(.*\));/\1/p' tests/series/sizes/sizes.c | LC_ALL=C sort | xargs)"
# struct perf_event is not among them: there is one for each event of any PMU.
tap_note=$(paste "$tmp/none" "$tmp/all")
is "the structures that are larger, and by how many bytes" \
	"$(echo "$tap_note" | awk '$4 != $2 { print $1, $4 - $2 }' | xargs)" \
	"coresight_device 8 etm_filters 8 etr_buf 8 pmu 8 tmc_drvdata 8"
done_testing
