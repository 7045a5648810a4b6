# SPDX-License-Identifier: GPL-2.0
# Shell functions for ./run, on its variables: a row that was green is not run again.

# recall PROGRAM [ARGUMENT...]: if it was green on this kernel and board, counts it and shows
# its lines. A seed that was asked for is run in any case.
recall() {
	remembered=build/soak/$({
		cat "build/kernel/${upto:-$last}/$config/.key" build/root/busybox.key
		find qemu guest boards/*.dtsi "boards/$board" -path guest/configs -prune -o -type f -print | sort |
			xargs cat tests/long/soak/judge.sh
		cat guest/configs/default "guest/configs/$config"
		echo "$name $board $note $append $tolerance $*"
		cat "$extra/$1" "$extra/accounts.sh" "$extra/kcsan.sh" "$extra/kunit.sh"
	} | hash)
	[ -z "${SOAK_SEED:-}" ] && [ -e "$remembered" ] || return 1
	recalled=$((recalled + 1))
	read -r n_calls n_rounds n_disturbed <"$remembered"
	count_row
	sed 1d "$remembered"
}

# remember: the row that was run now, whose lines are in $log.row
remember() {
	{ echo "${n_calls:-0} ${n_rounds:-0} ${n_disturbed:-0}"; cat $log.row; } >"$remembered.new"
	mv "$remembered.new" "$remembered"
}

count_row() {
	all_calls=$((all_calls + ${n_calls:-0})) all_rounds=$((all_rounds + ${n_rounds:-0}))
	all_disturbed=$((all_disturbed + ${n_disturbed:-0}))
}
