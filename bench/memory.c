// SPDX-License-Identifier: GPL-2.0
/*
 * How many bytes of kernel memory an event takes: what the slab allocator handed
 * to this thread, and did not get back, by the trace events in events/kmem.
 */
#include "bench.h"

#define TRACING "/sys/kernel/tracing"
#define MAX_BLOCKS 4096

static struct block {
	char ptr[32];
	long bytes;
} blocks[MAX_BLOCKS];

static const char *const events[] = {
	"kmalloc", "kmem_cache_alloc", "kfree", "kmem_cache_free",
};

static void put(const char *file, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), TRACING "/%s", file);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("%s", path);
	close(fd);
}

/* Through a file that is open: opening one allocates, and that is not wanted */
static int tracing_on;

static void watch(bool on)
{
	if (on)
		put("trace", "");
	check(write(tracing_on, on ? "1" : "0", 1) == 1, "tracing_on");
}

/* What is still allocated of what the trace has seen */
static long held(void)
{
	FILE *f = fopen(TRACING "/trace", "r");
	char line[512];
	long bytes = 0;
	int nr = 0;

	check(f, TRACING "/trace");
	while (fgets(line, sizeof(line), f)) {
		char *ptr = strstr(line, "ptr="), *size = strstr(line, "bytes_alloc=");
		int i;

		if (line[0] == '#' || !ptr)
			continue;
		ptr += 4;
		ptr[strcspn(ptr, " \n")] = '\0';
		if (size) {
			check(nr < MAX_BLOCKS, "too many allocations");
			snprintf(blocks[nr].ptr, sizeof(blocks[nr].ptr), "%s", ptr);
			blocks[nr++].bytes = atol(size + strlen("bytes_alloc="));
			continue;
		}
		for (i = nr - 1; i >= 0 && strcmp(blocks[i].ptr, ptr); i--)
			;
		if (i >= 0) {
			blocks[i].bytes = 0;
			blocks[i].ptr[0] = '\0';
		}
	}
	fclose(f);
	for (int i = 0; i < nr; i++)
		bytes += blocks[i].bytes;
	return bytes;
}

static void measure(pid_t pid, int cpu)
{
	const char *on = cpu == -1 ? "thread" : "cpu";
	char name[64];
	uint64_t bytes;
	int fd;

	/* What is allocated once, say the thread's context, is there already */
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
	tracing_on = open(TRACING "/tracing_on", O_WRONLY | O_CLOEXEC);
	check(tracing_on >= 0, "tracing_on");
	watch(false);
	/* Early after boot, all hashed pointers look the same */
	put("options/hash-ptr", "0");
	snprintf(text, sizeof(text), "%d", getpid());
	put("set_event_pid", text);
	for (unsigned int i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		snprintf(text, sizeof(text), "events/kmem/%s/enable", events[i]);
		put(text, "1");
	}
	measure(0, -1);
	measure(-1, 0);
	return 0;
}
