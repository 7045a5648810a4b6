/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workers that run beside each other and share their descriptors: threads. In a 32-bit program
 * they are processes, since glibc's threads for armhf call futex() with 32-bit times, which the
 * guests' kernels do not have. So what workers share is in memory from shared_memory().
 */
#ifndef WORKERS_H
#define WORKERS_H

#include <pthread.h>
#include <sys/prctl.h>

#include "cs_etm.h"

struct worker {
#ifdef __arm__
	pid_t pid;
#else
	pthread_t thread;
#endif
};

static inline void *shared_memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		bail_out("mmap");
	return at;
}

#ifdef __arm__
static inline void start_worker(struct worker *w, void *(*run)(void *), void *arg)
{
	pid_t pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);

	if (pid < 0)
		bail_out("clone");
	if (pid) {
		/* Not in the worker: @w may be in memory that both have */
		w->pid = pid;
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run(arg);
	fflush(stdout);
	_exit(0);
}

static inline void join_worker(struct worker *w)
{
	int status;

	if (waitpid(w->pid, &status, 0) != w->pid || status)
		bail_out("a worker does not end well");
}

static inline int worker_runs_on(struct worker *w, const cpu_set_t *cpus)
{
	return sched_setaffinity(w->pid, sizeof(*cpus), cpus);
}
#else
static inline void start_worker(struct worker *w, void *(*run)(void *), void *arg)
{
	if (pthread_create(&w->thread, NULL, run, arg))
		bail_out("pthread_create");
}

static inline void join_worker(struct worker *w)
{
	pthread_join(w->thread, NULL);
}

static inline int worker_runs_on(struct worker *w, const cpu_set_t *cpus)
{
	return pthread_setaffinity_np(w->thread, sizeof(*cpus), cpus);
}
#endif

#endif
