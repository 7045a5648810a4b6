// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that get in each other's way, on all CPUs: ioctl() against mmap(), munmap(),
 * close() and exec(), while sinks, ETMs, all of CoreSight, and CPUs are removed and come
 * back, and while others want the same sink. The test checks what each call returns. Whether
 * the kernel stays well is for its own checks to say, best under CONFIG=debug.
 *
 *	race [--rounds N] [--seed N] [SCENARIO...]
 *
 * A round is one life of an AUX area, or of the task; or a choice whose sink has gone before
 * mmap(). It was disturbed if something else took effect between its first call and its last:
 * a choice by another thread or its EBUSY, or what the scenario is about. What was refused, or
 * is over before the round begins, does not count. N rounds are for all scenarios together,
 * each of which has its share, and goes on until half of its rounds have been disturbed.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <getopt.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "workers.h"

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
	REDIRECT	= 1 << 5,	/* events that use each other's buffer */
	PAUSE		= 1 << 6,	/* events that pause and resume the trace */
	CALLS		= 1 << 7,	/* the rivals' calls are what disturbs */
	TRBES_GO	= 1 << 8,	/* SINKS_GO is only about the sinks of one CPU each */
};

/* Events beside that of a group, for REDIRECT or PAUSE */
enum { FOLLOWER, TARGET, EXTRAS };

struct group {
	struct worker mapper, rival[RIVALS], redirector;
	int cpu;
	atomic_int fd, busy;		/* what rivals use, how many are at it */
	atomic_int extra[EXTRAS];
	atomic_long met;		/* calls of others that took effect */
	atomic_bool chosen;		/* a sink for the event */
	void *data, *target;		/* the data buffers of the event, and of its TARGET */
	uint64_t seed;
};

struct choice {
	int fd, delay, ret;
	const char *sink;
	atomic_int ready;
};

/* What workers share */
static struct shared {
	atomic_uint type;		/* of the PMU, which may come back with another one */
	atomic_long rounds, disturbed, calls, failures, traced;
	atomic_long disturbances;	/* as the scenario counts them */
	atomic_long effects;		/* whatever took effect */
	atomic_bool under_way;		/* something that may do so */
	atomic_long overlapped;		/* rounds that have ended meanwhile */
	atomic_bool near;		/* it comes soon: a good moment for a round */
	atomic_long answers[2][256];	/* of ioctl(), of mmap() of the AUX area */
	atomic_bool complete, done;
	struct group groups[MAX_GROUPS];
	struct choice choice;
} *s;

static struct board board;
static long limit, total = 300;
static long least;			/* disturbances without which it was no race */
static double give_up;
static const char *no_sink = "tpiu0";	/* a device that perf cannot record to */
static int what;
static uint64_t seed = 1;

