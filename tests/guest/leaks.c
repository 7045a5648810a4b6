// SPDX-License-Identifier: GPL-2.0
/*
 * What is taken is given back: names that events keep, modules, and the devices that
 * are looked up. Memory is counted, so it takes many of each to see one that is lost.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <linux/membarrier.h>

#include "cs_etm.h"

#define DATA_PAGES	1
#define AUX_PAGES	4
#define CHOICES		20000
#define EVENTS		10000
#define RELOADS		60

static struct board board;

static long unreclaimable(void)
{
	char line[128];
	long kb = 0;
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "SUnreclaim: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb * 1024;
}

/* What the kernel has allocated and will not give back by itself, in bytes */
static long allocated(void)
{
	long now = LONG_MAX, before;

	/*
	 * What is freed after a grace period, or by a worker, comes late on a loaded
	 * host. What kfree_rcu() has gathered for seconds is freed when caches are dropped.
	 */
	do {
		int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

		if (fd < 0 || write(fd, "2", 1) != 1 ||
		    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
			bail_out("cannot wait for what is freed late");
		close(fd);
		usleep(300000);
		before = now;
		now = unreclaimable();
	} while (now < before);
	return now;
}

static const char *reached_sink(void)
{
	for (int i = 0; i < board.nr_sinks; i++)
		if (board.reach[0] >> i & 1)
			return board.sink[i];
	bail_out("CPU 0 reaches no sink");
}

static void choices(int nr)
{
	int fd = event_open(board.type, 0, -1, false, 0);

	for (int i = 0; i < nr; i++) {
		if (set_config(fd, reached_sink()))
			bail_out("choice");
		set_config(fd, "no such sink");
	}
	close(fd);
}

static void events(int nr)
{
	for (int i = 0; i < nr; i++) {
		int fd = event_open(board.type, 0, -1, false, 0);

		if (set_config(fd, reached_sink()))
			bail_out("choice");
		close(fd);
	}
}

static void wait_for_module(void)
{
	for (int i = 0; i < 500; i++) {
		if (!read_number("/sys/module/coresight_tmc/refcnt", 10))
			return;
		usleep(2000);
	}
}

enum how { NOT, CONFIG2, IOCTL };

/* Map an AUX area for each sink, chosen in one way or not at all, then reload */
static void reloads(int nr, enum how how)
{
	for (int i = 0; i < nr; i++) {
		for (int s = 0; s < board.nr_sinks; s++) {
			void *data, *aux;
			int fd;

			fd = event_open(board.type, 0, -1, false, how == CONFIG2 ? board.id[s] : 0);
			if (how == IOCTL)
				set_config(fd, board.sink[s]);
			data = map_data(fd, DATA_PAGES);
			if (data == MAP_FAILED)
				bail_out("mmap");
			aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
			if (aux != MAP_FAILED)
				munmap(aux, AUX_PAGES * PAGE);
			munmap(data, (1 + DATA_PAGES) * PAGE);
			close(fd);
		}
		wait_for_module();
		if (!module_goes("coresight_tmc"))
			bail_out("the sinks' module cannot be unloaded");
		if (!module_comes("coresight_tmc"))
			bail_out("the sinks' module cannot be loaded");
	}
}

static void reload(int nr)
{
	reloads(nr, NOT);
}

static void reload_config2(int nr)
{
	reloads(nr, CONFIG2);
}

static void reload_ioctl(int nr)
{
	reloads(nr, IOCTL);
}

static long growth(void (*what)(int), int nr)
{
	long before;

	/* What is taken once alone is not lost */
	what(nr / 10);
	before = allocated();
	what(nr);
	return allocated() - before;
}

int main(void)
{
	bool drv_config = !access(PMU "/caps/drv_config", F_OK);
	long grown, usual;

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);

	if (drv_config) {
		grown = growth(choices, CHOICES);
		ok(grown < CHOICES * 4, "names that were replaced are freed: %d choices, %ld bytes more",
		   CHOICES, grown);

		grown = growth(events, EVENTS);
		ok(grown < EVENTS * 8, "names are freed with their events: %d events, %ld bytes more",
		   EVENTS, grown);
	}

	/* Loading a module leaves something behind by itself; a device is over 500 bytes */
	usual = growth(reload, RELOADS);
	if (usual < 0)
		usual = 0;
	for (enum how how = CONFIG2; how <= (drv_config ? IOCTL : CONFIG2); how++) {
		grown = growth(how == CONFIG2 ? reload_config2 : reload_ioctl, RELOADS);
		ok(grown - usual < RELOADS * board.nr_sinks * 250L,
		   "devices chosen by %s are freed: %d of each sink, %ld bytes more, %ld where none was chosen",
		   how == CONFIG2 ? "config2" : "the ioctl", RELOADS, grown, usual);
	}
	ok(!read_number("/sys/module/coresight_tmc/refcnt", 10), "no reference to a module is left");
	return done_testing();
}
