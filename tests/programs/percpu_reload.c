// SPDX-License-Identifier: GPL-2.0
/*
 * The driver of the sinks that belong to one CPU each (TRBE) is unloaded and loaded while
 * they are chosen and mapped, on every CPU: by default, which follows the CPU's pointer to
 * its sink, by config2, and by the ioctl(). The test checks what each call returns. Only
 * KASAN can find out that the kernel uses a sink that was freed: CONFIG=debug.
 *
 *	percpu_reload [--rounds ROUNDS]
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "reload.h"

#define MODULE		"coresight_trbe"
/* With this driver, a CPU that loses its own sink gets another default, and keeps that */
#define OTHER_SINKS	"coresight_tmc"
#define DATA_PAGES	1
#define AUX_PAGES	2
#define MAX_USERS	4

static struct {
	struct reloads reloads;
	atomic_long maps, met, away, wrong;
} *shared;

static struct board board;
static bool has_ioctl;

static void complain(const char *what, int ret)
{
	shared->wrong++;
	printf("# wrong: %s: %s\n", what, ret ? strerrorname_np(-ret) : "no error");
}

/* For a moment a sink can be found by its name, but is not set as its CPU's own */
static bool gone(int ret)
{
	return ret == -ENODEV || ret == -ENXIO;
}

static void choose(int fd, const char *sink)
{
	int ret = set_config(fd, sink);

	if (ret && !gone(ret))
		complain("ioctl()", ret);
}

/* One event and its AUX area: of CPU @cpu, or of this thread wherever it runs */
static void use_once(int cpu, uint64_t *state)
{
	/* A CPU's event and a thread's exclude each other: all use the same kind, in turns */
	bool thread = shared->reloads.rounds / 4 % 2;
	int way = random_next(state) % (has_ioctl ? 3 : 2), ret = 0;
	bool met = shared->reloads.unloading;
	char sink[16];
	void *data, *aux;
	uint32_t id;
	int fd;

	snprintf(sink, sizeof(sink), "trbe%d", cpu);
	id = way == 1 ? id_of(&board, sink) : 0;
	fd = event_open(board.type, thread ? 0 : -1, thread ? -1 : cpu, false, id);
	if (fd < 0) {
		if (errno != EBUSY)
			complain("perf_event_open()", -errno);
		return;
	}
	data = map_data(fd, DATA_PAGES);
	if (data == MAP_FAILED) {
		complain("mmap() of the data", -errno);
		close(fd);
		return;
	}
	if (way == 2)
		choose(fd, sink);
	aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
	if (aux == MAP_FAILED)
		ret = -errno;
	else
		munmap(aux, AUX_PAGES * PAGE);
	shared->maps++;
	/* Where there is no sink, and none was chosen by name, it is ENOMEM */
	shared->away += !!ret;
	if (ret && ret != -ENOMEM && !(way == 2 && gone(ret)))
		complain("mmap() of the AUX area", ret);
	shared->met += met || shared->reloads.unloading;
	munmap(data, (1 + DATA_PAGES) * PAGE);
	close(fd);
}

static void use(int cpu)
{
	uint64_t state = cpu + 1;

	while (!shared->reloads.done && shared->wrong < 10) {
		use_once(random_next(&state) % board.nr_cpus, &state);
		/* So that there are moments when nobody uses the module */
		usleep(random_next(&state) % 2000);
	}
}

static void wait_for_next(bool loaded)
{
	if (!loaded)
		usleep(200);
}

/* Whether each CPU has its own sink again, by its name */
static bool all_are_back(void)
{
	for (int cpu = 0; cpu < board.nr_cpus; cpu++) {
		int fd = event_open(board.type, -1, cpu, false, 0);
		void *data = map_data(fd, DATA_PAGES), *aux;
		char sink[16];

		snprintf(sink, sizeof(sink), "trbe%d", cpu);
		if (data == MAP_FAILED || (has_ioctl && set_config(fd, sink)))
			return false;
		aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
		if (aux == MAP_FAILED)
			return false;
		munmap(aux, AUX_PAGES * PAGE);
		munmap(data, (1 + DATA_PAGES) * PAGE);
		close(fd);
	}
	return true;
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[argc - 1]) : 100;
	double start = seconds();
	pid_t users[MAX_USERS], loader;
	bool good;
	int nr, fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	if (access(PMU "/sinks/trbe0", F_OK) || access(module_file(MODULE), F_OK)) {
		puts("1..0 # SKIP no TRBE whose driver is a module");
		return 0;
	}
	fd = event_open(board.type, 0, -1, false, 0);
	has_ioctl = set_config(fd, "trbe0") != -ENOTTY;
	close(fd);
	if (!module_goes(OTHER_SINKS) && errno != ENOENT)
		bail_out(OTHER_SINKS);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail_out("mmap");
	nr = board.nr_cpus < MAX_USERS ? board.nr_cpus : MAX_USERS;
	for (int i = 0; i < nr; i++)
		users[i] = start_user(use, i);
	loader = start_reloads(&shared->reloads, MODULE, rounds, wait_for_next);

	good = ends(loader, &shared->reloads);
	shared->reloads.done = true;
	for (int i = 0; i < nr; i++)
		good &= ends(users[i], &shared->reloads);
	printf("# percpu-reload: %ld rounds in %.1f s, %ld of %ld mmap() met an unloading, %ld found no sink\n",
	       (long)shared->reloads.rounds, seconds() - start, (long)shared->met, (long)shared->maps,
	       (long)shared->away);
	ok(good && shared->reloads.rounds == rounds, "%s was loaded again %ld times", MODULE, rounds);
	ok(!shared->wrong, "every call returns what it may");
	ok(shared->met > rounds / 10 && shared->away && shared->away < shared->maps,
	   "sinks were used as they went, while they were away and while they were there");
	ok(all_are_back(), "in the end each CPU has its sink");
	if (!module_comes(OTHER_SINKS) && errno != ENOENT)
		bail_out(OTHER_SINKS);
	return done_testing();
}
