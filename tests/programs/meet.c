// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that share a sink stop together, in each round: meet.ko holds them at a point where
 * each has had the chance to take the trace and none has given up the sink. Exactly one must
 * have taken it; and a CPU that starts meanwhile must record its own. Others who want the
 * sink meanwhile, or remove an event, must not change that. And no sink can be chosen for an
 * event before it has stopped, though its AUX area is being unmapped.
 *
 *	meet SINK
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <pthread.h>
#include <stdatomic.h>

#include "cs_etm.h"

#define DATA_PAGES	8
#define AUX_PAGES	64
#define GATE		"/sys/module/meet/parameters/gate"
#define ROUNDS		5

/* The CPUs' parts: 0 and 1 stop. A CPU that waits for them cannot run anything else. */
enum {
	LATE	= 2,			/* starts while they stop, or removes an event */
	OTHER	= 3,			/* is traced by another process, or as above */
	MAIN	= 4,			/* drives them */
	NR_CPUS
};

static struct board board;
static const char *name;
static uint32_t id;

struct session {
	int cpu, fd;
	struct perf_event_mmap_page *data;
	char *aux;
	uint64_t from;			/* aux_head when it was started last */
	pid_t holder;			/* who has the AUX area mapped, if that is another */
};

static void gate(int stops, int starts)
{
	char text[32];

	snprintf(text, sizeof(text), "%d %d", stops, starts);
	if (write_text(GATE, text))
		bail_out(GATE);
}

/* What meet.ko counts: CPUs that came to stop, that started, that waited in vain */
static int at_gate(int which)
{
	char text[64] = "";
	int n[3], fd = open(GATE, O_RDONLY);

	/* Not with stdio: its malloc() may need a lock that a thread in munmap() holds */
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0 ||
	    sscanf(text, "%d %d %d", &n[0], &n[1], &n[2]) != 3)
		bail_out(GATE);
	close(fd);
	return n[which];
}

static struct session begin(int cpu)
{
	struct session s = { .cpu = cpu };

	s.fd = event_open(board.type, -1, cpu, false, id);
	map_both(s.fd, &s.data, DATA_PAGES, &s.aux, AUX_PAGES);
	return s;
}

static void end(struct session *s)
{
	close_both(s->fd, s->data, DATA_PAGES, s->aux, AUX_PAGES);
	s->fd = -1;
}

static void start(struct session *s)
{
	s->data->aux_tail = s->from = s->data->aux_head;
	s->data->data_tail = s->data->data_head;
	if (ioctl(s->fd, PERF_EVENT_IOC_ENABLE, 0))
		bail_out("enable");
}

static uint64_t taken(const struct session *s)
{
	return s->data->aux_head - s->from;
}

/* Programs of a few branches on the CPUs, so that there is trace, and soon */
static void *work(void *arg)
{
	run_on((long)arg);
	for (;;)
		usleep(1000);
	return NULL;
}

static void *stop(void *arg)
{
	struct session *s = arg;

	run_on(s->cpu);
	ioctl(s->fd, PERF_EVENT_IOC_DISABLE, 0);
	return NULL;
}

static pthread_t on_thread(void *(*f)(void *), void *arg)
{
	pthread_t t;

	if (pthread_create(&t, NULL, f, arg))
		bail_out("pthread_create");
	return t;
}

/* Until @n CPUs are at the gate */
static void wait_for(int n)
{
	for (int i = 0; i < 5000 && at_gate(0) < n; i++)
		usleep(1000);
}

static void *start_later(void *arg)
{
	struct session *s = arg;

	run_on(LATE);
	start(s);
	return NULL;
}

/*
 * @n sessions stop at the same time; @late, if not NULL, starts before they give up the
 * sink. Returns how many of the @n took trace; -1 if they did not meet.
 */
