/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each call must return: the rules of the ABI, and what they are about
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include <stdatomic.h>

#include "cs_etm.h"

#define EVENTS		8
#define FDS		24
#define BUFFERS		EVENTS
#define MAPPINGS	16
#define HELD		4
#define OWNERS		4
#define NONE		-1

enum { NOBODY, CPUS, TASKS };

/* What an event counts; OPENER is a process that has opened it for itself and called exec() since */
enum { SELF, PEER, WHOLE_CPU, OPENER };

/* What becomes of the process that opened an event */
enum { STAYS, EXITS, EXECS };

/* Whether a trace is paused: an event that was to do it may not have run */
enum { RUNNING, PAUSED, UNSURE };

/* What has to be seen at least once; deed_names[] has the words */
enum { EXECED, REMOVED, DID_PAUSE, DID_RESUME, CPUS_OFF, MOVED, SHARED, NR_DEEDS };

struct event {
	bool live;
	uint32_t type;
	int cpu;
	int target;
	int generation;			/* of the peer, or the opener, if that is the target */
	int owner;			/* the process that opened it STAYS, EXITS or EXECS */
	bool removed;			/* by attr.remove_on_exec */
	bool inherit;
	int in_peer;			/* the generation of a peer that inherited it */
	int paused;			/* RUNNING, PAUSED or UNSURE */
	uint32_t config2;
	int choice;			/* sink, or NONE */
	int buffer;
	int mappings;
	int refs;			/* files: descriptors, mappings, messages */
	bool enabled;
	bool refused;			/* a start, perhaps: see try_record() */
};

struct buffer {
	bool live;
	int pages;
	int mappings;			/* of data and AUX area */
	void *page;			/* the user page, if some mapping has it */
	uint64_t aux_offset, aux_size;	/* what the user page says */
	/* The AUX area */
	int aux_mappings;
	int aux_pages;
	uint64_t aux_at;
	bool aux_writable;
	int aux_choice;			/* sink, or NONE: the CPU's default */
	uint32_t aux_cpus;		/* that have a path */
	uint32_t told;			/* CPUs whose sink the kernel has reported */
	bool unsure;			/* others may be as well, when nobody looked */
	bool paused;			/* by PERF_EVENT_IOC_PAUSE_OUTPUT: no records */
	bool stale;			/* there may be records of an AUX area before */
};

struct mapping {
	char *at;
	size_t size;
	uint64_t offset;
	int event, buffer;
	bool peers;			/* and @at is an address there */
};

struct descriptor {
	int fd;				/* as the process that has it knows it */
	int event;
	bool peers;
};

static const char * const deed_names[NR_DEEDS] = {
	[EXECED] = "AUX areas of events whose owner has called exec()",
	[REMOVED] = "AUX areas of events that exec() has removed",
	[DID_PAUSE] = "traces paused",
	[DID_RESUME] = "traces resumed",
	[CPUS_OFF] = "choices while CPUs that reach the sink are off",
	[MOVED] = "AUX areas moved",
	[SHARED] = "AUX areas shared with the peer",
};

/* A program that opened an event and then called exec() */
struct owner {
	pid_t pid;
	int event;			/* that it has a descriptor of, or NONE */
};

static struct board board;
static struct event events[EVENTS];
static struct buffer buffers[BUFFERS];
static struct mapping mappings[MAPPINGS];
static struct descriptor fds[FDS];
static int held[HELD];			/* events whose descriptor is in a socket's queue */
static int holder[2];			/* that socket */
static int generation;			/* of the peer */
static struct owner owners[OWNERS];
static int openers;			/* how many there were */
static int peer_sock;
static pid_t peer;
static pid_t helper;
static atomic_ulong *by_sysfs;		/* odd while the helper traces */
static atomic_bool *helper_ends;

static uint64_t seed = 1, rng;
static unsigned long calls, limit = 50000, failures, ioctls, good_ioctls, records, judged;
static unsigned long by_errno[256], set_errors[256], deeds[NR_DEEDS];
static bool trace, mixed, have_ioctl;
static int etr_users;			/* CPUS or TASKS, see avoid_mix() */
static char doing[5000];

