// SPDX-License-Identifier: GPL-2.0
// 32-bit: for SET_OUTPUT of perf_compat_ioctl()
/*
 * Those fixes of patches/fixes that one program can show: each point fails on a kernel
 * without its patch. Sinks are chosen with config2, which those kernels have as well.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <sys/prctl.h>

#include "cs_etm.h"

#define DATA_PAGES	8
#define AUX_PAGES	16

static struct board board;

struct session {
	int fd;
	struct perf_event_mmap_page *data;
	char *aux;
	uint32_t id;			/* of the sink */
	uint64_t pos;			/* in the data, of what was read */
};

/* The sink of that kind that CPUs 0 and 1 reach; -1 if there is none */
static int shared_sink(const char *kind)
{
	for (int i = 0; i < board.nr_sinks; i++)
		if (board.reach[0] & board.reach[1] & 1u << i && strstr(board.sink[i], kind))
			return i;
	return -1;
}

static struct session begin(pid_t pid, int cpu, int sink)
{
	struct session s = { .id = board.id[sink] };

	s.fd = event_open(board.type, pid, cpu, false, s.id);
	map_both(s.fd, &s.data, DATA_PAGES, &s.aux, AUX_PAGES);
	return s;
}

/* The buffer is freed by a worker */
static void end(struct session *s)
{
	close_both(s->fd, s->data, DATA_PAGES, s->aux, AUX_PAGES);
	usleep(200000);
}

/* Enables it: whether its trace, after some time, goes to its sink */
static bool starts(struct session *s)
{
	uint32_t id = 0;

	ioctl(s->fd, PERF_EVENT_IOC_ENABLE, 0);
	for (int i = 0; i < 500 && !id; i++) {
		usleep(10000);
		id = next_sink(s->data, &s->pos);
	}
	return id == s->id;
}

/* Disables it: whether there was trace */
static bool stops(struct session *s)
{
	ioctl(s->fd, PERF_EVENT_IOC_DISABLE, 0);
	return s->data->aux_head > 0;
}

static volatile unsigned int *turns;	/* how often busy() has gone round, on each CPU */

/* Something runs on CPUs 0 and 1, for events that count all of a CPU */
static void busy(int cpu)
{
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(cpu);
	for (;;)
		turns[cpu]++;
}

/* On a busy host, a CPU may stand still for long */
static void wait_for_turn(int cpu)
{
	unsigned int turn = turns[cpu];

	for (int i = 0; i < 5000 && turns[cpu] - turn < 1000; i++)
		usleep(1000);
}

static bool records(int cpu, int sink)
{
	struct session s = begin(-1, cpu, sink);
	bool traced = starts(&s);

	wait_for_turn(cpu);
	traced &= stops(&s);
	end(&s);
	return traced;
}

/*
 * One process has an ETF as its sink; for another, the same ETF is on the way to the ETR.
 * Whoever came first goes on recording; and both can record afterwards.
 */