static int stop_together(struct session *s, int n, struct session *late)
{
	pthread_t t[2];
	int takers = 0;

	for (int i = 0; i < n; i++)
		start(&s[i]);
	usleep(5000);
	gate(n, late != NULL);
	for (int i = 0; i < n; i++)
		t[i] = on_thread(stop, &s[i]);
	if (late) {
		pthread_t l;

		wait_for(n);
		l = on_thread(start_later, late);
		pthread_join(l, NULL);
	}
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	if (at_gate(0) < n || at_gate(1) < (late != NULL) || at_gate(2))
		takers = -1;
	gate(0, 0);
	for (int i = 0; i < n && takers >= 0; i++)
		takers += taken(&s[i]) > 0;
	return takers;
}

static void two(struct session *s)
{
	int good = 0, last = 0;

	for (int i = 0; i < ROUNDS; i++) {
		last = stop_together(s, 2, NULL);
		good += last == 1;
	}
	ok(good == ROUNDS, "%s: of two CPUs that stop together one takes the trace: %d times of %d (%d at last)",
	   name, good, ROUNDS, last);
}

/* Whether @late has another's trace: the same bytes that @s has taken already */
static bool copied(const struct session *late, const struct session *s)
{
	uint64_t n = taken(s) < taken(late) ? taken(s) : taken(late);
	uint64_t size = AUX_PAGES * PAGE;

	if (n > 256)
		n = 256;
	for (uint64_t i = 0; i < n; i++)
		if (s->aux[(s->from + i) % size] != late->aux[(late->from + i) % size])
			return false;
	return n > 0;
}

static void one_starts(struct session *s, int n)
{
	struct session *late = &s[LATE];
	int good = 0, own = 0;

	for (int i = 0; i < ROUNDS; i++) {
		bool copy = false;

		good += stop_together(s, n, late) == 1;
		usleep(5000);
		stop(late);
		run_on(MAIN);
		for (int j = 0; j < n; j++)
			copy |= copied(late, &s[j]);
		own += taken(late) && !copy;
	}
	ok(good == ROUNDS, "%s: %d that stop, one starts: the trace is taken, %d times of %d",
	   name, n, good, ROUNDS);
	ok(own == ROUNDS, "%s: %d that stop, one starts: it records its own, %d times of %d",
	   name, n, own, ROUNDS);
}

/* Another process, with an event of its own on the sink, which it starts on request */
static struct other {
	pid_t pid;
	int go, said;
} other;

static void __attribute__((noreturn)) be_other(int go, int said)
{
	struct session s;
	char c = 0;

	run_on(OTHER);
	s = begin(OTHER);
	while (write(said, &c, 1) == 1 && read(go, &c, 1) == 1) {
		start(&s);
		usleep(20000);
		ioctl(s.fd, PERF_EVENT_IOC_DISABLE, 0);
		c = (taken(&s) > 0) | flagged(s.data) << 1;
	}
	_exit(0);
}

static void begin_other(void)
{
	int go[2], said[2];

	if (pipe(go) || pipe(said))
		bail_out("pipe");
	other = (struct other){ .pid = fork(), .go = go[1], .said = said[0] };
	if (!other.pid) {
		close(go[1]);
		close(said[0]);
		be_other(go[0], said[1]);
	}
	close(go[0]);
	close(said[1]);
	if (read(said[0], &(char){ 0 }, 1) != 1)
		bail_out("the other process");
}

/* The other process traces: whether it took some trace, and whether a record says it lost some */
static void try_other(bool *took, bool *lost)
{
	char c = 0;

	if (write(other.go, &c, 1) != 1 || read(other.said, &c, 1) != 1)
		bail_out("the other process");
	*took = c & 1;
	*lost = c & 2;
}

static bool other_records(void)
{
	bool took, lost;

	try_other(&took, &lost);
	return took && !lost;
}

/* It has no trace, and a record that says so */
static bool other_is_refused(void)
{
	bool took, lost;

	try_other(&took, &lost);
	return !took && lost;
}

static void end_other(void)
{
	close(other.go);
	close(other.said);
	waitpid(other.pid, NULL, 0);
}

/*
 * What may happen while two CPUs stop; each returns whether the outcome is right
 */

