#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The mutants of tests/long/mutants, without running them: they apply, each patch that changes
# code has one in what it added, and most are for tests that "make check" runs.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh
. mk/lib.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mutants=tests/long/mutants
tree=build/linux

bad=$(for m in "$mutants"/*.patch; do
	plain_git -C $tree apply --check "$PWD/$m" 2>&1 || echo "$m does not apply"
	grep -qE '^Killed-by: [^ ]+ [^ ]+ on [a-z0-9]+( -[ck] [a-z]+)*$' "$m" || echo "$m: no Killed-by"
done)
is "each mutant applies, and says what kills it" "$bad" ""

# The lines that a mutant changes, FILE LINE MUTANT; for one that only adds, the line before
mkdir "$tmp/with"
for m in "$mutants"/*.patch; do
	for f in $(sed -n 's,^+++ b/,,p' "$m"); do
		mkdir -p "$tmp/with/${f%/*}"
		cp "$tree/$f" "$tmp/with/$f"
	done
	(cd "$tmp/with" && plain_git apply "$OLDPWD/$m" 2>/dev/null)
	for f in $(sed -n 's,^+++ b/,,p' "$m"); do
		diff -U 0 "$tree/$f" "$tmp/with/$f" | awk -v file="$f" -v mutant="$(basename "$m" .patch)" '
			/^@@/ {
				split($2, a, /[-,]/)
				for (i = 0; i < (a[3] == "" || a[3] == 0 ? 1 : a[3]); i++)
					print file, a[2] + i, mutant
			}'
	done
done | sort -u >"$tmp/changed"
cut -d ' ' -f 1 "$tmp/changed" | sort -u | while read -r f; do
	plain_git -C $tree blame -s -l HEAD -- "$f" | awk -v file="$f" '{ print file, NR, $1 }'
done >"$tmp/blame"
awk 'NR == FNR { of[$1, $2] = $3; next } { print of[$1, $2], $3 }' "$tmp/blame" "$tmp/changed" |
	sort -u >"$tmp/by-patch"

code=$(plain_git -C $tree log --reverse --format=%H base..HEAD | while read -r id; do
	! plain_git -C $tree show --format= --name-only "$id" |
		grep -vE '^Documentation/|^tools/perf/Documentation/|MAINTAINERS|/tests/|/testing/|kunit' |
		grep -q . || echo "$id"
done)
none=$(for id in $code; do
	grep -q "^$id " "$tmp/by-patch" || plain_git -C $tree log -1 --format=%s "$id"
done)
is "each patch that changes code has a mutant" "$none" ""

for id in $code; do
	echo "# $(plain_git -C $tree log -1 --format=%s "$id"): $(sed -n "s/^$id //p" "$tmp/by-patch" | xargs)"
done
in_perf=$(grep -l '^+++ b/tools/' $mutants/*.patch | wc -l)
ok "mutants in perf, 15 or more: $in_perf" [ "$in_perf" -ge 15 ]

# What ./run prints in its last column
$mutants/checked tests/[!l]*/*.t >"$tmp/checked"
in_check=$(sed -n 's/^Killed-by: //p' $mutants/*.patch | while read -r program _ _ board options; do
	case $options in *-c*) config=${options##*-c } ;; *) config=default ;; esac
	case $options in *-k*) series=${options##*-k } ;; *) series=all ;; esac
	grep -xF -e "$board ${config%% *} ${series%% *} $program" -e "* ${config%% *} ${series%% *} $program" "$tmp/checked" |
		head -n 1
done | wc -l)
ok "mutants for what make check runs, 45 or more: $in_check" [ "$in_check" -ge 45 ]
done_testing
