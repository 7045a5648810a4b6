// SPDX-License-Identifier: GPL-2.0
/*
 * CPU hotplug, tracing by sysfs and PERF_EVENT_IOC_SET_DRV_CONFIG at the same time:
 * the locks that they take must not wait for each other in a circle.
 */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CORESIGHT	"/sys/bus/coresight/devices"
#define SECONDS		5
/* What is stuck stays so; what is slow has a loaded host */
#define PATIENCE	60

static int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY), ret;

	if (fd < 0)
		return -1;
	ret = write(fd, value, strlen(value));
	close(fd);
	return ret < 0 ? -1 : 0;
}

static int event;

static int configure(void)
{
	return ioctl(event, PERF_EVENT_IOC_SET_DRV_CONFIG, "tmc_etr0");
}

/* The first is refused while the CPU that it is about is on its way out */
static int trace(void)
{
	put(CORESIGHT "/etm0/enable_source", "1");
	return put(CORESIGHT "/etm0/enable_source", "0");
}

static int plug(void)
{
	if (put("/sys/devices/system/cpu/cpu3/online", "0"))
		return -1;
	return put("/sys/devices/system/cpu/cpu3/online", "1");
}

static const struct {
	const char *name;
	int (*step)(void);
} loops[] = {
	{ "ioctl()", configure },
	{ "tracing by sysfs", trace },
	{ "CPU hotplug", plug },
};

#define NR_LOOPS (int)(sizeof(loops) / sizeof(loops[0]))

int main(void)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .disabled = 1 };
	time_t end = time(NULL) + SECONDS;
	int status[NR_LOOPS], done = 0;
	pid_t pid[NR_LOOPS];
	FILE *f;

	f = fopen("/sys/bus/event_source/devices/cs_etm/type", "r");
	if (!f || fscanf(f, "%u", &attr.type) != 1)
		return 1;
	event = syscall(__NR_perf_event_open, &attr, -1, 3, -1, 0);
	if (event < 0 || put(CORESIGHT "/tmc_etr0/enable_sink", "1"))
		return 1;

	printf("1..%d\n", NR_LOOPS);
	fflush(stdout);
	for (int i = 0; i < NR_LOOPS; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			int ret = 0;

			while (!ret && time(NULL) < end)
				ret = loops[i].step();
			_exit(!!ret);
		}
		status[i] = -1;
	}

	while (done < NR_LOOPS && time(NULL) < end + PATIENCE) {
		done = 0;
		for (int i = 0; i < NR_LOOPS; i++)
			done += status[i] != -1 || waitpid(pid[i], &status[i], WNOHANG) > 0;
		usleep(100000);
	}
	for (int i = 0; i < NR_LOOPS; i++)
		printf("%sok %d - %s goes on beside the others\n",
		       status[i] ? "not " : "", i + 1, loops[i].name);
	return 0;
}
