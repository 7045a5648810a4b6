/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A module is unloaded and loaded by a process of its own, round after round, while other
 * processes use what it has.
 */
#ifndef RELOAD_H
#define RELOAD_H

#include <stdatomic.h>
#include <sys/prctl.h>

#include "cs_etm.h"

/* Seconds without progress that mean a hang, and not just a busy host */
#define PATIENCE	200

/* In memory that all of them share */
struct reloads {
	atomic_long rounds;
	atomic_bool unloading, done;
};

/* After each try, calls @next with whether the module was loaded again; ends after @rounds */
static inline pid_t start_reloads(struct reloads *r, const char *module, long rounds,
				  void (*next)(bool loaded))
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (r->rounds < rounds) {
		bool went;

		r->unloading = true;
		went = module_goes(module);
		r->unloading = false;
		if (!went && errno != EAGAIN && errno != EBUSY)
			_exit(1);
		if (went && !module_comes(module))
			_exit(2);
		r->rounds += went;
		next(went);
	}
	_exit(0);
}

/* A process that calls @use until it is done */
static inline pid_t start_user(void (*use)(int), int cpu)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(cpu);
	use(cpu);
	_exit(0);
}

/* Whether @pid ends well; not if there is no further round for PATIENCE seconds */
static inline bool ends(pid_t pid, const struct reloads *r)
{
	double since = seconds();
	long seen = 0;
	int status;

	while (seconds() < since + PATIENCE) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return !status;
		if (r->rounds != seen)
			since = seconds();
		seen = r->rounds;
		usleep(10000);
	}
	return false;
}

#endif
