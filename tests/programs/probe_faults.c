// SPDX-License-Identifier: GPL-2.0
/*
 * Makes every allocation fail, one after the other, while a driver gives the sink of CPU 0
 * to CoreSight (TRBE, of which each CPU has its own). That sink must then be there, for perf
 * and by its name, or nothing of it; the memory is freed, and the next try is as the first.
 *
 * The driver of other sinks is no use here: if an allocation fails that connects them,
 * Linux keeps a pointer to what was freed, see docs/reliability.md.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "fail.h"
#include "kmem.h"

#define MODULE		"coresight_trbe"
#define BUS		"/sys/bus/platform"
#define DEVICE		"trbe"
/* What perf takes to show one sink: the attribute, its name, its file */
#define FOR_PERF	3

static struct board board;
static bool has_ioctl;

/* Loads the driver, which binds to nothing by itself */
static void load(void)
{
	write_text(BUS "/drivers_autoprobe", "0");
	if (!module_comes(MODULE))
		bail_out(MODULE);
	write_text(BUS "/drivers_autoprobe", "1");
}

static void unload(void)
{
	for (int i = 0; i < 300 && !module_goes(MODULE); i++) {
		if (errno != EAGAIN && errno != EBUSY)
			bail_out(MODULE);
		usleep(10000);
	}
}

static bool on_bus(int cpu)
{
	char path[64];

	snprintf(path, sizeof(path), CORESIGHT "/trbe%d", cpu);
	return !access(path, F_OK);
}

/* Whether perf shows the CPU's sink as the bus does, and finds it by name only if so */
static bool as_on_bus(int cpu)
{
	int fd = event_open(board.type, -1, cpu, false, 0), ret;
	char path[64], *name;
	bool shown;

	snprintf(path, sizeof(path), PMU "/sinks/trbe%d", cpu);
	shown = !access(path, F_OK);
	name = strrchr(path, '/') + 1;
	ret = has_ioctl ? set_config(fd, name) : shown ? 0 : -ENODEV;
	close(fd);
	if (shown == on_bus(cpu) && ret == (shown ? 0 : -ENODEV))
		return true;
	printf("# %s: %son the bus, %sshown, %s\n", name, on_bus(cpu) ? "" : "not ",
	       shown ? "" : "not ", ret ? strerrorname_np(-ret) : "found");
	return false;
}

/* Makes the @nth allocation fail while the device is bound; whether there was one */
static bool bind_with(int nth)
{
	load();
	fail_at(nth);
	write_text(BUS "/drivers_probe", DEVICE);
	return failed();
}

int main(void)
{
	static const char * const functions[] = { "coresight_register", "devm_kmalloc", NULL };
	int nth, hits = 0, without = 0, wrong = 0, fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	if (access(PMU "/sinks/trbe0", F_OK) || access(module_file(MODULE), F_OK)) {
		puts("1..0 # SKIP no TRBE whose driver is a module");
		return 0;
	}
	fd = event_open(board.type, -1, 0, false, 0);
	has_ioctl = set_config(fd, "trbe0") != -ENOTTY;
	close(fd);
	fail_set_up();
	unload();
	kmem_watch_all(functions);
	/* After those of CPU 0 come those of CPU 1, which are the same */
	for (nth = 1; nth < 1000 && bind_with(nth) && (!on_bus(0) || on_bus(1)); nth++) {
		hits++;
		without += !on_bus(0) && on_bus(1);
		for (int cpu = 0; cpu < board.nr_cpus; cpu++)
			wrong += !as_on_bus(cpu);
		unload();
	}
	unload();
	kmem_count();
	ok(without >= FOR_PERF && nth < 1000,
	   "%d allocations failed; by %d of them CPU 0 has no sink, and CPU 1 has", hits, without);
	ok(!wrong, "perf shows each sink that is there, and no other");
	ok(kmem_seen > hits && !kmem_held, "all memory is freed, %d of %d blocks are left", kmem_held,
	   kmem_seen);
	kmem_tell();
	kmem_stop();

	load();
	write_text(BUS "/drivers_probe", DEVICE);
	for (int cpu = 0; cpu < board.nr_cpus; cpu++)
		wrong += !on_bus(cpu) || !as_on_bus(cpu);
	ok(!wrong, "in the end each CPU has its sink");
	return done_testing();
}
