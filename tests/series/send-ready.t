#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make send-ready: mails that are signed off, addressed, in one thread and say what
# they are based on; none without an identity; and nothing is ever sent.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. mk/series.sh
. tests/lib/tap.sh

# Not into build/send, where somebody may have mails that they have edited
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export HOME="$tmp/nonexistent" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
unset EMAIL GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

# What would send is a stand-in that tells on who calls it.
mkdir "$tmp/bin"
for program in sendmail msmtp mail; do
	printf '#!/bin/sh\necho "$0 $*" >>%s\n' "$tmp/sent" >"$tmp/bin/$program"
done
cat >"$tmp/bin/git" <<EOS
#!/bin/sh
case " \$* " in *" send-email "* | *" imap-send "*) echo "git \$*" >>$tmp/sent; exit 0 ;; esac
PATH=\${PATH#*:} exec git "\$@"
EOS
chmod +x "$tmp/bin"/*

# run SERIES
run() {
	status=0
	rm -rf "$tmp/send"
	out=$(PATH=$tmp/bin:$PATH mk/send-ready "$1" "$tmp/send" 2>&1 </dev/null) || status=$?
	tap_note=$out
}

# Git's configuration comes from the environment too; so the clone's own is no matter.
git_says() { # NAME MAIL
	export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0="$1" \
		GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1="$2"
}

full=$(for s in $series; do [ -z "$(patches "$s")" ] || echo "$s"; done)
some=$(echo "${full:-fixes}" | head -n 1)

git_says "" ""
run "$some"
like "no identity: refused, with what to do" "$status $out" "1 git has no identity*git config user.name*user.email*"
is "in one line" "$(echo "$out" | wc -l)" 1
ok "and no mails" [ ! -e "$tmp/send" ]
git_says "A Sender" ""
run "$some"
like "a name alone is not enough" "$status $out" "1 git has no identity*"

git_says "A. Séndér" sender@example.org
run ''
is "no series: refused, with those there are" "$status $out" "1 SERIES= says which to make mails of: $series"
run nosuch
like "so is one that there is not" "$status $out" "1 no series nosuch: * $series"
for s in $series; do
	[ -z "$(patches "$s")" ] || continue
	run "$s"
	is "$s: an empty one has no mails" "$status $out" "1 the series $s has no patches"
done

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
	is "$1: the letter goes to who gets the first patch" \
		"$(header To "$first" | grep -vxF "$(header To "$letter")")" ""
	is "$1: a change of the ABI goes to those who watch it" \
		"$(grep -l '^+++ b/include/uapi/' $mails | xargs -r grep -L '[ 	]linux-api@vger')" ""
	is "$1: the sender is the author: who else signs off?" "$(grep -l '^From: .*noreply' $mails)" ""
	tap_note=$(perl build/linux/scripts/checkpatch.pl --no-tree --terse --ignore FILE_PATH_CHANGES,UNKNOWN_COMMIT_ID "$first")
	is "$1: so that checkpatch does not miss a Signed-off-by" $? 0
	like "$1: and so says the letter" "$(cat "$letter")" "*
A. Séndér ($count):
*"
	is "$1: to nobody at this project's address" "$(sed '/^$/q' $mails | grep -c '^\(To\|Cc\|	\).*noreply')" 0
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
