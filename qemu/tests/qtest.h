/*
 * A client of QEMU's qtest protocol (docs/devel/qtest.rst in QEMU)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands are text, one a line; so are the replies.  Writes are queued and
 * their replies checked later, because a round trip for each of millions of
 * accesses would take too long.  A reset goes through QMP, as qtest has none.
 */
#ifndef BOARD_TESTS_QTEST_H
#define BOARD_TESTS_QTEST_H

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define QTEST_BATCH 1000

static FILE *qtest_in, *qtest_out, *qmp_in, *qmp_out;
static pid_t qtest_pid;
static unsigned qtest_queued;

static void __attribute__((noreturn)) qtest_die(const char *why)
{
    int status;

    printf("Bail out! %s", why);
    if (qtest_pid && waitpid(qtest_pid, &status, WNOHANG) == qtest_pid) {
        if (WIFSIGNALED(status)) {
            printf(": QEMU was killed by signal %d", WTERMSIG(status));
        } else {
            printf(": QEMU ended with status %d", WEXITSTATUS(status));
        }
    } else if (qtest_pid) {
        kill(qtest_pid, SIGKILL);
    }
    printf("\n");
    exit(1);
}

static void qtest_timeout(int sig)
{
    qtest_die("QEMU hangs");
}

/* Replies start with "OK" or, an answer to "irq_intercept", "IRQ". */
static void qtest_reply(char *line, size_t size)
{
    alarm(60);
    if (!fgets(line, size, qtest_in)) {
        sleep(1);
        qtest_die("no reply");
    }
    alarm(0);
    if (strncmp(line, "OK", 2)) {
        qtest_die(line);
    }
}

static void qtest_sync(void)
{
    char line[256];

    fflush(qtest_out);
    while (qtest_queued) {
        qtest_reply(line, sizeof(line));
        qtest_queued--;
    }
}

static void __attribute__((format(printf, 1, 2)))
qtest_send(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vfprintf(qtest_out, fmt, ap);
    va_end(ap);
    if (++qtest_queued == QTEST_BATCH) {
        qtest_sync();
    }
}

static inline void writel(uint64_t addr, uint32_t value)
{
    qtest_send("writel 0x%" PRIx64 " 0x%" PRIx32 "\n", addr, value);
}

/* @size: as in the names of the functions below */
static uint64_t qtest_read(char size, uint64_t addr)
{
    char line[256];

    qtest_sync();
    fprintf(qtest_out, "read%c 0x%" PRIx64 "\n", size, addr);
    fflush(qtest_out);
    qtest_reply(line, sizeof(line));
    return strtoull(line + 3, NULL, 0);
}

static inline uint32_t readl(uint64_t addr)
{
    return qtest_read('l', addr);
}

static inline uint64_t readq(uint64_t addr)
{
    return qtest_read('q', addr);
}

static inline void read_memory(uint64_t addr, uint8_t *to, size_t n)
{
    size_t i, size = 2 * n + 16;
    char *line = malloc(size), digits[3] = "";

    qtest_sync();
    fprintf(qtest_out, "read 0x%" PRIx64 " 0x%zx\n", addr, n);
    fflush(qtest_out);
    qtest_reply(line, size);
    for (i = 0; i < n; i++) {
        memcpy(digits, line + 5 + 2 * i, 2);
        to[i] = strtoul(digits, NULL, 16);
    }
    free(line);
}

/*
 * Send a QMP command, with its arguments if it has any, and wait for a line
 * that has @answer.
 */
static void qmp(const char *command, const char *arguments, const char *answer)
{
    char line[4096];

    qtest_sync();
    fprintf(qmp_out, "{\"execute\": \"%s\", \"arguments\": {%s}}\n", command,
            arguments);
    fflush(qmp_out);
    alarm(60);
    do {
        if (!fgets(line, sizeof(line), qmp_in)) {
            qtest_die("no QMP answer");
        }
    } while (!strstr(line, answer));
    alarm(0);
}

static inline void qtest_reset(void)
{
    qmp("system_reset", "", "\"RESET\"");
}

/* Start QEMU; with @incoming, from the state saved in that file. */
static void qtest_start(const char *qemu, const char *dtb, const char *log,
                        const char *incoming)
{
    char arg[2][64], arguments[4096];
    int fds[2][2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds[0]) ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, fds[1])) {
        qtest_die("socketpair");
    }
    signal(SIGALRM, qtest_timeout);
    signal(SIGPIPE, SIG_IGN);
    qtest_pid = fork();
    if (!qtest_pid) {
        close(fds[0][0]);
        close(fds[1][0]);
        snprintf(arg[0], sizeof(arg[0]), "socket,id=qtest,fd=%d", fds[0][1]);
        snprintf(arg[1], sizeof(arg[1]), "socket,id=qmp,fd=%d", fds[1][1]);
        execl(qemu, qemu, "-M", "coresight", "-accel", "qtest", "-dtb", dtb,
              "-m", "64M", "-display", "none", "-nic", "none", "-monitor",
              "none", "-serial", "none", "-chardev", arg[0], "-qtest",
              "chardev:qtest", "-qtest-log", "/dev/null", "-chardev", arg[1],
              "-mon", "chardev=qmp,mode=control", "-d", "guest_errors,unimp",
              "-D", log, incoming ? "-incoming" : NULL, "defer", (char *)NULL);
        _exit(127);
    }
    close(fds[0][1]);
    close(fds[1][1]);
    qtest_in = fdopen(fds[0][0], "r");
    qtest_out = fdopen(dup(fds[0][0]), "w");
    setvbuf(qtest_out, NULL, _IOFBF, 1 << 16);
    qmp_in = fdopen(fds[1][0], "r");
    qmp_out = fdopen(dup(fds[1][0]), "w");
    qmp("qmp_capabilities", "", "return");
    qmp("migrate-set-capabilities", "\"capabilities\": [{\"capability\": "
        "\"events\", \"state\": true}]", "return");
    if (incoming) {
        snprintf(arguments, sizeof(arguments), "\"uri\": \"exec:cat '%s'\"",
                 incoming);
        qmp("migrate-incoming", arguments, "\"completed\"");
    }
}

/* Save the machine's state to @file. */
static inline void qtest_save(const char *file)
{
    char arguments[4096];

    snprintf(arguments, sizeof(arguments), "\"uri\": \"exec:cat >'%s'\"", file);
    qmp("migrate", arguments, "\"completed\"");
}

static int qtest_end(void)
{
    int status;

    qtest_sync();
    kill(qtest_pid, SIGTERM);
    waitpid(qtest_pid, &status, 0);
    qtest_pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#endif
