// SPDX-License-Identifier: GPL-2.0
/*
 * Sinks that belong to one CPU each (TRBE), beside one that all reach: the ABI, and what
 * becomes of a choice when its CPU or its driver is removed and comes back.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "cs_etm.h"

#define DATA_PAGES	8
#define AUX_PAGES	16
#define SHARED		"tmc_etr0"

static struct board board;

struct session {
	int fd;
	struct perf_event_mmap_page *page;
	void *aux;
	uint64_t pos;
};

static void begin(struct session *s, pid_t pid, int cpu, uint64_t config2)
{
	s->fd = event_open(board.type, pid, cpu, false, config2);
	if (s->fd < 0)
		bail_out("perf_event_open on CPU %d", cpu);
	s->page = map_data(s->fd, DATA_PAGES);
	if (s->page == MAP_FAILED)
		bail_out("mmap");
	s->aux = NULL;
	s->pos = 0;
}

/* Returns 0 or -errno */
static int map(struct session *s)
{
	s->aux = map_aux(s->fd, s->page, DATA_PAGES, AUX_PAGES);
	if (s->aux != MAP_FAILED)
		return 0;
	s->aux = NULL;
	return -errno;
}

static void end(struct session *s)
{
	close_both(s->fd, s->page, DATA_PAGES, s->aux, AUX_PAGES);
}

/* What sink the trace of this task goes to while it spins on @cpu, or 0 */
static uint32_t went_to(struct session *s, int cpu)
{
	run_on(cpu);
	if (ioctl(s->fd, PERF_EVENT_IOC_ENABLE, 0))
		return 0;
	for (volatile int i = 0; i < 300000; i++)
		;
	ioctl(s->fd, PERF_EVENT_IOC_DISABLE, 0);
	return next_sink(s->page, &s->pos);
}

static int try_config(int cpu, uint64_t config2, const char *name)
{
	struct session s;
	int ret;

	begin(&s, cpu < 0 ? 0 : -1, cpu, config2);
	ret = set_config(s.fd, name);
	end(&s);
	return ret;
}

static void each_cpu(void)
{
	char name[16];
	int wrong = 0;

	for (int cpu = 0; cpu < board.nr_cpus; cpu++) {
		for (int other = 0; other < board.nr_cpus; other++) {
			int ret;

			snprintf(name, sizeof(name), "trbe%d", other);
			ret = try_config(cpu, 0, name);
			if (ret == (cpu == other ? 0 : -ENXIO))
				continue;
			printf("# CPU %d, %s: %d\n", cpu, name, ret);
			wrong++;
		}
	}
	ok(!wrong, "each CPU takes its own sink, and no other's");
	ok(!try_config(-1, 0, "trbe0") && !try_config(-1, 0, "trbe1"), "a thread's event takes any");
}

static void config2(void)
{
	ok(try_config(0, id_of(&board, "trbe0"), "trbe0") == 0, "config2 and the name are the same sink");
	ok(try_config(0, id_of(&board, "trbe0"), SHARED) == -EINVAL &&
	   try_config(0, id_of(&board, SHARED), "trbe0") == -EINVAL &&
	   try_config(-1, id_of(&board, "trbe0"), "trbe1") == -EINVAL, "config2 and the name differ: EINVAL");
}

static void by_default(void)
{
	struct session s;

	begin(&s, 0, -1, 0);
	ok(map(&s) == 0 && went_to(&s, 1) == id_of(&board, "trbe1"), "nothing chosen: the CPU's own sink");
	end(&s);
	begin(&s, 0, -1, 0);
	ok(set_config(s.fd, SHARED) == 0 && map(&s) == 0 && went_to(&s, 1) == id_of(&board, SHARED),
	   SHARED " chosen: that, although each CPU has a sink");
	end(&s);
}

static void thread(void)
{
	struct session s;

	begin(&s, 0, -1, 0);
	ok(set_config(s.fd, "trbe0") == 0 && map(&s) == 0, "a thread's event, with trbe0");
	ok(went_to(&s, 1) == 0 && s.page->aux_head == 0, "on CPU 1 nothing is traced");
	ok(went_to(&s, 0) == id_of(&board, "trbe0") && s.page->aux_head, "on CPU 0 it is");
	end(&s);
}

