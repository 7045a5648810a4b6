/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of PERF_EVENT_IOC_SET_DRV_CONFIG have in common: the CoreSight
 * topology as sysfs has it, events, buffers, and TAP.
 */
#ifndef CS_ETM_H
#define CS_ETM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PMU		"/sys/bus/event_source/devices/cs_etm"
#define CORESIGHT	"/sys/bus/coresight/devices"
#define USERS		"/sys/module/meet/parameters/users"
#define MONITOR		0x1c200000UL	/* of the boards, see docs/board.md */
#define MAX_CPUS	16
#define MAX_NAMES	64
#define PAGE		4096UL

#ifndef PERF_EVENT_IOC_SET_DRV_CONFIG	/* the headers may be the base's */
#define PERF_EVENT_IOC_SET_DRV_CONFIG	_IOW('$', 12, char *)
#endif

struct board {
	uint32_t type;				/* of the PMU */
	int nr_cpus;
	int nr_sinks;				/* that perf can use */
	char sink[MAX_NAMES][64];
	uint32_t id[MAX_NAMES];			/* as for attr.config2 */
	int nr_devices;				/* on the CoreSight bus, sinks too */
	char device[MAX_NAMES][64];
	uint32_t reach[MAX_CPUS];		/* a bit for each sink */
	int by_default[MAX_CPUS];		/* the sink where none is chosen */
};

static inline void __attribute__((noreturn, format(printf, 1, 2)))
bail_out(const char *fmt, ...)
{
	va_list ap;

	printf("Bail out! ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(" (%s)\n", strerror(errno));
	fflush(stdout);
	_exit(1);
}

static int points, bad;			/* of TAP, all and those that failed */

static inline void __attribute__((format(printf, 2, 3))) ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++points);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	bad += !good;
}

/* Prints the plan; returns what the program is to exit with */
static inline int done_testing(void)
{
	printf("1..%d\n", points);
	return bad != 0;
}

static inline long read_number(const char *path, int base)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	return n > 0 ? (long)strtoul(text, NULL, base) : -1;
}

static inline int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	int ret = n < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return ret;
}

/* Writes to @file of a device in sysfs; returns the error */
static inline int sysfs(const char *device, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), CORESIGHT "/%s/%s", device, file);
	return write_text(path, text);
}

static inline int list_names(const char *path, char names[][64])
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int nr = 0;

	while (dir && nr < MAX_NAMES && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			snprintf(names[nr++], 64, "%.63s", e->d_name);
	if (dir)
		closedir(dir);
	/* The same order each time, so that a seed means the same */
	qsort(names, nr, 64, (int (*)(const void *, const void *))strcmp);
	return nr;
}

/* The index of the sink @name, or -1 */
static inline int find_sink(const struct board *b, const char *name)
{
	for (int i = 0; i < b->nr_sinks; i++)
		if (!strcmp(b->sink[i], name))
			return i;
	return -1;
}

/*
 * Returns the table of boards/BOARD/expect for this board, which the device tree names. What
 * the kernel and perf make of the connections is judged by this table, not by the same
 * connections. NULL if this is a real board, for which the kit has no table.
 */
static inline const char *expected_reach(void)
{
	static const struct {
		const char *compatible, *reach;
	} boards[] = {
#include "boards.h"
	};
	char text[PAGE] = "";
	int fd = open("/proc/device-tree/compatible", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) < 0)
			bail_out("the device tree");
		close(fd);
	}
	for (size_t i = 0; i < sizeof(boards) / sizeof(boards[0]); i++)
		if (!strcmp(boards[i].compatible, text))
			return boards[i].reach;
	if (!strncmp(text, "coresight-board,", 16))
		bail_out("boards/ has no %s", text);
	return NULL;
}

/* Adds a sink to those that @cpu reaches. By default a CPU has its own sink, then an ETR */
static inline void add_reached(struct board *b, int cpu, int sink)
{
	const char *name = b->sink[sink];
	int *best = &b->by_default[cpu];

	b->reach[cpu] |= 1u << sink;
	if (*best < 0 || !strstr(name, "etf") > !strstr(b->sink[*best], "etf") || strstr(name, "trbe"))
		*best = sink;
}

