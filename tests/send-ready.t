#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make send-ready: mails that are signed off, addressed, in one thread and say what
# they are based on; none without an identity; and nothing is ever sent.

cd "$(dirname "$0")/.." || exit 1
. mk/lib.sh
. mk/each.sh
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

run() {
	status=0
	out=$(PATH=$tmp/bin:$PATH mk/send-ready "$tmp/send" 2>&1 </dev/null) || status=$?
	tap_note=$out
}

# Git's configuration comes from the environment too; so the clone's own is no matter.
git_says() { # NAME MAIL
	export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0="$1" \
		GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1="$2"
}

git_says "" ""
run
like "no identity: refused, with what to do" "$status $out" "1 git has no identity*git config user.name*user.email*"
is "in one line" "$(echo "$out" | wc -l)" 1
ok "and no mails" [ ! -e "$tmp/send" ]
git_says "A Sender" ""
run
like "a name alone is not enough" "$status $out" "1 git has no identity*"

git_says "A. Séndér" sender@example.org
run
is "with an identity, it makes them" "$status" 0
mails=$(ls "$tmp/send"/*.patch 2>/dev/null)
letter=$tmp/send/0000-cover-letter.patch
is "one for each patch, and the letter" "$(echo "$mails" | wc -l)" $(($(queue | wc -l) + 1))

# every PATTERN [patches]: all mails have such a line, or all but the letter
every() {
	# shellcheck disable=SC2086 # a list
	tap_note=$(grep -LE "$1" $mails)
	[ "${2-}" != patches ] || tap_note=$(echo "$tap_note" | grep -v cover-letter)
	[ -z "$tap_note" ]
}
ok "each patch is signed off by the sender" every '^Signed-off-by: A\. Séndér <sender@example\.org>$' patches
# shellcheck disable=SC2086 # a list
is "once" "$(grep -c '^Signed-off-by: ' $mails | grep -v -e ':1$' -e 'cover-letter.*:0$')" ""
ok "each has somebody to go to" every '^To: .*@'
ok "and a list in Cc" every '^(Cc: |	).*@(vger\.kernel\.org|lists\.)'
ok "the letter goes to perf's and CoreSight's" grep -q 'peterz@infradead.org' "$letter"
# shellcheck disable=SC2086 # a list
is "the sender is the author: who else signs off?" "$(grep -l '^From: .*noreply' $mails)" ""
tap_note=$(perl build/linux/scripts/checkpatch.pl --no-tree --terse "$(echo "$mails" | sed -n 2p)")
like "so that checkpatch does not miss a Signed-off-by" "$tap_note" '*total: 0 errors*'
like "and so says the letter" "$(cat "$letter")" "*
A. Séndér ($(queue | wc -l)):
*"
# shellcheck disable=SC2086 # a list
is "to nobody at this project's address" "$(sed '/^$/q' $mails | grep -c '^\(To\|Cc\|	\).*noreply')" 0
id=$(sed -n 's/^Message-I[Dd]: //p' "$letter")
like "the letter has an id" "$id" '<*>'
is "to which each patch replies" "$(grep -lF "In-Reply-To: $id" $mails | wc -l)" "$(queue | wc -l)"
ok "the letter notes the base" grep -qE '^Based on Linux 6\.12\.[0-9]+' "$letter"
# shellcheck disable=SC2046,SC2086 # lists
is "the mails give the series" "$(cat $mails | git patch-id --stable | cut -d' ' -f1)" \
	"$(cat $(queue) | git patch-id --stable | cut -d' ' -f1)"
ok "nothing was sent" [ ! -e "$tmp/sent" ]
done_testing
