# SPDX-License-Identifier: GPL-2.0
# Shell functions to walk the series patch by patch, in a tree of its own, for scripts
# that also use mk/lib.sh and mk/series.sh. They run in the top directory.

each=build/linux-each

# Puts the tree at the base. It keeps what was compiled.
each_start() {
	plain_git -C build/linux worktree prune
	if [ -e $each/.git ] && plain_git -C $each rev-parse -q --verify HEAD >/dev/null 2>&1; then
		[ ! -d "$(plain_git -C $each rev-parse --path-format=absolute --git-path rebase-apply)" ] ||
			plain_git -C $each am -q --abort
		plain_git -C $each checkout -q -f --detach base
		plain_git -C $each clean -fdq
	else
		rm -rf $each
		plain_git -C build/linux worktree prune
		plain_git -C build/linux worktree add -q --detach "$PWD/$each" base
	fi
}

each_am() {
	plain_git -C $each -c user.name=queue -c user.email=queue@localhost am -q --keep-non-patch "$PWD/$1"
}

# each_label PATCH: its series and number, as in fixes-0001
each_label() {
	each_name=${1#patches/}
	each_number=${each_name#*/}
	echo "${each_name%/*}-${each_number%%-*}"
}

# The files that a patch touches.
touched() {
	git apply --numstat "$1" | cut -f3
}

# checkpatch PATCH. FILE_PATH_CHANGES and GIT_COMMIT_ID ask for what a patch in this
# series cannot have. UNKNOWN_COMMIT_ID is about the commits in Fixes: tags, which
# Debian's tree, a single commit, does not have. The patch comes from stdin because
# checkpatch treats a file that git tracks as source code.
checkpatch() {
	perl $tree/scripts/checkpatch.pl --no-tree --strict --no-signoff --terse --no-summary \
		--ignore FILE_PATH_CHANGES,GIT_COMMIT_ID,UNKNOWN_COMMIT_ID - <"$1"
}

# each_make NAME ARGUMENT...: runs the kernel's make, with the objects in the
# tree for ccache's sake, see mk/kernel.
each_make() {
	each_objects=$PWD/$each/.each-$1
	shift
	mkdir -p "$each_objects"
	make -s -C $each O="$each_objects" KBUILD_BUILD_TIMESTAMP=2000-01-01 KBUILD_BUILD_USER=build \
		KBUILD_BUILD_HOST=build PAHOLE=none RUSTC=none -j"$(nproc)" "$@"
}