static void __attribute__((format(printf, 1, 2))) wrong(const char *fmt, ...)
{
	va_list ap;

	if (atomic_fetch_add(&s->failures, 1) >= 10)
		return;
	flockfile(stdout);
	printf("# wrong: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	funlockfile(stdout);
}

/* Whether a scenario has had all that it needs; for all workers from the same moment on */
static bool complete(void)
{
	if (s->rounds >= limit && 2 * s->disturbed >= s->rounds && s->disturbances >= least &&
	    (s->traced || !(what & TRACE)))
		s->complete = true;
	return s->complete;
}

static bool enough(void)
{
	return s->failures >= 10 || seconds() > give_up || complete();
}

/* What may disturb rounds begins */
static void disturb(void)
{
	s->overlapped = 0;
	s->under_way = true;
}

/* and has ended, with an effect or with none */
static void disturbed(bool effect)
{
	s->effects += effect;
	s->under_way = false;
	/* A round that ends right now is not counted: rather too few than too many */
	if (effect)
		s->disturbed += atomic_exchange(&s->overlapped, 0);
}

static int configure(int fd, const char *string)
{
	int ret = set_config(fd, string);

	s->calls++;
	s->answers[0][-ret & 255]++;
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

/* Whether @sink is one of those that go in this scenario */
static bool goes(const char *sink)
{
	return what & SINKS_GO && !(what & TRBES_GO) == !strstr(sink, "trbe");
}

/*
 * Whether @ret may be the answer for @sink, which is @always if nothing goes on. A sink that is
 * there has no CPU that reaches it while an ETF on the way is not, or where it is a TRBE that has
 * a name, but is not yet its CPU's own.
 */
static bool expected(int ret, const char *sink, int always)
{
	return ret == always || ret == -EBUSY ||
	       (goes(sink) && (ret == -ENODEV || ret == -ENXIO)) ||
	       (what & ETMS_GO && ret == -ENXIO) || (what & FDS_GO && ret == -EBADF) ||
	       /* The number may be that of a file which is opened to load a module */
	       (what & FDS_GO && what & ALL_GO && ret == -ENOTTY);
}

/* A call of another thread took effect on the event of @g */
static void met(struct group *g)
{
	g->met++;
	s->disturbances++;
}

/* Configures the event of its group, rightly and wrongly, for as long as there is one */
static void *rival(void *arg)
{
	struct group *g = arg;
	uint64_t state = g->seed ^ (uintptr_t)&state;

	while (!s->done) {
		const char *sink = some_sink(-1, &state);
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
			if (!expected(ret, "", -ENODEV))
				wrong("a name that does not exist: %s", strerrorname_np(-ret));
			break;
		case 1:
			ret = configure(fd, no_sink);
			if (!expected(ret, "", -EINVAL))
				wrong("no sink for perf: %s", strerrorname_np(-ret));
			break;
		default:
			ret = configure(fd, sink);
			if (!ret)
				g->chosen = true;
			/* Where the event is bound to a CPU, not all are in reach */
			if (!expected(ret, sink, 0) &&
			    !(ret == -ENXIO && (g->cpu != -1 || what & FDS_GO)))
				wrong("%s: %s", sink, strerrorname_np(-ret));
		}
		/* It was a choice, or met the AUX area */
		if (what & CALLS && (!ret || ret == -EBUSY))
			met(g);
		g->busy--;
	}
	return NULL;
}

/*
 * Redirects events at any time: one to the buffer of the group's event, before and after that
 * is configured and mapped and while it traces; and the group's event itself to another buffer
 */
static void *redirector(void *arg)
{
	struct group *g = arg;
	uint64_t state = g->seed ^ (uintptr_t)&state;

	while (!s->done) {
		int kind = random_next(&state) % 8, from, to, fd;

		g->busy++;
		fd = g->fd;
		if (fd >= 0) {
			from = kind < 2 ? fd : g->extra[FOLLOWER];
			to = kind < 2 ? g->extra[TARGET] : kind == 2 ? -1 : fd;
			if (!ioctl(from, PERF_EVENT_IOC_SET_OUTPUT, to))
				met(g);
			/* The group's event has its buffer mapped, or has none */
			else if (errno != EINVAL || kind == 2)
				wrong("SET_OUTPUT, kind %d: %s", kind, strerrorname_np(errno));
		}
		g->busy--;
		usleep(random_next(&state) % 1000);
	}
	return NULL;
}

/* Closes @fd when no other worker uses it any more */
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

/* Lets the events run that a page fault pauses and resumes */
static void fault_pages(void)
{
	const int nr = 16;
	char *at = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	if (at == MAP_FAILED)
		bail_out("mmap");
	for (int i = 0; i < nr; i++) {
		at[i * PAGE] = 1;
		spin(100);
	}
	munmap(at, nr * PAGE);
}

/* Traces with @fd, whose AUX area is mapped: where it can, to @sink */
static void do_trace(struct group *g, int fd, const char *sink, uint64_t *state)
{
	struct perf_event_mmap_page *page = g->data;
	uint64_t pos = page->data_tail = page->data_head;
	uint32_t id;

	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	spin(random_next(state) % 2000);
	if (what & PAUSE)
		fault_pages();
	id = next_sink(page, &pos);
	if (id && id != id_of(&board, sink))
		wrong("the trace went to %#x, not %s", id, sink);
	s->traced += !!id;
	/* What is still enabled is stopped by munmap() */
	if (random_next(state) % 2)
		ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
}

/* Uses the mapped AUX area of @fd; closes @fd if FDS_GO */
static void use_mapped(struct group *g, int fd, const char *sink, uint64_t *state)
{
	int ret = configure(fd, sink);

	if (ret != -EBUSY)
		wrong("a choice while the AUX area is mapped: %s", strerrorname_np(-ret));
	if (what & TRACE)
		do_trace(g, fd, sink, state);
	if (what & FDS_GO) {
		/* The mapping keeps the event; the number may be anybody's */
		g->fd = -1;
		close(fd);
	}
}

/* Whether mmap() of the AUX area may fail with @ret */
static bool may_fail(int ret, bool chosen)
{
	if (!(what & (SINKS_GO | ETMS_GO)))
		return false;
	return ret == -ENODEV || ret == -ENXIO ||
	       /* The old answer of mmap() if there is no sink at all */
	       (ret == -ENOMEM && !chosen);
}

/* Maps the data of @fd, whatever another thread redirects */
static bool own_data(struct group *g, int fd)
{
	while (!g->data) {
		void *data = map_data(fd, DATA_PAGES);

		if (data != MAP_FAILED) {
			g->data = data;
		} else if (errno != EBUSY || !(what & REDIRECT)) {
			wrong("mmap of the data: %s", strerrorname_np(errno));
			return false;
		} else if (ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, -1)) {
			wrong("SET_OUTPUT to none: %s", strerrorname_np(errno));
			return false;
		}
	}
	return true;
}

