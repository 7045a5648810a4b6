// SPDX-License-Identifier: GPL-2.0
/*
 * enable_source is read, as any user may, and written on every CPU, while the driver that
 * has it is unloaded and loaded. That must not end in a deadlock. The test needs a kernel
 * with that driver in a module: CONFIG=modules.
 *
 *	reload [ROUNDS]
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "reload.h"

#define MODULE		"coresight_etm4x"

static struct {
	struct reloads reloads;
	atomic_long uses[MAX_CPUS];
} *shared;

static void use(int cpu)
{
	char path[64];

	for (int i = cpu; !shared->reloads.done; i++) {
		snprintf(path, sizeof(path), CORESIGHT "/etm%d/enable_source",
			 i % (int)sysconf(_SC_NPROCESSORS_CONF));
		if (i % 8 ? read_number(path, 10) >= 0 : !write_text(path, "0"))
			shared->uses[cpu]++;
		/* Leaves CPU time to the process that loads; "cat" would take longer to start */
		usleep(500);
	}
}

/* A pause after loading, so that the module is there most of the time */
static void wait_for_next(bool loaded)
{
	if (loaded)
		usleep(2000);
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
	for (int i = 0; i < nr; i++)
		users[i] = start_user(use, i);
	loader = start_reloads(&shared->reloads, MODULE, rounds, wait_for_next);

	good = ends(loader, &shared->reloads);
	ok(good, "%s was loaded again %ld times of %ld", MODULE,
	   (long)shared->reloads.rounds, rounds);
	shared->reloads.done = true;
	/* If one of them hangs, so may the others: do not wait for those */
	for (int i = 0; i < nr && good; i++) {
		good = ends(users[i], &shared->reloads);
		if (shared->uses[i] < least)
			least = shared->uses[i];
	}
	ok(good, "no user of enable_source hangs");
	ok(good && least >= rounds, "and each has used it as often: %ld times", least);
	return done_testing();
}
