// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that stop together as often as possible, traced as "perf record -e
 * cs_etm/@SINK/u" does: an event for each CPU, which the threads inherit. In each round
 * a thread on each of CPUS runs a little, waits for the others without sleeping, and
 * then all sleep. When they do, whatever the sink has received, by the board's monitor,
 * has to be in an AUX area, or a record has to say that it was truncated.
 *
 *	together [--rounds N] [--cpus N] [--per-thread] SINK
 *
 * With --per-thread, an event for each thread, as "perf record --per-thread -p" has them.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <getopt.h>
#include <linux/futex.h>
#include <pthread.h>

#include "cs_etm.h"

#define DATA_PAGES	64
#define AUX_PAGES	256

static struct board board;
static int nr_threads = 2, nr_areas;

/* What the tracer and the traced process share */
static struct shared {
	unsigned int round;		/* a futex */
	unsigned int arrived, ready;
	int tid[MAX_CPUS];
} *shared;

struct area {
	int fd;
	struct perf_event_mmap_page *data;
	char *aux;
};

static __attribute__((noinline)) unsigned long fib(unsigned int n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static void *stop_together(void *arg)
{
	long cpu = (long)arg;
	volatile unsigned long result;

	run_on(cpu);
	shared->tid[cpu] = syscall(SYS_gettid);
	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
	for (unsigned int round = 0;; round++) {
		while (__atomic_load_n(&shared->round, __ATOMIC_SEQ_CST) == round)
			syscall(SYS_futex, &shared->round, FUTEX_WAIT, round, NULL, NULL, 0);
		result = fib(5 + cpu);
		__atomic_add_fetch(&shared->arrived, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&shared->arrived, __ATOMIC_SEQ_CST) <
		       (round + 1) * nr_threads)
			/* Few branches, for an ETF is soon full */
			asm volatile(".rept 2000; nop; .endr");
	}
	return (void *)result;
}

static pid_t traced_process(void)
{
	pid_t pid;
	int go[2];

	if (pipe(go))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		pthread_t t;
		char byte;

		/* Begins once it is traced */
		close(go[1]);
		if (read(go[0], &byte, 1) != 1)
			_exit(1);
		for (long cpu = 0; cpu < nr_threads; cpu++)
			pthread_create(&t, NULL, stop_together, (void *)cpu);
		for (;;)
			pause();
	}
	close(go[0]);
	shared->tid[MAX_CPUS - 1] = go[1];
	return pid;
}

/* Traces threads: those that @pid will start, by CPU; or, @per_thread, those that it has */
static void begin_trace(struct area *areas, pid_t pid, int sink, bool per_thread)
{
	for (int i = 0; i < nr_areas; i++) {
		struct area *a = &areas[i];

		if (per_thread)
			a->fd = event_open(board.type, shared->tid[i], -1, false, board.id[sink]);
		else
			a->fd = event_open(board.type, pid, i, true, board.id[sink]);
		map_both(a->fd, &a->data, DATA_PAGES, &a->aux, AUX_PAGES);
		ioctl(a->fd, PERF_EVENT_IOC_ENABLE, 0);
	}
}

struct taken {
	uint64_t bytes;
	unsigned int areas, truncated;
};

/* Adds what came since it was called last, and makes room */
static void take(struct area *areas, struct taken *t)
{
	for (int i = 0; i < nr_areas; i++) {
		struct perf_event_mmap_page *p = areas[i].data;
		uint64_t n = p->aux_head - p->aux_tail;

		__sync_synchronize();
		t->bytes += n;
		t->areas += n > 0;
		p->aux_tail += n;
		if (flagged(p)) {
			/* The kernel has disabled the event */
			t->truncated++;
			ioctl(areas[i].fd, PERF_EVENT_IOC_ENABLE, 0);
		}
	}
}

/* Whether the thread sleeps, and thus its CPU has stopped */
static bool sleeps(pid_t pid, int tid)
{
	char path[64], text[256] = "", *state;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		bail_out("%s", path);
	close(fd);
	state = strrchr(text, ')');
	return state && state[2] == 'S';
}