/* Memory for strings; see make_arena() */
static char *arena, *read_only, *hole, *past_end;

static uint32_t below(uint32_t n)
{
	return random_next(&rng) % n;
}

static bool chance(int percent)
{
	return below(100) < (uint32_t)percent;
}

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(doing, sizeof(doing), fmt, ap);
	va_end(ap);
}

/* The start of a string in memory of which @readable bytes can be read */
static const char *printable(const char *s, size_t readable)
{
	static char text[64];
	size_t n = 0;

	while (n < sizeof(text) - 1 && n < readable && s[n]) {
		text[n] = s[n] >= ' ' && s[n] <= '~' ? s[n] : '?';
		n++;
	}
	text[n] = '\0';
	return text;
}

static const char *error_name(int ret)
{
	return ret < 0 ? strerrorname_np(-ret) : "0";
}

/* All results of the kernel are compared with the model here */
static void compare(int got, int wanted)
{
	calls++;
	if (got < 0)
		by_errno[-got & 255]++;
	if (trace)
		printf("# %lu %s = %s\n", calls, doing, error_name(got));
	if (got == wanted)
		return;
	if (failures++ < 10)
		printf("# call %lu: %s: got %s, the model says %s\n", calls, doing,
		       error_name(got), error_name(wanted));
}

static bool is_etm(const struct event *e)
{
	return e->type == board.type;
}

/*
 * The model: the driver configuration
 */

/*
 * The errnos that the ABI allows for one call of SET_DRV_CONFIG. The rows of its table have no
 * order: if several apply, each is right. If none does, the call succeeds and chooses @sink.
 */
struct answer {
	int err[8], nr, sink;
};

static void may_fail(struct answer *a, int err)
{
	a->err[a->nr++] = err;
}

/*
 * The string as the ABI defines it: a comma-separated list of sink=NAME or NAME. If a NAME has
 * a "=" or a newline, no device can have it: the model leaves open whether the kernel calls
 * that a bad string or an unknown device.
 */
static bool parse(const char *s, char *name, struct answer *a)
{
	bool have = false;

	if (s[strcspn(s, "\n")]) {
		may_fail(a, -EINVAL);
		may_fail(a, -ENODEV);
		return false;
	}
	for (;;) {
		size_t len = strcspn(s, ",");
		const char *eq = memchr(s, '=', len), *value = eq ? eq + 1 : s;

		if ((eq && (eq - s != 4 || memcmp(s, "sink", 4))) ||	/* unknown key */
		    value == s + len || have) {			/* nothing there, or twice */
			may_fail(a, -EINVAL);
			return false;
		}
		if (memchr(value, '=', s + len - value)) {
			may_fail(a, -EINVAL);
			may_fail(a, -ENODEV);
			return false;
		}
		have = true;
		memcpy(name, value, s + len - value);
		name[s + len - value] = '\0';
		if (!s[len])
			return true;
		s += len + 1;
	}
}

static uint32_t cpus_reaching(int cpu, int sink)
{
	uint32_t cpus = 0;

	for (int i = 0; i < board.nr_cpus; i++)
		if ((cpu == -1 || cpu == i) && board.reach[i] & 1u << sink)
			cpus |= 1u << i;
	return cpus;
}

static void choose(const struct event *e, const char *string, struct answer *a)
{
	char name[PAGE];
	int sink = 0;

	if (!parse(string, name, a))
		return;
	while (sink < board.nr_sinks && strcmp(board.sink[sink], name))
		sink++;
	a->sink = sink;
	if (sink == board.nr_sinks) {
		bool known = false;

		for (int i = 0; i < board.nr_devices; i++)
			known |= !strcmp(board.device[i], name);
		may_fail(a, known ? -EINVAL : -ENODEV);
		return;
	}
	if (!cpus_reaching(e->cpu, sink))
		may_fail(a, -ENXIO);
	if (e->config2 && e->config2 != board.id[sink])
		may_fail(a, -EINVAL);
}

