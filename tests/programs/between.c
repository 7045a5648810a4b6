// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program, say perf, and unloads a module between the program's last
 * PERF_EVENT_IOC_SET_DRV_CONFIG and its first mmap() of an event after that: so a sink that
 * was accepted is gone when the AUX area is mapped.
 *
 *	between MODULE PROGRAM [ARGUMENT...]
 *
 * Exits with the status of the program; or with 99 and a message if that was not to be had. The
 * module is loaded again when the program has ended.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <sys/ptrace.h>

#include "cs_etm.h"

enum { NOTHING, CHOSEN, GONE };

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "between: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(99);
}

static bool is_event(pid_t pid, int fd)
{
	char path[64], target[64] = "";

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	return readlink(path, target, sizeof(target) - 1) > 0 && strstr(target, "[perf_event]");
}

/* The program has stopped where a system call begins or ends */
static int at_call(pid_t pid, int state, const char *module)
{
	static bool chooses;
	struct __ptrace_syscall_info call;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(call), &call) <= 0)
		die("no system call: %s", strerror(errno));
	if (call.op == PTRACE_SYSCALL_INFO_EXIT) {
		if (chooses && !call.exit.is_error)
			state = CHOSEN;
		chooses = false;
		return state;
	}
	chooses = call.entry.nr == __NR_ioctl &&
		  (uint32_t)call.entry.args[1] == PERF_EVENT_IOC_SET_DRV_CONFIG;
	if (state != CHOSEN || call.entry.nr != __NR_mmap || !is_event(pid, call.entry.args[4]))
		return state;
	if (!module_goes(module))
		die("%s does not go: %s", module, strerror(errno));
	return GONE;
}

int main(int argc, char **argv)
{
	int status, state = NOTHING, sig = 0;
	pid_t pid;

	if (argc < 3)
		die("between MODULE PROGRAM [ARGUMENT...]");
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	/* Not its children, of which one is what perf records, and not its threads */
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		die("ptrace: %s", strerror(errno));
	for (;;) {
		if (ptrace(state == GONE ? PTRACE_CONT : PTRACE_SYSCALL, pid, NULL, (long)sig) ||
		    waitpid(pid, &status, 0) != pid)
			die("the program was lost: %s", strerror(errno));
		if (!WIFSTOPPED(status))
			break;
		sig = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			state = at_call(pid, state, argv[1]);
		else if (WSTOPSIG(status) != SIGTRAP)
			sig = WSTOPSIG(status);
	}
	if (state == GONE && !module_comes(argv[1]))
		die("%s does not come back: %s", argv[1], strerror(errno));
	if (state != GONE)
		die("%s", state == CHOSEN ? "it maps no event" : "it makes no choice");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
