// SPDX-License-Identifier: GPL-2.0
/*
 * What a session without tracing costs in the kernel: open an event, choose the
 * sink, map its data and its AUX area, unmap, close. The sink is chosen by
 * SET_DRV_CONFIG where the kernel has it, and by config2.
 */
#include "bench.h"

#define ROUNDS 21
#define SINK "tmc_etr0"

static void session(pid_t pid, int cpu, uint32_t id, int data_pages, int aux_pages)
{
	struct perf_event_mmap_page *data;
	int fd = etm_open(pid, cpu, id, false);
	char *aux;

	if (!id)
		check(!ioctl(fd, PERF_EVENT_IOC_SET_DRV_CONFIG, SINK), "SET_DRV_CONFIG");
	map_both(fd, &data, data_pages, &aux, aux_pages);
	close_both(fd, data, data_pages, aux, aux_pages);
}

static void measure(int counter, uint64_t overhead, bool thread, const char *by,
		    const char *size, int data_pages, int aux_pages)
{
	uint32_t id = strcmp(by, "config2") ? 0 : sink_id(SINK);
	uint64_t samples[ROUNDS];
	char name[64];

	for (int i = -2; i < ROUNDS; i++) {
		uint64_t before;

		/* Waits until the memory of the last session is free again */
		settle();
		before = counter_read(counter);
		session(thread ? 0 : -1, thread ? -1 : 0, id, data_pages, aux_pages);
		if (i >= 0)
			samples[i] = counter_read(counter) - before - overhead;
	}
	snprintf(name, sizeof(name), "session/%s/%s/%s", thread ? "thread" : "cpu", size, by);
	report(name, samples, ROUNDS);
}

int main(void)
{
	uint64_t overhead;
	int counter;

	pin(0);
	counter = counter_open(0, -1, false, false);
	overhead = counter_overhead(counter);

	for (int thread = 0; thread <= 1; thread++) {
		/* What perf record maps as root, and almost the least that can be mapped */
		measure(counter, overhead, thread, "config2", "perf", 128, 1024);
		measure(counter, overhead, thread, "config2", "small", 1, 16);
		if (!has_drv_config())
			continue;
		measure(counter, overhead, thread, "ioctl", "perf", 128, 1024);
		measure(counter, overhead, thread, "ioctl", "small", 1, 16);
	}
	return 0;
}
