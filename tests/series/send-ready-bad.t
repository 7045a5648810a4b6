#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make send-ready: no mails without an identity, from a tree with unsaved changes, or of a
# series without what it needs; and nothing is ever sent.

cd "$(dirname "$0")/../.." || exit 1
. mk/lib.sh
. mk/series.sh
. tests/lib/tap.sh
. tests/lib/mails.sh

git_says "" ""
run "$some"
like "no identity: refused, with what to do" "$status $out" "1 git has no identity*git config --global user.name*user.email*"
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

# Trees, patches and letters with something wrong, on a small stand-in for Linux
sent=$tmp/sent
. tests/lib/stand-in.sh
git_says "A Sender" sender@example.org
queued_project
refused "a tree that was never made" "there is no build/linux: *" env -C "$PWD" sh -c \
	'mv build away; mkdir build; mk/send-ready fixes; s=$?; rm -r build; mv away build; exit $s'
echo more >>build/linux/kernel/core.c
refused "changes that are not committed" "build/linux has changes that are not committed: *" mk/send-ready fixes
in_tree commit -q -a -m "perf: More"
refused "commits that patches/ does not have" "build/linux has work that patches/ lacks: 'make refresh' *" mk/send-ready fixes
in_tree reset -q --hard HEAD~1
in_tree branch -q -f fixes perf-sinks
refused "a branch that is not where it should be" "build/linux: the branch *" mk/send-ready drv-config
in_tree branch -q -f fixes perf-sinks~2
refused "a series that needs one that is empty" "the series perf-sinks needs perf, which has no patches: *" \
	mk/send-ready perf-sinks
sed -i '/^prerequisite-patch-id: /{ x; s/^/x/; /^x$/{ x; d }; x }' patches/drv-config/0000*
refused "a letter that does not name all that is needed" "patches/drv-config/0000*'make refresh' first" \
	mk/send-ready drv-config
git checkout -q patches
git rm -q patches/fixes/000[12]* patches/drv-config/0001*
run mk/tree
refused "a series without patches" "the series fixes has no patches" mk/send-ready fixes
ok "of all these, no mails" [ ! -e build/send ]
cd "$real" || exit 1
ok "and nothing was sent" [ ! -e "$sent" ]
done_testing