/* Until all sleep and the CPUs have been through the scheduler */
static void settle(pid_t pid)
{
	for (int cpu = 0; cpu < nr_threads; cpu++)
		while (!sleeps(pid, shared->tid[cpu]))
			sched_yield();
	usleep(500);
}

struct totals {
	unsigned int lost, records, truncated;
	uint64_t lost_bytes, bytes;
};

/* The threads run, meet and sleep; what the sink has received has to be in an area */
static void play(struct area *areas, pid_t pid, unsigned int round, const char *sink,
		 struct totals *all)
{
	uint64_t before = received(sink), in = 0;
	struct taken t = { };

	__atomic_store_n(&shared->round, round, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &shared->round, FUTEX_WAKE, MAX_CPUS, NULL, NULL, 0);
	while (__atomic_load_n(&shared->arrived, __ATOMIC_SEQ_CST) < round * nr_threads)
		sched_yield();
	settle(pid);
	/* The trace comes when the last thread has left its CPU, or never */
	for (int tries = 0; tries < 1000; tries++) {
		take(areas, &t);
		in = received(sink) - before;
		/* Frames have 15 bytes of 16 for trace at most */
		if (t.bytes * 15 / 16 >= in || t.truncated)
			break;
		usleep(1000);
	}
	all->records += t.areas;
	all->truncated += t.truncated;
	all->bytes += in;
	if (t.bytes * 15 / 16 < in && !t.truncated) {
		all->lost++;
		all->lost_bytes += in - t.bytes * 15 / 16;
	}
}

/* Leaves a process whose threads sleep, and are traced */
static pid_t begin(struct area *areas, int sink, bool per_thread)
{
	struct taken t = { };
	pid_t pid;

	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	run_on(board.nr_cpus - 1);
	new_warnings();
	pid = traced_process();
	nr_areas = per_thread ? nr_threads : board.nr_cpus;
	if (!per_thread)
		begin_trace(areas, pid, sink, false);
	if (write(shared->tid[MAX_CPUS - 1], "", 1) != 1)
		bail_out("pipe");
	while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST) < (unsigned int)nr_threads)
		usleep(1000);
	if (per_thread)
		begin_trace(areas, pid, sink, true);
	settle(pid);
	take(areas, &t);
	return pid;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ "cpus", required_argument, NULL, 'c' },
		{ "per-thread", no_argument, NULL, 'p' },
		{ }
	};
	struct area areas[MAX_CPUS] = { };
	unsigned int rounds = 100;
	bool per_thread = false;
	struct totals all = { };
	int c, sink = -1;
	double start;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'r')
			rounds = strtoul(optarg, NULL, 0);
		else if (c == 'c')
			nr_threads = atoi(optarg);
		else if (c == 'p')
			per_thread = true;
		else
			return 2;
	}
	look_at_board(&board);
	if (optind < argc)
		sink = find_sink(&board, argv[optind]);
	if (sink < 0)
		bail_out("no such sink; look in " PMU "/sinks");
	/* One CPU is the tracer's, or its polling keeps the others from stopping together */
	if (nr_threads < 1 || nr_threads >= board.nr_cpus)
		bail_out("--cpus has to be from 1 to %d", board.nr_cpus - 1);

	pid = begin(areas, sink, per_thread);
	start = seconds();
	for (unsigned int i = 1; i <= rounds; i++)
		play(areas, pid, i, board.sink[sink], &all);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	printf("# together: %u rounds in %.1f s, %d CPUs, %s: %u records, %u truncated, %llu bytes of trace, %llu of them in no record\n",
	       rounds, seconds() - start, nr_threads, board.sink[sink], all.records, all.truncated,
	       (unsigned long long)all.bytes, (unsigned long long)all.lost_bytes);
	ok(!all.lost, "%s: %u of %u rounds lost trace", board.sink[sink], all.lost, rounds);
	ok(all.bytes, "%s: there was trace", board.sink[sink]);
	ok(!new_warnings(), "%s: nothing to warn of", board.sink[sink]);
	return done_testing();
}
