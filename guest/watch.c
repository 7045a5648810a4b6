// SPDX-License-Identifier: GPL-2.0
/*
 * Runs QEMU and speaks for the guest: takes the command's output from the
 * command channel (QEMU's stdin and stdout, see channel.h), exits with the
 * command's status, and makes sure that the run ends, whatever the guest does.
 *
 *	watch [-i] [-t seconds] [-c console-log] -- qemu...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"

#define STATUS_TIMEOUT	124
#define STATUS_LOST	125
#define POWER_OFF	120		/* s; it takes none, unless the host is busy or KASAN runs */
#define TAIL_LINES	40
#define KEY_QUIT	0x1d		/* Ctrl-] */

static pid_t qemu;
static const char *console;
static struct termios saved;
static int raw;
static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	stopped = sig;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void put(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			p += n;
			len -= n;
		}
	}
}

static void end_qemu(void)
{
	if (!qemu)
		return;
	kill(qemu, SIGKILL);
	waitpid(qemu, NULL, 0);
	qemu = 0;
}

static void show_console(void)
{
	long at[TAIL_LINES] = { 0 };
	unsigned int lines = 0;
	FILE *f = console ? fopen(console, "r") : NULL;
	int c;

	if (!f)
		return;
	while ((c = getc(f)) != EOF)
		if (c == '\n')
			at[++lines % TAIL_LINES] = ftell(f);
	if (lines) {
		fprintf(stderr, "guest: the last lines of its console:\n");
		fseek(f, lines < TAIL_LINES ? 0 : at[(lines + 1) % TAIL_LINES], SEEK_SET);
		while ((c = getc(f)) != EOF)
			if (c != '\r')
				putc(c, stderr);
	}
	fclose(f);
}

static void __attribute__((noreturn, format(printf, 2, 3)))
finish(int status, const char *fmt, ...)
{
	va_list ap;

	end_qemu();
	if (raw)
		tcsetattr(0, TCSANOW, &saved);
	if (fmt) {
		fprintf(stderr, "guest: ");
		va_start(ap, fmt);
		vfprintf(stderr, fmt, ap);
		va_end(ap);
		putc('\n', stderr);
		show_console();
	}
	exit(status);
}

static void start_qemu(char **argv, int *to, int *from)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		finish(STATUS_LOST, "pipe: %s", strerror(errno));
	qemu = fork();
	if (qemu < 0)
		finish(STATUS_LOST, "fork: %s", strerror(errno));
	if (!qemu) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[0]);
		close(in[1]);
		close(out[0]);
		close(out[1]);
		/* Not in the terminal's foreground group: keys are the guest's. */
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(argv[0], argv);
		fprintf(stderr, "guest: cannot run %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	*to = in[1];
	*from = out[0];
}

/*
 * Passes on whole frames from buf. Returns how many bytes it used; an exit
 * frame is reported in *status.
 */
static size_t take_frames(const unsigned char *buf, size_t len, int *status)
{
	size_t used = 0;

	while (len - used >= FRAME_HEADER) {
		const unsigned char *f = buf + used;
		size_t n = f[1] << 8 | f[2];
		const char *data = (const char *)f + FRAME_HEADER;

		if (n > FRAME_MAX || !strchr("OEX", f[0]))
			finish(STATUS_LOST, "the command channel carries no frame");
		if (len - used < FRAME_HEADER + n)
			break;
		if (f[0] == FRAME_OUT)
			put(1, data, n);
		else if (f[0] == FRAME_ERR)
			put(2, data, n);
		else
			*status = strtol(strndupa(data, n), NULL, 10);
		used += FRAME_HEADER + n;
	}
	return used;
}

/* Passes on keys; false when there are none any more */
static bool pump_keys(int to)
{
	char keys[64];
	ssize_t n = read(0, keys, sizeof(keys));

	if (n <= 0)
		return false;
	if (raw && memchr(keys, KEY_QUIT, n))
		finish(STATUS_LOST, NULL);
	put(to, keys, n);
	return true;
}

/* Passes on what the guest says; false when QEMU has ended */
static bool pump_frames(int from, int *status)
{
	static unsigned char buf[4 * (FRAME_HEADER + FRAME_MAX)];
	static size_t have;
	ssize_t n = read(from, buf + have, sizeof(buf) - have);
	size_t used;

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	have += n;
	used = take_frames(buf, have, status);
	have -= used;
	memmove(buf, buf + used, have);
	return true;
}

/* Until QEMU ends; returns the command's status, or -1 if it was none */
static int pump(int to, int from, double limit, bool interactive)
{
	double deadline = now() + limit;
	int status = -1;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = from, .events = POLLIN },
			{ .fd = interactive ? 0 : -1, .events = POLLIN },
		};
		double left = limit ? deadline - now() : 1;

		if (stopped)
			finish(128 + stopped, NULL);
		if (left <= 0 && status < 0)
			finish(STATUS_TIMEOUT, "no end after %g s; stopped", limit);
		if (left <= 0)
			finish(STATUS_LOST, "the command ended with %d, but the guest does not power off",
			       status);
		if (poll(fds, 2, left > 1 ? 1000 : left * 1000 + 1) <= 0)
			continue;
		if (fds[1].revents)
			interactive = pump_keys(to);
		if (fds[0].revents && !pump_frames(from, &status))
			return status;
		if (status >= 0 && (!limit || deadline > now() + POWER_OFF)) {
			limit = POWER_OFF;
			deadline = now() + limit;
		}
	}
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };
	int opt, to, from, status, qemu_status;
	bool interactive = false;
	double limit = 0;

	while ((opt = getopt(argc, argv, "+it:c:")) != -1) {
		if (opt == 'i')
			interactive = true;
		else if (opt == 't')
			limit = atof(optarg);
		else if (opt == 'c')
			console = optarg;
		else
			return STATUS_LOST;
	}
	if (optind >= argc)
		return STATUS_LOST;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	start_qemu(argv + optind, &to, &from);

	if (interactive && !tcgetattr(0, &saved)) {
		struct termios t = saved;

		cfmakeraw(&t);
		tcsetattr(0, TCSANOW, &t);
		raw = 1;
	}
	status = pump(to, from, limit, interactive);

	waitpid(qemu, &qemu_status, 0);
	qemu = 0;
	if (status < 0 && WIFSIGNALED(qemu_status))
		finish(STATUS_LOST, "QEMU died of signal %d", WTERMSIG(qemu_status));
	if (status < 0 && WEXITSTATUS(qemu_status))
		finish(STATUS_LOST, "QEMU exited with %d", WEXITSTATUS(qemu_status));
	if (status < 0)
		finish(STATUS_LOST, "it stopped before the command ended");
	finish(status, NULL);
}
