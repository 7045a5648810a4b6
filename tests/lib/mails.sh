# SPDX-License-Identifier: GPL-2.0
# For the tests of mk/send-ready, in sh. They source it in the top directory, after mk/series.sh
# and tap.sh.

# Not into build/send, where somebody may have mails that they have edited
own=$(mktemp -d)
tmp=$own
trap 'rm -rf "$own" "$tmp"' EXIT
export HOME="$tmp/nonexistent" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
unset EMAIL GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

# All programs that could send mail are stand-ins, which note that they were called.
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

# This configuration in the environment overrides the clone's own.
git_says() { # NAME MAIL
	export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0="$1" \
		GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1="$2"
}

full=$(for s in $series; do [ -z "$(patches "$s")" ] || echo "$s"; done)
some=$(echo "${full:-fixes}" | head -n 1)
