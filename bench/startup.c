// SPDX-License-Identifier: GPL-2.0
/*
 * startup NAME COMMAND...: what COMMAND, a perf record, needs from exec() until it
 * has enabled its events for the first time: instructions in user space and in
 * the kernel, and nanoseconds on the guest's clock.
 *
 * perf starts with its events disabled (-D -1), finds the command to enable them
 * waiting on its control file, and acknowledges it.
 */
#include "bench.h"

static void start(char **argv, int argc, uint64_t *instructions, uint64_t *ns)
{
	int control[2], ack[2], go[2], counter;
	struct timespec from, to;
	char text[16] = "";
	pid_t child;

	check(!pipe(control) && !pipe(ack) && !pipe2(go, O_CLOEXEC), "pipe");
	check(write(control[1], "enable\n", 7) == 7, "write");
	child = fork();
	check(child >= 0, "fork");
	if (!child) {
		char fds[32], *args[argc + 5];
		int nr = 0;

		snprintf(fds, sizeof(fds), "--control=fd:%d,%d", control[0], ack[1]);
		args[nr++] = argv[0];
		args[nr++] = argv[1];
		args[nr++] = "-D";
		args[nr++] = "-1";
		args[nr++] = fds;
		for (int i = 2; i <= argc; i++)
			args[nr++] = argv[i];
		dup2(open("/dev/null", O_WRONLY), 1);
		dup2(1, 2);
		check(read(go[0], text, 1) == 1, "read");
		execv(argv[0], args);
		bail_out("%s", argv[0]);
	}
	close(ack[1]);
	counter = counter_open(child, -1, true, true);
	clock_gettime(CLOCK_MONOTONIC, &from);
	check(write(go[1], "", 1) == 1, "write");
	if (read(ack[0], text, sizeof(text) - 1) <= 0 || strncmp(text, "ack", 3))
		bail_out("%s %s did not enable its events", argv[0], argv[1]);
	clock_gettime(CLOCK_MONOTONIC, &to);
	*instructions = counter_read(counter);
	*ns = (to.tv_sec - from.tv_sec) * 1000000000ULL + to.tv_nsec - from.tv_nsec;
	kill(child, SIGINT);
	waitpid(child, NULL, 0);
	close(counter);
	close(control[0]);
	close(control[1]);
	close(ack[0]);
	close(go[0]);
	close(go[1]);
}

int main(int argc, char **argv)
{
	uint64_t instructions, ns;
	char name[64];

	if (argc < 4)
		return 2;
	settle();
	start(argv + 2, argc - 2, &instructions, &ns);
	snprintf(name, sizeof(name), "startup/%s/instructions", argv[1]);
	report(name, &instructions, 1);
	snprintf(name, sizeof(name), "startup/%s/ns", argv[1]);
	report(name, &ns, 1);
	return 0;
}