static bool aux_is_mapped(const struct event *e)
{
	return e->buffer != NONE && buffers[e->buffer].aux_mappings;
}

/* @p: what the string is in memory, @readable: how many bytes of it are */
static struct answer model_set(const struct event *e, const char *p, size_t readable)
{
	size_t len = strnlen(p, readable < PAGE ? readable : PAGE);
	struct answer a = { .sink = NONE };

	if (!have_ioctl) {
		may_fail(&a, -ENOTTY);
		return a;
	}
	if (!is_etm(e))
		may_fail(&a, -EOPNOTSUPP);
	if (aux_is_mapped(e))
		may_fail(&a, -EBUSY);
	if (len >= PAGE)
		may_fail(&a, -EINVAL);
	else if (len >= readable)
		may_fail(&a, -EFAULT);
	else if (is_etm(e))
		choose(e, p, &a);
	return a;
}

/* What the call should have returned: @got, if that is right; then @e has the effect of it */
static int wanted_of(struct event *e, const struct answer *a, int got)
{
	set_errors[-got & 255]++;
	for (int i = 0; i < a->nr; i++)
		if (a->err[i] == got)
			return got;
	if (a->nr)
		return a->err[0];
	e->choice = a->sink;
	return 0;
}

/* Whether records named a sink and, where there is a monitor, it was asked which sink took trace */
static bool trace_judged(void)
{
	return records && (judged || !has_monitor());
}

/* A row of the ABI's table that was not seen, though enough calls were made to expect it */
static const char *row_not_seen(void)
{
	static const int rows[] = { EOPNOTSUPP, EFAULT, EINVAL, ENODEV, EBUSY };
	bool out_of_reach = false;

	if (!have_ioctl || limit < 5000)
		return NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!set_errors[rows[i]])
			return strerrorname_np(rows[i]);
	for (int c = 0; c < board.nr_cpus; c++)
		out_of_reach |= board.reach[c] != (1u << board.nr_sinks) - 1;
	return out_of_reach && !set_errors[ENXIO] ? "ENXIO" : NULL;
}

/* Of what should have been tried at least once, something that was not */
static const char *deed_not_seen(void)
{
	for (int i = 0; i < NR_DEEDS; i++) {
		bool pauses = i == DID_PAUSE || i == DID_RESUME;
		/* 30000 calls had 1 to 17 pauses, 1 to 7 resumes and 8 or more of the others */
		unsigned long enough = pauses ? 150000 : 30000;

		/* Without a monitor, nothing says what a pause does */
		if (pauses && !has_monitor())
			continue;
		if (!deeds[i] && limit >= enough && (i != CPUS_OFF || have_ioctl))
			return deed_names[i];
	}
	return NULL;
}

/*
 * The model: events, buffers, mappings
 */

static void put_event(int i)
{
	struct event *e = &events[i];

	if (--e->refs)
		return;
	memset(e, 0, sizeof(*e));
	e->buffer = NONE;
}

static int model_open(const struct event *new)
{
	if (new->paused && !is_etm(new))
		return -EOPNOTSUPP;
	for (int i = 0; i < EVENTS; i++) {
		const struct event *e = &events[i];
		bool dead;

		if (!e->live || !is_etm(e) || !is_etm(new))
			continue;
		/* An exclusive PMU: a task's events or a CPU's, never both, */
		if ((e->target == WHOLE_CPU) != (new->target == WHOLE_CPU))
			return -EBUSY;
		/* and one for a task and CPU, or CPU */
		if (e->cpu != new->cpu && e->cpu != -1 && new->cpu != -1)
			continue;
		dead = e->target == OPENER || (e->target == PEER && e->generation != generation);
		if (e->target == new->target && !dead)
			return -EBUSY;
		if (new->target == PEER && e->in_peer == generation)
			return -EBUSY;
		/* Who opens it is a child of this process */
		if (new->target == OPENER && e->target == SELF && e->inherit)
			return -EBUSY;
	}
	return 0;
}

