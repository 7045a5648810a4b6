// SPDX-License-Identifier: GPL-2.0
// 32-bit: perf_compat_ioctl() is to behave no differently
/*
 * Makes calls on perf events in random order with random arguments. A model says what each
 * call must return, and sometimes where the trace must go. The model follows the table of
 * errors in the ABI; only the rules of mmap() and SET_OUTPUT, which are older, are taken from
 * the kernel. Meanwhile a helper reads and writes enable_source and enable_sink, CPUs are off
 * at times, and many events are of a process that has exited or called exec() since. None of
 * that must make a difference. The model has only whether exec() has closed the descriptor.
 *
 *	fuzz [--seed N] [--calls N] [--mixed] [--trace]
 *
 * The same seed makes the same calls on the same board. --mixed: also do what makes the
 * drivers of the sinks complain, see docs/reliability.md. With the series, that is only
 * to have several events enabled at a time, and to choose none of several default sinks.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <getopt.h>

#include "fuzz/calls.h"

static void set_by_self(void)	{ try_set(false); }
static void set_by_peer(void)	{ try_set(true); }
static void enable(void)	{ try_enable(true); }
static void disable(void)	{ try_enable(false); }
static void map_data_by_self(void)	{ try_map_data(false); }
static void map_data_by_peer(void)	{ try_map_data(true); }
static void map_aux_by_self(void)	{ try_map_aux(false); }
static void map_aux_by_peer(void)	{ try_map_aux(true); }

/* How often each is tried, of a thousand times */
static const struct {
	uint32_t weight;
	void (*try)(void);
} tries[] = {
	{ 430, set_by_self },
	{ 50, set_by_peer },
	{ 60, try_open },
	{ 30, try_close },
	{ 15, try_dup },
	{ 50, map_data_by_self },
	{ 7, map_data_by_peer },
	{ 50, map_aux_by_self },
	{ 10, map_aux_by_peer },
	{ 90, try_unmap },
	{ 20, try_move },
	{ 25, try_set_output },
	{ 15, try_pause_output },
	{ 5, enable },
	{ 45, disable },
	{ 52, try_record },
	{ 9, try_bad },
	{ 7, try_peer_keep },
	{ 8, try_peer_close },
	{ 5, try_hold },
	{ 5, try_take },
	{ 2, try_fork },
	{ 2, try_new_peer },
	{ 7, try_end_owner },
	{ 1, try_cpus_off },
};

static void step(void)
{
	uint32_t dice = below(1000);
	size_t i = 0;

	while (dice >= tries[i].weight)
		dice -= tries[i++].weight;
	tries[i].try();

	/* What is enabled may trace at any time */
	for (int i = 0; i < EVENTS; i++)
		if (events[i].live && events[i].enabled && events[i].buffer != NONE)
			buffers[events[i].buffer].unsure = true;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "calls", required_argument, NULL, 'n' },
		{ "mixed", no_argument, NULL, 'm' },
		{ "trace", no_argument, NULL, 't' },
		{ }
	};
	double start = seconds();
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (opt == 'n')
			limit = strtoul(optarg, NULL, 0);
		else if (opt == 'm')
			mixed = true;
		else if (opt == 't')
			trace = true;
		else
			return 2;
	}
	rng = seed * 0x9e3779b97f4a7c15ULL | 1;
	for (int i = 0; i < FDS; i++)
		fds[i].fd = -1;
	for (int i = 0; i < HELD; i++)
		held[i] = NONE;
	look_at_board(&board);
	/* A kernel without the series has all but the ioctl */
	have_ioctl = !access(PMU "/caps/drv_config", F_OK);
	make_arena();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, holder))
		bail_out("socketpair");
	lift_limit(true);
	start_helper();
	start_peer();

	/* Some more, until trace was judged: in 4000 calls that was done 0 to 11 times */
	while (failures < 10 && (calls < limit || (calls < 2 * limit && !trace_judged())))
		step();
	end_peer();
	for (int i = 0; i < OWNERS; i++)
		end_owner(&owners[i]);
	end_helper();
	lift_limit(false);

	printf("# --seed %llu --calls %lu: %lu calls in %.1f s, %lu of them SET_DRV_CONFIG, %lu of these 0; %lu times the sink that trace went to, %lu times by the model of the board\n",
	       (unsigned long long)seed, limit, calls, seconds() - start, ioctls, good_ioctls, records,
	       judged);
	printf("# errors, all expected:");
	for (int i = 0; i < 256; i++)
		if (by_errno[i])
			printf(" %s %lu", strerrorname_np(i), by_errno[i]);
	putchar('\n');
	printf("# seen:");
	for (int i = 0; i < NR_DEEDS; i++)
		printf("%s %lu %s", i ? "," : "", deeds[i], deed_names[i]);
	putchar('\n');
	if (deed_not_seen())
		printf("# %s were never seen\n", deed_not_seen());
	if (!trace_judged())
		printf("# nothing has shown which sink took trace: more --calls are needed\n");
	if (row_not_seen())
		printf("# %s was never the answer: the ABI's table was not tried as a whole\n", row_not_seen());
	ok(!failures && (good_ioctls || !have_ioctl) && trace_judged() && !row_not_seen() &&
	   !deed_not_seen(),
	   "every call returns what the model says, seed %llu", (unsigned long long)seed);
	return done_testing();
}