static void link_and_sink(int etf, int etr, bool sink_first)
{
	const char *who = sink_first ? "an ETF that is a sink" : "an ETF that is a link";
	struct session s[2] = { begin(-1, 0, etf), begin(-1, 1, etr) };
	struct session *first = &s[!sink_first], *second = &s[sink_first];

	ok(starts(first), "%s: its trace starts", who);
	ioctl(second->fd, PERF_EVENT_IOC_ENABLE, 0);
	usleep(200000);
	ok(!next_sink(second->data, &second->pos), "%s: and it is nothing else", who);
	wait_for_turn(!sink_first);
	ok(stops(first), "%s: its trace goes on", who);
	stops(second);
	for (int i = 0; i < 2; i++)
		end(&s[i]);
	ok(records(0, etf), "%s: then the ETF records again", who);
	ok(records(1, etr), "%s: and the ETR", who);
	ok(!new_warnings(), "%s: nothing to warn of", who);
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

/* One event for a process, and one for another and a CPU: a buffer for each */
static void two_buffers(int etr, bool thread_first)
{
	const char *order = thread_first ? "first" : "last";
	pid_t pid[2] = { sleeper(), sleeper() };
	struct session thread = begin(pid[0], -1, etr), cpu = begin(pid[1], 0, etr);

	end(thread_first ? &thread : &cpu);
	ok(!new_warnings(), "an ETR's buffer per thread, freed %s: nothing to warn of", order);
	if (thread_first) {
		/* A third finds the buffer of its CPU, which is still there */
		struct session third = begin(pid[0], 1, etr);

		end(&third);
	}
	end(thread_first ? &cpu : &thread);
	ok(!new_warnings(), "and the one per CPU, then");
	for (int i = 0; i < 2; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
}

static void undo_set_output(void)
{
	int fd[2];

	for (int i = 0; i < 2; i++)
		fd[i] = event_open(PERF_TYPE_SOFTWARE, 0, -1, false, 0);
	if (fd[0] < 0 || fd[1] < 0 || map_data(fd[0], DATA_PAGES) == MAP_FAILED)
		bail_out("set-up");
	ok(!ioctl(fd[1], PERF_EVENT_IOC_SET_OUTPUT, fd[0]), "SET_OUTPUT");
	ok(!ioctl(fd[1], PERF_EVENT_IOC_SET_OUTPUT, -1), "SET_OUTPUT with -1 undoes it, %zu bit",
	   8 * sizeof(long));
}

/* An event that is redirected to another event's buffer cannot map an AUX area there */
static void redirected_aux(int etr)
{
	struct perf_event_mmap_page *data;
	void *aux;
	int fd[2];

	/* A CPU has one event of cs_etm at a time */
	fd[0] = event_open(PERF_TYPE_SOFTWARE, -1, 0, false, 0);
	fd[1] = event_open(board.type, -1, 0, false, board.id[etr]);
	if (fd[0] < 0 || fd[1] < 0)
		bail_out("perf_event_open");
	data = map_data(fd[0], DATA_PAGES);
	if (data == MAP_FAILED || ioctl(fd[1], PERF_EVENT_IOC_SET_OUTPUT, fd[0]))
		bail_out("set-up");
	aux = map_aux(fd[1], data, DATA_PAGES, AUX_PAGES);
	ok(aux == MAP_FAILED && errno == EBUSY, "no AUX area for an event that is redirected");
	if (aux != MAP_FAILED)
		munmap(aux, AUX_PAGES * PAGE);
	ok(!new_warnings(), "and nothing to warn of, %zu bit", 8 * sizeof(long));
	munmap(data, (1 + DATA_PAGES) * PAGE);
	close(fd[0]);
	close(fd[1]);
}

/* Bytes that /dev/NAME gives; it frees the sink's buffer when it is closed */
static size_t drain(const char *name)
{
	char path[64], bytes[4096];
	size_t size = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDONLY);
	while (fd >= 0 && (n = read(fd, bytes, sizeof(bytes))) > 0)
		size += n;
	close(fd);
	return size;
}

/*
 * Sysfs cannot have an ETF that a session records to, and nothing is left of the attempt. It can
 * when the session has ended, and what it has read is freed once.
 */
static void sysfs_in_vain(int etf)
{
	const char *name = board.sink[etf];
	struct session s = begin(-1, 0, etf);

	ok(starts(&s), "an ETF that sysfs wants: its trace starts");
	ok(!sysfs(name, "enable_sink", "1") && sysfs("etm1", "enable_source", "1") == -EBUSY,
	   "an ETF that sysfs wants: sysfs does not get it");
	wait_for_turn(0);
	ok(stops(&s), "an ETF that sysfs wants: its trace goes on");
	end(&s);
	ok(!sysfs("etm1", "enable_source", "1"), "an ETF that sysfs wants: it gets it then");
	wait_for_turn(1);
	ok(!sysfs("etm1", "enable_source", "0") && !sysfs(name, "enable_sink", "0") && drain(name),
	   "an ETF that sysfs wants: and reads trace");
	ok(!new_warnings(), "an ETF that sysfs wants: its buffer is freed once, %zu bit",
	   8 * sizeof(long));
}

int main(void)
{
	int etf, etr;

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	etf = shared_sink("etf");
	etr = shared_sink("etr");
	if (etf < 0 || etr < 0)
		bail_out("CPUs 0 and 1 share no ETF and ETR");
	new_warnings();
	undo_set_output();
	redirected_aux(etr);
	two_buffers(etr, true);
	two_buffers(etr, false);
	turns = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (turns == MAP_FAILED)
		bail_out("mmap");
	busy(0);
	busy(1);
	link_and_sink(etf, etr, false);
	link_and_sink(etf, etr, true);
	sysfs_in_vain(etf);
	return done_testing();
}
