#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What make tree takes for the base: a tarball, a git tree, or Debian's package, which it
# fetches. What is wrong with one is said in one line. On small stand-ins; the one
# for apt-get is at the front of PATH.

cd "$(dirname "$0")/../.." || exit 1
. mk/project
. tests/lib/tap.sh
. tests/lib/stand-in.sh

queued_project
tarball_base=$(in_tree rev-parse base)

source_tree 7 3 100
run mk/tree
like "a new point release is taken up" "$status $(cat build/linux/Makefile) $(at perf-sinks)" '0 *SUBLEVEL = 100 4'
is "and checked out unpatched beside it" "$(sed -n 20p build/linux-base/kernel/other.c)" 20
run mk/refresh
is "the letters name it, and nothing else changes" "$(changes | wc -l) $(git diff -U0 | grep -c '^[-+][^-+]')" "4 8"
git checkout -q patches
source_tree 7 3 99
run mk/tree
is "the same source gives the same base" "$(in_tree rev-parse base)" "$tarball_base"
commit kernel/core.c 's/^35$/thirty-five/' 'perf/core: Say thirty-five'
source_tree 7 3 100
refused "a new source does not overwrite commits" '*linux-source.tar.xz has changed*make refresh*' mk/tree
in_tree reset -q --hard HEAD^
in_tree branch topic
refused "nor branches" '*linux-source.tar.xz has changed*make refresh*' mk/tree
rm -rf build/linux

source_tree 7 4 1
refused "another version of Linux is refused" "*linux-source.tar.xz holds Linux 7.4.1, *$linux: LINUX_SOURCE= takes*" mk/tree
echo rubbish >"$tmp/linux-source.tar.xz"
refused "so is what is no tarball" "*linux-source.tar.xz holds Linux (unknown), *LINUX_SOURCE= takes*" mk/tree
rm "$tmp/linux-source.tar.xz"
refused "so is no source at all" "no kernel source $tmp/linux-source.tar.xz: LINUX_SOURCE= takes*" mk/tree

# A git tree
source_tree 7 3 99
cd "$tmp/linux-source" || exit 1
git init -q
commit_project
echo '# more' >>Makefile
commit_project
cd "$tmp/project" || exit 1
export LINUX_SOURCE="$tmp/linux-source"
run mk/tree
is "a git tree: its HEAD is the base" "$status $(in_tree rev-parse base)" "0 $(git -C "$LINUX_SOURCE" rev-parse HEAD)"
is "without what is behind it" "$(at perf-sinks) $(in_tree rev-list --count perf-sinks)" "4 5"
run mk/tree
is "a second run has nothing to say" "$status $out" "0 "
run mk/refresh
like "the letters name it" "$(cat patches/fixes/0000*)" "*base-commit: $(git -C "$LINUX_SOURCE" rev-parse HEAD)*"
git checkout -q patches
echo '# dirt' >>"$LINUX_SOURCE/Makefile"
run mk/tree
is "what is not committed does not matter once it is made" "$status $out" "0 "
rm -rf build/linux
refused "a dirty one is refused" "$LINUX_SOURCE has changes*commit or stash*" mk/tree
git -C "$LINUX_SOURCE" checkout -q .
sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 4/' "$LINUX_SOURCE/Makefile"
git -C "$LINUX_SOURCE" -c commit.gpgsign=false commit -q -a -m 7.4
refused "so is one of another version" "$LINUX_SOURCE holds Linux 7.4.99, *LINUX_SOURCE= takes*" mk/tree
git -C "$LINUX_SOURCE" reset -q --hard HEAD^
LINUX_SOURCE=$LINUX_SOURCE/kernel refused "so is a folder in one" "*/kernel is not the top of a git tree*" mk/tree
git init -q "$tmp/empty"
LINUX_SOURCE=$tmp/empty refused "so is an empty one" "$tmp/empty is not the top of a git tree*" mk/tree
LINUX_SOURCE=../linux-source run mk/tree
is "its name may be a relative one" "$status" 0

