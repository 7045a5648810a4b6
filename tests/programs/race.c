// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that get in each other's way, on all CPUs: ioctl() against mmap(), munmap(),
 * close() and exec(), while sinks, ETMs, all of CoreSight, and CPUs are removed and come
 * back, and while others want the same sink. The test checks what each call returns. Whether
 * the kernel stays well is for its own checks to say, best under CONFIG=debug.
 *
 *	race [--rounds N] [--seed N] [SCENARIO...]
 *
 * A round is one life of an AUX area, or of the task, while other calls run against it.
 * N is for all scenarios together, each of which has its share. A scenario goes on until
 * it has been disturbed often enough, too.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "cs_etm.h"

#define DATA_PAGES	8
#define AUX_PAGES	16
#define MAX_GROUPS	8
#define RIVALS		2		/* threads that configure, for each that maps */

/* What may happen in a scenario beside what always may */
enum {
	SINKS_GO	= 1 << 0,	/* so ENODEV is an answer */
	ETMS_GO		= 1 << 1,	/* so ENXIO is, and ENODEV of mmap() */
	ALL_GO		= 1 << 2,	/* the PMU, too, if no event is open for a while */
	FDS_GO		= 1 << 3,	/* so EBADF is */
	TRACE		= 1 << 4,	/* enable the event, too */
	REDIRECT	= 1 << 5,	/* a second event that uses the buffer */
};

struct group {
	pthread_t mapper, rival[RIVALS];
	int cpu;
	atomic_int fd, busy;		/* what rivals use, how many are at it */
	atomic_bool chosen;		/* a sink for the event */
	void *data;			/* the data buffer of the event */
	uint64_t seed;
};

static struct board board;
static atomic_long rounds, calls, failures, disturbances;
static atomic_long answers[2][256];	/* of ioctl(), of mmap() of the AUX area */
static atomic_bool done;
static long limit, total = 300;
static long least;			/* disturbances without which it was no race */
static double give_up;
static int what;
static uint64_t seed = 1;

