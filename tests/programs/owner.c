// SPDX-License-Identifier: GPL-2.0
/*
 * An event whose owner is gone works as any other, for a user without privileges. Either
 * the process that opened it has exited, and another one has the descriptor; or the traced
 * task has called exec() with attr.remove_on_exec set, which removes the owner as well.
 *
 *	owner [SINK...]
 *
 * Without the first patch of the fixes, the kernel oopses in either case. The sink is
 * chosen with config2, which kernels without the series have as well.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <sys/prctl.h>

#include "cs_etm.h"

#define NOBODY		65534
#define DATA_PAGES	8
#define AUX_PAGES	16

static struct board board;

/* A task to trace: it spins, or calls exec() when it is told */
static pid_t start_target(int cpu, int *go)
{
	int p[2];
	pid_t pid;

	if (pipe2(p, O_CLOEXEC))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		char c;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(p[1]);
		if (cpu >= 0)
			run_on(cpu);
		if (go && read(p[0], &c, 1) == 0)
			execl("/bin/sleep", "sleep", "1000", NULL);
		for (;;)
			asm volatile("");
	}
	close(p[0]);
	if (go)
		*go = p[1];
	return pid;
}

static uint32_t went_to(int fd, struct perf_event_mmap_page *page)
{
	uint64_t pos = 0;
	uint32_t id = 0;

	if (ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return 0;
	for (int i = 0; i < 500 && !id; i++) {
		usleep(10000);
		id = next_sink(page, &pos);
	}
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	return id;
}

static void *map(int fd, void **data)
{
	*data = map_data(fd, DATA_PAGES);
	return *data == MAP_FAILED ? MAP_FAILED : map_aux(fd, *data, DATA_PAGES, AUX_PAGES);
}

static void unmap(int fd, void *data, void *aux)
{
	if (aux != MAP_FAILED)
		munmap(aux, AUX_PAGES * PAGE);
	if (data != MAP_FAILED)
		munmap(data, (1 + DATA_PAGES) * PAGE);
	close(fd);
}

static void owner_exits(int sink, int cpu)
{
	pid_t target = start_target(cpu, NULL);
	int fd = event_open_orphan(0, board.type, target, cpu, false, board.id[sink]);
	void *data, *aux;

	if (fd < 0)
		bail_out("perf_event_open");
	aux = map(fd, &data);
	ok(aux != MAP_FAILED, "%s, CPU %d: who opened the event has exited, mmap() works",
	   board.sink[sink], cpu);
	ok(aux != MAP_FAILED && went_to(fd, data) == board.id[sink],
	   "%s, CPU %d: and there is trace", board.sink[sink], cpu);
	unmap(fd, data, aux);
	kill(target, SIGKILL);
	waitpid(target, NULL, 0);
}

static void target_execs(int sink)
{
	struct perf_event_attr attr = {
		.type = board.type,
		.size = sizeof(attr),
		.config2 = board.id[sink],
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.remove_on_exec = 1,
	};
	char path[64], name[16] = "";
	void *data, *aux;
	int go, fd;
	pid_t target = start_target(-1, &go);

	fd = syscall(__NR_perf_event_open, &attr, target, -1, -1, 0);
	if (fd < 0)
		bail_out("perf_event_open, remove_on_exec");
	close(go);
	/* The name changes after the event has been removed, but not before long */
	snprintf(path, sizeof(path), "/proc/%d/comm", target);
	while (strcmp(name, "sleep\n")) {
		int comm = open(path, O_RDONLY);
		ssize_t n = read(comm, name, sizeof(name) - 1);

		name[n > 0 ? n : 0] = '\0';
		close(comm);
		usleep(1000);
	}
	usleep(100000);
	aux = map(fd, &data);
	ok(aux != MAP_FAILED, "%s: exec() has removed the event, mmap() works", board.sink[sink]);
	unmap(fd, data, aux);
	kill(target, SIGKILL);
	waitpid(target, NULL, 0);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	/* setuid() has made this process undumpable; a program that such a user starts is not */
	if (setgid(NOBODY) || setuid(NOBODY) || prctl(PR_SET_DUMPABLE, 1))
		bail_out("nobody");
	for (int i = 0; i < board.nr_sinks; i++) {
		bool wanted = argc == 1;

		for (int k = 1; k < argc; k++)
			wanted |= !strcmp(argv[k], board.sink[i]);
		if (!wanted || !(board.reach[0] >> i & 1))
			continue;
		owner_exits(i, -1);
		/* Events that are bound to a CPU share a buffer: another line of the driver */
		owner_exits(i, 0);
		target_execs(i);
	}
	return done_testing();
}
