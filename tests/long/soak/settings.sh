# SPDX-License-Identifier: GPL-2.0
# Shell functions for ./run, on its variables: how a row's program is run.

# settings CONFIG PROGRAM [ARGUMENT...]: how it is run, and what is no fault
settings() {
	config=$1
	shift
	# What is kept from the first time is no leak: a row is judged by how many kB it holds
	# after it has run twice, or both halves of its calls, more than after the first.
	# 304 was seen where nothing leaked, and 568 once.
	tolerance=512
	case $1 in
	*.sh)	first=true second="sh /extra/$*"
		# The module that it loads stays
		tolerance=4096 ;;
	fuzz* | race | race32)
		first="/extra/$(half 1 "$@")" second="/extra/$(half 2 "$@")" ;;
	percpu_reload)	first="/extra/$*" second="/extra/$*" ;;
	*)	first="/extra/$1 >/tmp/first" second="/extra/$*" ;;
	esac
	# KASAN holds back 1/32 of the memory, to see what is used after it was freed
	[ "$config" != debug ] || tolerance=$((tolerance + 32768))
	append=
	# kmemleak switches itself off if its own allocations fail; and unloading a module
	# leaks in any case, see docs/reliability.md
	case $* in fault* | drv_config* | *modules* | *trbes*) append=kmemleak=off ;; esac
	# Room for the messages of KCSAN's own tests, and no more watchpoints than they expect
	case $1 in *.sh) append="log_buf_len=8M kcsan.skip_watch=500" ;; esac
}

# half 1|2 PROGRAM [ARGUMENT...]: with half of its calls or rounds, and a seed of its own
half() {
	which=$1 program=$2 before=''
	shift 2
	printf '%s --seed %d' "$program" $((seed + which))
	for w; do
		case $before in --calls | --rounds) w=$(((w + 2 - which) / 2)) ;; esac
		printf ' %s' "$w"
		before=$w
	done
}

# words PROGRAM [ARGUMENT...]: leaves them in $words, with the arithmetic done
words() {
	words='' before=''
	for w; do
		# shellcheck disable=SC2004 # an expression
		case $before in --calls | --rounds) w=$(($w)) ;; esac
		words="$words $w" before=$w
	done
}
