# SPDX-License-Identifier: GPL-2.0-or-later
# What OpenCSD's trc_pkt_lister needs in addition to raw trace. Needs trace.sh.

# snapshot DIR FILE CORE ID...: writes an OpenCSD snapshot to DIR, with the frames in
# DIR/FILE and the trace units, with these trace IDs, of CPUs of type CORE. DIR/regs has
# NAME=VALUE of the registers that a decoder needs, but for TRCTRACEIDR; it has
# TRCDEVARCH if the units are ETEs. $snapshot_format is source_data where there are no
# frames.
snapshot() {
	snapshot_dir=$1 snapshot_file=$2 snapshot_core=$3 snapshot_type=ETM4.0
	shift 3
	! grep -q TRCDEVARCH "$snapshot_dir/regs" || snapshot_type=ETE
	printf '[snapshot]\nversion=1.0\n[device_list]\n' >"$snapshot_dir/snapshot.ini"
	cat >"$snapshot_dir/trace.ini" <<-EOS
		[trace_buffers]
		buffers=buffer0
		[buffer0]
		name=sink
		file=$snapshot_file
		format=${snapshot_format:-coresight}
		[core_trace_sources]
	EOS
	for id; do
		printf '%s=%s.ini\n' "cpu$id" "cpu$id" "etm$id" "etm$id" >>"$snapshot_dir/snapshot.ini"
		echo "cpu$id=etm$id" >>"$snapshot_dir/trace.ini"
		printf '[device]\nname=cpu%s\nclass=core\ntype=%s\n[regs]\nPC(size:64)=0\n' \
			"$id" "$snapshot_core" >"$snapshot_dir/cpu$id.ini"
		printf '[device]\nname=etm%s\nclass=trace_source\ntype=%s\n[regs]\n' "$id" "$snapshot_type" |
			cat - "$snapshot_dir/regs" >"$snapshot_dir/etm$id.ini"
		echo "TRCTRACEIDR=$id" >>"$snapshot_dir/etm$id.ini"
	done
	printf '[trace]\nmetadata=trace.ini\n' >>"$snapshot_dir/snapshot.ini"
	echo '[source_buffers]' >>"$snapshot_dir/trace.ini"
	for id; do
		echo "etm$id=sink" >>"$snapshot_dir/trace.ini"
	done
}

# list DIR: lists the snapshot's packets to DIR/list; leaves in $bad what is wrong
list() {
	trc_pkt_lister -ss_dir "$1" -logfilename "$1/list" >"$1/out" 2>&1
	bad=$(grep -E -m 5 "$bad_trace" "$1/list" "$1/out")
}