/* By the connections in sysfs: adds the sinks behind the device at @path to those of @cpu */
static inline void follow(struct board *b, int cpu, const char *path)
{
	char real[PATH_MAX], next[PATH_MAX + 64];
	struct dirent *e;
	DIR *dir;
	int sink;

	if (!realpath(path, real))
		return;
	sink = find_sink(b, strrchr(real, '/') + 1);
	if (sink >= 0)
		add_reached(b, cpu, sink);
	snprintf(next, sizeof(next), "%s/connections", real);
	dir = opendir(next);
	while (dir && (e = readdir(dir))) {
		if (strncmp(e->d_name, "out:", 4))
			continue;
		snprintf(next, sizeof(next), "%s/connections/%.32s", real, e->d_name);
		follow(b, cpu, next);
	}
	if (dir)
		closedir(dir);
}

static inline void follow_connections(struct board *b)
{
	char path[64];

	for (int cpu = 0; cpu < b->nr_cpus; cpu++) {
		snprintf(path, sizeof(path), PMU "/cpu%d", cpu);
		follow(b, cpu, path);
		/* Nothing is connected to a CPU's own sink */
		snprintf(path, sizeof(path), "trbe%d", cpu);
		if (find_sink(b, path) >= 0)
			add_reached(b, cpu, find_sink(b, path));
	}
}

/* The CPUs of a list like "0-2,5", a bit for each; "-" is none */
static inline uint32_t cpu_list(const char *list)
{
	uint32_t cpus = 0;
	int from, to, n;

	while (sscanf(list, "%d%n", &from, &n) == 1) {
		list += n;
		to = from;
		if (sscanf(list, "-%d%n", &to, &n) == 1)
			list += n;
		for (; from <= to; from++)
			cpus |= 1u << from;
		list += *list == ',';
	}
	return cpus;
}

/* Takes the table at @reach: a sink and its CPUs in each line */
static inline void look_at_reach(struct board *b, const char *reach)
{
	char name[64], list[64];
	int nr = 0, n;

	for (; sscanf(reach, "%63s %63s%n", name, list, &n) == 2; reach += n, nr++) {
		int sink = find_sink(b, name);

		if (sink < 0)
			bail_out("perf has no sink %s", name);
		for (int cpu = 0; cpu < b->nr_cpus; cpu++)
			if (cpu_list(list) >> cpu & 1)
				add_reached(b, cpu, sink);
	}
	if (nr != b->nr_sinks)
		bail_out("perf has %d sinks, not %d", b->nr_sinks, nr);
}

static inline void look_at_board(struct board *b)
{
	const char *reach = expected_reach();
	char path[PATH_MAX];
	long type = read_number(PMU "/type", 10);

	if (type < 0)
		bail_out("no cs_etm PMU");
	b->type = type;
	b->nr_cpus = sysconf(_SC_NPROCESSORS_CONF);
	b->nr_sinks = list_names(PMU "/sinks", b->sink);
	b->nr_devices = list_names(CORESIGHT, b->device);
	if (!b->nr_sinks || b->nr_cpus > MAX_CPUS)
		bail_out("%d sinks, %d CPUs", b->nr_sinks, b->nr_cpus);
	for (int i = 0; i < b->nr_sinks; i++) {
		snprintf(path, sizeof(path), PMU "/sinks/%s", b->sink[i]);
		b->id[i] = read_number(path, 16);
	}
	for (int cpu = 0; cpu < b->nr_cpus; cpu++)
		b->by_default[cpu] = -1;
	if (reach)
		look_at_reach(b, reach);
	else
		follow_connections(b);
}

/*
 * Whether CPUs have different sinks by default. The buffer of an event that is bound to no CPU
 * is then of the first one's, and the driver of another warns if that cannot use it, see
 * docs/reliability.md. A test that is not about this chooses a sink.
 */
static inline bool defaults_differ(const struct board *b)
{
	for (int cpu = 1; cpu < b->nr_cpus; cpu++)
		if (b->by_default[cpu] != b->by_default[0])
			return true;
	return false;
}

/* The ID of the sink @name, as for attr.config2; 0 if there is none */
static inline uint32_t id_of(const struct board *b, const char *name)
{
	int sink = find_sink(b, name);

	return sink < 0 ? 0 : b->id[sink];
}

enum { START_PAUSED = 1 << 0, REMOVE_ON_EXEC = 1 << 1 };

static inline int event_open_with(int flags, uint32_t type, pid_t pid, int cpu, bool inherit,
				  uint64_t config2)
{
	struct perf_event_attr attr = {
		.type = type,
		.size = sizeof(attr),
		.config2 = config2,
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.inherit = inherit,
		.remove_on_exec = !!(flags & REMOVE_ON_EXEC),
		.aux_start_paused = !!(flags & START_PAUSED),
	};

	if (type == PERF_TYPE_SOFTWARE)
		attr.config = PERF_COUNT_SW_DUMMY;
	return syscall(__NR_perf_event_open, &attr, pid, cpu, -1, 0);
}

