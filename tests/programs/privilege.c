// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever has the descriptor of an event may configure it, as with any perf ioctl; and
 * what is chosen for one event never affects another.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64


#include "cs_etm.h"

#define DATA_PAGES	8
#define AUX_PAGES	16
#define PARANOID	"/proc/sys/kernel/perf_event_paranoid"
#define USER		1000

static struct board board;
static int cpu;
static int good = -1, other = -1;	/* sinks that the CPU reaches */

static void is(int got, int wanted, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ok(got == wanted, "%s", text);
	if (got != wanted)
		printf("#   got: %d, wanted: %d\n", got, wanted);
}

/* What @call returns to a user without privileges */
static int as_user(int (*call)(int), int arg)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (setgid(USER) || setuid(USER))
			_exit(255);
		_exit(-call(arg));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		bail_out("the user's process is lost");
	return -WEXITSTATUS(status);
}

static int open_own(int unused)
{
	(void)unused;
	return event_open(board.type, 0, -1, false, 0) < 0 ? -errno : 0;
}

static int open_whole_cpu(int on)
{
	return event_open(board.type, -1, on, false, 0) < 0 ? -errno : 0;
}

static int configure_own(int sink)
{
	return set_config(event_open(board.type, 0, -1, false, 0), board.sink[sink]);
}

static int configure_own_badly(int unused)
{
	(void)unused;
	return set_config(event_open(board.type, 0, -1, false, 0), "no such sink");
}

static int map_own(int sink)
{
	int fd = event_open(board.type, 0, -1, false, 0);
	void *data = map_data(fd, DATA_PAGES);

	if (data == MAP_FAILED || set_config(fd, board.sink[sink]))
		return -errno;
	return map_aux(fd, data, DATA_PAGES, AUX_PAGES) == MAP_FAILED ? -errno : 0;
}

static int configure_given(int fd)
{
	return set_config(fd, board.sink[good]);
}

static int misconfigure_given(int fd)
{
	return set_config(fd, "no such sink");
}

static int enable_given(int fd)
{
	return ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) || ioctl(fd, PERF_EVENT_IOC_DISABLE, 0) ?
	       -errno : 0;
}

/* The sink of the trace of this process, by its number; -1 if there was none */
static int trace(int fd, struct perf_event_mmap_page *page)
{
	uint64_t pos = 0;
	uint32_t id;

	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	spin(1000);
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	id = next_sink(page, &pos);
	for (int i = 0; i < board.nr_sinks; i++)
		if (board.id[i] == id)
			return i;
	return -1;
}

/* Where the trace of a new event goes, with @sink chosen for it unless that is -1 */
static int new_trace(int sink)
{
	int fd = event_open(board.type, 0, cpu, false, 0), went = -1;
	void *data = map_data(fd, DATA_PAGES), *aux;

	if (data == MAP_FAILED || (sink >= 0 && set_config(fd, board.sink[sink])))
		bail_out("set-up");
	aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
	if (aux != MAP_FAILED) {
		went = trace(fd, data);
		munmap(aux, AUX_PAGES * PAGE);
	}
	munmap(data, (1 + DATA_PAGES) * PAGE);
	close(fd);
	return went;
}

static void levels(void)
{
	char text[16];
	long before = read_number(PARANOID, 10);

	/* 3 is Debian's: nothing without CAP_SYS_ADMIN */
	for (int level = -1; level <= 3; level++) {
		int own = level <= 2 ? 0 : -EACCES;

		snprintf(text, sizeof(text), "%d", level);
		if (write_text(PARANOID, text))
			bail_out("perf_event_paranoid");
		is(as_user(open_own, 0), own, "level %d: an event of one's own", level);
		is(as_user(open_whole_cpu, cpu), level <= 0 ? 0 : -EACCES, "level %d: of a CPU", level);
		if (!own) {
			is(as_user(configure_own, good), 0, "level %d: a choice for it", level);
			is(as_user(configure_own_badly, 0), -ENODEV, "level %d: a wrong one", level);
			is(as_user(map_own, good), 0, "level %d: mapped", level);
		}
	}
	snprintf(text, sizeof(text), "%ld", before);
	write_text(PARANOID, text);
}

static void handed_over(void)
{
	int fd = event_open(board.type, 0, cpu, false, 0);
	void *data = map_data(fd, DATA_PAGES), *aux;

	if (data == MAP_FAILED)
		bail_out("set-up");
	set_config(fd, board.sink[other]);
	is(as_user(enable_given, fd), 0, "another user's descriptor: what other ioctls allow");
	is(as_user(misconfigure_given, fd), -ENODEV, "another user's descriptor: a wrong choice");
	is(as_user(configure_given, fd), 0, "another user's descriptor: a choice");
	aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
	is(as_user(configure_given, fd), -EBUSY, "another user's descriptor: not while it is mapped");
	is(aux == MAP_FAILED ? -1 : trace(fd, data), good, "and that choice counts");
	munmap(aux, AUX_PAGES * PAGE);
	munmap(data, (1 + DATA_PAGES) * PAGE);
	close(fd);
}

static void apart(void)
{
	int fd, fd2, wrong = 0;

	/* On two CPUs, as a task has one event a CPU */
	fd = event_open(board.type, 0, cpu, false, 0);
	fd2 = event_open(board.type, 0, (cpu + 1) % board.nr_cpus, false, 0);
	if (fd < 0 || fd2 < 0)
		bail_out("perf_event_open");
	for (int i = 0; i < 20; i++) {
		void *data = map_data(fd, DATA_PAGES), *aux;

		set_config(fd, board.sink[i % 2 ? good : other]);
		set_config(fd2, board.sink[i % 2 ? other : good]);
		set_config(fd2, "no such sink");
		aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
		wrong += aux == MAP_FAILED || trace(fd, data) != (i % 2 ? good : other);
		munmap(aux, AUX_PAGES * PAGE);
		munmap(data, (1 + DATA_PAGES) * PAGE);
	}
	is(wrong, 0, "two events of one task: each has its own choice");
	close(fd);
	close(fd2);

	/* An event without a choice, perhaps in the memory of one that had a choice */
	wrong = 0;
	for (int i = 0; i < 20; i++) {
		new_trace(good == board.by_default[cpu] ? other : good);
		wrong += new_trace(-1) != board.by_default[cpu];
	}
	is(wrong, 0, "an event without a choice uses the default");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	for (cpu = 0; cpu < board.nr_cpus && good < 0; cpu++)
		for (int i = 0; i < board.nr_sinks; i++) {
			if (!(board.reach[cpu] >> i & 1))
				continue;
			if (good < 0)
				good = i;
			other = i;
		}
	if (good < 0 || run_on(--cpu))
		bail_out("no CPU reaches a sink");
	levels();
	handed_over();
	apart();
	return done_testing();
}
