#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make tree and make refresh are inverse, whichever series commits are in or move to. On
# a small stand-in for Linux, then once on the real one.

cd "$(dirname "$0")/../.." || exit 1
. mk/project
. tests/lib/tap.sh
. tests/lib/stand-in.sh

source_tree 7 3 99
new_project
run mk/tree
is "empty series are valid" "$status" 0
is "all of them end at the base" "$(in_tree rev-parse base fixes drv-config perf perf-sinks | uniq | wc -l)" 1
run mk/tree
is "a second run has nothing to say" "$status $out" "0 "
run mk/refresh
is "empty series refresh to their letters" "$status $(find patches -type f | wc -l)" "0 4"
like "which say that there is nothing" "$(cat patches/perf/0000*)" "*PATCH 0/0\] All of perf*because.

base-commit: $(in_tree rev-parse base)"
commit_project
run mk/refresh
is "and stay as they are" "$status $(changes)" "0 "

first_queue
run mk/tree
is "tree does not touch commits that patches/ has not" "$status $(at perf-sinks)" "0 4"
run mk/refresh
is "refresh writes each series to its folder" "$status $(for s in $series; do ls patches/$s/000[1-9]* 2>/dev/null | wc -l; done | xargs)" "0 2 1 0 1"
like "a letter counts and lists its own" "$(cat patches/fixes/0000*)" '*PATCH 0/2\] All of fixes*because.

A Úthor (2):*ten*twenty*1 file changed, 2 insertions*base-commit*'
like "so does another" "$(cat patches/drv-config/0000*)" '*PATCH 0/1\] All of drv-config*A Úthor (1):
  perf: Ünïcode

 kernel/other.c *'
for s in drv-config perf-sinks; do
	below=fixes
	[ $s = drv-config ] || below=drv-config
	is "$s: what it needs, as git says it" "$(sed -n '/^base-commit/,$p' patches/$s/0000*)" \
		"$(GIT_CONFIG_GLOBAL=/dev/null git -C build/linux format-patch --stdout --base=base --cover-letter $below..$s |
			sed -n '/^base-commit/,/^--/p' | sed '/^--/d; /^$/d' | uniq)"
done
is "an empty one needs the same as what follows it" "$(grep -c ^prereq patches/perf/0000*)" 3
like "the patches say whose they are" "$(cat patches/fixes/0002*)" '*Subject: \[PATCH 2/2\] perf/core: Say twenty*Signed-off-by: Someone*'
commit_project
run mk/refresh
is "refresh twice changes nothing" "$status $(changes)" "0 "
is "and says so" "$out" "patches/: 4 patches; nothing changed"
run env GIT_SEQUENCE_EDITOR="sed -i '1s/^pick/reword/'" GIT_EDITOR="sed -i 's/because/of reasons/'" \
	git -C build/linux -c commit.gpgsign=false -c rebase.abbreviateCommands=false rebase -q -i base
run mk/refresh
like "a message that is changed is named" "$status $out" "0 patches/fixes/0001-*
patches/: 4 patches; *git diff patches*"
is "and it alone" "$(changes | cut -c4-)" "$(ls patches/fixes/0001*)"
git checkout -q patches
run mk/tree
is "patches/ put back by git undo it" "$status $(in_tree log --format=%b base.. | grep -c reasons)" "0 0"
mine=$(in_tree rev-parse fixes drv-config)
sed -i 's/^+thirty/+dreissig/' patches/perf-sinks/0001*
run mk/tree
is "what is below a change keeps its commits" "$status $(in_tree rev-parse fixes drv-config)" "0 $mine"
git checkout -q patches
run mk/tree
printf '\nA PS of the author (2):\n  with text.\n' | sed -i '/because\./r /dev/stdin' patches/fixes/0000*
run mk/refresh
like "the author's text stays, whatever it looks like" "$(cat patches/fixes/0000*)" '*because.

A PS of the author (2):
  with text.

A Úthor (2):*'
git checkout -q patches

# What a branch holds, and how
state() {
	for s in base $series; do
		in_tree rev-parse "$s^{tree}"
	done
	in_tree log --format='%an %ae %ad %B' base..perf-sinks
}
before=$(state)
rm -rf build
run mk/tree
is "patches/ gives the same trees, messages, authors and dates" "$(state)" "$before"
like "it says how many" "$out" '*4 patches applied: fixes 2, drv-config 1, perf 0, perf-sinks 1*'
is "the last is checked out" "$(in_tree symbolic-ref --short HEAD)" perf-sinks
run mk/refresh
is "refresh after tree changes nothing" "$status $(changes)" "0 "
ids=$(in_tree rev-parse base $series)
rm -rf build
run mk/tree
is "commits have the same ids every time" "$(in_tree rev-parse base $series)" "$ids"

touch -d 2001-01-01 build/linux/kernel/core.c
sed -i 's/zwölf/dreizehn/' patches/drv-config/0001*
run mk/tree
is "a change in patches/ reaches the tree" "$(sed -n 20p build/linux/kernel/other.c)" dreizehn
is "and touches only the files that differ" "$(date -r build/linux/kernel/core.c +%Y)" 2001
git checkout -q patches
run mk/tree
is "and back" "$(in_tree rev-parse base $series)" "$ids"
git mv patches/perf-sinks/0001* patches/perf/
run mk/tree
is "a patch that moves to another series moves its branch" "$status $(at perf) $(at perf-sinks)" "0 4 4"
git reset -q --hard
run mk/tree
is "and back" "$(in_tree rev-parse base $series)" "$ids"

# In a series in the middle
commit kernel/other.c 's/^zwölf$/dreizehn/' 'fixup! perf: Ünïcode'
run env GIT_SEQUENCE_EDITOR=true git -C build/linux -c commit.gpgsign=false rebase -q -i --autosquash base
run mk/refresh
is "a commit corrected in the middle: that patch, and the letters after it, change" "$status $(changes | cut -c4- | sort | xargs)" \
	"0 $(ls patches/drv-config/0001* patches/perf*/0000* | sort | xargs)"
commit_project
commit kernel/other.c 's/^35$/fünfunddreißig/' 'perf/core: Say it in German'
run env GIT_SEQUENCE_EDITOR="sed -i '/^p.* German/d; /fixes\$/i p $(in_tree rev-parse HEAD)'" \
	git -C build/linux -c commit.gpgsign=false rebase -q -i --update-refs base
run mk/refresh
is "one that moves down to fixes" "$status $(at fixes) $(ls patches/fixes | wc -l) $(ls patches/perf-sinks | wc -l)" "0 3 4 2"
like "is numbered there" "$(cat patches/fixes/0003*)" '*PATCH 3/3\] perf/core: Say it in German*'
commit_project
in_tree branch -f fixes fixes^
run mk/refresh
is "a branch moved: the patch is in the other folder" "$status $(ls patches/fixes | wc -l) $(ls patches/drv-config | wc -l)" "0 3 3"
in_tree branch -f drv-config fixes
run mk/refresh
is "a series that gets empty leaves its letter" "$status $(ls patches/drv-config) $(ls patches/perf | wc -l)" "0 0000-cover-letter.patch 3"
commit_project
before=$(state)
rm -rf build
run mk/tree
is "all of which tree gives back" "$(state)" "$before"
run mk/refresh
is "and refresh leaves alone" "$status $(changes)" "0 "

# The real one.
unset GIT_CONFIG_GLOBAL LINUX_SOURCE
cd "$real" || exit 1
run mk/refresh --check
is "the project's own patches and its tree agree" "$status" 0
done_testing
