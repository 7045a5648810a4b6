/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the benchmarks share: a counter of instructions, cs_etm's events, and one
 * line of output for each thing measured:
 *
 *	NAME MEDIAN MINIMUM MAXIMUM SAMPLES
 *
 * Under -icount QEMU's PMU counts the instructions that the whole machine
 * executes, so the other CPUs have to be idle. A disturbance makes a sample
 * larger; the minimum and the maximum show whether there was one.
 */
#ifndef BENCH_H
#define BENCH_H

#include "cs_etm.h"

#define MAX_SAMPLES 256

static inline void check(bool ok, const char *what)
{
	if (!ok)
		bail_out("%s", what);
}

static inline void pin(int cpu)
{
	check(!run_on(cpu), "sched_setaffinity");
}

/* Waits until the other CPUs are idle and the kernel's deferred work is done */
static inline void settle(void)
{
	usleep(50000);
}

static inline int perf_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
	attr->size = sizeof(*attr);
	return syscall(__NR_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

/* Instructions of thread @pid, or of all that runs on @cpu if @pid is -1 */
static inline int counter_open(pid_t pid, int cpu, bool user, bool on_exec)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.exclude_user = !user,
		.disabled = on_exec,
		.enable_on_exec = on_exec,
		.pinned = 1,
	};
	int fd = perf_open(&attr, pid, cpu);

	check(fd >= 0, "instructions cannot be counted (QEMU without -icount shift=0?)");
	return fd;
}

static inline uint64_t counter_read(int fd)
{
	uint64_t count;

	check(read(fd, &count, sizeof(count)) == sizeof(count), "read of the counter");
	return count;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static inline uint64_t median(uint64_t *samples, int nr)
{
	qsort(samples, nr, sizeof(*samples), compare);
	return samples[nr / 2];
}

/* Sorts @samples */
static inline void report(const char *name, uint64_t *samples, int nr)
{
	uint64_t mid = median(samples, nr);

	printf("%s %llu %llu %llu %d\n", name, (unsigned long long)mid,
	       (unsigned long long)samples[0],
	       (unsigned long long)samples[nr - 1], nr);
	fflush(stdout);
}

/* How much two reads of the counter add to their own count */
static inline uint64_t counter_overhead(int fd)
{
	uint64_t samples[MAX_SAMPLES];

	for (int i = 0; i < MAX_SAMPLES; i++) {
		uint64_t before = counter_read(fd);

		samples[i] = counter_read(fd) - before;
	}
	return median(samples, MAX_SAMPLES);
}

static inline uint32_t sink_id(const char *sink)
{
	char path[128];
	long id;

	snprintf(path, sizeof(path), PMU "/sinks/%s", sink);
	id = read_number(path, 16);
	check(id > 0, path);
	return id;
}

static inline bool has_drv_config(void)
{
	return !access(PMU "/caps/drv_config", F_OK);
}

/* An event that is disabled, as perf record opens it, for user space and maybe @kernel */
static inline int etm_open(pid_t pid, int cpu, uint64_t config2, bool kernel)
{
	struct perf_event_attr attr = {
		.config2 = config2,
		.disabled = 1,
		.exclude_kernel = !kernel,
		.exclude_hv = 1,
	};
	static long type;
	int fd;

	if (!type)
		type = read_number(PMU "/type", 10);
	check(type > 0, PMU);
	attr.type = type;
	fd = perf_open(&attr, pid, cpu);
	check(fd >= 0, "perf_event_open of cs_etm");
	return fd;
}

#endif