static bool nothing(struct session *s)
{
	(void)s;
	return true;
}

/* Sysfs accepts that, but did not start these sessions, so it must not end them */
static bool sysfs_disables(struct session *s)
{
	char etm[16];
	bool good = !sysfs(name, "enable_sink", "0");

	(void)s;
	for (int cpu = 0; cpu < board.nr_cpus; cpu++) {
		snprintf(etm, sizeof(etm), "etm%d", cpu);
		good &= !sysfs(etm, "enable_source", "0");
	}
	return good;
}

static bool sysfs_claims(struct session *s)
{
	bool good = !sysfs(name, "enable_sink", "1");

	(void)s;
	good &= sysfs("etm2", "enable_source", "1") == -EBUSY;
	good &= !sysfs(name, "enable_sink", "0");
	return good;
}

static bool other_claims(struct session *s)
{
	(void)s;
	return other_is_refused();
}

static bool driver_goes(struct session *s)
{
	(void)s;
	return !module_goes("coresight_tmc");
}

static pthread_t helper;

static void *unmap(void *arg)
{
	struct session *s = arg;

	run_on(LATE);
	munmap(s->aux, AUX_PAGES * PAGE);
	s->aux = NULL;
	return NULL;
}

static void *close_all(void *arg)
{
	run_on(LATE);
	end(arg);
	return NULL;
}

/* These have to wait for the CPU that is held */
static bool is_unmapped(struct session *s)
{
	helper = on_thread(unmap, s);
	usleep(20000);
	return true;
}

static bool is_closed(struct session *s)
{
	helper = on_thread(close_all, s);
	usleep(20000);
	return true;
}

/*
 * Gives the AUX area to a process, so that killing that unmaps the area: one process
 * cannot unmap two areas at the same time.
 */
static void lend_aux(struct session *s)
{
	int status;

	s->holder = fork();
	if (!s->holder) {
		run_on(LATE + s->cpu);
		if (mmap(NULL, AUX_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd,
			 (1 + DATA_PAGES) * PAGE) == MAP_FAILED)
			_exit(1);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(s->holder, &status, WUNTRACED) != s->holder || !WIFSTOPPED(status))
		bail_out("another process does not map the AUX area");
	munmap(s->aux, AUX_PAGES * PAGE);
	s->aux = NULL;
}

static void *kill_holder(void *arg)
{
	struct session *s = arg;

	kill(s->holder, SIGKILL);
	waitpid(s->holder, NULL, 0);
	return NULL;
}

/*
 * Two CPUs stop, by @how: the first leaves its trace to the second, which takes it. Then
 * @comes is called, and then both give up the sink.
 */
