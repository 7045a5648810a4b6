// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into perf, this has go wrong what a test cannot have go wrong from outside, and
 * says so on stderr:
 *
 *	NO_MEMORY=START,SIZE,DEPTH,N	allocations by the function at START, and by up to DEPTH
 *					functions that it calls, fail from the Nth on; START and
 *					SIZE are as nm -S has them
 *	NO_KERNEL_MEMORY=1		as if the kernel had none for the choice of a sink
 *	SINKS_CHANGE=COMMAND		is run before perf lists its sinks for the second time
 *	OLD_KERNEL=1			what perf writes is as of a kernel that reports no sinks
 *
 * What perf runs has it preloaded as well, which changes nothing there.
 */
#define _GNU_SOURCE

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

/* Of a record's hw_id: what there was before sinks, see include/linux/coresight-pmu.h */
#define TRACE_ID	0xffULL
#define VERSION		(0xffULL << 56)
#define VERSION_0_1	(1ULL << 56)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool no_kernel_memory, old_kernel;
static const char *sinks_change;
static uintptr_t start, size;
static unsigned int deep, left;		/* allocations until they fail */

static void say(const char *what)
{
	syscall(__NR_write, 2, "preload: ", 9);
	syscall(__NR_write, 2, what, strlen(what));
	syscall(__NR_write, 2, "\n", 1);
}

static int at_program(struct dl_phdr_info *info, size_t n, void *arg)
{
	(void)n;
	(void)arg;
	start += info->dlpi_addr;
	return 1;
}

__attribute__((constructor)) static void begin(void)
{
	const char *where = getenv("NO_MEMORY");

	if (strcmp(program_invocation_short_name, "perf"))
		return;
	no_kernel_memory = getenv("NO_KERNEL_MEMORY");
	sinks_change = getenv("SINKS_CHANGE");
	old_kernel = getenv("OLD_KERNEL");
	if (!where)
		return;
	if (sscanf(where, "%lx,%lx,%u,%u", &start, &size, &deep, &left) != 4)
		say("NO_MEMORY=START,SIZE,DEPTH,N");
	/* The program comes first */
	dl_iterate_phdr(at_program, NULL);
}

/* arm64's frames: that of the caller, and where this one returns to, which may be signed */
static inline __attribute__((always_inline)) bool fails(void)
{
	uintptr_t *frame = __builtin_frame_address(0), *last = NULL;

	for (unsigned int i = 0; left && i <= deep && frame > last; i++) {
		if ((frame[1] & ((1ULL << 48) - 1)) - start < size) {
			if (--left)
				return false;
			left = 1;
			say("no memory");
			errno = ENOMEM;
			return true;
		}
		last = frame;
		frame = (uintptr_t *)frame[0];
	}
	return false;
}

void *malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t each)
{
	return fails() ? NULL : __libc_calloc(n, each);
}

void *realloc(void *old, size_t n)
{
	return fails() ? NULL : __libc_realloc(old, n);
}

static void fail_nth(const char *nth)
{
	int fd = open("/proc/thread-self/fail-nth", O_WRONLY);

	if (fd < 0 || syscall(__NR_write, fd, nth, 1) != 1)
		say("no fail-nth");
	close(fd);
}

int ioctl(int fd, unsigned long request, ...)
{
	bool chooses = no_kernel_memory && request == PERF_EVENT_IOC_SET_DRV_CONFIG;
	int ret, err;
	va_list ap;

	va_start(ap, request);
	if (chooses)
		fail_nth("1");
	ret = syscall(__NR_ioctl, fd, request, va_arg(ap, void *));
	va_end(ap);
	if (!chooses)
		return ret;
	err = errno;
	fail_nth("0");
	say("no memory in the kernel");
	errno = err;
	return ret;
}

DIR *opendir(const char *name)
{
	DIR *(*real)(const char *) = dlsym(RTLD_NEXT, "opendir");
	static int times;

	if (sinks_change && strstr(name, "/cs_etm/sinks") && ++times == 2)
		say(system(sinks_change) ? "the sinks do not change" : "the sinks change");
	return real(name);
}

/* The record at *@pos, which is left at the next one; NULL if there is no whole one before @end */
static struct perf_event_header *next_record(char **pos, const char *end)
{
	struct perf_event_header *record = (void *)*pos;

	if (end - *pos < (ptrdiff_t)sizeof(*record) || record->size < sizeof(*record) ||
	    record->size > end - *pos)
		return NULL;
	*pos += record->size;
	return record;
}

static void make_old(char *buf, const char *end)
{
	struct perf_event_header *record;
	char *pos = buf;

	/* Trace and other files are written as well */
	while (next_record(&pos, end))
		;
	if (pos != end)
		return;
	for (pos = buf; (record = next_record(&pos, end));) {
		uint64_t *hw_id = (void *)(record + 1);

		if (record->type != PERF_RECORD_AUX_OUTPUT_HW_ID || (*hw_id & VERSION) != VERSION_0_1)
			continue;
		*hw_id &= TRACE_ID;
		say("a record without a sink");
	}
}

ssize_t write(int fd, const void *buf, size_t n)
{
	/* perf's buffers of records are the kernel's, which cannot be changed */
	char *copy = old_kernel ? __libc_malloc(n) : NULL;
	ssize_t ret;

	if (!copy)
		return syscall(__NR_write, fd, buf, n);
	memcpy(copy, buf, n);
	make_old(copy, copy + n);
	ret = syscall(__NR_write, fd, copy, n);
	free(copy);
	return ret;
}