/*
 * Where less than 9 of 10 rounds have been disturbed, this one waits until it is, or is about to
 * be: how fast the others are in comparison is the machine's affair.
 */
static void wait_for_others(const struct group *g, long effects, long met)
{
	for (int i = 0; i < 50 && 10 * s->disturbed < 9 * s->rounds && !s->done; i++) {
		if (s->effects != effects || g->met != met || s->under_way)
			break;
		usleep(200);
	}
}

/* One life of an AUX area on @fd, which this thread alone maps */
static void one_round(struct group *g, int fd, uint64_t *state)
{
	const char *sink = some_sink(g->cpu, state);
	long effects = s->effects, met = g->met;
	bool chosen, round;
	void *aux;
	int ret;

	if (!own_data(g, fd))
		return;
	ret = configure(fd, sink);
	if (!expected(ret, sink, 0) || ret == -EBUSY || ret == -EBADF)
		wrong("the choice of %s before mmap(): %s", sink, strerrorname_np(-ret));
	/* If that sink goes now, it is a round */
	round = !ret;
	if (!ret)
		g->chosen = true;
	chosen = g->chosen;
	if (what & (SINKS_GO | ETMS_GO))
		usleep(random_next(state) % 3000);
	wait_for_others(g, effects, met);

	aux = map_aux(fd, g->data, DATA_PAGES, AUX_PAGES);
	ret = aux == MAP_FAILED ? -errno : 0;
	s->answers[1][-ret & 255]++;
	s->calls++;
	if (!ret) {
		use_mapped(g, fd, sink, state);
		munmap(aux, AUX_PAGES * PAGE);
		round = true;
	} else if (!may_fail(ret, chosen)) {
		wrong("mmap of the AUX area: %s", strerrorname_np(-ret));
	} else if (!round) {
		/* What is away gets the time to come back */
		usleep(random_next(state) % 1000);
	}
	/* No more once there have been enough, or the last ones could leave less than half */
	if (round && !s->complete) {
		s->rounds++;
		if (s->effects != effects || g->met != met)
			s->disturbed++;
		else if (s->under_way)
			s->overlapped++;
	}
	/* Not each time, as it makes the next round wait for a grace period */
	if (what & FDS_GO || random_next(state) % (what & REDIRECT ? 4 : 16) == 0)
		unmap_data(g);
}

/* An event of the group of @leader that pauses its trace, or resumes it, by every @nth fault */
static int open_pauser(int leader, int cpu, bool pause, int nth)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_PAGE_FAULTS,
		.sample_period = nth,
		.exclude_kernel = 1,
		.aux_pause = pause,
		.aux_resume = !pause,
	};

	return syscall(__NR_perf_event_open, &attr, 0, cpu, leader, 0);
}

static void open_extras(struct group *g, int fd)
{
	for (int i = 0; i < EXTRAS; i++) {
		if (what & PAUSE)
			g->extra[i] = open_pauser(fd, g->cpu, i, 2 + i);
		else
			g->extra[i] = event_open(PERF_TYPE_SOFTWARE, 0, g->cpu, false, 0);
		if (g->extra[i] < 0)
			bail_out("perf_event_open, beside that of the group");
	}
	if (what & REDIRECT)
		g->target = map_data(g->extra[TARGET], DATA_PAGES);
	if (g->target == MAP_FAILED)
		bail_out("mmap");
}