static int model_map_data(struct event *e, int pages, bool shared, int *buffer)
{
	if ((e->cpu == -1 && e->inherit) || !shared)
		return -EINVAL;
	if (pages & (pages - 1))
		return -EINVAL;
	if (e->buffer != NONE && buffers[e->buffer].pages != pages)
		return -EINVAL;
	/* Another event's, by SET_OUTPUT */
	if (e->buffer != NONE && !e->mappings)
		return -EBUSY;
	if (e->buffer == NONE) {
		int i = 0;

		while (buffers[i].live)
			i++;
		buffers[i] = (struct buffer){ .live = true, .pages = pages };
		e->buffer = i;
	}
	*buffer = e->buffer;
	return 0;
}

/* What an AUX area that is mapped now would use: a sink, or NONE, which is the CPU's default */
static int chosen_sink(const struct event *e)
{
	for (int i = 0; e->choice == NONE && i < board.nr_sinks; i++)
		if (e->config2 == board.id[i])
			return i;
	return e->choice;
}

static int model_map_aux(struct event *e, int pages, uint64_t at, bool writable)
{
	struct buffer *b;
	int sink = chosen_sink(e);

	if ((e->cpu == -1 && e->inherit) || e->buffer == NONE)
		return -EINVAL;
	/* The buffer is another event's, by SET_OUTPUT */
	if (!e->mappings)
		return -EBUSY;
	b = &buffers[e->buffer];
	if (b->aux_offset < (1 + b->pages) * PAGE || b->aux_offset != at)
		return -EINVAL;
	if (b->aux_pages && (b->aux_at != at || b->aux_size != pages * PAGE))
		return -EINVAL;
	if (b->aux_size != pages * PAGE || (b->aux_pages && b->aux_pages != pages))
		return -EINVAL;
	if (pages & (pages - 1))
		return -EINVAL;
	if (b->aux_pages)
		return 0;
	if (!is_etm(e))
		return -EOPNOTSUPP;

	b->aux_cpus = 0;
	for (int i = 0; i < board.nr_cpus; i++)
		if ((e->cpu == -1 || e->cpu == i) &&
		    (sink == NONE ? board.by_default[i] >= 0 : board.reach[i] >> sink & 1))
			b->aux_cpus |= 1u << i;
	/* Only with config2: the ioctl() rejects a sink that is out of reach */
	if (!b->aux_cpus)
		return -ENOMEM;
	b->aux_pages = pages;
	b->aux_at = at;
	b->aux_writable = writable;
	b->aux_choice = sink;
	b->told = 0;
	b->unsure = false;
	b->stale = !b->page;
	return 0;
}

static void model_unmap(struct mapping *m)
{
	struct event *e = &events[m->event];
	struct buffer *b = &buffers[m->buffer];
	int nr = m->buffer;

	if (m->offset && !--b->aux_mappings)
		b->aux_pages = 0;
	b->mappings--;
	e->mappings--;
	if (!m->offset && !m->peers) {
		b->page = NULL;
		for (int i = 0; i < MAPPINGS; i++)
			if (&mappings[i] != m && mappings[i].at && !mappings[i].offset &&
			    !mappings[i].peers && mappings[i].buffer == nr)
				b->page = mappings[i].at;
	}
	if (!e->mappings)
		e->buffer = NONE;
	if (!b->mappings) {
		/* Events that were redirected to it */
		for (int i = 0; i < EVENTS; i++)
			if (events[i].buffer == nr)
				events[i].buffer = NONE;
		b->live = false;
	}
	m->at = NULL;
	put_event(m->event);
}

static int model_set_output(struct event *e, const struct event *to)
{
	if (to) {
		if (e == to || e->cpu != to->cpu)
			return -EINVAL;
		if (to->cpu == -1 && (e->target != to->target ||
				      e->generation != to->generation))
			return -EINVAL;
	}
	if (e->mappings || (to && to->buffer == NONE))
		return -EINVAL;
	e->buffer = to ? to->buffer : NONE;
	return 0;
}

#endif
