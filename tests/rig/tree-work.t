#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make tree, make refresh and make clean lose no work, and say in a line what is wrong with
# a patch or a branch. On a small stand-in for Linux.

cd "$(dirname "$0")/../.." || exit 1
. mk/project
. tests/lib/tap.sh
. tests/lib/stand-in.sh

queued_project
rm -rf build
run mk/tree
ids=$(in_tree rev-parse base $series)

change() {
	sed -i 's/zwölf/dreizehn/' patches/drv-config/0001*
}

restore() {
	git checkout -q patches
	git clean -fdq patches
}

commit kernel/core.c 's/^35$/thirty-five/' 'perf/core: Say thirty-five'
mine=$(in_tree rev-parse HEAD)
change
refused "changed patches do not overwrite commits that they lack" '*make refresh*' mk/tree
is "they are still there" "$(in_tree rev-parse HEAD)" "$mine"
refused "nor does refresh overwrite changed patches" '*make tree*FORCE=1*' mk/refresh
refused "clean refuses as well" '*make refresh*' mk/clean
restore
in_tree reset -q --hard perf-sinks^
echo dirt >>build/linux/kernel/core.c
change
refused "nor changes that are not committed" '*make refresh*' mk/tree
in_tree checkout -q .
run mk/tree
is "it does when the user has dropped them" "$status $(sed -n 20p build/linux/kernel/other.c)" "0 dreizehn"
restore
run mk/tree

in_tree checkout -q fixes
run mk/tree
change
run mk/tree
is "nor is it work to look at an earlier series" "$status $(at HEAD)" "0 4"
restore
run mk/tree
in_tree checkout -q fixes
commit kernel/core.c 's/^35$/thirty-five/' 'perf/core: Say thirty-five'
change
refused "a commit on an earlier branch is" '*make refresh*' mk/tree
restore
refused "which refresh cannot place" '*branch fixes is beside perf-sinks*git rebase --update-refs*branch -f fixes*' mk/refresh
in_tree checkout -q perf-sinks
in_tree branch -q -f fixes "$(echo "$ids" | sed -n 2p)"

# Branches
in_tree branch -f fixes fixes^
change
refused "changed patches do not move a branch back" '*make refresh*' mk/tree
refused "nor does clean" '*make refresh*' mk/clean
restore
run mk/refresh
is "refresh takes it" "$status $(ls patches/fixes | wc -l) $(ls patches/drv-config | wc -l)" "0 2 3"
restore
in_tree branch -f fixes "$(echo "$ids" | sed -n 2p)"
commit kernel/other.c 's/^zwölf$/dreizehn/' 'fixup! perf: Ünïcode'
run env GIT_SEQUENCE_EDITOR=true git -C build/linux -c commit.gpgsign=false rebase -q -i --autosquash --no-update-refs base
refused "branches that a rebase left behind" '*branch drv-config is beside perf-sinks*git rebase --update-refs*' mk/refresh
is "and nothing is written" "$(changes)" ""
refused "clean refuses them as well" '*make refresh*' mk/clean
in_tree branch -f drv-config perf-sinks^
refused "one after the other" '*branch perf is beside perf-sinks*' mk/refresh
in_tree branch -f perf base
refused "a branch below the one before it" '*branch perf ends before drv-config*branch -f perf*' mk/refresh
in_tree branch -q -D perf
refused "a branch that is gone" '*no branch perf*branch perf *' mk/refresh
in_tree branch perf drv-config
run env FORCE=1 mk/refresh
is "all in line again" "$status $(changes | cut -c4- | grep -v 0000)" "0 $(ls patches/drv-config/0001*)"
restore
run mk/tree
commit kernel/core.c 's/^35$/thirty-five/' 'perf/core: Say thirty-five'
rm -rf build/linux
run mk/tree
is "what the message says drops it" "$status $(in_tree rev-parse base $series)" "0 $ids"
is "and the tree beside it is whole" "$(git -C build/linux-base rev-parse HEAD)" "$(in_tree rev-parse base)"

# Patches
sed -i 's/^ 18$/ eighteen/' patches/fixes/0002*
refused "a patch that does not apply is named, with series and file" \
	'series fixes: patches/fixes/0002-perf-core-Say-twenty.patch does not apply: kernel/core.c *' mk/tree
is "the tree stays as it was" "$(in_tree rev-parse base $series) $(in_tree status --porcelain)" "$ids "
restore
sed -i 's,kernel/other.c,kernel/gone.c,' patches/drv-config/0001*
refused "so is a patch to a file that is not there" \
	'series drv-config: patches/drv-config/0001* does not apply: kernel/gone.c *' mk/tree
restore
mkdir patches/fixed
cp patches/fixes/0001* patches/fixed
refused "a folder that is no series" "patches/fixed is in no series: there are $series" mk/tree
rm -r patches/fixed
cp patches/fixes/0001* patches
refused "a patch in none" "patches/0001* is in no series: there are $series" mk/tree
rm patches/0001*
run mk/tree
is "with the patches corrected, all is well" "$status $(in_tree rev-parse base $series)" "0 $ids"

run mk/clean
is "clean removes all of it" "$status $(ls -d build 2>/dev/null)" "0 "
done_testing
