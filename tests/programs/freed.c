// SPDX-License-Identifier: GPL-2.0
/*
 * An ETR's buffer must live as long as the ETR writes to it. One owner has two events, one of
 * them for a thread; the one that started first is closed first. The program then allocates
 * the memory that was freed, and checks that nothing writes to it. And if CPUs have different
 * ETRs, a thread that moves must not take its buffer along to the other ETR while the first
 * one still writes to it.
 *
 *	freed SINK
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <sys/prctl.h>

#include "cs_etm.h"

#define DATA_PAGES	8
#define AUX_PAGES	256
#define NR_PIPES	64
#define PIPE_SIZE	(1 << 20)

static struct board board;
static int pipes[NR_PIPES][2];

struct session {
	pid_t pid;
	int fd;
	struct perf_event_mmap_page *data;
	char *aux;
};

static pid_t busy(int cpu)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(cpu);
	for (;;)
		asm volatile("");
}

/* Traces a process that is busy on CPU @on: while it is on CPU @cpu, or anywhere if that is -1 */
static struct session begin(int on, int cpu, uint32_t id)
{
	struct session s = { .pid = busy(on) };

	usleep(20000);
	s.fd = event_open(board.type, s.pid, cpu, false, id);
	map_both(s.fd, &s.data, DATA_PAGES, &s.aux, AUX_PAGES);
	return s;
}

static void end(struct session *s)
{
	close_both(s->fd, s->data, DATA_PAGES, s->aux, AUX_PAGES);
}

/* Fills pipes with 0: that is memory of the kernel, so it may be where the ETR's buffer was */
static void fill(void)
{
	static const char zero[PIPE_SIZE];

	for (int i = 0; i < NR_PIPES; i++)
		if (write(pipes[i][1], zero, PIPE_SIZE) != PIPE_SIZE)
			bail_out("write to a pipe");
}

/* How many bytes of them are not 0 any more */
static size_t changed(void)
{
	static char data[PIPE_SIZE];
	size_t n = 0;

	for (int i = 0; i < NR_PIPES; i++) {
		if (read(pipes[i][0], data, PIPE_SIZE) != PIPE_SIZE)
			bail_out("read from a pipe");
		for (int j = 0; j < PIPE_SIZE; j++)
			n += data[j] != 0;
	}
	return n;
}

/* @second is the CPU of the second event, or -1; the first is for a thread alone */
static void first_goes(const char *name, uint32_t id, int second)
{
	struct session s[2] = { begin(0, -1, id), begin(1, second, id) };
	size_t bytes;

	for (int i = 0; i < 2; i++) {
		ioctl(s[i].fd, PERF_EVENT_IOC_ENABLE, 0);
		usleep(50000);
	}
	kill(s[0].pid, SIGKILL);
	end(&s[0]);
	usleep(300000);
	fill();
	usleep(300000);
	bytes = changed();
	ok(!bytes, "%s writes to no memory that was freed, %s: %zu bytes", name,
	   second < 0 ? "two threads" : "a thread and a CPU", bytes);
	ioctl(s[1].fd, PERF_EVENT_IOC_DISABLE, 0);
	ok(s[1].data->aux_head, "%s: and has the trace of the other", name);
	kill(s[1].pid, SIGKILL);
	end(&s[1]);
	while (wait(NULL) > 0)
		;
}

/* Enables it with room for trace: a full AUX area, which comes soon, disables the event */
static void start(struct session *s)
{
	s->data->aux_tail = s->data->aux_head;
	ioctl(s->fd, PERF_EVENT_IOC_ENABLE, 0);
	usleep(50000);
}

static void stop(struct session *s)
{
	ioctl(s->fd, PERF_EVENT_IOC_DISABLE, 0);
}

static void move_to(struct session *s, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(s->pid, sizeof(set), &set))
		bail_out("CPU %d", cpu);
	usleep(100000);
}

/* On a busy host, a CPU may stand still for long; or the AUX area is full, and nothing comes */
static bool traces_since(const char *sink, uint64_t before)
{
	for (int i = 0; i < 100 && received(sink) == before; i++)
		usleep(20000);
	return received(sink) > before;
}

static bool traces(const char *sink)
{
	return traces_since(sink, received(sink));
}

/*
 * Moves the session that started first away from @first, which the other one keeps writing.
 * How much @second receives.
 */
static uint64_t moved_away(struct session s[2], const char *first, const char *second, int cpu)
{
	/* The other one's AUX area may be full too early, most of all where the host is busy */
	for (int tries = 0; tries < 20; tries++) {
		uint64_t before, after;

		start(&s[0]);
		start(&s[1]);
		before = received(second);
		move_to(&s[0], cpu);
		after = received(second);
		if (traces(first))
			return after - before;
		stop(&s[0]);
		stop(&s[1]);
		move_to(&s[0], 0);
	}
	bail_out("%s does not trace long enough", first);
}

/* CPUs 0 and 1 have @first by default, @cpu has @second */
static void one_moves(const char *first, const char *second, int cpu)
{
	/* They have one owner, so for both the ETR writes to the buffer of the one that started */
	struct session s[2] = { begin(0, -1, 0), begin(1, -1, 0) };
	uint64_t before;

	ok(!moved_away(s, first, second, cpu), "%s does not write to the buffer that %s writes to",
	   second, first);
	ok(flagged(s[0].data), "%s: the record says that trace is missing", second);
	for (int i = 0; i < 2; i++)
		stop(&s[i]);
	before = received(second);
	start(&s[0]);
	ok(traces_since(second, before), "%s: it does when %s has stopped", second, first);
	for (int i = 0; i < 2; i++) {
		kill(s[i].pid, SIGKILL);
		end(&s[i]);
	}
	while (wait(NULL) > 0)
		;
}

/* Another ETR that is the default of some CPU; on other boards there is none */
static void other_etr(const char *name)
{
	for (int cpu = 2; cpu < board.nr_cpus; cpu++) {
		const char *other = board.sink[board.by_default[cpu]];
		char path[PATH_MAX];

		if (!strstr(other, "etr") || !strcmp(other, name))
			continue;
		/* Not every ETR can do scatter-gather */
		snprintf(path, sizeof(path), CORESIGHT "/%s/buf_mode_preferred", name);
		if (write_text(path, "flat"))
			bail_out("%s", path);
		one_moves(name, other, cpu);
		return;
	}
}

int main(int argc, char **argv)
{
	uint32_t id;

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	id = argc == 2 ? id_of(&board, argv[1]) : 0;
	if (!id)
		bail_out("no such sink; look in " PMU "/sinks");
	run_on(2);
	for (int i = 0; i < NR_PIPES; i++)
		if (pipe(pipes[i]) || fcntl(pipes[i][1], F_SETPIPE_SZ, PIPE_SIZE) < 0)
			bail_out("pipes");
	new_warnings();
	first_goes(argv[1], id, -1);
	first_goes(argv[1], id, 1);
	other_etr(argv[1]);
	ok(!new_warnings(), "%s: nothing to warn of", argv[1]);
	return done_testing();
}
