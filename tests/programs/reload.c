// SPDX-License-Identifier: GPL-2.0
/*
 * enable_source is read, as any user may, and written on every CPU, while the driver that
 * has it is unloaded and loaded. Who waits for whom must not be a circle. This needs a
 * kernel with that driver in a module: CONFIG=modules.
 *
 *	reload [ROUNDS]
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <stdatomic.h>
#include <sys/prctl.h>

#include "cs_etm.h"

#define MODULE		"coresight_etm4x"
/* What is stuck stays so; what is slow has a loaded host */
#define PATIENCE	60

static struct {
	atomic_long rounds, uses[MAX_CPUS];
	atomic_bool done;
} *shared;

static void use(int cpu)
{
	char path[64];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(cpu);
	for (int i = cpu; !shared->done; i++) {
		snprintf(path, sizeof(path), CORESIGHT "/etm%d/enable_source",
			 i % (int)sysconf(_SC_NPROCESSORS_CONF));
		if (i % 8 ? read_number(path, 10) >= 0 : !write_text(path, "0"))
			shared->uses[cpu]++;
		/* Leaves CPUs to the one that loads; starting cat takes longer */
		usleep(500);
	}
	_exit(0);
}

/* Each in its time, so that the module is mostly there */
static void reload(long rounds)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (shared->rounds < rounds) {
		if (!module_goes(MODULE)) {
			if (errno != EAGAIN && errno != EBUSY)
				_exit(1);
			continue;
		}
		if (!module_comes(MODULE))
			_exit(2);
		shared->rounds++;
		usleep(2000);
	}
	_exit(0);
}

/* Whether @pid ends well before nothing has happened for long */
static bool ends(pid_t pid)
{
	double since = seconds();
	long seen = 0;
	int status;

	while (seconds() < since + PATIENCE) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return !status;
		if (shared->rounds != seen)
			since = seconds();
		seen = shared->rounds;
		usleep(10000);
	}
	return false;
}

int main(int argc, char **argv)
{
	int nr = sysconf(_SC_NPROCESSORS_CONF);
	long rounds = argc > 1 ? atol(argv[1]) : 200, least = LONG_MAX;
	pid_t users[MAX_CPUS], loader;
	bool good;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (access(module_file(MODULE), F_OK)) {
		puts("1..0 # SKIP " MODULE " is built in");
		return 0;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || nr > MAX_CPUS)
		bail_out("%d CPUs", nr);
	for (int i = 0; i < nr; i++) {
		users[i] = fork();
		if (!users[i])
			use(i);
	}
	loader = fork();
	if (!loader)
		reload(rounds);

	good = ends(loader);
	ok(good, "%s was loaded again %ld times of %ld", MODULE,
	   (long)shared->rounds, rounds);
	shared->done = true;
	/* What holds one up holds up all */
	for (int i = 0; i < nr && good; i++) {
		good = ends(users[i]);
		if (shared->uses[i] < least)
			least = shared->uses[i];
	}
	ok(good, "nobody hangs who uses enable_source");
	ok(good && least >= rounds, "and each has used it as often: %ld times", least);
	return done_testing();
}
