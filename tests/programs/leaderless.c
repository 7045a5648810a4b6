// SPDX-License-Identifier: GPL-2.0
/*
 * A process whose first thread has exited, and whose second one works until it is killed. perf
 * still finds the first in /proc/PID/task, and cannot open an event for it.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

static volatile bool stop;

static void *work(void *arg)
{
	while (!stop)
		;
	return arg;
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, NULL))
		return EXIT_FAILURE;
	pthread_exit(NULL);
}
