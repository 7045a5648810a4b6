// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that share a sink and stop together, each time: meet.ko holds them where each
 * has had the chance to take the trace and none has given the sink up. Exactly one must
 * have taken it; and one that starts meanwhile records its own.
 *
 *	meet SINK
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <pthread.h>

#include "cs_etm.h"

#define DATA_PAGES	8
#define AUX_PAGES	64
#define GATE		"/sys/module/meet/parameters/gate"
#define ROUNDS		5
#define TRACER		2		/* the CPU that drives the others */

static struct board board;
static const char *name;
static uint32_t id;

struct session {
	int cpu, fd;
	struct perf_event_mmap_page *data;
	char *aux;
	uint64_t from;			/* aux_head when it was started last */
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
	int n[3] = { -1, -1, -1 };
	FILE *f = fopen(GATE, "r");

	if (!f || fscanf(f, "%d %d %d", &n[0], &n[1], &n[2]) != 3)
		bail_out(GATE);
	fclose(f);
	return n[which];
}

static struct session begin(int cpu)
{
	struct session s = { .cpu = cpu };

	s.fd = event_open(board.type, -1, cpu, false, id);
	if (s.fd < 0)
		bail_out("perf_event_open");
	s.data = map_data(s.fd, DATA_PAGES);
	if (s.data == MAP_FAILED)
		bail_out("mmap");
	s.aux = map_aux(s.fd, s.data, DATA_PAGES, AUX_PAGES);
	if (s.aux == MAP_FAILED)
		bail_out("mmap of the AUX area");
	return s;
}

static void end(struct session *s)
{
	munmap(s->aux, AUX_PAGES * PAGE);
	munmap(s->data, (1 + DATA_PAGES) * PAGE);
	close(s->fd);
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

/* Stops it by taking its AUX area away */
static void *unmap(void *arg)
{
	struct session *s = arg;

	run_on(s->cpu);
	munmap(s->aux, AUX_PAGES * PAGE);
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

	run_on(TRACER);
	start(s);
	return NULL;
}

/*
 * @n sessions stop at the same time; if @late is there, it starts before they give the
 * sink up. Returns how many of the @n took trace; -1 if they did not meet.
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

/* Whether what @late has is another's: the trace is that which was taken already */
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
	struct session *late = &s[2];
	int good = 0, own = 0;

	for (int i = 0; i < ROUNDS; i++) {
		bool copy = false;

		good += stop_together(s, n, late) == 1;
		usleep(5000);
		stop(late);
		run_on(TRACER + 1);
		for (int j = 0; j < n; j++)
			copy |= copied(late, &s[j]);
		own += taken(late) && !copy;
	}
	ok(good == ROUNDS, "%s: %d that stop, one starts: the trace is taken, %d times of %d",
	   name, n, good, ROUNDS);
	ok(own == ROUNDS, "%s: %d that stop, one starts: it records its own, %d times of %d",
	   name, n, own, ROUNDS);
}

/* An event that is closed while another stops; and what else may come in between */
static void one_closes(void)
{
	struct session s[2] = { begin(0), begin(1) };
	pthread_t t[2];

	for (int i = 0; i < 2; i++)
		start(&s[i]);
	usleep(5000);
	gate(3, 0);
	t[0] = on_thread(stop, &s[0]);
	t[1] = on_thread(unmap, &s[1]);
	wait_for(2);
	ok(at_gate(0) == 2 && !module_goes("coresight_tmc"),
	   "%s: its driver stays while two CPUs stop, one for its AUX area goes", name);
	gate(0, 0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	for (int i = 0; i < 2; i++)
		end(&s[i]);
}

/* Another owner may have the sink once all have left */
static bool another_records(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct session s = begin(0);

		start(&s);
		usleep(20000);
		stop(&s);
		_exit(!taken(&s));
	}
	return waitpid(pid, &status, 0) == pid && !status;
}

int main(int argc, char **argv)
{
	struct session s[3];

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	for (int i = 0; argc == 2 && i < board.nr_sinks; i++)
		if (!strcmp(board.sink[i], argv[1]))
			id = board.id[i];
	if (!id)
		bail_out("no such sink; look in " PMU "/sinks");
	if (board.nr_cpus < 4)
		bail_out("it takes 4 CPUs");
	name = argv[1];
	new_warnings();
	run_on(TRACER + 1);
	for (long cpu = 0; cpu < TRACER + 1; cpu++)
		on_thread(work, (void *)cpu);
	for (int cpu = 0; cpu < 3; cpu++)
		s[cpu] = begin(cpu);
	two(s);
	one_starts(s, 1);
	one_starts(s, 2);
	for (int cpu = 0; cpu < 3; cpu++)
		end(&s[cpu]);
	ok(another_records(), "%s: then another can use it", name);
	one_closes();
	ok(another_records(), "%s: and another, then", name);
	ok(!new_warnings(), "%s: nothing to warn of", name);
	return done_testing();
}