static void __attribute__((format(printf, 1, 2))) wrong(const char *fmt, ...)
{
	va_list ap;

	if (atomic_fetch_add(&failures, 1) >= 10)
		return;
	flockfile(stdout);
	printf("# wrong: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	funlockfile(stdout);
}

static bool enough(void)
{
	return failures >= 10 || seconds() > give_up ||
	       (rounds >= limit && disturbances >= least);
}

static int configure(int fd, const char *string)
{
	int ret = set_config(fd, string);

	calls++;
	answers[0][-ret & 255]++;
	return ret;
}

/* A sink that some CPU of the event reaches; mostly an ETF, whose buffers take no time */
static const char *some_sink(int cpu, uint64_t *state)
{
	bool any = random_next(state) % 8 == 0;
	int n = random_next(state) % board.nr_sinks;

	/* The driver is confused if an ETF is the sink of one event and a link for another */
	if (what & TRACE)
		return board.sink[board.by_default[cpu == -1 ? 0 : cpu]];
	for (int i = 0; i < 2 * board.nr_sinks; i++, n = (n + 1) % board.nr_sinks)
		for (int c = 0; c < board.nr_cpus; c++)
			if ((cpu == -1 || cpu == c) && board.reach[c] >> n & 1 &&
			    (any || i >= board.nr_sinks || strstr(board.sink[n], "etf")))
				return board.sink[n];
	bail_out("CPU %d reaches no sink", cpu);
}

static bool expected(int ret, int always)
{
	return ret == always || ret == -EBUSY ||
	       (what & SINKS_GO && ret == -ENODEV) || (what & ETMS_GO && ret == -ENXIO) ||
	       (what & FDS_GO && ret == -EBADF);
}

/* Configures the event of its group, rightly and wrongly, for as long as there is one */
static void *rival(void *arg)
{
	struct group *g = arg;
	uint64_t state = g->seed ^ (uintptr_t)&state;

	while (!done) {
		int fd, ret;

		/* Pause now and then, or the thread that maps never gets its turn */
		if (random_next(&state) % 2)
			usleep(random_next(&state) % 2000);
		g->busy++;
		fd = g->fd;
		if (fd < 0) {
			g->busy--;
			sched_yield();
			continue;
		}
		switch (random_next(&state) % 4) {
		case 0:
			ret = configure(fd, "no such sink");
			if (!expected(ret, -ENODEV))
				wrong("a name that does not exist: %s", strerrorname_np(-ret));
			break;
		case 1:
			ret = configure(fd, "tpiu0");
			if (!expected(ret, -EINVAL))
				wrong("no sink for perf: %s", strerrorname_np(-ret));
			break;
		default:
			ret = configure(fd, some_sink(-1, &state));
			if (!ret)
				g->chosen = true;
			/* Where the event is bound to a CPU, not all are in reach */
			if (!expected(ret, 0) &&
			    !(ret == -ENXIO && (g->cpu != -1 || what & FDS_GO)))
				wrong("a sink: %s", strerrorname_np(-ret));
		}
		g->busy--;
	}
	return NULL;
}

/* Closes @fd when no rival uses it any more */
static void retire(struct group *g, int fd)
{
	g->fd = -1;
	while (g->busy)
		sched_yield();
	close(fd);
}

static void unmap_data(struct group *g)
{
	if (g->data)
		munmap(g->data, (1 + DATA_PAGES) * PAGE);
	g->data = NULL;
}

/* Uses the mapped AUX area of @fd; closes @fd if FDS_GO */
static void use_mapped(struct group *g, int fd, const char *sink, uint64_t *state)
{
	int ret = configure(fd, sink);

	if (ret != -EBUSY)
		wrong("a choice while the AUX area is mapped: %s", strerrorname_np(-ret));
	if (what & TRACE) {
		ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
		spin(random_next(state) % 2000);
		if (random_next(state) % 2)
			ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	}
	if (what & FDS_GO) {
		/* The mapping keeps the event; the number may be anybody's */
		g->fd = -1;
		close(fd);
	}
}

/* One life of an AUX area on @fd, which this thread alone maps */
static void one_round(struct group *g, int fd, uint64_t *state)
{
	const char *sink = some_sink(g->cpu, state);
	int ret, second = -1;
	bool chosen;
	void *aux;

	if (!g->data)
		g->data = map_data(fd, DATA_PAGES);
	if (g->data == MAP_FAILED) {
		wrong("mmap of the data: %s", strerrorname_np(errno));
		g->data = NULL;
		return;
	}
	ret = configure(fd, sink);
	if (!expected(ret, 0) || ret == -EBUSY || ret == -EBADF)
		wrong("the choice of %s before mmap(): %s", sink, strerrorname_np(-ret));

	if (!ret)
		g->chosen = true;
	chosen = g->chosen;

	if (what & REDIRECT) {
		second = event_open(PERF_TYPE_SOFTWARE, 0, g->cpu, false, 0);
		if (ioctl(second, PERF_EVENT_IOC_SET_OUTPUT, fd))
			wrong("SET_OUTPUT: %s", strerrorname_np(errno));
	}

	aux = map_aux(fd, g->data, DATA_PAGES, AUX_PAGES);
	ret = aux == MAP_FAILED ? -errno : 0;
	answers[1][-ret & 255]++;
	calls++;
	if (!ret) {
		use_mapped(g, fd, sink, state);
		munmap(aux, AUX_PAGES * PAGE);
		rounds++;
	} else if (!(what & (SINKS_GO | ETMS_GO) && ret == -ENODEV) &&
		   !(what & ETMS_GO && ret == -ENXIO) &&
		   /* The old answer of mmap() if there is no sink at all */
		   !(what & (SINKS_GO | ETMS_GO) && ret == -ENOMEM && !chosen)) {
		wrong("mmap of the AUX area: %s", strerrorname_np(-ret));
	} else {
		/* That was no round. What is away gets the time to come back. */
		usleep(random_next(state) % 1000);
	}
	if (second >= 0)
		close(second);
	/* Not each time, as it makes the next round wait for a grace period */
	if (what & FDS_GO || random_next(state) % 16 == 0)
		unmap_data(g);
}

static void *mapper(void *arg)
{
	struct group *g = arg;
	uint64_t state = g->seed | 1;
	int fd = -1;

	while (!done && !enough()) {
		if (fd < 0) {
			/* The one before lives on while a call on it is under way */
			do
				fd = event_open(board.type, 0, g->cpu, false, 0);
			while (fd < 0 && errno == EBUSY && what & FDS_GO);
			if (fd < 0 && what & ALL_GO && (errno == ENOENT || errno == ENODEV)) {
				usleep(random_next(&state) % 1000);
				continue;
			}
			if (fd < 0) {
				wrong("perf_event_open: %s", strerrorname_np(errno));
				break;
			}
			g->chosen = false;
			g->fd = fd;
		}
		one_round(g, fd, &state);
		if (what & FDS_GO) {
			if (g->fd == fd) {
				g->fd = -1;
				close(fd);
			}
			fd = -1;
		}
		if (what & ALL_GO)
			usleep(random_next(&state) % 3000);
	}
	unmap_data(g);
	if (fd >= 0)
		retire(g, fd);
	return NULL;
}

/*
 * What happens meanwhile: each is called until the rounds are over
 */

static void load(const char *module)
{
	if (!module_comes(module))
		wrong("%s cannot be loaded: %s", module, strerrorname_np(errno));
}

static void reload(const char *module, uint64_t *state)
{
	if (module_goes(module)) {
		spin(random_next(state) % 100000);
		load(module);
		disturbances++;
	}
	usleep(random_next(state) % 20000);
}

static void sinks_go(uint64_t *state)
{
	reload("coresight_tmc", state);
}

static void etms_go(uint64_t *state)
{
	reload("coresight_etm4x", state);
}

/* Unloads all it can: a path holds the modules of its devices, and an event that of the PMU */
static void all_go(uint64_t *state)
{
	static const char * const modules[] = {	/* each before what needs it */
		"coresight", "coresight_funnel", "coresight_replicator", "coresight_tpiu",
		"coresight_tmc", "coresight_etm4x",
	};
	const int nr = sizeof(modules) / sizeof(modules[0]);
	int left = nr;

	for (int tries = 0; left && tries < 100; tries++) {
		while (left && module_goes(modules[left - 1]))
			left--;
		/* Without ETMs there are no paths, so all but the PMU went */
		if (left != 1)
			break;
		usleep(100);
	}
	disturbances += !left;
	spin(random_next(state) % 100000);
	while (left < nr)
		load(modules[left++]);
	board.type = read_number(PMU "/type", 10);
	usleep(random_next(state) % 20000);
}

static void cpus_go(uint64_t *state)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online",
		 1 + random_next(state) % (board.nr_cpus - 1));
	if (!write_text(path, "0")) {
		usleep(random_next(state) % 1000);
		if (write_text(path, "1"))
			wrong("%s does not come back", path);
		disturbances++;
	}
}

