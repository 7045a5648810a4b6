# SPDX-License-Identifier: GPL-2.0
# apt-get with package lists of our own: the machine's stay as they are.

# private_apt DIR OPTION...: leaves in $apt an apt-get that knows the lists in DIR alone
private_apt() {
	mkdir -p "$1/lists/partial"
	apt="apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$PWD/$1
		-o Dir::State::Lists=$PWD/$1/lists -o APT::Sandbox::User=root"
	shift
	apt="$apt $*"
}

# apt_why LOG: what apt complained of first, in brackets
apt_why() {
	echo "($(grep -a '^[EW]: ' "$1" | sort | head -n 1); all in $1)"
}

# mirrors: where the machine gets this release of Debian from. apt reads both forms of its lists.
# Another repository with the same release name does no harm, as Debian has not signed it.
mirrors() {
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' | sed -n "s,^$codename main ,,p" | sort -u | tr '\n' ' '
}
