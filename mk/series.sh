# SPDX-License-Identifier: GPL-2.0
# Shell functions about patches/ and the commits of build/linux, for scripts that also use
# mk/lib.sh. They run in the top directory.
#
# In build/linux, the tag "base" is Linux as it comes. Each series has a branch of its
# name where it ends; it begins where the one before it ends.

tree=build/linux
# Line by line: the key of patches/; "ID base"; then "ID HASH SERIES" for each patch
record=$tree/.git/queue

# patches [SERIES...]: their files, without the cover letters
patches() {
	for s in ${*:-$series}; do
		ls "patches/$s"/[0-9]*.patch 2>/dev/null | grep -v '/0*-cover-letter.patch$' || :
	done
}

# queue_key: a key that changes if patches/ changes, or what it is applied to
queue_key() {
	echo "$(cat $tree/.git/base-key) $(for p in $(patches); do echo "$p"; cat "$p"; done | hash)"
}

# start_of SERIES: the ref that it begins at
start_of() {
	ref=base
	for s in $series; do
		[ "$s" != "$1" ] || break
		ref=$s
	done
	echo "$ref"
}

# recorded_end SERIES: the commit that it ends at, according to the record
recorded_end() {
	awk -v order=" base $series " -v end=" $1 " '
		NR > 1 && index(order, " " $NF " ") <= index(order, end) { id = $1 }
		END { print id }' $record
}

# Is each branch where it should be? If not, dies and says which.
check_branches() {
	below=base
	for s in $series; do
		plain_git -C $tree rev-parse -q --verify "refs/heads/$s" >/dev/null ||
			die "build/linux has no branch $s: put it where that series ends, 'git -C build/linux branch $s COMMIT'"
		plain_git -C $tree merge-base --is-ancestor "$s" $last ||
			die "build/linux: the branch $s is beside $last, not below it ('git rebase --update-refs base' would have moved it along): put it where that series ends, 'git -C build/linux branch -f $s COMMIT'"
		plain_git -C $tree merge-base --is-ancestor $below "$s" ||
			die "build/linux: the branch $s ends before $below does: put it where that series ends, 'git -C build/linux branch -f $s COMMIT'"
		below=$s
	done
}

# Are the branches as the record has them?
as_recorded() {
	for s in $series; do
		[ "$(plain_git -C $tree rev-parse -q --verify "refs/heads/$s")" = "$(recorded_end "$s")" ] ||
			return 1
	done
}

# Is everything in the tree in patches/ as well?
saved() {
	[ -z "$(plain_git -C $tree status --porcelain)" ] &&
	plain_git -C $tree merge-base --is-ancestor HEAD $last &&
	{ as_recorded || mk/refresh --check; }
} 2>/dev/null

unsaved() {
	die "$1, but build/linux has work that patches/ lacks: commit it there, then 'make refresh FORCE=1' overwrites patches/ with it; or drop it with 'rm -rf build/linux'"
}

# addresses OPTION... FILE...: what get_maintainer finds with the MAINTAINERS file of the
# series, one a line
addresses() {
	(cd $tree && perl scripts/get_maintainer.pl --nogit --nogit-fallback --no-rolestats "$@" 2>/dev/null)
}
