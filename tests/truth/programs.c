// SPDX-License-Identifier: GPL-2.0
/*
 * What ../truth.t traces, by the name in argv[1]. Statically linked, and to an
 * address of its own, so that QEMU's log can be restricted to it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long sink;

static __attribute__((noinline)) unsigned long fib(unsigned int n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static void recursion(unsigned long n)
{
	sink += fib(n);
}

static __attribute__((noinline)) unsigned long op_add(unsigned long x) { return x + 7; }
static __attribute__((noinline)) unsigned long op_mul(unsigned long x) { return x * 13; }
static __attribute__((noinline)) unsigned long op_xor(unsigned long x) { return x ^ (x >> 3); }
static __attribute__((noinline)) unsigned long op_if(unsigned long x) { return x & 8 ? op_mul(x) : x; }

/*
 * Indirect calls, and a jump table. The way that it takes must not repeat itself: behind a gap,
 * compare.c finds by it where the trace goes on. Hence Marsaglia's xorshift, of 64 bits.
 */
static void table(unsigned long n)
{
	static unsigned long (*const volatile ops[])(unsigned long) = { op_add, op_mul, op_xor, op_if };
	unsigned long x = 1;
	uint64_t random = 1;

	while (n--) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		x ^= random;
		x = ops[x >> 5 & 3](x);
		switch (x >> 7 & 7) {
		case 0: x += 3; break;
		case 1: x = op_xor(x); break;
		case 2: x ^= 0x5555; break;
		case 3: sink = x; break;
		case 4: x = op_if(x); break;
		case 5: x -= n; break;
		case 6: x = ~x; break;
		case 7: x <<= 1; break;
		}
	}
	sink += x;
}

static sigjmp_buf back;
static int *volatile nowhere = (int *)8;

static void on_signal(int sig)
{
	sink += fib(3);
	siglongjmp(back, sig);
}

/* Signals by kill(), by an undefined instruction, and by a write to nowhere */
static void signals(unsigned long n)
{
	signal(SIGUSR1, on_signal);
	signal(SIGILL, on_signal);
	signal(SIGSEGV, on_signal);
	while (n--) {
		if (sigsetjmp(back, 1))
			continue;
		switch (n % 3) {
		case 0:
			kill(getpid(), SIGUSR1);
			break;
		case 1:
			__asm__ volatile("udf #1");
			break;
		case 2:
			*nowhere = 1;
			break;
		}
	}
}

static void syscalls(unsigned long n)
{
	char buf[64] = "";
	int fd[2];

	if (pipe(fd))
		err(1, "pipe");
	while (n--) {
		sink += getppid();
		if (write(fd[1], buf, sizeof(buf)) != sizeof(buf) ||
		    read(fd[0], buf, sizeof(buf)) != sizeof(buf))
			err(1, "pipe");
		syscall(-1L);
	}
}

/* Scheduled out soon after a system call, each time a little later */
static void naps(unsigned long n)
{
	static const struct timespec soon = { .tv_nsec = 1000 };

	while (n--) {
		sink += fib(n % 8);
		nanosleep(&soon, NULL);
	}
}

static void *on_cpu(void *arg)
{
	unsigned long n = (unsigned long)arg;

	recursion(12 + n % 4);
	table(n);
	syscalls(n / 50);
	return NULL;
}

static pthread_t start_on(long cpu, void *(*f)(void *), unsigned long n)
{
	pthread_attr_t attr;
	cpu_set_t set;
	pthread_t t;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (pthread_create(&t, &attr, f, (void *)n))
		err(1, "pthread_create");
	return t;
}

/* More threads than CPUs, half of them staying on one */
static void threads(unsigned long n)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t t[2 * cpus];

	for (long i = 0; i < cpus; i++) {
		t[i] = start_on(i, on_cpu, n);
		if (pthread_create(&t[cpus + i], NULL, on_cpu, (void *)n))
			err(1, "pthread_create");
	}
	for (long i = 0; i < 2 * cpus; i++)
		pthread_join(t[i], NULL);
}

static unsigned int here;		/* how many have come to meet() since the start */

/*
 * Takes long, but has few instructions and branches to decode: QEMU begins another
 * block, and logs it, after each write to a system register.
 */
static void linger(void)
{
#ifdef __aarch64__
	unsigned long tp;

	__asm__ volatile("mrs %0, tpidr_el0\n"
			 ".rept 100; msr tpidr_el0, %0; .endr" : "=r"(tp));
#endif
}

/* Returns when as many have come as there are CPUs, without sleeping */
static void meet(void)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int n = __atomic_add_fetch(&here, 1, __ATOMIC_SEQ_CST);

	while (__atomic_load_n(&here, __ATOMIC_SEQ_CST) < (n + cpus - 1) / cpus * cpus)
		linger();
}

static void *ends_together(void *arg)
{
	static const struct timespec soon = { .tv_nsec = 1000 };

	sink += fib((unsigned long)arg % 8);
	meet();
	nanosleep(&soon, NULL);
	sink += fib(3);
	meet();
	return NULL;
}

/* A thread on each CPU; all sleep at the same time, and end at the same time */
static void together(unsigned long n)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t t[cpus];

	while (n--) {
		for (long i = 0; i < cpus; i++)
			t[i] = start_on(i, ends_together, n + i);
		for (long i = 0; i < cpus; i++)
			pthread_join(t[i], NULL);
	}
}

#ifdef __aarch64__
/*
 * Waits for a byte of the standard input, which comes when perf traces the thread. On each
 * CPU, what the program runs from traced_from on is in the trace.
 */
static __attribute__((noinline, noclone)) void wait_for_trace(void)
{
	char byte;
	register long fd __asm__("x0") = 0;
	register char *to __asm__("x1") = &byte;
	register long size __asm__("x2") = sizeof(byte);
	register long nr __asm__("x8") = SYS_read;

	__asm__ volatile("svc #0\n"
			 "traced_from:"
			 : "+r"(fd) : "r"(to), "r"(size), "r"(nr) : "memory");
	if (fd != sizeof(byte))
		errx(1, "read: %ld", fd);
}

static void *traced_on_cpu(void *arg)
{
	wait_for_trace();
	return on_cpu(arg);
}

static void *traced_together(void *arg)
{
	unsigned long n = (unsigned long)arg;

	wait_for_trace();
	while (n--)
		ends_together((void *)n);
	return NULL;
}

/*
 * threads() and together() in one, but all threads exist from the start, each stays on its
 * CPU, and they go on when perf traces them.
 */
static void attached(unsigned long n)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t t[2 * cpus];
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "sched_setaffinity");
	for (long i = 0; i < cpus; i++) {
		t[i] = start_on(i, traced_together, n);
		t[cpus + i] = start_on(i, traced_on_cpu, 10 * n);
	}
	for (long i = 0; i < 2 * cpus; i++)
		pthread_join(t[i], NULL);
}
#endif

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(unsigned long n);
	} programs[] = {
		{ "recursion", recursion },
		{ "table", table },
		{ "signals", signals },
		{ "syscalls", syscalls },
		{ "naps", naps },
		{ "threads", threads },
		{ "together", together },
#ifdef __aarch64__
		{ "attached", attached },
#endif
	};

	for (unsigned int i = 0; argc == 3 && i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (!strcmp(argv[1], programs[i].name)) {
			programs[i].run(strtoul(argv[2], NULL, 0));
			return 0;
		}
	}
	errx(2, "usage: programs NAME COUNT");
}
