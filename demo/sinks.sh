#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Records gzip to every sink that perf can use, and shows where the trace went. Runs in the
# guest. A sink that no CPU reaches, by boards/BOARD/expect, must be refused, and no other.

. /extra/lib.sh
board=$1
. "/extra/$board.expect"
cd /tmp || exit 1

sinks=$(ls $pmu/sinks)
for sink in $sinks; do
	for s in $sinks; do
		eval "before_$s=$(model_bytes "$s")"
	done

	if ! perf record -q -e "cs_etm/@$sink/u" -o data -- gzip -nc /extra/text >/dev/null 2>err; then
		# shellcheck disable=SC2154 # $reach is the board's
		if echo "$reach" | grep -qx "$sink -" && grep -q 'does not reach that sink' err; then
			printf '%-7s %-10s %s\n' "$board" "$sink" 'refused: no CPU reaches it'
		else
			printf '%-7s %-10s WRONG: ' "$board" "$sink"; cat err; bad=1
		fi
		continue
	fi
	model=
	for s in $sinks; do
		n=$(($(model_bytes "$s") - before_$s))
		model="$model $s=$n"
		case $s in
		"$sink") [ $n -gt 0 ] || wrong="nothing in $s" ;;
		*) [ $n -eq 0 ] || wrong="$n bytes in $s" ;;
		esac
	done
	row "$board" "$sink" "$sink" data "${model# }"
done
exit $bad