# Debian's package
unset LINUX_SOURCE
rm -rf build
source_tree 7 3 99
mkdir -p "$tmp/bin" "$tmp/deb/DEBIAN" "$tmp/deb/usr/src" "$tmp/apt/parts"
cp "$tmp/linux-source.tar.xz" "$tmp/deb/usr/src/linux-source-$linux.tar.xz"
printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: t <t@t>\nDescription: t\n' >"$tmp/deb/DEBIAN/control"
dpkg-deb -b "$tmp/deb" "$tmp/linux.deb" >/dev/null
# As real as it can be: it reads a machine's lists, which are ours, and knows our options.
cat >"$tmp/bin/apt-get" <<EOS
#!/bin/sh
case " \$* " in
*" indextargets "*)
	exec /usr/bin/apt-get -o Dir::Etc::sourcelist=$tmp/apt/sources.list -o Dir::Etc::sourceparts=$tmp/apt/parts "\$@" ;;
*" update "*)
	echo "\$*" >$tmp/apt/update
	cp build/deb-linux/*.sources $tmp/apt/used
	[ -e $tmp/apt/offline ] && echo "W: Failed to fetch http://mirror.example/debian" && exit 0
	touch build/deb-linux/lists/mirror_main_binary-amd64_Packages
	exit 100 ;;
*" --print-uris download linux-source-$linux "*) [ ! -e $tmp/apt/gone ] ;;
*" download linux-source-$linux "*) [ ! -e $tmp/apt/broken ] && cp $tmp/linux.deb . || { echo 'E: Hash' >&2; exit 100; } ;;
*) exit 1 ;;
esac
EOS
chmod +x "$tmp/bin/apt-get"
PATH=$tmp/bin:$PATH
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")

refused "no Debian mirror known" 'no Debian mirror *LINUX_SOURCE=*' mk/tree
echo "deb [arch=amd64] http://one.example/debian $codename main contrib" >"$tmp/apt/sources.list"
printf 'Types: deb\nURIs: http://two.example/debian\nSuites: %s %s-updates\nComponents: main\nEnabled: no\n' \
	"$codename" "$codename" >"$tmp/apt/parts/debian.sources"
printf 'Types: deb\nURIs: http://three.example/debian-security\nSuites: %s-security\nComponents: main\n' \
	"$codename" >"$tmp/apt/parts/security.sources"
touch "$tmp/apt/offline"
refused "no network" 'cannot read Debian*check the network*LINUX_SOURCE=*W: Failed to fetch*' mk/tree
rm "$tmp/apt/offline"
touch "$tmp/apt/gone"
refused "Debian has moved on" "Debian has no linux-source-$linux any more*LINUX_SOURCE=*" mk/tree
rm "$tmp/apt/gone"
touch "$tmp/apt/broken"
refused "the network breaks off" "cannot get linux-source-$linux: check the network*LINUX_SOURCE=*E: Hash*" mk/tree
rm "$tmp/apt/broken"
run mk/tree
is "Debian's package is fetched, though a suite is missing" "$status $(in_tree rev-parse base)" "0 $tarball_base"
like "from where a one-line list says" "$(cat "$tmp/apt/used")" "Types: deb
URIs: http://one.example/debian/ *
Suites: $linux_suites
*Signed-By: *debian-archive-keyring*"
like "with lists of our own" "$(cat "$tmp/apt/update")" '*sourcelist=/dev/null *sourceparts=*/build/deb-linux *State::Lists=*/build/deb-linux/lists*'
rm "$tmp/apt/update"
run mk/tree
is "once" "$status $out $(ls "$tmp/apt/update" 2>/dev/null)" "0  "
rm -rf build "$tmp/apt/sources.list"
sed -i '/^Enabled/d' "$tmp/apt/parts/debian.sources"
run mk/tree
like "or a list of the other form" "$status $(cat "$tmp/apt/used")" "0 *
URIs: http://two.example/debian/ *"
done_testing