static void sysfs_session(uint64_t *state)
{
	char sink[128], source[64];

	int cpu = random_next(state) % board.nr_cpus;

	snprintf(sink, sizeof(sink), CORESIGHT "/%s/enable_sink",
		 board.sink[board.by_default[cpu]]);
	snprintf(source, sizeof(source), CORESIGHT "/etm%d/enable_source", cpu);
	/* It may be refused, as the ETM or the sink may be in use */
	if (!write_text(sink, "1") && !write_text(source, "1")) {
		usleep(random_next(state) % 1000);
		disturbances++;
	}
	write_text(source, "0");
	write_text(sink, "0");
}

/* Another process that traces into the same sinks */
static void other_session(uint64_t *state)
{
	const char *sink = some_sink(-1, state);
	pid_t pid = fork();

	if (!pid) {
		int fd = event_open(board.type, 0, -1, false, 0);
		void *data = map_data(fd, DATA_PAGES);

		if (data == MAP_FAILED || set_config(fd, sink) ||
		    map_aux(fd, data, DATA_PAGES, AUX_PAGES) == MAP_FAILED ||
		    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
			_exit(1);
		spin(20000);
		_exit(0);
	}
	if (pid > 0) {
		int status;

		waitpid(pid, &status, 0);
		if (status)
			wrong("the other session: status %#x", status);
		disturbances++;
	}
}

static void nothing(uint64_t *state)
{
	usleep(1000 + random_next(state) % 1000);
}

/*
 * Reads a directory of sysfs into memory that has no page yet. The kernel then takes
 * mmap_lock under kernfs_rwsem. So nothing that mmap() waits for, under mmap_lock, may wait
 * for kernfs_rwsem.
 */
static void *sysfs_reader(void *unused)
{
	int dir = open("/sys/bus", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)unused;
	while (!done) {
		char *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			bail_out("mmap");
		/* "." and ".." go to a page that is there, the next entry is beyond it */
		at[0] = 0;
		lseek(dir, 0, SEEK_SET);
		syscall(SYS_getdents64, dir, at + PAGE - 64, PAGE);
		munmap(at, 2 * PAGE);
		usleep(100);
	}
	close(dir);
	return NULL;
}

static void in_groups(void (*meanwhile)(uint64_t *))
{
	struct group groups[MAX_GROUPS];
	int nr = (board.nr_cpus + 1) / 2;
	uint64_t state = seed | 1;
	bool modules_go = what & (SINKS_GO | ETMS_GO);
	pthread_t reader;

	/* With fewer groups, there are moments when nobody uses the module */
	if (modules_go) {
		nr = 1;
		pthread_create(&reader, NULL, sysfs_reader, NULL);
	}
	for (int i = 0; i < nr; i++) {
		groups[i] = (struct group){ .fd = -1, .seed = random_next(&state) };
		groups[i].cpu = i % 2 ? (int)(random_next(&state) % board.nr_cpus) : -1;
		pthread_create(&groups[i].mapper, NULL, mapper, &groups[i]);
		for (int k = 0; k < RIVALS; k++)
			pthread_create(&groups[i].rival[k], NULL, rival, &groups[i]);
	}
	while (!enough())
		meanwhile(&state);
	for (int i = 0; i < nr; i++)
		pthread_join(groups[i].mapper, NULL);
	done = true;
	for (int i = 0; i < nr; i++)
		for (int k = 0; k < RIVALS; k++)
			pthread_join(groups[i].rival[k], NULL);
	if (modules_go)
		pthread_join(reader, NULL);
}

/* A task that is traced runs another program while its event is configured */
static void exec(void)
{
	struct group g = { .cpu = -1, .fd = -1, .seed = seed };
	uint64_t state = seed | 1;

	pthread_create(&g.rival[0], NULL, rival, &g);
	while (!enough()) {
		void *data, *aux = MAP_FAILED;
		int go[2], fd, status;
		pid_t pid;

		if (pipe2(go, O_CLOEXEC))
			bail_out("pipe");
		pid = fork();
		if (!pid) {
			char c;

			close(go[1]);
			if (read(go[0], &c, 1))
				_exit(1);
			execl("/bin/true", "true", NULL);
			_exit(2);
		}
		close(go[0]);
		/* The event ends with the task; or exec() removes it, and choices come after that */
		fd = event_open_with(rounds % 4 < 2 ? 0 : REMOVE_ON_EXEC, board.type, pid, -1,
				     false, 0);
		if (fd < 0)
			bail_out("perf_event_open");
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		g.fd = fd;
		data = map_data(fd, DATA_PAGES);
		if (data == MAP_FAILED)
			bail_out("mmap");
		if (rounds % 2) {
			if (defaults_differ(&board) && configure(fd, some_sink(0, &state)))
				wrong("the choice before exec()");
			aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
			if (aux == MAP_FAILED)
				wrong("mmap of the AUX area: %s", strerrorname_np(errno));
			ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
		}
		close(go[1]);
		if (waitpid(pid, &status, 0) != pid || status)
			wrong("the task: status %#x", status);
		if (aux != MAP_FAILED) {
			status = configure(fd, some_sink(-1, &state));
			if (status != -EBUSY)
				wrong("a choice for a dead task: %s", strerrorname_np(-status));
			munmap(aux, AUX_PAGES * PAGE);
		}
		munmap(data, (1 + DATA_PAGES) * PAGE);
		/* The rival must not find another file at this descriptor */
		retire(&g, fd);
		rounds++;
	}
	done = true;
	pthread_join(g.rival[0], NULL);
}

/*
 * Unlike the others, this is no race, but what they avoid, see docs/reliability.md. An ETF
 * is the sink of one event and on the way to the ETR for another; then the driver loses
 * count. It uses config2, for kernels without the ioctl().
 */
static void link_and_sink(void)
{
	int fd[2];

	for (int i = 0; i < 2; i++) {
		uint32_t id = 0;
		void *data;

		for (int k = 0; k < board.nr_sinks; k++)
			if (board.reach[i] >> k & 1 && strstr(board.sink[k], i ? "etr" : "etf"))
				id = board.id[k];
		fd[i] = event_open(board.type, -1, i, false, id);
		data = map_data(fd[i], DATA_PAGES);
		if (!id || data == MAP_FAILED ||
		    map_aux(fd[i], data, DATA_PAGES, AUX_PAGES) == MAP_FAILED)
			bail_out("set-up");
	}
	for (; rounds < limit; rounds++) {
		ioctl(fd[0], PERF_EVENT_IOC_ENABLE, 0);
		ioctl(fd[1], PERF_EVENT_IOC_ENABLE, 0);
		ioctl(fd[0], PERF_EVENT_IOC_DISABLE, 0);
		ioctl(fd[1], PERF_EVENT_IOC_DISABLE, 0);
	}
	for (int i = 0; i < 2; i++)
		close(fd[i]);
}

struct choice {
	int fd, delay, ret;
	const char *sink;
	pthread_barrier_t start;
};

static void *choose_other(void *arg)
{
	struct choice *c = arg;

	pthread_barrier_wait(&c->start);
	spin(c->delay);
	c->ret = configure(c->fd, c->sink);
	return NULL;
}

/* Finds a CPU that reaches two sinks, and goes there; the first one is an ETR */
static int two_sinks(const char **first, const char **second)
{
	for (int cpu = 0; cpu < board.nr_cpus; cpu++) {
		*first = *second = NULL;
		for (int i = 0; i < board.nr_sinks; i++) {
			if (!(board.reach[cpu] >> i & 1))
				continue;
			if (!*first && strstr(board.sink[i], "etr"))
				*first = board.sink[i];
			else
				*second = board.sink[i];
		}
		if (*first && *second && !run_on(cpu))
			return cpu;
	}
	bail_out("no CPU reaches two sinks");
}

static void run_elsewhere(pthread_t thread, int cpu)
{
	cpu_set_t elsewhere;

	CPU_ZERO(&elsewhere);
	for (int i = 0; i < board.nr_cpus; i++)
		if (i != cpu)
			CPU_SET(i, &elsewhere);
	pthread_setaffinity_np(thread, sizeof(elsewhere), &elsewhere);
}

/*
 * An ioctl() comes either before the mmap(), and decides where the trace goes, or after
 * it, and gets EBUSY. The first choice is an ETR, whose buffer takes long to allocate.
 */
static void choice(void)
{
	struct choice c;
	uint64_t state = seed | 1;
	const char *first, *second;
	int cpu = two_sinks(&first, &second), delay = 2000;
	long sooner = 0;

	while (!enough()) {
		int fd = event_open(board.type, 0, -1, false, 0), wanted;
		void *data = map_data(fd, DATA_PAGES), *aux;
		pthread_t other;
		uint64_t pos = 0, before[MAX_NAMES];
		uint32_t id, sinks;

		if (data == MAP_FAILED || configure(fd, first))
			bail_out("set-up");
		c = (struct choice){ .fd = fd, .sink = second,
				     .delay = random_next(&state) % delay };
		pthread_barrier_init(&c.start, NULL, 2);
		pthread_create(&other, NULL, choose_other, &c);
		run_elsewhere(other, cpu);
		pthread_barrier_wait(&c.start);
		/* A large area, so that the driver takes long */
		aux = map_aux(fd, data, DATA_PAGES, 1024);
		if (aux == MAP_FAILED)
			bail_out("mmap of the AUX area");
		pthread_join(other, NULL);
		answers[1][0]++;
		if (c.ret && c.ret != -EBUSY)
			wrong("the later choice: %s", strerrorname_np(-c.ret));
		/* Adapt the delay, so that half of the calls come before, half after */
		delay = c.ret ? delay - delay / 4 : delay + delay / 4;
		if (delay < 100)
			delay = 100;

		all_received(&board, before);
		ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
		spin(1000);
		ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
		sinks = receivers(&board, before);
		wanted = find_sink(&board, c.ret ? first : second);
		id = next_sink(data, &pos);
		if (id != board.id[wanted])
			wrong("ioctl() returned %s, and the trace went to %#x, not %s",
			      c.ret ? "EBUSY" : "0", id, board.sink[wanted]);
		/* By the models of the board, whatever the kernel says */
		if (has_monitor() && sinks != 1u << wanted)
			wrong("ioctl() returned %s, and sinks %#x received trace, not %s",
			      c.ret ? "EBUSY" : "0", sinks, board.sink[wanted]);
		munmap(aux, 1024 * PAGE);
		munmap(data, (1 + DATA_PAGES) * PAGE);
		close(fd);
		rounds++;
		/* Both outcomes must have been seen: count the rarer one */
		sooner += !c.ret;
		disturbances = sooner < rounds - sooner ? sooner : rounds - sooner;
	}
}

static const struct {
	const char *name;
	int percent;				/* of the rounds; some are slow */
	int flags;
	void (*meanwhile)(uint64_t *state);	/* what goes on beside groups at work */
	void (*run)(void);			/* instead of groups */
	const char *module;			/* that it takes away, where that is one */
	bool disturbed;				/* something else has to happen, too */
} scenarios[] = {
	{ "mmap", 29, .meanwhile = nothing },
	{ "choice", 5, .run = choice, .disturbed = true },
	{ "close", 25, FDS_GO, .meanwhile = nothing },
	{ "set-output", 24, REDIRECT, .meanwhile = nothing },
	{ "exec", 5, .run = exec },
	{ "modules", 5, SINKS_GO, sinks_go, NULL, "coresight_tmc", true },
	{ "etms", 5, ETMS_GO, etms_go, NULL, "coresight_etm4x", true },
	{ "all-modules", 3, SINKS_GO | ETMS_GO | ALL_GO | FDS_GO, all_go, NULL, "coresight", true },
	{ "hotplug", 3, TRACE, cpus_go, .disturbed = true },
	{ "sysfs", 2, TRACE, sysfs_session, .disturbed = true },
	{ "sessions", 2, TRACE, other_session, .disturbed = true },
	{ "link-and-sink", 0, .run = link_and_sink },
};

static void print_answers(const char *call, atomic_long *a)
{
	printf("; %s", call);
	for (int i = 0; i < 256; i++)
		if (a[i])
			printf(" %s %ld", i ? strerrorname_np(i) : "0", a[i]);
}

/* @percent: how many all scenarios that are played add up to */
static void play(int i, int percent)
{
	double start = seconds();
	cpu_set_t everywhere;

	rounds = calls = failures = disturbances = 0;
	what = scenarios[i].flags;
	memset(answers, 0, sizeof(answers));
	done = false;
	limit = scenarios[i].percent ?
		(total * scenarios[i].percent + percent - 1) / percent : total;
	least = scenarios[i].disturbed ? 3 + limit / 50 : 0;
	/* On a slow host one scenario may need this long; the guest has more, for all of them */
	give_up = seconds() + 120 + limit;
	memset(&everywhere, 0xff, sizeof(everywhere));
	sched_setaffinity(0, sizeof(everywhere), &everywhere);
	if (scenarios[i].run)
		scenarios[i].run();
	else
		in_groups(scenarios[i].meanwhile);
	printf("# %s: %ld rounds in %.1f s, %ld disturbances", scenarios[i].name, rounds,
	       seconds() - start, disturbances);
	print_answers("ioctl", answers[0]);
	print_answers("mmap", answers[1]);
	putchar('\n');
	ok(!failures && rounds >= limit && disturbances >= least,
	   "%s: all %ld rounds, %ld disturbances or more", scenarios[i].name, limit, least);
	/* Where meet.ko can tell, see race.sh */
	if (!access(USERS, F_OK))
		ok(nobody_uses(), "%s: nobody uses a sink or a link afterwards",
		   scenarios[i].name);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ "seed", required_argument, NULL, 's' },
		{ }
	};
	const int all = sizeof(scenarios) / sizeof(scenarios[0]);
	bool wanted[all];
	int opt, percent = 0;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'r')
			total = atol(optarg);
		else if (opt == 's')
			seed = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	look_at_board(&board);
	setvbuf(stdout, NULL, _IOLBF, 0);

	for (int i = 0; i < all; i++) {
		wanted[i] = optind == argc && scenarios[i].percent;
		for (int k = optind; k < argc; k++)
			wanted[i] |= !strcmp(argv[k], scenarios[i].name);
		/* In most kernels here, only the drivers of the sinks are modules */
		if (scenarios[i].module && access(module_file(scenarios[i].module), F_OK))
			wanted[i] = false;
		if (wanted[i])
			percent += scenarios[i].percent;
	}
	for (int i = 0; i < all; i++)
		if (wanted[i])
			play(i, percent);
	return done_testing();
}
