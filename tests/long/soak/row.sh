# SPDX-License-Identifier: GPL-2.0
# A shell function for ./run, on its variables: a row of the table.

# row SERIES/CONFIG BOARD NOTE PROGRAM [ARGUMENT...]: runs it and adds a line to the table
row() {
	name=$1 board=$2 note=$3 upto='' complains='' fails=''
	shift 3
	case $name in */*) upto=${name%/*} ;; esac
	case $note in complains) complains=-s ;; "fails "*) fails=${note#fails } ;; esac
	settings "${name#*/}" "$@"
	recall "$@" && return
	case $1 in *.sh) skipper=$2 ;; *) skipper=$1 ;; esac
	start=$(date +%s)
	: >$log.row
	# What leaks, leaks again; memory that is kept for another reason is seen now and then
	for try in 1 2; do
		status=0
		guest/run $complains -k "$upto" -c "$config" -b "$board" -t $limit -a "$append" -e "$extra" \
			"sh /extra/accounts.sh '$first' '$second'" >$log.out 2>&1 || status=$?
		{ echo "== $name $board $first; $second"; cat $log.out; } >>$log.all
		measure
		judge $status "$fails" "$skipper"
		[ "$try $why" = '1 memory' ] || break
		echo "    $kb kB more after $*, so once more:" | tee $log.row
	done
	seed=$((seed + 2))
	if [ -n "$why" ]; then
		red=$((red + 1))
		grep '^not ok\|^Bail out\|^# call\|^# nothing\|^# wrong\|complained\|BUG\|WARNING\|^unreferenced' $log.out |
			head -n 10 | sed 's/^/    /'
	fi
	count_row
	printf '%-12s %-7s %-43s %-30s %3d/%-3d %4s %4s %5s %5s %5d %s\n' "$name" "$board" "$*" \
		"${done:--}" "$passed" $((passed + failed + skipped)) "${references:-?}" "${devices:-?}" \
		"${kb:-?}" "${leaks_found:--}" $(($(date +%s) - start)) "${why:+RED: }${why:-green}" | tee -a $log.row
	[ -z "$watchpoints" ] || echo "    $watchpoints" | tee -a $log.row
	[ -n "$why" ] || remember
}
