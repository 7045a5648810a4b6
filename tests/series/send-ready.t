#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make send-ready: mails that are signed off, addressed, in one thread and say what
# they are based on; and nothing is ever sent.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. mk/series.sh
. tests/lib/tap.sh
. tests/lib/mails.sh

git_says "A. Séndér" sender@example.org

# every PATTERN [patches]: all mails have such a line, or all but the letter
every() {
	# shellcheck disable=SC2086 # a list
	tap_note=$(grep -LE "$1" $mails)
	[ "${2-}" != patches ] || tap_note=$(echo "$tap_note" | grep -v cover-letter)
	[ -z "$tap_note" ]
}

# header NAME MAIL: the addresses in it, one a line
header() {
	awk -v name="$1: " '
		/^$/ { exit }
		!/^[ \t]/ { on = index($0, name) == 1; sub(/^[^ ]* /, "") }
		on { gsub(/^[ \t]+|,$/, ""); print }' "$2"
}

# lists SERIES: of the tree that it is for
lists() {
	case $1 in
	fixes | drv-config) echo coresight@lists.linaro.org linux-perf-users@vger.kernel.org ;;
	*) echo linux-perf-users@vger.kernel.org ;;
	esac
}

# abi SERIES: the letter, and the numbers of the patches that change what user space sees
abi() {
	case $1 in
	fixes) echo 0000 0008 0009 ;;
	drv-config) echo 0000 0002 0007 ;;
	esac
}

# not_stable SERIES: the fixes that are not for stable: they are too large for
# stable-kernel-rules.rst; and for 5, root has to unload a driver
not_stable() {
	case $1 in
	fixes) echo 0005 0010 ;;
	esac
}

# first_tag MAIL: the first line of the last paragraph of its text
first_tag() {
	awk '/^---$/ { exit } /^$/ { text = 1; first = "" } /./ && text && !first { first = $0 } END { print first }' "$1"
}

unfold() {
	tr '\n' ' ' <"$1" | tr -s ' '
}

# title SERIES: the title of the series before it, as the letter quotes it; nothing for the first
title() {
	[ "$(start_of "$1")" = base ] ||
		sed -n '/^Subject:/,/^$/p' "patches/$(start_of "$1")/0000-cover-letter.patch" |
			tr -d '\n' | sed 's/.*\] \([^,]*\).*/"\1/'
}

# shellcheck disable=SC2086,SC2046 # lists of files
check_mails() {
	run "$1"
	is "$1: with an identity, it makes them" "$status" 0
	mails=$(ls "$tmp/send"/*.patch 2>/dev/null)
	letter=$tmp/send/0000-cover-letter.patch
	first=$(echo "$mails" | sed -n 2p)
	count=$(patches "$1" | wc -l)
	is "$1: one for each patch, and the letter" "$(echo "$mails" | wc -l)" $((count + 1))
	ok "$1: each patch is signed off by the sender" every '^Signed-off-by: A\. Séndér <sender@example\.org>$' patches
	is "$1: once" "$(grep -c '^Signed-off-by: ' $mails | grep -v -e ':1$' -e 'cover-letter.*:0$')" ""
	ok "$1: each has somebody to go to" every '^To: .*@'
	ok "$1: and a list in Cc" every '^(Cc: |	).*@(vger\.kernel\.org|lists\.)'
	for list in $(lists "$1"); do
		ok "$1: all go to $list" every "^(Cc: |	)$list,?\$"
	done
	is "$1: the letter goes to who gets the first patch" \
		"$(header To "$first" | grep -vxF "$(header To "$letter")")" ""
	is "$1: what changes the ABI goes to those who watch it, and the letter with it" \
		"$(grep -l '[ 	]linux-api@vger' $mails | sed 's,.*/,,; s/-.*//' | xargs)" "$(abi "$1")"
	is "$1: Fixes: is the first tag of those that have one" "$(grep -l '^Fixes: ' $mails | while read -r m; do
		first_tag "$m" | grep -q ^Fixes: || echo "$m"
	done)" ""
	is "$1: and fixes come first" "$(grep -L '^Fixes: ' $mails | sed '/cover-letter/d; q')" \
		"$(grep -l '^Fixes: ' $mails | wc -l | awk -v mails="$mails" '{ split(mails, m, "\n"); print m[$1 + 2] }')"
	is "$1: fixes are for stable, but for those that its rules leave out" \
		"$(grep -l '^Fixes: ' $mails | xargs -r grep -L '^Cc: stable@vger' | sed 's,.*/,,; s/-.*//' | xargs)" "$(not_stable "$1")"
	before=$(for s in $series; do [ "$s" != "$1" ] || break; patches "$s"; done)
	is "$1: the letter names each patch that it needs" \
		"$(sed -n 's/^prerequisite-patch-id: //p' "$letter")" \
		"$([ -z "$before" ] || for p in $before; do git patch-id --stable <"$p"; done | cut -d' ' -f1)"
	like "$1: and the series before it by its title" "$(unfold "$letter")" "*$(title "$1")*"
	is "$1: the sender is the author, so nobody else has to sign off" "$(grep -l '^From: .*noreply' $mails)" ""
	tap_note=$(perl build/linux/scripts/checkpatch.pl --no-tree --terse --ignore FILE_PATH_CHANGES,UNKNOWN_COMMIT_ID "$first")
	is "$1: and checkpatch does not miss a Signed-off-by" $? 0
	like "$1: and so says the letter" "$(cat "$letter")" "*
A. Séndér ($count):
*"
	is "$1: to nobody at this project's address" "$(for m in $mails; do sed '/^$/q' "$m"; done | grep '^\(To\|Cc\|	\).*noreply')" ""
	id=$(sed -n 's/^Message-I[Dd]: //p' "$letter")
	like "$1: the letter has an id" "$id" '<*>'
	is "$1: to which each patch replies" "$(grep -lF "In-Reply-To: $id" $mails | wc -l)" "$count"
	ok "$1: the letter notes the base" grep -qE "^Based on Linux $linux\.[0-9]+" "$letter"
	ok "$1: as git does" grep -q "^base-commit: $(git -C build/linux rev-parse base)" "$letter"
	is "$1: the mails give the series" "$(cat $mails | git patch-id --stable | cut -d' ' -f1)" \
		"$(cat $(patches "$1") | git patch-id --stable | cut -d' ' -f1)"
}
for s in $full; do
	check_mails "$s"
done
ok "nothing was sent" [ ! -e "$tmp/sent" ]
done_testing
