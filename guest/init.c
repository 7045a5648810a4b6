// SPDX-License-Identifier: GPL-2.0
/*
 * Init of the test guest: mounts, runs one command, reports, powers off.
 *
 * The command is the file /run/guest/cmd in the initramfs. Its output goes out
 * on the command channel (see channel.h), away from the kernel's console. What
 * it leaves in /out is written to the disk "out" as a tar archive, if there is
 * one. A disk "root", if there is one, becomes the root, with what is in the
 * initramfs copied to it. /run/guest/tty, if present, asks for a terminal
 * instead of pipes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "channel.h"

#define CMD	"/run/guest/cmd"
#define TTY	"/run/guest/tty"

static int channel = -1;

static void __attribute__((noreturn)) power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

/* Only for errors that init cannot go on with: the console shows the reason. */
static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(errno));
	power_off();
}

static void mount_all(void)
{
	static const struct {
		const char *type, *dir;
		int optional;
	} fs[] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "devpts", "/dev/pts" },
		{ "tmpfs", "/dev/shm" },
		{ "tmpfs", "/tmp" },
		{ "debugfs", "/sys/kernel/debug", 1 },
		{ "tracefs", "/sys/kernel/tracing", 1 },
	};

	for (size_t i = 0; i < sizeof(fs) / sizeof(fs[0]); i++) {
		mkdir(fs[i].dir, 0755);
		if (mount(fs[i].type, fs[i].dir, fs[i].type, 0, NULL) && !fs[i].optional)
			fail(fs[i].dir);
	}
	chmod("/tmp", 01777);
	chmod("/dev/shm", 01777);
}

/* The device of the disk with that serial, or NULL */
static const char *disk(const char *serial)
{
	static char dev[16];
	glob_t found;
	int n = 0;

	if (glob("/sys/block/vd*/serial", 0, NULL, &found))
		return NULL;
	for (size_t i = 0; i < found.gl_pathc && !n; i++) {
		char text[32] = "";
		int fd = open(found.gl_pathv[i], O_RDONLY);

		if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 && !strcmp(text, serial))
			n = snprintf(dev, sizeof(dev), "/dev/%.3s", found.gl_pathv[i] + strlen("/sys/block/"));
		close(fd);
	}
	globfree(&found);
	return n ? dev : NULL;
}

/* Runs a program, which is looked for in $PATH. Returns 0 if it succeeds, else -1. */
static int run(const char *const argv[])
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && !status ? 0 : -1;
}

/* Makes the disk @dev the root, with what is in the initramfs copied to it. */
static void enter(const char *dev)
{
	static const char *const copy[] = { "sh", "-c",
		"tar -C /initramfs -c . | tar -C / -xm --keep-directory-symlink --no-overwrite-dir", NULL };

	mkdir("/disk", 0755);
	if (mount(dev, "/disk", "ext2", 0, NULL))
		fail(dev);
	mkdir("/disk/initramfs", 0755);
	if (mount("/", "/disk/initramfs", NULL, MS_BIND, NULL) || chdir("/disk") ||
	    mount(".", "/", NULL, MS_MOVE, NULL) || chroot("."))
		fail("the root's disk");
	if (run(copy) || umount("/initramfs") || rmdir("/initramfs") || rmdir("/disk"))
		fail("copying the initramfs to the root's disk");
	mount_all();
}