static void in_between(const char *what, void *(*how)(void *), bool (*comes)(struct session *))
{
	struct session s[2] = { begin(0), begin(1) };
	pthread_t t[2];
	bool good;

	for (int i = 0; i < 2; i++) {
		if (how == kill_holder)
			lend_aux(&s[i]);
		start(&s[i]);
	}
	usleep(5000);
	gate(3, 0);
	for (int i = 0; i < 2; i++) {
		t[i] = on_thread(how, &s[i]);
		wait_for(i + 1);
	}
	helper = 0;
	good = at_gate(0) == 2 && comes(s) && at_gate(0) == 2 && !at_gate(2);
	gate(0, 0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	if (helper)
		pthread_join(helper, NULL);
	ok(good, "%s: two stop, %s", name, what);
	ok(taken(&s[1]) && (s[0].fd < 0 || !taken(&s[0])),
	   "%s: two stop, %s: the second has the trace", name, what);
	ok(nobody_uses() && other_records(), "%s: two stop, %s: then another records", name, what);
	for (int i = 0; i < 2; i++)
		if (s[i].fd >= 0)
			end(&s[i]);
}

/* What set_config() has returned to a thread; NOT_YET is no errno */
#define NOT_YET	1

static struct chooser {
	atomic_bool go;
	atomic_int result;
} chooser;

static void *choose(void *arg)
{
	struct session *s = arg;

	run_on(OTHER);
	while (!chooser.go)
		usleep(1000);
	chooser.result = set_config(s->fd, name);
	return NULL;
}

/*
 * A sink is chosen by one thread, while another has unmapped the AUX area and waits for the
 * event to stop. The choice may be refused, or wait as well; it must not succeed before.
 */
static void chosen_while_it_stops(void)
{
	struct session s = begin(0);
	int early = NOT_YET;
	pthread_t t[2];
	bool held;

	chooser = (struct chooser){ .result = NOT_YET };
	start(&s);
	/* It is there before: while memory is being unmapped, a new thread gets no stack */
	t[0] = on_thread(choose, &s);
	usleep(5000);
	gate(2, 0);
	t[1] = on_thread(unmap, &s);
	wait_for(1);
	held = at_gate(0) == 1;
	chooser.go = true;
	for (int i = 0; i < 100 && early == NOT_YET; i++) {
		usleep(1000);
		early = chooser.result;
	}
	held &= !at_gate(2);
	gate(0, 0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	ok(held && (early == NOT_YET || early == -EBUSY),
	   "%s: a choice while the event stops: %s", name,
	   early == NOT_YET ? "it waits" : early ? strerrorname_np(-early) : "it succeeds");
	ok(!chooser.result || chooser.result == -EBUSY, "%s: and then: %s", name,
	   chooser.result ? strerrorname_np(-chooser.result) : "it succeeds");
	ok(!set_config(s.fd, name), "%s: it succeeds when the event has stopped", name);
	end(&s);
}

static void sysfs_records(void)
{
	bool good = !sysfs(name, "enable_sink", "1") && !sysfs("etm2", "enable_source", "1");

	good &= other_is_refused();
	good &= !sysfs("etm2", "enable_source", "0") && !sysfs(name, "enable_sink", "0");
	ok(good && nobody_uses() && other_records(), "%s: sysfs has it, and then another", name);
}

static void driver_comes_back(void)
{
	bool gone = false;

	end_other();
	/* Deferred work frees the paths */
	for (int i = 0; i < 500 && !gone; i++) {
		gone = module_goes("coresight_tmc");
		usleep(10000);
	}
	ok(gone && module_comes("coresight_tmc"), "%s: its driver is unloaded and loaded", name);
	begin_other();
	ok(other_records() && nobody_uses(), "%s: and then it records", name);
	end_other();
}

int main(int argc, char **argv)
{
	struct session s[3];

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	id = argc == 2 ? id_of(&board, argv[1]) : 0;
	if (!id)
		bail_out("no such sink; look in " PMU "/sinks");
	if (board.nr_cpus < NR_CPUS)
		bail_out("it takes %d CPUs", NR_CPUS);
	name = argv[1];
	new_warnings();
	begin_other();
	run_on(MAIN);
	for (long cpu = 0; cpu < MAIN; cpu++)
		on_thread(work, (void *)cpu);
	for (int cpu = 0; cpu < 3; cpu++)
		s[cpu] = begin(cpu);
	two(s);
	one_starts(s, 1);
	one_starts(s, 2);
	for (int cpu = 0; cpu < 3; cpu++)
		end(&s[cpu]);
	ok(nobody_uses() && other_records(), "%s: then another records", name);
	sysfs_records();
	in_between("sysfs disables it", stop, sysfs_disables);
	in_between("sysfs claims it", stop, sysfs_claims);
	in_between("another owner claims it", stop, other_claims);
	in_between("its driver is to go", stop, driver_goes);
	in_between("an AUX area is unmapped by another thread", stop, is_unmapped);
	in_between("an event is closed by another thread", stop, is_closed);
	in_between("as their AUX areas go", kill_holder, nothing);
	/* Only with the series that has the ioctl */
	if (!access(PMU "/caps/drv_config", F_OK))
		chosen_while_it_stops();
	driver_comes_back();
	ok(!new_warnings(), "%s: nothing to warn of", name);
	return done_testing();
}
