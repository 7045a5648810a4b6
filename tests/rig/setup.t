#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# mk/setup says in one line what the host lacks. The host is simulated: the programs
# that setup asks are stand-ins at the front of PATH.

cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin" "$tmp/project"
cp -r mk "$tmp/project"

# stand_in NAME SCRIPT
stand_in() {
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}

# lacks PACKAGE...: the simulated host has all packages but these.
lacks() {
	grep -v '^#' mk/packages | sed '/:/!s/$/:amd64/; s/$/ installed/' >"$tmp/installed"
	for p; do
		sed -i "/^$p /d" "$tmp/installed"
	done
}

setup() {
	rm -f "$tmp/apt"
	status=0
	out=$(PATH=$tmp/bin:$PATH "$tmp/project/mk/setup" 2>&1 </dev/null) || status=$?
	lines=$(echo "$out" | wc -l)
}

stand_in dpkg '[ "$1" = --print-architecture ] && echo amd64; exit 0'
stand_in dpkg-query "cat $tmp/installed"
stand_in id 'echo 0'
stand_in df 'printf "h\n/dev/x 99999999 0 99999999 0%% /\n"'
stand_in apt-get "echo \"\$*\" >>$tmp/apt"

lacks
setup
is "nothing lacks: nothing is said or done" "$status $out $(ls "$tmp/apt" 2>/dev/null)" "0  "

lacks ccache:amd64 libdw-dev:arm64
setup
is "missing packages are installed" "$status" 0
like "these and no others" "$(tail -n 1 "$tmp/apt")" '*install --no-install-recommends ccache libdw-dev:arm64'

stand_in id 'echo 1000'
setup
like "not root: what is missing and what to do" "$status $out" \
	'1 missing Debian packages; run as root: *apt-get install*ccache libdw-dev:arm64'
is "in one line" "$lines" 1

stand_in id 'echo 0'
stand_in apt-get 'echo "E: Could not resolve deb.debian.org"; exit 100'
setup
like "offline: what could not be installed, why, and what to do" "$status $out" \
	'1 *could not install ccache libdw-dev:arm64: check the network*E: Could not resolve*'

stand_in df 'printf "h\n/dev/x 99999999 0 3000000 0%% /\n"'
setup
like "short of disk: how much is needed and how much there is" "$status $out" \
	'1 not enough disk space: * needs [0-9]* MB and has 2929 MB*'
is "in one line" "$lines" 1
done_testing
