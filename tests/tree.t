#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make tree, make refresh, make clean: they are inverse, lose no work, and say
# what is wrong with a source or a patch. On a small stand-in for Linux, then
# once on the real one.

cd "$(dirname "$0")/.." || exit 1
. tests/lib/tap.sh

real=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# A source package of three files.
source_package() {
	rm -rf "$tmp/linux-source"
	mkdir -p "$tmp/linux-source/kernel"
	printf '# SPDX\nVERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\n' "$1" "$2" "$3" >"$tmp/linux-source/Makefile"
	seq 40 >"$tmp/linux-source/kernel/core.c"
	seq 40 >"$tmp/linux-source/kernel/other.c"
	tar -C "$tmp" -cJf "$tmp/linux-source.tar.xz" linux-source
}

new_project() {
	rm -rf "$tmp/project"
	mkdir -p "$tmp/project/patches"
	cp -r mk "$tmp/project"
	cd "$tmp/project" || exit 1
	git init -q
	echo /build/ >.gitignore
	commit_project
}

commit_project() {
	git add -A
	git -c commit.gpgsign=false -c user.name=t -c user.email=t@t commit -q --allow-empty -m state
}

# An unusual setting of the user's must not show in the patches.
cat >"$tmp/gitconfig" <<EOF
[format]
	signoff = true
	attach = true
	numbered = false
[diff]
	noprefix = true
	algorithm = patience
	context = 7
[commit]
	gpgsign = true
EOF
export GIT_CONFIG_GLOBAL="$tmp/gitconfig" LINUX_SOURCE="$tmp/linux-source.tar.xz"

run() {
	status=0
	out=$("$@" 2>&1 </dev/null) || status=$?
	tap_note=$out
}

# commit FILE SED-SCRIPT SUBJECT: as a user does in the tree.
commit() {
	sed -i "$2" "build/linux/$1"
	git -C build/linux -c commit.gpgsign=false -c user.name='A Úthor' -c user.email=a@example.org \
		commit -q -a --date='2026-01-02 03:04:05 +0600' -m "$3" -m "Why: because.

Signed-off-by: Someone Else <s@example.org>"
}

changes() {
	git status --porcelain
}

source_package 6 12 99
new_project
run mk/tree
is "an empty queue is valid" "$status" 0
is "the base is tagged" "$(git -C build/linux rev-parse base)" "$(git -C build/linux rev-parse drv_config)"
run mk/tree
is "a second run has nothing to say" "$status $out" "0 "
run mk/refresh
is "an empty queue refreshes to nothing" "$status $(changes)" "0 "

commit kernel/core.c 's/^10$/ten/' 'perf/core: [RFC] Say ten, in a subject that is so long that it must be folded in the mail header'
commit kernel/core.c 's/^20$/twenty/' 'perf/core: Say twenty'
commit kernel/other.c 's/^20$/zwölf/' 'perf: Ünïcode'
run mk/tree
is "tree does not touch commits that are not in the queue" "$status $(git -C build/linux rev-list --count base..drv_config)" "0 3"
printf 'From 0 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nDate: Fri, 2 Jan 2026 00:00:00 +0000\nSubject: [PATCH 0/9] All of it\n\nWhy:\n\n  because.\n\n' \
	>patches/0000-cover-letter.patch
run mk/refresh
is "refresh writes a file for each" "$(ls patches | wc -l)" 4
like "the cover letter counts and lists them" "$(cat patches/0000*)" '*PATCH 0/3\] All of it*because.*A Úthor (3):*twenty*2 files changed*'
like "the patches say whose they are" "$(cat patches/0002*)" '*Subject: \[PATCH 2/3\] perf/core: Say twenty*Signed-off-by: Someone*'
commit_project

