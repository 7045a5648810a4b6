# SPDX-License-Identifier: GPL-2.0
# Shell functions for the scripts beside this file; they run in the top directory.

. mk/project

# A cold build is faster if ccache takes the list of included files from the compiler
# instead of preprocessing each file itself.
export CCACHE_DEPEND=1
# What is in the cache serves any clone, not only this directory.
export CCACHE_BASEDIR="$PWD/build" CCACHE_NOHASHDIR=1

die() {
	echo "$*" >&2
	exit 1
}

# boards: the names of the directories in boards/
boards() {
	ls boards/*/board.dts | cut -d/ -f2
}

# checked_boards: those that "make check" takes: the kernel default has drivers for all of them
checked_boards() {
	for b in $(boards); do
		grep -q '^config=' "boards/$b/expect" || echo "$b"
	done
}

# names KIND: what SERIES=, CONFIG=, BOARD= or ROOT= can be
names() {
	case $1 in
	series) echo none $series ;;
	config) ls guest/configs ;;
	board) boards; echo virt ;;
	root) ls guest/roots ;;
	esac | xargs
}

# must_be KIND NAME: dies in one line unless there is one of that name
must_be() {
	case " $(names "$1") " in
	*" $2 "*) ;;
	*) die "no $1 $2: there are $(names "$1")" ;;
	esac
}

# "make review", "make mutants" and "make coverage" each have a tree of their own. The name of
# such a tree can be given where the name of a series can.
worked_in='each mutant coverage'

# tree_of SERIES: where its source is. Dies if there is no such series.
tree_of() {
	case " $worked_in " in
	*" $1 "*) ;;
	*) must_be series "$1" ;;
	esac
	case $1 in
	"$last") echo build/linux ;;
	none) echo build/linux-base ;;
	*) echo "build/linux-$1" ;;
	esac
}

# fragment CONFIG: the options that it adds to the kernel's configuration
fragment() {
	grep -E '^(# )?CONFIG_' "guest/configs/$1"
}

# said KEYWORD CONFIG: what follows KEYWORD in the default configuration and in CONFIG, a
# line each
said() {
	for f in default "$2"; do
		sed -n "s/^$1 //p" "guest/configs/$f"
	done | awk '!seen[$0]++'
}

# The long steps of "make all", in their order
steps="linux linux-base qemu perf-$last perf-none guest root-busybox kernel-$last-default kernel-none-default perf-host"

# step NAME TEXT COMMAND...: runs a long step with its output in a log. With BESIDE, which
# mk/beside sets, the result is printed in a line of its own.
step() {
	step_log=build/log/$1.log step_text=$2
	step_number=$(echo "$steps" | tr ' ' '\n' | grep -nx -- "$1" | cut -d: -f1)
	if [ -n "$step_number" ]; then
		step_number="[$step_number/$(echo "$steps" | wc -w)] "
	fi
	shift 2
	mkdir -p build/log
	step_start=$(date +%s)
	printf '%s%s ... %s' "$step_number" "$step_text" "${BESIDE:+
}"
	if "$@" >"$step_log" 2>&1 </dev/null; then
		echo "${BESIDE:+$step_number$step_text: }$(($(date +%s) - step_start)) s"
	else
		echo "${BESIDE:+$step_number$step_text: }failed"
		tail -n 20 "$step_log" >&2
		die "$step_text failed; all of its output is in $step_log"
	fi
}

# up_to_date STAMP KEY: does the file STAMP hold KEY? A key is a hash of all that something
# was made from.
up_to_date() {
	[ -e "$1" ] && [ "$(cat "$1")" = "$2" ]
}

hash() {
	sha256sum | cut -c1-40
}

# Git without anybody's configuration
plain_git() {
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null git \
		-c core.looseCompression=1 -c gc.auto=0 "$@"
}

# worktree_id DIR: the id of the git tree that DIR's files make, committed or not.
worktree_id() {
	index=$(mktemp build/index.XXXXXX)
	cp "$(git -C "$1" rev-parse --path-format=absolute --git-path index)" "$index"
	GIT_INDEX_FILE=$PWD/$index plain_git -C "$1" add -A
	GIT_INDEX_FILE=$PWD/$index plain_git -C "$1" write-tree
	rm -f "$index"
}

# libs DIR FILE...: copies the shared libraries that arm64 programs need, and those that
# these need, to DIR
libs() {
	libs_from=/usr/lib/aarch64-linux-gnu libs_to=$1 have=
	shift
	todo=$*
	while [ -n "$todo" ]; do
		# shellcheck disable=SC2086 # lists of files
		need=$(${cross}readelf -d $todo | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u)
		todo=
		for l in $need; do
			case " $have " in *" $l "*) continue ;; esac
			have="$have $l"
			[ -e $libs_from/"$l" ] || { echo "$l is missing in $libs_from" >&2; return 1; }
			todo="$todo $libs_from/$l"
			cp -L $libs_from/"$l" "$libs_to/"
		done
	done
}