/* Opens the event of a group; now and then its owner has exited, and the event has none */
static int open_event(struct group *g, uint64_t *state)
{
	int flags = what & PAUSE && random_next(state) % 2 ? START_PAUSED : 0;

	if (random_next(state) % 4)
		return event_open_with(flags, s->type, 0, g->cpu, false, 0);
	return event_open_orphan(flags, s->type, syscall(SYS_gettid), g->cpu, false, 0);
}

/* Begins a round where the modules are about to go, or back soon */
static void wait_until_near(void)
{
	for (int i = 0; i < 100 && !s->near && !s->done; i++)
		usleep(200);
}

static void *mapper(void *arg)
{
	struct group *g = arg;
	uint64_t state = g->seed | 1;
	int fd = -1;

	while (!s->done && !enough()) {
		if (what & (SINKS_GO | ETMS_GO))
			wait_until_near();
		if (fd < 0) {
			/* The one before lives on while a call on it is under way */
			do
				fd = open_event(g, &state);
			while (fd < 0 && errno == EBUSY && what & FDS_GO);
			if (fd < 0 && what & ALL_GO && (errno == ENOENT || errno == ENODEV)) {
				usleep(random_next(&state) % 1000);
				continue;
			}
			if (fd < 0) {
				wrong("perf_event_open: %s", strerrorname_np(errno));
				break;
			}
			if (what & (REDIRECT | PAUSE))
				open_extras(g, fd);
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
	if (g->target)
		munmap(g->target, (1 + DATA_PAGES) * PAGE);
	for (int i = 0; i < EXTRAS; i++)
		if (g->extra[i] >= 0)
			close(g->extra[i]);
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
	bool went = false;

	s->near = true;
	/* A path holds the module: it goes before mmap(), or when the path is released */
	for (int i = 0; i < 200 && !went && !enough(); i++) {
		disturb();
		went = module_goes(module);
		disturbed(went);
		if (!went)
			usleep(random_next(state) % 300);
	}
	if (went) {
		spin(random_next(state) % 100000);
		disturb();
		load(module);
		disturbed(true);
		s->disturbances++;
	}
	s->near = false;
	usleep(random_next(state) % 2000);
}

static void sinks_go(uint64_t *state)
{
	reload("coresight_tmc", state);
}

static void etms_go(uint64_t *state)
{
	reload("coresight_etm4x", state);
}

/* The sinks that belong to one CPU each, while the others stay */
static void trbes_go(uint64_t *state)
{
	reload("coresight_trbe", state);
}

/* Unloads all it can: a path holds the modules of its devices, and an event that of the PMU */
static void all_go(uint64_t *state)
{
	static const char * const modules[] = {	/* each before what needs it */
		"coresight", "coresight_funnel", "coresight_replicator", "coresight_tpiu",
		"coresight_tmc", "coresight_trbe", "coresight_etm4x",
	};
	const int nr = sizeof(modules) / sizeof(modules[0]);
	int left = nr;

	s->near = true;
	for (int tries = 0; left && tries < 100; tries++) {
		int before = left;

		disturb();
		while (left && module_goes(modules[left - 1]))
			left--;
		disturbed(left < before);
		/* Without ETMs there are no paths, so all but the PMU went */
		if (left != 1)
			break;
		usleep(100);
	}
	s->disturbances += !left;
	spin(random_next(state) % 100000);
	if (left < nr) {
		disturb();
		while (left < nr)
			load(modules[left++]);
		s->type = read_number(PMU "/type", 10);
		disturbed(true);
	}
	s->near = false;
	usleep(random_next(state) % 2000);
}

static int switch_cpu(int cpu, const char *to)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	return write_text(path, to);
}

static void cpu_comes(int cpu)
{
	if (switch_cpu(cpu, "1"))
		wrong("CPU %d does not come back", cpu);
}

static void cpus_go(uint64_t *state)
{
	int cpu = 1 + random_next(state) % (board.nr_cpus - 1);
	bool went;

	disturb();
	went = !switch_cpu(cpu, "0");
	disturbed(went);
	usleep(random_next(state) % 1000);
	if (!went)
		return;
	disturb();
	cpu_comes(cpu);
	disturbed(true);
	s->disturbances++;
}

/*
 * All CPUs that reach one of the sinks are off, or where CPU 0 reaches each, all but that.
 * Sinks are chosen as before.
 */
static void cpus_off(uint64_t *state)
{
	uint32_t cpus = 0, went = 0;

	for (int i = 0; i < board.nr_sinks && !cpus; i++)
		for (int c = 1; c < board.nr_cpus && !(board.reach[0] >> i & 1); c++)
			cpus |= (board.reach[c] >> i & 1) << c;
	if (!cpus)
		cpus = (1u << board.nr_cpus) - 2;
	disturb();
	for (int c = 0; c < board.nr_cpus; c++)
		if (cpus >> c & 1 && !switch_cpu(c, "0"))
			went |= 1u << c;
	usleep(random_next(state) % 20000);
	for (int c = 0; c < board.nr_cpus; c++)
		if (went >> c & 1)
			cpu_comes(c);
	disturbed(went == cpus);
	s->disturbances += went == cpus;
	usleep(random_next(state) % 1000);
}

static void sysfs_session(uint64_t *state)
{
	int cpu = random_next(state) % board.nr_cpus;
	char sink[128], source[64];
	bool good;

	snprintf(sink, sizeof(sink), CORESIGHT "/%s/enable_sink",
		 board.sink[board.by_default[cpu]]);
	snprintf(source, sizeof(source), CORESIGHT "/etm%d/enable_source", cpu);
	disturb();
	/* It may be refused, as the ETM or the sink may be in use */
	good = !write_text(sink, "1") && !write_text(source, "1");
	usleep(random_next(state) % 1000);
	write_text(source, "0");
	write_text(sink, "0");
	disturbed(good);
	s->disturbances += good;
}

/*
 * An ETR keeps the buffer of the last session until its device file is closed, and would lose it
 * with its driver: a megabyte for each reload
 */
static void give_back_buffers(void)
{
	char path[80];

	for (int i = 0; i < board.nr_sinks; i++) {
		int fd;

		snprintf(path, sizeof(path), "/dev/%s", board.sink[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
	}
}

/* Another process that traces into the same sinks */
static void other_session(uint64_t *state)
{
	const char *sink = some_sink(-1, state);
	pid_t pid;

	disturb();
	pid = fork();

	if (!pid) {
		int fd = event_open(s->type, 0, -1, false, 0);
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
		disturbed(!status);
		s->disturbances += !status;
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
	while (!s->done) {
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
	uint64_t state = seed | 1;
	bool modules_go = what & (SINKS_GO | ETMS_GO);
	struct worker reader = { };
	int nr;

	/* With fewer groups, there are moments when nobody uses the module */
	nr = modules_go ? 1 : (board.nr_cpus + 1) / 2;
	for (int i = 0; i < nr; i++) {
		struct group *g = &s->groups[i];

		*g = (struct group){ .fd = -1, .seed = random_next(&state) };
		g->cpu = i % 2 ? (int)(random_next(&state) % board.nr_cpus) : -1;
		for (int k = 0; k < EXTRAS; k++)
			g->extra[k] = -1;
	}
	if (modules_go)
		start_worker(&reader, sysfs_reader, NULL);
	for (int i = 0; i < nr; i++) {
		start_worker(&s->groups[i].mapper, mapper, &s->groups[i]);
		for (int k = 0; k < RIVALS; k++)
			start_worker(&s->groups[i].rival[k], rival, &s->groups[i]);
		if (what & REDIRECT)
			start_worker(&s->groups[i].redirector, redirector, &s->groups[i]);
	}
	while (!enough())
		meanwhile(&state);
	for (int i = 0; i < nr; i++)
		join_worker(&s->groups[i].mapper);
	s->done = true;
	for (int i = 0; i < nr; i++) {
		for (int k = 0; k < RIVALS; k++)
			join_worker(&s->groups[i].rival[k]);
		if (what & REDIRECT)
			join_worker(&s->groups[i].redirector);
	}
	if (modules_go)
		join_worker(&reader);
}

/* A task that is traced runs another program while its event is configured */
static void exec(void)
{
	struct group *g = &s->groups[0];
	uint64_t state = seed | 1;

	*g = (struct group){ .cpu = -1, .fd = -1, .seed = seed };
	start_worker(&g->rival[0], rival, g);
	while (!enough()) {
		void *data, *aux = MAP_FAILED;
		int go[2], fd, status;
		long met = g->met;
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
		fd = event_open_with(s->rounds % 4 < 2 ? 0 : REMOVE_ON_EXEC, s->type, pid, -1,
				     false, 0);
		if (fd < 0)
			bail_out("perf_event_open");
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		g->fd = fd;
		data = map_data(fd, DATA_PAGES);
		if (data == MAP_FAILED)
			bail_out("mmap");
		if (s->rounds % 2) {
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
		retire(g, fd);
		s->rounds++;
		s->disturbed += g->met != met;
	}
	s->done = true;
	join_worker(&g->rival[0]);
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
		fd[i] = event_open(s->type, -1, i, false, id);
		data = map_data(fd[i], DATA_PAGES);
		if (!id || data == MAP_FAILED ||
		    map_aux(fd[i], data, DATA_PAGES, AUX_PAGES) == MAP_FAILED)
			bail_out("set-up");
	}
	for (; s->rounds < limit; s->rounds++) {
		ioctl(fd[0], PERF_EVENT_IOC_ENABLE, 0);
		ioctl(fd[1], PERF_EVENT_IOC_ENABLE, 0);
		ioctl(fd[0], PERF_EVENT_IOC_DISABLE, 0);
		ioctl(fd[1], PERF_EVENT_IOC_DISABLE, 0);
	}
	s->disturbed = s->rounds;
	for (int i = 0; i < 2; i++)
		close(fd[i]);
}

static void *choose_other(void *arg)
{
	struct choice *c = arg;

	c->ready++;
	while (c->ready < 2)
		sched_yield();
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

static void run_elsewhere(struct worker *w, int cpu)
{
	cpu_set_t elsewhere;

	CPU_ZERO(&elsewhere);
	for (int i = 0; i < board.nr_cpus; i++)
		if (i != cpu)
			CPU_SET(i, &elsewhere);
	worker_runs_on(w, &elsewhere);
}

/*
 * An ioctl() comes either before the mmap(), and decides where the trace goes, or after
 * it, and gets EBUSY. The first choice is an ETR, whose buffer takes long to allocate.
 */
static void choice(void)
{
	struct choice *c = &s->choice;
	uint64_t state = seed | 1;
	const char *first, *second;
	int cpu = two_sinks(&first, &second), delay = 2000;
	long sooner = 0;

	while (!enough()) {
		int fd = event_open(s->type, 0, -1, false, 0), wanted;
		void *data = map_data(fd, DATA_PAGES), *aux;
		struct worker other;
		uint64_t pos = 0, before[MAX_NAMES];
		uint32_t id, sinks;

		if (data == MAP_FAILED || configure(fd, first))
			bail_out("set-up");
		*c = (struct choice){ .fd = fd, .sink = second,
				      .delay = random_next(&state) % delay };
		start_worker(&other, choose_other, c);
		run_elsewhere(&other, cpu);
		while (!c->ready)
			sched_yield();
		c->ready++;
		/* A large area, so that the driver takes long */
		aux = map_aux(fd, data, DATA_PAGES, 1024);
		if (aux == MAP_FAILED)
			bail_out("mmap of the AUX area");
		join_worker(&other);
		s->answers[1][0]++;
		if (c->ret && c->ret != -EBUSY)
			wrong("the later choice: %s", strerrorname_np(-c->ret));
		/* Adapt the delay, so that half of the calls come before, half after */
		delay = c->ret ? delay - delay / 4 : delay + delay / 4;
		if (delay < 100)
			delay = 100;

		all_received(&board, before);
		ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
		spin(1000);
		ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
		sinks = receivers(&board, before);
		wanted = find_sink(&board, c->ret ? first : second);
		id = next_sink(data, &pos);
		if (id != board.id[wanted])
			wrong("ioctl() returned %s, and the trace went to %#x, not %s",
			      c->ret ? "EBUSY" : "0", id, board.sink[wanted]);
		/* By the models of the board, whatever the kernel says */
		if (has_monitor() && sinks != 1u << wanted)
			wrong("ioctl() returned %s, and sinks %#x received trace, not %s",
			      c->ret ? "EBUSY" : "0", sinks, board.sink[wanted]);
		munmap(aux, 1024 * PAGE);
		munmap(data, (1 + DATA_PAGES) * PAGE);
		close(fd);
		/* Either answer took effect, on the trace or on the caller */
		s->rounds++;
		s->disturbed++;
		/* Both must have been seen: count the rarer one */
		sooner += !c->ret;
		s->disturbances = sooner < s->rounds - sooner ? sooner : s->rounds - sooner;
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
	{ "mmap", 26, CALLS, .meanwhile = nothing },
	{ "choice", 5, .run = choice, .disturbed = true },
	{ "close", 24, CALLS | FDS_GO, .meanwhile = nothing },
	{ "set-output", 22, TRACE | REDIRECT, nothing, .disturbed = true },
	{ "exec", 5, CALLS, .run = exec },
	{ "pause", 3, CALLS | TRACE | PAUSE, .meanwhile = nothing },
	{ "modules", 5, SINKS_GO, sinks_go, NULL, "coresight_tmc", true },
	{ "trbes", 5, SINKS_GO | TRBES_GO, trbes_go, NULL, "coresight_trbe", true },
	{ "etms", 5, ETMS_GO, etms_go, NULL, "coresight_etm4x", true },
	{ "all-modules", 3, SINKS_GO | ETMS_GO | ALL_GO | FDS_GO, all_go, NULL, "coresight", true },
	{ "hotplug", 3, TRACE, cpus_go, .disturbed = true },
	{ "offline", 3, 0, cpus_off, .disturbed = true },
	{ "sysfs", 2, TRACE, sysfs_session, .disturbed = true },
	{ "sessions", 2, TRACE, other_session, .disturbed = true },
	{ "link-and-sink", 0, .run = link_and_sink },
};

static int scenario(const char *name)
{
	int i = sizeof(scenarios) / sizeof(scenarios[0]);

	while (--i >= 0 && strcmp(scenarios[i].name, name))
		;
	return i;
}

/* Why a scenario cannot be played on this board and kernel, or NULL */
static const char *why_not(int i)
{
	if (scenarios[i].flags & TRBES_GO && find_sink(&board, "trbe0") < 0)
		return "no CPU has a sink of its own";
	/* In most kernels here, only the drivers of the sinks are modules */
	if (scenarios[i].module && access(module_file(scenarios[i].module), F_OK))
		return "the driver is built in";
	return NULL;
}

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

	memset(s, 0, sizeof(*s));
	s->type = read_number(PMU "/type", 10);
	what = scenarios[i].flags;
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
	give_back_buffers();
	printf("# %s: %ld rounds in %.1f s, %ld of them disturbed, %ld disturbances",
	       scenarios[i].name, s->rounds, seconds() - start, s->disturbed, s->disturbances);
	if (what & TRACE)
		printf(", %ld traced", s->traced);
	print_answers("ioctl", s->answers[0]);
	print_answers("mmap", s->answers[1]);
	putchar('\n');
	ok(!s->failures && complete(),
	   "%s: all %ld rounds, half of them disturbed, %ld disturbances or more%s",
	   scenarios[i].name, limit, least, what & TRACE ? ", and there is trace" : "");
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
	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	if (access(CORESIGHT "/tpiu0", F_OK))
		no_sink = "funnel0";
	s = shared_memory(sizeof(*s));

	for (int k = optind; k < argc; k++)
		if (scenario(argv[k]) < 0)
			bail_out("no scenario %s", argv[k]);
	for (int i = 0; i < all; i++) {
		wanted[i] = optind == argc && scenarios[i].percent;
		for (int k = optind; k < argc; k++)
			wanted[i] |= i == scenario(argv[k]);
		if (wanted[i] && why_not(i)) {
			wanted[i] = false;
			/* That is a skip where it was asked for */
			if (optind == argc)
				printf("# %s: left out, %s\n", scenarios[i].name, why_not(i));
			else
				ok(true, "%s # SKIP %s", scenarios[i].name, why_not(i));
		}
		if (wanted[i])
			percent += scenarios[i].percent;
	}
	for (int i = 0; i < all; i++)
		if (wanted[i])
			play(i, percent);
	return done_testing();
}
