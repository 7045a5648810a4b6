// SPDX-License-Identifier: GPL-2.0
/*
 * What scheduling a traced thread in and out costs in the kernel: two processes on
 * one CPU hand a byte to and fro, one of them traced. A sample is one round of
 * all that the CPU did in the kernel: in once, out once. If no other CPU traces to the
 * sink, the trace is read from it each time; else it is left there.
 */
#include "bench.h"

#define DATA_PAGES 128
#define AUX_PAGES 64
#define ROUNDS 101
#define WARM_UP 20
#define SINK "tmc_etr0"

/*
 * Whoever wakes another fair task may be preempted by it at once, which is one more switch in
 * some rounds and not in others. SCHED_FIFO goes on until it waits.
 */
static void schedule(int policy)
{
	struct sched_param param = { .sched_priority = policy == SCHED_FIFO };

	check(!sched_setscheduler(0, policy, &param), "sched_setscheduler");
}

static void hand(int from, int to)
{
	char byte;

	check(read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1, "pipe");
}

/* A process that runs on @cpu all the time */
static pid_t busy(int cpu)
{
	pid_t pid = fork();

	check(pid >= 0, "fork");
	if (pid)
		return pid;
	pin(cpu);
	schedule(SCHED_OTHER);
	for (;;)
		__asm__ volatile("");
}

/* Maps what event @fd needs, and enables it */
static struct perf_event_mmap_page *trace(int fd)
{
	struct perf_event_mmap_page *data = map_data(fd, DATA_PAGES);

	check(data != MAP_FAILED, "mmap of the data");
	data->aux_offset = (1 + DATA_PAGES) * PAGE;
	data->aux_size = AUX_PAGES * PAGE;
	/* Not writable: new trace overwrites old, so that it never stops */
	check(mmap(NULL, data->aux_size, PROT_READ, MAP_SHARED, fd, data->aux_offset) != MAP_FAILED,
	      "mmap of the AUX area");
	check(!ioctl(fd, PERF_EVENT_IOC_ENABLE, 0), "enable");
	return data;
}

/* A process on each other CPU is traced into the same sink: how many CPUs there are */
static int trace_others(pid_t *pids)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);

	check(cpus <= MAX_CPUS, "too many CPUs");
	for (int cpu = 1; cpu < cpus; cpu++) {
		pids[cpu] = busy(cpu);
		trace(etm_open(pids[cpu], -1, sink_id(SINK), false));
	}
	return cpus;
}

static void measure(const char *name, const char *by, bool others)
{
	struct perf_event_mmap_page *data = NULL;
	int there[2], back[2], counter, fd = -1, cpus = 0;
	pid_t child, other[MAX_CPUS];
	uint64_t samples[ROUNDS];

	check(!pipe(there) && !pipe(back), "pipe");
	child = fork();
	check(child >= 0, "fork");
	if (!child) {
		for (;;)
			hand(there[0], back[1]);
	}

	if (by) {
		fd = etm_open(child, -1, strcmp(by, "config2") ? 0 : sink_id(SINK), false);
		if (strcmp(by, "config2"))
			check(!ioctl(fd, PERF_EVENT_IOC_SET_DRV_CONFIG, SINK), "SET_DRV_CONFIG");
		data = trace(fd);
	}
	if (others)
		cpus = trace_others(other);

	counter = counter_open(-1, 0, false, false);
	settle();
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		uint64_t before = counter_read(counter);

		check(write(there[1], "", 1) == 1, "write");
		check(read(back[0], &(char){ 0 }, 1) == 1, "read");
		if (i >= 0)
			samples[i] = counter_read(counter) - before;
	}
	if (by) {
		check(!ioctl(fd, PERF_EVENT_IOC_DISABLE, 0), "disable");
		/* Each way out of the CPU leaves a record of what was traced */
		check(others || data->data_head > ROUNDS * sizeof(struct perf_event_header),
		      "nothing was traced");
		close(fd);
	}
	for (int cpu = 1; cpu < cpus; cpu++)
		kill(other[cpu], SIGKILL);
	close(counter);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	report(name, samples, ROUNDS);
}

int main(void)
{
	pin(0);
	schedule(SCHED_FIFO);
	measure("switch/untraced", NULL, false);
	measure("switch/traced/config2", "config2", false);
	if (has_drv_config())
		measure("switch/traced/ioctl", "ioctl", false);
	measure("switch/traced/others", "config2", true);
	return 0;
}