/* A board has a second PL011; plain QEMU's virt has a virtio port. */
static void open_channel(void)
{
	struct termios t;

	/* The virtio port comes up by itself, some time after its driver: for a minute at most. */
	for (int tries = 0; channel < 0 && tries < 6000; tries++) {
		glob_t dev;

		if (!glob("/dev/ttyAMA1", 0, NULL, &dev) ||
		    !glob("/dev/vport*p1", 0, NULL, &dev))
			channel = open(dev.gl_pathv[0], O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (channel < 0)
			usleep(10000);
	}
	if (channel < 0)
		fail("no command channel");
	if (!tcgetattr(channel, &t)) {
		cfmakeraw(&t);
		cfsetspeed(&t, B115200);
		tcsetattr(channel, TCSANOW, &t);
	}
}

static void send(const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(channel, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			fail("command channel");
		p += n;
		len -= n;
	}
}

static void send_frame(char type, const void *data, size_t len)
{
	unsigned char header[FRAME_HEADER] = { type, len >> 8, len };

	send(header, sizeof(header));
	send(data, len);
}

/* Returns false at the end of the stream. */
static int forward(int fd, char type)
{
	char buf[FRAME_MAX];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n > 0)
		send_frame(type, buf, n);
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Loads the drivers of CoreSight that this kernel has as modules, but no test modules */
static void load_modules(void)
{
	glob_t found;

	/* A kernel without CoreSight has none */
	if (glob("/lib/modules/*/kernel/drivers/hwtracing/coresight/*.ko", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *name = strrchr(found.gl_pathv[i], '/') + 1;

		*strrchr(name, '.') = '\0';
		if (!strstr(name, "kunit") && run((const char *[]){ "modprobe", name, NULL }))
			fail(name);
	}
	globfree(&found);
}

static void __attribute__((noreturn)) exec_command(void)
{
	if (chdir("/extra"))
		chdir("/root");
	execl("/bin/sh", "sh", CMD, NULL);
	_exit(127);
}

static pid_t start_piped(int *out, int *err)
{
	int o[2], e[2];
	pid_t pid;

	if (pipe2(o, O_CLOEXEC) || pipe2(e, O_CLOEXEC))
		fail("pipe");
	pid = fork();
	if (!pid) {
		setsid();
		dup2(open("/dev/null", O_RDONLY), 0);
		dup2(o[1], 1);
		dup2(e[1], 2);
		exec_command();
	}
	close(o[1]);
	close(e[1]);
	*out = o[0];
	*err = e[0];
	return pid;
}

static pid_t start_on_tty(int *master)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	FILE *f = fopen(TTY, "r");
	pid_t pid;

	if (f) {
		if (fscanf(f, "%hu %hu", &size.ws_row, &size.ws_col) != 2 || !size.ws_row)
			size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
		fclose(f);
	}
	pid = forkpty(master, NULL, NULL, &size);
	if (!pid)
		exec_command();
	return pid;
}

/* Runs the command to its end; returns its status as a shell would. */
static int run_command(void)
{
	struct pollfd fds[] = {
		{ .fd = -1, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};
	int status, done = 0;
	pid_t pid;

	if (access(TTY, F_OK)) {
		pid = start_piped(&fds[0].fd, &fds[1].fd);
	} else {
		pid = start_on_tty(&fds[0].fd);
		fds[2].fd = channel;
	}
	if (pid < 0)
		fail("fork");

	/*
	 * The end of the command ends the run, even if a process it left behind
	 * still holds its output open: take the output there is by then, no more.
	 */
	for (;;) {
		int n = poll(fds, 3, done ? 0 : 20);

		if (n > 0 && fds[0].revents && !forward(fds[0].fd, FRAME_OUT))
			fds[0].fd = -1;
		if (n > 0 && fds[1].revents && !forward(fds[1].fd, FRAME_ERR))
			fds[1].fd = -1;
		if (n > 0 && fds[2].revents & POLLIN) {
			char keys[64];
			ssize_t k = read(channel, keys, sizeof(keys));

			if (k > 0)
				write(fds[0].fd, keys, k);
		}
		if (done && n <= 0)
			break;
		if (!done) {
			pid_t p;

			while ((p = waitpid(-1, &status, WNOHANG)) > 0) {
				if (p == pid) {
					done = 1;
					break;
				}
			}
		} else if (fds[0].fd < 0 && fds[1].fd < 0) {
			break;
		}
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int save_out(void)
{
	const char *dev = disk("out");

	return dev ? run((const char *[]){ "tar", "-cf", dev, "-C", "/out", ".", NULL }) : 0;
}

/* Writes @digit to @file, if another one is there. Returns whether it was. */
static bool switch_to(const char *file, char digit)
{
	int fd = open(file, O_RDWR);
	char was;

	if (fd < 0 || read(fd, &was, 1) != 1 || (was != digit && pwrite(fd, &digit, 1, 0) != 1))
		fail(file);
	close(fd);
	return was != digit;
}

/*
 * At the first event of a task, perf patches the kernel's text so that it is called at each
 * switch of tasks. QEMU before 8.1 may run the old text forever if another CPU's thread
 * translates that page of it at this moment. A context then stays active on a CPU that its
 * task has left, and perf oopses or hangs. So init opens an event that counts nothing while
 * no other CPU is online, and keeps it open. Expedited RCU makes taking CPUs offline faster.
 */
static void patch_perf_once(void)
{
	static const char rcu[] = "/sys/kernel/rcu_expedited";
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.size = sizeof(attr),
		.disabled = 1,
	};
	glob_t others = { };
	bool *was_on;

	glob("/sys/devices/system/cpu/cpu[1-9]*/online", 0, NULL, &others);
	was_on = calloc(others.gl_pathc + 1, sizeof(*was_on));
	switch_to(rcu, '1');
	for (size_t i = 0; i < others.gl_pathc; i++)
		was_on[i] = switch_to(others.gl_pathv[i], '0');
	/* A kernel without perf needs none */
	syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	/* CPUs that maxcpus= has kept offline stay so: they may not come up at all */
	for (size_t i = 0; i < others.gl_pathc; i++)
		if (was_on[i])
			switch_to(others.gl_pathv[i], '1');
	switch_to(rcu, '0');
	free(was_on);
	globfree(&others);
}

int main(void)
{
	static const char lost[] = "init: cannot write /out to the disk\n";
	const char *root;
	char text[16];
	int status;

	if (getpid() != 1)
		return 1;
	clearenv();
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "vt100", 1);
	mount_all();
	patch_perf_once();
	root = disk("root");
	if (root)
		enter(root);
	open_channel();
	load_modules();

	status = run_command();
	if (save_out()) {
		send_frame(FRAME_ERR, lost, sizeof(lost) - 1);
		status = status ?: 125;
	}
	snprintf(text, sizeof(text), "%d", status);
	send_frame(FRAME_EXIT, text, strlen(text));
	tcdrain(channel);
	power_off();
}
