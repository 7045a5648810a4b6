// SPDX-License-Identifier: GPL-2.0
/*
 * Tries to change the sink of a cs_etm event after its AUX area was mapped, and
 * prints the result. Exits with 0 if the kernel refused with EBUSY.
 *
 *	remap SINK
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int set(int fd, const char *when, const char *sink)
{
	int ret = ioctl(fd, PERF_EVENT_IOC_SET_DRV_CONFIG, sink);

	printf("    ioctl(fd, PERF_EVENT_IOC_SET_DRV_CONFIG, \"%s\") %s: %s\n", sink, when,
	       ret ? strerror(errno) : "OK");
	return ret ? errno : 0;
}

int main(int argc, char **argv)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .disabled = 1, .exclude_kernel = 1 };
	long page = sysconf(_SC_PAGE_SIZE);
	struct perf_event_mmap_page *data;
	void *aux;
	FILE *f;
	int fd;

	f = fopen("/sys/bus/event_source/devices/cs_etm/type", "r");
	if (argc != 2 || !f || fscanf(f, "%u", &attr.type) != 1) {
		fprintf(stderr, "usage: remap SINK, where there is a cs_etm PMU\n");
		return 2;
	}
	fd = syscall(__NR_perf_event_open, &attr, 0, -1, -1, 0);
	if (fd < 0 || set(fd, "before mmap()", argv[1]))
		return 1;
	data = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		return 1;
	data->aux_offset = 3 * page;
	data->aux_size = 16 * page;
	aux = mmap(NULL, 16 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 3 * page);
	if (aux == MAP_FAILED)
		return 1;
	if (set(fd, "while the AUX area is mapped", argv[1]) != EBUSY)
		return 1;
	munmap(aux, 16 * page);
	return set(fd, "after munmap()", argv[1]) ? 1 : 0;
}
