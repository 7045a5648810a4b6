// SPDX-License-Identifier: GPL-2.0
/*
 * What one ioctl on a cs_etm event costs in the kernel, from the system call's
 * entry to its exit: SET_DRV_CONFIG, the ioctl that does next to nothing, and
 * the one that is most like it. Each sample is the first such call on an event
 * of its own.
 */
#include "bench.h"

#define ROUNDS 51

static int counter;
static uint64_t overhead;

/* @err: what it has to fail with, 0 for nothing */
static void measure(const char *what, pid_t pid, int cpu, bool kernel,
		    unsigned long cmd, void *arg, int err)
{
	uint64_t samples[ROUNDS];
	char name[64];

	/* The first one warms up */
	for (int i = -1; i < ROUNDS; i++) {
		int fd = etm_open(pid, cpu, 0, kernel);
		uint64_t before = counter_read(counter), after;
		int ret = ioctl(fd, cmd, arg);

		after = counter_read(counter);
		check(err ? ret == -1 && errno == err : !ret, what);
		if (i >= 0)
			samples[i] = after - before - overhead;
		close(fd);
	}
	snprintf(name, sizeof(name), "configure/%s/%s", pid == -1 ? "cpu" : "thread", what);
	report(name, samples, ROUNDS);
}

int main(void)
{
	char in_kernel[64], in_file[64];
	uint64_t id;

	pin(0);
	counter = counter_open(0, -1, false, false);
	overhead = counter_overhead(counter);
	/* Addresses that need no symbols: what they are plays no part in the cost */
	snprintf(in_kernel, sizeof(in_kernel), "filter 0xffff800080010000/0x100");
	snprintf(in_file, sizeof(in_file), "filter 0x1000/0x100@/bin/perf");
	settle();

	for (int cpu = -1; cpu <= 0; cpu++) {
		pid_t pid = cpu == -1 ? 0 : -1;

		measure("ioc_id", pid, cpu, false, PERF_EVENT_IOC_ID, &id, 0);
		measure("set_filter_address", pid, cpu, true, PERF_EVENT_IOC_SET_FILTER, in_kernel, 0);
		/* A CPU's event has no file to filter by */
		if (cpu == -1)
			measure("set_filter_file", pid, cpu, false, PERF_EVENT_IOC_SET_FILTER, in_file, 0);
		if (!has_drv_config())
			continue;
		measure("set_drv_config_etf0", pid, cpu, false,
			PERF_EVENT_IOC_SET_DRV_CONFIG, "tmc_etf0", 0);
		measure("set_drv_config_etr0", pid, cpu, false,
			PERF_EVENT_IOC_SET_DRV_CONFIG, "tmc_etr0", 0);
		/* Which no CPU of juno reaches */
		measure("set_drv_config_etf1", pid, cpu, false,
			PERF_EVENT_IOC_SET_DRV_CONFIG, "tmc_etf1", ENXIO);
	}
	return 0;
}