static void two_sessions(void)
{
	struct session a, b;

	run_on(2);
	begin(&a, -1, 0, 0);
	begin(&b, -1, 1, 0);
	ok(!set_config(a.fd, "trbe0") && !set_config(b.fd, SHARED) && !map(&a) && !map(&b) &&
	   went_to(&a, 0) == id_of(&board, "trbe0") && went_to(&b, 1) == id_of(&board, SHARED),
	   "two CPUs, one with its own sink, one with the shared one");
	end(&b);
	ok(event_open(board.type, -1, 0, false, 0) < 0 && errno == EBUSY,
	   "one CPU, two events: EBUSY, whatever their sinks");
	end(&a);
}

static int set_online(int cpu, bool on)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	return write_text(path, on ? "1" : "0");
}

static void hotplug(void)
{
	struct session s;
	uint64_t head;

	run_on(0);
	begin(&s, 0, -1, 0);
	ok(!set_config(s.fd, "trbe1"), "trbe1 is chosen");
	if (set_online(1, false))
		bail_out("CPU 1 does not go offline");
	ok(map(&s) == 0, "CPU 1 goes offline: mmap() takes the choice");
	if (set_online(1, true))
		bail_out("CPU 1 does not come back");
	ok(went_to(&s, 1) == id_of(&board, "trbe1"), "CPU 1 comes back: trbe1 has the trace");
	run_on(0);
	if (set_online(1, false) || set_online(1, true))
		bail_out("CPU 1 with an AUX area");
	/* The kernel reports the sink only once */
	head = s.page->aux_head;
	went_to(&s, 1);
	ok(s.page->aux_head > head, "and again, with the AUX area mapped");
	end(&s);
}

/* An event of a CPU is over when the CPU goes, with any PMU. */
static void hotplug_of_event(void)
{
	struct session s;

	run_on(0);
	begin(&s, -1, 1, 0);
	if (set_config(s.fd, "trbe1") || set_online(1, false))
		bail_out("CPU 1 does not go offline");
	ok(map(&s) == 0 || errno == ENODEV, "the event's CPU goes offline: mmap() does no harm");
	ok(try_config(0, 0, "trbe1") == -ENXIO && !try_config(0, 0, "trbe0"),
	   "meanwhile, CPU 0 has its sink and not that one");
	if (set_online(1, true))
		bail_out("CPU 1 does not come back");
	ok(went_to(&s, 1) == 0, "and the event traces nothing any more");
	end(&s);
	begin(&s, -1, 1, 0);
	ok(!set_config(s.fd, "trbe1") && !map(&s) && went_to(&s, 1) == id_of(&board, "trbe1"),
	   "a new one does");
	end(&s);
}

/* A worker drops the last references to the module. */
static bool unload(void)
{
	for (int i = 0; i < 300; i++) {
		if (module_goes("coresight_trbe"))
			return true;
		usleep(10000);
	}
	return false;
}

static void driver(void)
{
	struct session s;

	run_on(0);
	begin(&s, -1, 0, 0);
	ok(!set_config(s.fd, "trbe0") && unload(), "trbe0 is chosen, and its driver unloaded");
	ok(map(&s) == -ENODEV, "mmap() says ENODEV");
	ok(set_config(s.fd, "trbe0") == -ENODEV, "and so does the ioctl");
	ok(module_comes("coresight_trbe") && map(&s) == 0 && went_to(&s, 0) == id_of(&board, "trbe0"),
	   "the driver is loaded again: trbe0 has the trace");
	ok(!module_goes("coresight_trbe"), "it stays while an AUX area is mapped");
	end(&s);
	ok(unload() && module_comes("coresight_trbe"), "and can go when none is");
}

int main(void)
{
	look_at_board(&board);
	if (!id_of(&board, "trbe1") || !id_of(&board, SHARED)) {
		puts("1..0 # SKIP no TRBE beside " SHARED);
		return 0;
	}
	each_cpu();
	config2();
	by_default();
	thread();
	two_sessions();
	hotplug();
	hotplug_of_event();
	driver();
	return done_testing();
}
