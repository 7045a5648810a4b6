# SPDX-License-Identifier: GPL-2.0
# For the tests of make tree and make refresh: a project of its own in $tmp, with a small
# stand-in for Linux, and what a user does in its tree. Needs mk/project and tap.sh.

real=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# source_tree VERSION PATCHLEVEL SUBLEVEL: three files, and a package of them
source_tree() {
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
	for s in $series; do
		mkdir "patches/$s"
		printf '%s\n' 'From 0 Mon Sep 17 00:00:00 2001' 'From: A <a@example.org>' \
			'Date: Fri, 2 Jan 2026 00:00:00 +0000' "Subject: [PATCH 0/99] All of $s" '' \
			'Why:' '' '  because.' >"patches/$s/0000-cover-letter.patch"
	done
	commit_project
}

commit_project() {
	git add -A
	git -c commit.gpgsign=false -c user.name=t -c user.email=t@t commit -q --allow-empty -m state
}

changes() {
	git status --porcelain
}

# An unusual setting of the user's must not show in the patches.
cat >"$tmp/gitconfig" <<EOS
[format]
	signoff = true
	attach = true
	numbered = false
	useAutoBase = true
[diff]
	noprefix = true
	algorithm = patience
	context = 7
	renames = copies
[commit]
	gpgsign = true
[rebase]
	abbreviateCommands = true
[user]
	name = A Úthor
	email = a@example.org
EOS
export GIT_CONFIG_GLOBAL="$tmp/gitconfig" LINUX_SOURCE="$tmp/linux-source.tar.xz"

run() {
	status=0
	out=$("$@" 2>&1 </dev/null) || status=$?
	tap_note=$out
}

in_tree() {
	git -C build/linux -c commit.gpgsign=false "$@"
}

# commit FILE SED-SCRIPT SUBJECT: changes FILE in the tree and commits that, as a user does
commit() {
	sed -i "$2" "build/linux/$1"
	in_tree commit -q -a --date='2026-01-02 03:04:05 +0600' -m "$3" -m "Why: because.

Signed-off-by: Someone Else <s@example.org>"
}

# at BRANCH: how many commits are below it
at() {
	in_tree rev-list --count "base..$1"
}

# The series get two patches, one, none, and one.
first_queue() {
	commit kernel/core.c 's/^10$/ten/' 'perf/core: [RFC] Say ten, in a subject that is so long that it must be folded in the mail header'
	commit kernel/core.c 's/^20$/twenty/' 'perf/core: Say twenty'
	in_tree branch -f fixes
	commit kernel/other.c 's/^20$/zwölf/' 'perf: Ünïcode'
	in_tree branch -f drv-config
	in_tree branch -f perf
	commit kernel/core.c 's/^30$/thirty/' 'perf: Say thirty'
}

# A project whose queue is first_queue, with all of it committed
queued_project() {
	source_tree 7 3 99
	new_project
	run mk/tree
	first_queue
	run mk/refresh
	commit_project
}

# refused WHAT PATTERN COMMAND...: with status 1, in one line that matches the pattern
refused() {
	what=$1 pattern=$2
	shift 2
	run "$@"
	out=$(echo "$out" | grep -v ^fetching)
	like "$what" "$status $out" "1 $pattern"
	is "$what: in one line" "$(echo "$out" | wc -l)" 1
}
