/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds each block of memory that given functions of the kernel have allocated and that is not
 * freed yet, by the trace events in events/kmem. A total that grows does not tell a leak from
 * memory that is freed late, or kept once; single blocks do.
 */
#ifndef KMEM_H
#define KMEM_H

#include "cs_etm.h"

#define KMEM_TRACING	"/sys/kernel/tracing"
#define KMEM_BLOCKS	8192

static struct {
	unsigned long long at;
	long size;
	char by[48];
} kmem_block[KMEM_BLOCKS];
static int kmem_held, kmem_seen;	/* of the blocks: not freed, allocated */

static inline void kmem_put(const char *file, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), KMEM_TRACING "/%s", file);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bail_out("%s", path);
	close(fd);
}

/**
 * kmem_watch_all() - Count the blocks that some functions allocate from now on
 * @functions: their names in the kernel, up to NULL: callers of kmalloc() or of kstrdup()
 */
static inline void kmem_watch_all(const char * const *functions)
{
	char filter[PAGE];
	int len = 0;

	kmem_held = kmem_seen = 0;
	for (; *functions; functions++)
		len += snprintf(filter + len, sizeof(filter) - len, "%scall_site.function == %s",
				len ? " || " : "", *functions);
	kmem_put("tracing_on", "0");
	kmem_put("trace", "");
	/* Early after boot, all hashed pointers look the same */
	kmem_put("options/hash-ptr", "0");
	kmem_put("buffer_size_kb", "8192");
	kmem_put("events/kmem/kmalloc/filter", filter);
	kmem_put("events/kmem/kmalloc/enable", "1");
	kmem_put("events/kmem/kfree/enable", "1");
	kmem_put("tracing_on", "1");
}

static inline void kmem_watch(const char *function)
{
	kmem_watch_all((const char * const []) { function, NULL });
}

static inline void kmem_line(const char *line)
{
	const char *ptr = strstr(line, "ptr="), *size = strstr(line, "bytes_alloc=");
	const char *by = strstr(line, "call_site=");
	unsigned long long at;

	if (line[0] == '#' || !ptr)
		return;
	at = strtoull(ptr + 4, NULL, 16);
	/* An allocation that failed */
	if (!at)
		return;
	if (size) {
		if (kmem_held == KMEM_BLOCKS)
			bail_out("too many blocks to watch");
		kmem_block[kmem_held].at = at;
		snprintf(kmem_block[kmem_held].by, sizeof(kmem_block->by), "%.*s",
			 by ? (int)strcspn(by + 10, " ") : 0, by ? by + 10 : "");
		kmem_block[kmem_held++].size = atol(size + strlen("bytes_alloc="));
		kmem_seen++;
		return;
	}
	for (int i = kmem_held - 1; i >= 0; i--)
		if (kmem_block[i].at == at) {
			kmem_block[i] = kmem_block[--kmem_held];
			return;
		}
}

/* Reads what has been traced */
static inline void kmem_read(void)
{
	FILE *f = fopen(KMEM_TRACING "/trace", "r");
	char line[512];

	if (!f)
		bail_out(KMEM_TRACING "/trace");
	while (fgets(line, sizeof(line), f))
		kmem_line(line);
	fclose(f);
	kmem_put("trace", "");
}

/* How many bytes the blocks have that are not freed */
static inline long kmem_bytes(void)
{
	long bytes = 0;

	for (int i = 0; i < kmem_held; i++)
		bytes += kmem_block[i].size;
	return bytes;
}

/* How many of the blocks that are not freed this function has allocated */
static inline int kmem_held_by(const char *function)
{
	size_t len = strlen(function);
	int nr = 0;

	for (int i = 0; i < kmem_held; i++)
		nr += !strncmp(kmem_block[i].by, function, len) && kmem_block[i].by[len] == '+';
	return nr;
}

/* Says which functions have allocated what is not freed, of five blocks at most */
static inline void kmem_tell(void)
{
	for (int i = 0; i < kmem_held && i < 5; i++)
		printf("# %ld bytes that are not freed: %s\n", kmem_block[i].size, kmem_block[i].by);
}

/**
 * kmem_count() - Bring kmem_seen and kmem_held up to now
 *
 * What is traced meanwhile waits for the next call.
 */
static inline void kmem_count(void)
{
	kmem_put("tracing_on", "0");
	kmem_read();
	kmem_put("tracing_on", "1");
}

static inline void kmem_stop(void)
{
	kmem_put("tracing_on", "0");
	kmem_put("events/kmem/kmalloc/enable", "0");
	kmem_put("events/kmem/kfree/enable", "0");
	kmem_put("events/kmem/kmalloc/filter", "0");
	kmem_put("trace", "");
}

#endif
