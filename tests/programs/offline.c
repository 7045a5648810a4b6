// SPDX-License-Identifier: GPL-2.0
/*
 * A sink can be chosen while all CPUs that reach it are offline. When they are back, the
 * trace goes there.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "cs_etm.h"

#define DATA_PAGES	8
#define AUX_PAGES	64

static struct board board;

static void switch_cpus(uint32_t cpus, const char *to)
{
	char path[64];

	for (int i = 0; i < board.nr_cpus; i++) {
		if (!(cpus >> i & 1))
			continue;
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", i);
		if (write_text(path, to))
			bail_out("%s does not become %s", path, to);
	}
}

/* Whether trace of this thread on @cpu goes to @sink and nowhere else */
static bool goes_to(int fd, void *data, int cpu, int sink)
{
	uint64_t before[MAX_NAMES], pos = 0;
	uint32_t sinks, id;

	if (run_on(cpu))
		bail_out("CPU %d", cpu);
	all_received(&board, before);
	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	spin(3000);
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	sinks = receivers(&board, before);
	id = next_sink(data, &pos);
	printf("# CPU %d: sinks %#x received trace, the record says %#x\n", cpu, sinks, id);
	return sinks == 1u << sink && id == board.id[sink];
}

/* @sink is one that all of @cpus and no other reach; one of these is @cpu */
static void one_sink(int sink, uint32_t cpus, int cpu)
{
	const char *name = board.sink[sink];
	/* No event can be opened for a CPU that is offline */
	int thread, bound = event_open(board.type, 0, cpu, false, 0), other = -1;
	void *data, *aux;
	int ret;

	for (int i = 0; i < board.nr_sinks; i++)
		if (!(board.reach[cpu] >> i & 1))
			other = i;
	switch_cpus(cpus, "0");
	ok(!set_config(bound, name), "%s: for an event of a CPU that has gone off since", name);
	ok(other < 0 || set_config(bound, board.sink[other]) == -ENXIO,
	   "%s: and what is out of its reach stays so", name);
	close(bound);

	thread = event_open(board.type, 0, -1, false, 0);
	ret = set_config(thread, name);
	ok(!ret, "%s: for a thread, while all CPUs that reach it are off: %s", name,
	   strerrorname_np(-ret));
	data = map_data(thread, DATA_PAGES);
	aux = data == MAP_FAILED ? MAP_FAILED : map_aux(thread, data, DATA_PAGES, AUX_PAGES);
	ok(aux != MAP_FAILED, "%s: there is an AUX area", name);
	switch_cpus(cpus, "1");
	ok(aux != MAP_FAILED && goes_to(thread, data, cpu, sink),
	   "%s: it gets the trace when they are back", name);
	close(thread);
	if (aux != MAP_FAILED)
		munmap(aux, AUX_PAGES * PAGE);
	if (data != MAP_FAILED)
		munmap(data, (1 + DATA_PAGES) * PAGE);
	run_on(0);
}

int main(void)
{
	int seen = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	run_on(0);
	/* CPU 0 stays online */
	for (int i = 0; i < board.nr_sinks; i++) {
		uint32_t cpus = 0;
		int cpu = 0;

		for (int c = 0; c < board.nr_cpus; c++)
			if (board.reach[c] >> i & 1)
				cpus |= 1u << (cpu = c);
		if (!cpus || cpus & 1)
			continue;
		one_sink(i, cpus, cpu);
		seen++;
	}
	ok(seen, "there are such sinks: %d", seen);
	return done_testing();
}
