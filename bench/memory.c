// SPDX-License-Identifier: GPL-2.0
/*
 * How many bytes of kernel memory an event takes: what the slab allocator handed
 * to this thread, and did not get back, by the trace events in events/kmem.
 */
#include "bench.h"
#include "kmem.h"

static const char *const events[] = {
	"kmalloc", "kmem_cache_alloc", "kfree", "kmem_cache_free",
};

/* Kept open, as opening the file would allocate memory that is then counted */
static int tracing_on;

static void watch(bool on)
{
	if (on) {
		kmem_put("trace", "");
		kmem_held = 0;
	}
	check(write(tracing_on, on ? "1" : "0", 1) == 1, "tracing_on");
}

/* The bytes that the trace has seen allocated and not freed */
static uint64_t held(void)
{
	kmem_read();
	return kmem_bytes();
}

static void measure(pid_t pid, int cpu)
{
	const char *on = cpu == -1 ? "thread" : "cpu";
	char name[64];
	uint64_t bytes;
	int fd;

	/* Have allocated what is allocated only once, say the thread's context */
	close(etm_open(pid, cpu, 0, false));
	settle();

	watch(true);
	fd = etm_open(pid, cpu, 0, false);
	watch(false);
	bytes = held();
	snprintf(name, sizeof(name), "memory/%s/open", on);
	report(name, &bytes, 1);

	if (has_drv_config()) {
		watch(true);
		check(!ioctl(fd, PERF_EVENT_IOC_SET_DRV_CONFIG, "tmc_etr0"), "SET_DRV_CONFIG");
		watch(false);
		bytes = held();
		snprintf(name, sizeof(name), "memory/%s/set_drv_config", on);
		report(name, &bytes, 1);
	}
	close(fd);
}

int main(void)
{
	char text[64];

	pin(0);
	tracing_on = open(KMEM_TRACING "/tracing_on", O_WRONLY | O_CLOEXEC);
	check(tracing_on >= 0, "tracing_on");
	watch(false);
	/* Early after boot, all hashed pointers look the same */
	kmem_put("options/hash-ptr", "0");
	snprintf(text, sizeof(text), "%d", getpid());
	kmem_put("set_event_pid", text);
	for (unsigned int i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		snprintf(text, sizeof(text), "events/kmem/%s/enable", events[i]);
		kmem_put(text, "1");
	}
	measure(0, -1);
	measure(-1, 0);
	return 0;
}