static inline int event_open(uint32_t type, pid_t pid, int cpu, bool inherit, uint64_t config2)
{
	return event_open_with(0, type, pid, cpu, inherit, config2);
}

/*
 * As event_open_with(), but the process that opens the event exits, so nobody owns the
 * event. It shares its descriptors with this process. @pid must not be 0, which would
 * mean the process that exits.
 */
static inline int event_open_orphan(int flags, uint32_t type, pid_t pid, int cpu, bool inherit,
				    uint64_t config2)
{
	static __thread int *fd;
	pid_t owner;

	if (!fd)
		fd = mmap(NULL, sizeof(*fd), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	owner = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (!owner) {
		*fd = event_open_with(flags, type, pid, cpu, inherit, config2);
		if (*fd < 0)
			*fd = -errno;
		_exit(0);
	}
	if (owner < 0 || waitpid(owner, NULL, 0) != owner)
		bail_out("the owner of an event");
	if (*fd >= 0)
		return *fd;
	errno = -*fd;
	return -1;
}

static inline int set_config(int fd, const char *config)
{
	return ioctl(fd, PERF_EVENT_IOC_SET_DRV_CONFIG, config) ? -errno : 0;
}

/* Maps the data buffer: the user page, and @pages of data */
static inline void *map_data(int fd, int pages)
{
	return mmap(NULL, (1 + pages) * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static inline void *map_aux(int fd, struct perf_event_mmap_page *page, int data_pages, int pages)
{
	page->aux_offset = (1 + data_pages) * PAGE;
	page->aux_size = pages * PAGE;
	return mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    (1 + data_pages) * PAGE);
}

/* Maps both buffers of @fd, which was just opened; bails out if that fails */
static inline void map_both(int fd, struct perf_event_mmap_page **data, int data_pages,
			    char **aux, int aux_pages)
{
	if (fd < 0)
		bail_out("perf_event_open");
	*data = map_data(fd, data_pages);
	if (*data == MAP_FAILED)
		bail_out("mmap");
	*aux = map_aux(fd, *data, data_pages, aux_pages);
	if (*aux == MAP_FAILED)
		bail_out("mmap of the AUX area");
}

/* Unmaps both buffers and closes @fd; @aux may be NULL */
static inline void close_both(int fd, void *data, int data_pages, void *aux, int aux_pages)
{
	if (aux)
		munmap(aux, aux_pages * PAGE);
	munmap(data, (1 + data_pages) * PAGE);
	close(fd);
}

/* A record of perf, as far as it is read here */
struct record {
	struct perf_event_header head;
	uint64_t word[4];
};

/*
 * Copies the record at @*pos of the data, and puts *@pos after it. A record may begin at
 * the end of the buffer and end at its beginning. False if there is none any more.
 */
static inline bool next_record(struct perf_event_mmap_page *page, uint64_t *pos, struct record *r)
{
	const char *data = (char *)page + PAGE;

	if (*pos >= page->data_head)
		return false;
	__sync_synchronize();
	for (size_t i = 0; i < sizeof(*r); i++)
		((char *)r)[i] = data[(*pos + i) % page->data_size];
	*pos += r->head.size;
	/* A record of size 0 would be read forever */
	return r->head.size;
}

/*
 * The ID of the sink that trace went to, by the next record from @*pos on that has one; 0 if
 * none has. No record may have been overwritten.
 */
static inline uint32_t next_sink(struct perf_event_mmap_page *page, uint64_t *pos)
{
	struct record r;

	while (next_record(page, pos, &r))
		if (r.head.type == PERF_RECORD_AUX_OUTPUT_HW_ID)
			return r.word[0] >> 8;
	return 0;
}

/* Whether a record since data_tail says that trace was lost; makes room for more */
static inline bool flagged(struct perf_event_mmap_page *page)
{
	uint64_t pos = page->data_tail;
	bool found = false;
	struct record r;

	while (next_record(page, &pos, &r))
		/* After the offset and the size */
		if (r.head.type == PERF_RECORD_AUX)
			found |= r.word[2] & PERF_AUX_FLAG_TRUNCATED;
	page->data_tail = pos;
	return found;
}

/* Where the registers of the sink @name are; a TRBE's are its CPU's, counted from 1 */
static inline uint64_t sink_address(const char *name)
{
	char path[PATH_MAX], real[PATH_MAX];
	int cpu;

	if (sscanf(name, "trbe%d", &cpu) == 1)
		return cpu + 1;
	snprintf(path, sizeof(path), CORESIGHT "/%s", name);
	if (!realpath(path, real))
		bail_out("%s", path);
	/* .../20070000.etr/tmc_etr0 */
	*strrchr(real, '/') = '\0';
	return strtoull(strrchr(real, '/') + 1, NULL, 16);
}

/* Real boards have no monitor, so nobody but the kernel can say where trace went */
static inline bool has_monitor(void)
{
	return !access("/proc/device-tree/monitor", F_OK);
}

/*
 * How many bytes of trace the sink @name has received, by the board's monitor: what the
 * model counted, whatever the kernel says. 0 where there is no monitor.
 */
static inline uint64_t received(const char *name)
{
	static volatile uint64_t *monitor;
	uint64_t address;

	if (!has_monitor())
		return 0;
	address = sink_address(name);
	if (!monitor) {
		int fd = open("/dev/mem", O_RDONLY | O_SYNC | O_CLOEXEC);

		monitor = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, MONITOR);
		if (monitor == MAP_FAILED)
			bail_out("/dev/mem");
		close(fd);
	}
	for (int i = 0; monitor[i]; i += 2)
		if (monitor[i] == address)
			return monitor[i + 1];
	bail_out("the monitor does not know %s", name);
}

/* What received() says of each sink of @b */
static inline void all_received(const struct board *b, uint64_t *bytes)
{
	for (int i = 0; i < b->nr_sinks; i++)
		bytes[i] = received(b->sink[i]);
}

/* The sinks that have received something since @before, a bit for each */
static inline uint32_t receivers(const struct board *b, const uint64_t *before)
{
	uint64_t now[MAX_NAMES];
	uint32_t bits = 0;

	all_received(b, now);
	for (int i = 0; i < b->nr_sinks; i++)
		if (now[i] != before[i])
			bits |= 1u << i;
	return bits;
}

/* How many warnings the kernel has printed since this was called last */
static inline int new_warnings(void)
{
	static int log = -1;
	char line[8192];
	int nr = 0;
	ssize_t n;

	if (log < 0)
		log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log < 0)
		bail_out("/dev/kmsg");
	while ((n = read(log, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		line[n > 0 ? n : 0] = '\0';
		nr += !!strstr(line, "WARNING:");
	}
	return nr;
}

/* The path of the module @name; there is such a file unless the driver is built in */
static inline const char *module_file(const char *name)
{
	static char path[PATH_MAX];
	struct utsname u;
	char *c;

	uname(&u);
	snprintf(path, sizeof(path),
		 "/lib/modules/%s/kernel/drivers/hwtracing/coresight/%s.ko", u.release, name);
	for (c = strrchr(path, '/'); *c; c++)
		if (*c == '_')
			*c = '-';
	return path;
}

/*
 * Whether no device of CoreSight is in use and none has lost count of its users, by meet.ko;
 * prints those for which that is not so. Deferred work may take a moment.
 */
static inline bool nobody_uses(void)
{
	char text[PAGE];
	ssize_t n = -1;

	for (int i = 0; i < 200 && n; i++) {
		int fd = open(USERS, O_RDONLY | O_CLOEXEC);

		n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
		if (n < 0)
			bail_out(USERS);
		close(fd);
		if (n)
			usleep(10000);
	}
	text[n] = '\0';
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		printf("# in use: %s\n", line);
	return !n;
}

static inline bool module_goes(const char *name)
{
	return !syscall(__NR_delete_module, name, O_NONBLOCK);
}

static inline bool module_comes(const char *name)
{
	int fd = open(module_file(name), O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && (!syscall(__NR_finit_module, fd, "", 0) || errno == EEXIST);

	if (fd >= 0)
		close(fd);
	return good;
}

static inline int run_on(int cpu)
{
	cpu_set_t mask;

	CPU_ZERO(&mask);
	CPU_SET(cpu, &mask);
	return sched_setaffinity(0, sizeof(mask), &mask);
}

/* xorshift64*: the same numbers for the same seed, everywhere */
static inline uint32_t random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 0x2545f4914f6cdd1dULL) >> 32;
}

/* Something to trace */
static inline void spin(int n)
{
	for (int i = 0; i < n; i++)
		asm volatile("");
}

#ifdef __arm__
/*
 * In place of glibc's, which calls the kernel with a 32-bit time. The guests' kernels do not
 * have that call, so that one returns at once.
 */
int usleep(useconds_t us)
{
	int64_t wait[2] = { us / 1000000, us % 1000000 * 1000 };

	return syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, wait, NULL);
}
#endif

static inline double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

#endif
