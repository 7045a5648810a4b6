# SPDX-License-Identifier: GPL-2.0
# For the board etb: what perf records to the ETB gets there and decodes, whether the ETB is
# chosen or the default; and a CTI, whose driver is a module, helps the devices that it
# belongs to, whichever of them comes first.
. ./tap.sh
. ./expect
. ./record.sh
bus=/sys/bus/coresight/devices

# to SINK EVENT [OPTION...]: perf records a program to SINK, by its own record and by the models'
# counts, and all of that decodes
to() {
	sink=$1 e=$2
	shift 2
	what="$sink by $e${*:+ $*}"
	etb_before=$(model_bytes etb0) etf_before=$(model_bytes tmc_etf0)
	record perf "$e" "$@"
	is "$what: the sink that perf notes" "$status $(dump perf | recorded_sinks)" "0 $sink"
	etb=$(($(model_bytes etb0) - etb_before)) etf=$(($(model_bytes tmc_etf0) - etf_before))
	got=$etb other=$etf
	[ "$sink" = etb0 ] || got=$etf other=$etb
	perf report -D -i data >raw 2>&1
	bytes=$(aux_bytes <raw)
	tap_note="the models have counted $etb in etb0 and $etf in tmc_etf0, perf has $bytes bytes"
	# perf has what the formatter adds, too: a byte in 16, IDs, and the last frame of a record
	ok "$what: the models agree" \
		[ $other -eq 0 -a $got -gt 1000 -a "$bytes" -ge $got -a "$bytes" -lt $((got * 5 / 4 + 1024)) ]
	perf script -i data --itrace=b -F ip >branches 2>err
	echo "# $tap_note, of which OpenCSD makes $(wc -l <branches) branches"
	tap_note=$(cat err; grep -E -m 5 "$bad_trace" raw)
	is "$what: it decodes" "$(cat raw err | grep -cE "$bad_trace")" 0
	ok "$what: branches" [ "$(wc -l <branches)" -gt 500 ]
}

# shellcheck disable=SC2154 # from ./expect
is "its devices" "$(nproc) $(ls $bus | xargs)" "$cpus $devices"
is "all have drivers" "$(for d in /sys/bus/amba/devices/*; do [ -e "$d/driver" ] || echo "${d##*/}"; done)" ""
is "an ETB" "$(cut -c 4-8 /sys/bus/amba/devices/20070000.etb/id) $(ls $pmu/sinks | xargs)" "bb907 etb0 tmc_etf0"
# Little enough for the ETB's 16 KiB
run=true
to etb0 cs_etm/@etb0/u
to etb0 cs_etm//u
to etb0 cs_etm//u --per-thread
to etb0 cs_etm/@etb0/u -a
to tmc_etf0 cs_etm/@tmc_etf0/u
# It wraps, and what is left has its first frames replaced by a barrier
head -c 20000 /bin/perf >file
run="gzip -nc file"
record perf cs_etm/@etb0/u
perf report -D -i data >raw 2>&1
tap_note=$(grep 'PERF_RECORD_AUX ' raw)
like "too much for it: a whole ETB, flagged as truncated" "$tap_note" "*size: 0x4000 flags: 0x1 *"
is "too much for it: what is left decodes" "$(grep -cE "$bad_trace" raw)" 0

tap_note=
# helps ETM SINK: whether the CTI is enabled while sysfs traces from one to the other, and after
helps() {
	echo 1 >"$bus/$2/enable_sink"
	echo 1 >"$bus/$1/enable_source"
	cat $bus/cti_sys0/enable
	echo 0 >"$bus/$1/enable_source"
	echo 0 >"$bus/$2/enable_sink"
	cat $bus/cti_sys0/enable
}

# belongs: the devices that the CTI belongs to
belongs() {
	ls $bus/cti_sys0/connections | grep -v nr_links | xargs
}

is "the CTI belongs to three devices" "$(belongs)" "etb0 etm0 tmc_etf0"
is "it helps the ETB" "$(helps etm1 etb0 | xargs)" "1 0"
is "it helps the ETF" "$(helps etm1 tmc_etf0 | xargs)" "1 0"
# In this order, as Linux's CTI forgets a device whose driver goes: see docs/reliability.md
ok "the CTI's driver goes" rmmod coresight_cti
ok "the ETF's driver goes" rmmod coresight_tmc
ok "the CTI's driver comes" modprobe coresight_cti
is "the CTI belongs to the devices that are there" "$(belongs)" "etb0 etm0"
ok "the ETF's driver comes" modprobe coresight_tmc
is "the CTI belongs to one that comes later" "$(belongs)" "etb0 etm0 tmc_etf0"
is "it helps the ETB as before" "$(helps etm1 etb0 | xargs)" "1 0"
is "it helps the ETF as before" "$(helps etm1 tmc_etf0 | xargs)" "1 0"
run=true
to etb0 cs_etm/@etb0/u
to tmc_etf0 cs_etm/@tmc_etf0/u
done_testing