before=$(git -C build/linux rev-parse drv_config^{tree})
log=$(git -C build/linux log --format='%an %ae %ad %B' base..drv_config)
rm -rf build
run mk/tree
is "the queue gives the same tree" "$(git -C build/linux rev-parse 'drv_config^{tree}')" "$before"
is "the same messages, authors and dates" "$(git -C build/linux log --format='%an %ae %ad %B' base..drv_config)" "$log"
id=$(git -C build/linux rev-parse drv_config)
run mk/refresh
is "refresh after tree changes nothing" "$status $(changes)" "0 "
rm -rf build
run mk/tree
is "commits have the same ids every time" "$(git -C build/linux rev-parse drv_config)" "$id"

touch -d 2001-01-01 build/linux/kernel/core.c
sed -i 's/zwölf/dreizehn/' patches/0003*
run mk/tree
is "a change in patches/ reaches the tree" "$(sed -n 20p build/linux/kernel/other.c)" dreizehn
is "and touches only the files that differ" "$(date -r build/linux/kernel/core.c +%Y)" 2001
git checkout -q patches
run mk/tree
is "and back" "$(git -C build/linux rev-parse drv_config)" "$id"

commit kernel/core.c 's/^30$/thirty/' 'perf/core: Say thirty'
mine=$(git -C build/linux rev-parse HEAD)
sed -i 's/zwölf/dreizehn/' patches/0003*
run mk/tree
like "a changed queue does not overwrite commits that it lacks" "$status $out" '1 *make refresh*'
is "they are still there" "$(git -C build/linux rev-parse HEAD)" "$mine"
run mk/refresh
like "nor does refresh overwrite a changed queue" "$status $out" '1 *make tree*FORCE=1*'
run mk/clean
like "clean refuses as well" "$status $out" '1 *make refresh*'
git checkout -q patches
git -C build/linux reset -q --hard drv_config^
echo dirt >>build/linux/kernel/core.c
sed -i 's/zwölf/dreizehn/' patches/0003*
run mk/tree
like "nor changes that are not committed" "$status $out" '1 *make refresh*'
git -C build/linux checkout -q .
git -C build/linux reset -q --hard base
run mk/tree
is "it does when the user has dropped them" "$status $(sed -n 20p build/linux/kernel/other.c)" "0 dreizehn"
git checkout -q patches
run mk/tree

sed -i 's/^ 18$/ eighteen/' patches/0002*
run mk/tree
like "a patch that does not apply is named, with the file" "$status $out" \
	'1 patches/0002-perf-core-Say-twenty.patch does not apply: kernel/core.c *'
is "in one line" "$(echo "$out" | wc -l)" 1
is "the tree stays as it was" "$(git -C build/linux rev-parse drv_config) $(git -C build/linux status --porcelain)" "$id "
git checkout -q patches
rm patches/0001*
sed -i 's,kernel/other.c,kernel/gone.c,' patches/0003*
run mk/tree
like "so is a patch to a file that is not there" "$status $out" '1 patches/0003* does not apply: kernel/gone.c *'
git checkout -q patches
run mk/tree
is "with the patches mended, all is well" "$status $(git -C build/linux rev-parse drv_config)" "0 $id"

source_package 6 12 100
run mk/tree
like "a new point release is taken up" "$status $(cat build/linux/Makefile) $(git -C build/linux log --oneline | wc -l)" '0 *SUBLEVEL = 100 4'
is "and checked out unpatched beside it" "$(sed -n 20p build/linux-base/kernel/other.c)" 20

run mk/clean
is "clean removes all of it" "$status $(ls -d build 2>&1 | wc -l)" "0 1"
source_package 6 13 1
run mk/tree
like "another version of Linux is refused" "$status $out" '1 *holds Linux 6.13.1, *6.12*apt-get install linux-source-6.12'
LINUX_SOURCE=$tmp/none run mk/tree
like "so is no source at all" "$status $out" "1 no kernel source $tmp/none *apt-get install*"

# The real one.
unset GIT_CONFIG_GLOBAL LINUX_SOURCE
cd "$real" || exit 1
run mk/refresh --check
is "the project's own queue and its tree agree" "$status" 0
done_testing
