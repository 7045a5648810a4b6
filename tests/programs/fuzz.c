// SPDX-License-Identifier: GPL-2.0
// 32-bit: perf_compat_ioctl() is to behave no differently
/*
 * Calls on perf events in random order with random arguments, compared one by
 * one with a model of what each must return, and at times of where the trace
 * goes. The model follows the table of errors in the ABI; what it takes from
 * the kernel is the rules of mmap() and SET_OUTPUT, which are older. Meanwhile a
 * helper reads and writes enable_source, and many events outlive who opened them:
 * neither is to make a difference, and the model knows of neither.
 *
 *	fuzz [--seed N] [--calls N] [--mixed] [--trace]
 *
 * The same seed makes the same calls on the same board. --mixed: also what makes
 * the drivers of the sinks complain, see docs/reliability.md; with the series, that
 * is but to have several events enabled at a time.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <getopt.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "cs_etm.h"

#define EVENTS		8
#define FDS		24
#define BUFFERS		EVENTS
#define MAPPINGS	16
#define HELD		4
#define NONE		-1

enum { NOBODY, CPUS, TASKS };

/* What an event counts */
enum { SELF, PEER, WHOLE_CPU };

struct event {
	bool live;
	uint32_t type;
	int cpu;
	int target;
	int generation;			/* of the peer, if that is the target */
	bool inherit;
	int in_peer;			/* the generation of a peer that inherited it */
	uint32_t config2;
	int choice;			/* sink, or NONE */
	int buffer;
	int mappings;
	int refs;			/* files: descriptors, mappings, messages */
	bool enabled;
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
	uint32_t told;			/* CPUs that have said which sink is theirs */
	bool unsure;			/* others may have, when nobody looked */
	bool stale;			/* there may be records of an AUX area before */
};

struct mapping {
	char *at;
	size_t size;
	uint64_t offset;
	int event, buffer;
};

struct descriptor {
	int fd;				/* as the process that has it knows it */
	int event;
	bool peers;
};

static struct board board;
static struct event events[EVENTS];
static struct buffer buffers[BUFFERS];
static struct mapping mappings[MAPPINGS];
static struct descriptor fds[FDS];
static int held[HELD];			/* events whose descriptor is under way */
static int holder[2];			/* the socket that it is under way in */
static int generation;			/* of the peer */
static int peer_sock;
static pid_t peer;
static atomic_ulong *by_sysfs;		/* odd while the helper traces */

static uint64_t seed = 1, rng;
static unsigned long calls, limit = 50000, failures, ioctls, good_ioctls, records;
static unsigned long by_errno[256];
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

static const char *name_of(int ret)
{
	return ret < 0 ? strerrorname_np(-ret) : "0";
}

/* The one place where model and kernel meet */
static void compare(int got, int wanted)
{
	calls++;
	if (got < 0)
		by_errno[-got & 255]++;
	if (trace)
		printf("# %lu %s = %s\n", calls, doing, name_of(got));
	if (got == wanted)
		return;
	if (failures++ < 10)
		printf("# call %lu: %s: got %s, the model says %s\n", calls, doing,
		       name_of(got), name_of(wanted));
}

static bool is_etm(const struct event *e)
{
	return e->type == board.type;
}

/*
 * The model: the driver configuration
 */

/* The string as the ABI defines it: a comma-separated list of sink=NAME or NAME */
static int parse(const char *s, char *name)
{
	bool have = false;

	if (strchr(s, '\n'))
		return -EINVAL;
	for (;;) {
		size_t len = strcspn(s, ",");
		const char *eq = memchr(s, '=', len), *value = s;

		if (eq) {
			if (eq - s != 4 || memcmp(s, "sink", 4))
				return -EINVAL;		/* unknown key */
			value = eq + 1;
		}
		if (value == s + len)
			return -EINVAL;			/* nothing there */
		if (have)
			return -EINVAL;			/* twice */
		if (memchr(value, '=', s + len - value))
			return -EINVAL;
		have = true;
		memcpy(name, value, s + len - value);
		name[s + len - value] = '\0';
		if (!s[len])
			return 0;
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

/* @sink: the outcome, if 0 is returned */
static int choose(const struct event *e, const char *string, int *sink)
{
	char name[PAGE];
	int ret = parse(string, name);

	if (ret)
		return ret;
	for (*sink = 0; *sink < board.nr_sinks; ++*sink)
		if (!strcmp(board.sink[*sink], name))
			break;
	if (*sink == board.nr_sinks) {
		for (int i = 0; i < board.nr_devices; i++)
			if (!strcmp(board.device[i], name))
				return -EINVAL;
		return -ENODEV;
	}
	if (!cpus_reaching(e->cpu, *sink))
		return -ENXIO;
	if (e->config2 && e->config2 != board.id[*sink])
		return -EINVAL;
	return 0;
}

static bool aux_is_mapped(const struct event *e)
{
	return e->buffer != NONE && buffers[e->buffer].aux_mappings;
}

/* @p: what the string is in memory, @readable: how many bytes of it are */
static int model_set(struct event *e, const char *p, size_t readable)
{
	size_t len;
	int ret, sink;

	if (!have_ioctl)
		return -ENOTTY;
	if (!is_etm(e))
		return -EOPNOTSUPP;
	len = strnlen(p, readable < PAGE ? readable : PAGE);
	if (len >= PAGE)
		return -EINVAL;
	if (len >= readable)
		return -EFAULT;
	if (aux_is_mapped(e))
		return -EBUSY;
	ret = choose(e, p, &sink);
	if (!ret)
		e->choice = sink;
	return ret;
}

/*
 * The model: events, buffers, mappings
 */

static void attach(struct event *e, int buffer)
{
	e->buffer = buffer;
}

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
		dead = e->target == PEER && e->generation != generation;
		if (e->target == new->target && !dead)
			return -EBUSY;
		if (new->target == PEER && e->in_peer == generation)
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
		attach(e, i);
	}
	*buffer = e->buffer;
	return 0;
}

static int model_map_aux(struct event *e, int pages, uint64_t at, bool writable)
{
	struct buffer *b;
	int sink = e->choice;

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
	if (sink == NONE && e->config2)
		for (int i = 0; i < board.nr_sinks; i++)
			if (board.id[i] == e->config2)
				sink = i;
	for (int i = 0; i < board.nr_cpus; i++)
		if ((e->cpu == -1 || e->cpu == i) &&
		    (sink == NONE ? board.by_default[i] >= 0 : board.reach[i] >> sink & 1))
			b->aux_cpus |= 1u << i;
	/* Only with config2: what the ioctl() takes is within reach */
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
	if (!m->offset) {
		b->page = NULL;
		for (int i = 0; i < MAPPINGS; i++)
			if (&mappings[i] != m && mappings[i].at && !mappings[i].offset &&
			    mappings[i].buffer == nr)
				b->page = mappings[i].at;
	}
	if (!e->mappings)
		attach(e, NONE);
	if (!b->mappings) {
		/* Events that were redirected to it */
		for (int i = 0; i < EVENTS; i++)
			if (events[i].buffer == nr)
				attach(&events[i], NONE);
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
	attach(e, to ? to->buffer : NONE);
	return 0;
}

/*
 * Strings, and where they are in memory
 */

/*
 * Two pages, then one that cannot be read; the same two pages where they can only
 * be read; pages that are no use; one that is mapped beyond the end of its file.
 * The peer has them all as well.
 */
static void make_arena(void)
{
	char path[] = "/tmp/fuzz.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || ftruncate(fd, 3 * PAGE))
		bail_out("arena");
	unlink(path);
	arena = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	read_only = mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	past_end = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	/* Not just unmapped, or a buffer would end up there */
	hole = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED || read_only == MAP_FAILED || past_end == MAP_FAILED ||
	    hole == MAP_FAILED || mprotect(arena + 2 * PAGE, PAGE, PROT_NONE) ||
	    mprotect(read_only + 2 * PAGE, PAGE, PROT_NONE))
		bail_out("arena");
	close(fd);
}

static size_t append_word(char *s)
{
	static const char * const odd[] = {
		"", "sink", "Sink", "sink=", "=", ",", "source", "sinks", " ", "\n", "\t", "/",
		"..", "%s", "0", "-1", "*", "tmc_", "tmc_et", "tmc_etr", "TMC_ETR0", "etm0/",
		"\xff\xfe", "\xc3\xbc", "default", "none",
	};
	char *start = s;
	const char *w;

	switch (below(8)) {
	case 0:
		w = odd[below(sizeof(odd) / sizeof(odd[0]))];
		break;
	case 1:
		w = board.device[below(board.nr_devices)];
		break;
	default:
		w = board.sink[below(board.nr_sinks)];
	}
	s = stpcpy(s, w);
	switch (below(24)) {
	case 0:		/* a prefix */
		if (s > start)
			s--;
		break;
	case 1:		/* more than the name */
		*s++ = "0x_ \n/=,"[below(8)];
		break;
	case 2:		/* not quite the name */
		if (s > start)
			start[below(s - start)] ^= 1u << below(7);
		break;
	}
	*s = '\0';
	return strlen(start);
}

/* Returns the length; what is in @s may have more NULs, or none in its length */
static size_t make_string(char *s)
{
	size_t len = 0, extra;

	switch (below(16)) {
	case 0:		/* bytes */
		len = below(chance(10) ? 2 * PAGE - 1 : 40);
		for (size_t i = 0; i < len; i++)
			s[i] = chance(50) ? below(256) : "sink=,tmc_etr0"[below(14)];
		s[len] = '\0';
		return len;
	case 1:		/* around the longest */
		extra = PAGE - 4 + below(8);
		memset(s, "x,=a\1"[below(5)], extra);
		if (chance(50))
			memcpy(s, "sink=", 5);
		s[extra] = '\0';
		return extra;
	case 2:
	case 3:		/* a list */
		for (int i = below(4); i >= 0; i--) {
			if (chance(50))
				len += stpcpy(s + len, "sink=") - (s + len);
			len += append_word(s + len);
			if (i)
				s[len++] = ",,,,=; "[below(7)];
		}
		s[len] = '\0';
		return strlen(s);
	default:
		if (chance(40))
			len = stpcpy(s, "sink=") - s;
		len += append_word(s + len);
		return strlen(s);
	}
}

/* Puts a string somewhere; returns its address, and how much of it is readable */
static const char *place_string(size_t *readable, const char **shown)
{
	char string[3 * PAGE];
	size_t len = make_string(string), room = 2 * PAGE, at;

	if (len >= room)
		len = room - 1;
	string[len] = '\0';
	switch (below(20)) {
	case 0:		/* NULL, and its neighbours */
		*readable = 0;
		*shown = arena;
		switch (below(6)) {
		case 0:
			return NULL;
		case 1:
			return (char *)(uintptr_t)below(PAGE);
		case 2:
			return hole + below(4 * PAGE);
		case 3:
			return arena + 2 * PAGE + below(PAGE);
		case 4:
			return past_end + 3 * PAGE + below(PAGE);
		default:
			/* The kernel's, for 64 bit; for 32 bit there is nothing */
			if (sizeof(long) == 8)
				return (char *)(uintptr_t)(below(2) ? 0xffff800080000000ULL +
					below(1u << 24) : -1ULL - below(1u << 20));
			return (char *)(uintptr_t)(0xfffe0000u + below(0x1000));
		}
	case 1:		/* up to the last byte, without the NUL */
		at = room - len;
		memcpy(arena + at, string, len);
		break;
	case 2:
	case 3:		/* with it */
		at = room - len - 1;
		memcpy(arena + at, string, len + 1);
		break;
	case 4:
	case 5:		/* across the pages */
		at = len < PAGE ? PAGE - below(len + 1) : PAGE - 1;
		if (at + len + 1 > room)
			at = room - len - 1;
		memcpy(arena + at, string, len + 1);
		break;
	default:
		at = below(room - len);
		memcpy(arena + at, string, len + 1);
	}
	*readable = room - at;
	*shown = arena + at;
	return chance(20) ? read_only + at : arena + at;
}

/*
 * The peer: another process, of another user, that gets descriptors over a
 * socket and makes calls on them when told to
 */

enum { PEER_SET, PEER_CLOSE, PEER_KEEP };

struct request {
	int what, fd;
	const char *string;
};

static int send_fd(int sock, struct request *r, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { r, sizeof(*r) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *c;

		m.msg_control = control;
		m.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(sock, &m, 0) == sizeof(*r) ? 0 : -errno;
}

/* Returns the descriptor that came along, -1 if none, -2 at the end */
static int receive_fd(int sock, struct request *r)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { r, sizeof(*r) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd;

	if (recvmsg(sock, &m, 0) != sizeof(*r))
		return -2;
	c = CMSG_FIRSTHDR(&m);
	if (!c)
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void __attribute__((noreturn)) be_peer(int sock)
{
	struct request r;
	int fd, ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* None but the sockets's: what is inherited would keep events alive */
	for (int i = 3; i < 1024; i++)
		if (i != sock)
			close(i);
	if (setgid(1000) || setuid(1000))
		_exit(1);
	while ((fd = receive_fd(sock, &r)) != -2) {
		switch (r.what) {
		case PEER_KEEP:
			ret = fd;
			break;
		case PEER_SET:
			ret = set_config(r.fd, r.string);
			break;
		default:
			ret = close(r.fd) ? -errno : 0;
		}
		if (write(sock, &ret, sizeof(ret)) != sizeof(ret))
			break;
	}
	_exit(0);
}

static int ask_peer(struct request r, int fd)
{
	int ret;

	if (send_fd(peer_sock, &r, fd) || read(peer_sock, &ret, sizeof(ret)) != sizeof(ret))
		bail_out("the peer does not answer");
	return ret;
}

static void start_peer(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		bail_out("socketpair");
	generation++;
	fflush(stdout);
	peer = fork();
	if (peer < 0)
		bail_out("fork");
	if (!peer)
		be_peer(pair[1]);
	close(pair[1]);
	peer_sock = pair[0];
	/* It has its own descriptor of nothing once it answers */
	if (ask_peer((struct request){ .what = PEER_CLOSE, .fd = -1 }, -1) != -EBADF)
		bail_out("the peer is not ready");
	for (int i = 0; i < EVENTS; i++)
		if (events[i].live && events[i].inherit && events[i].target == SELF)
			events[i].in_peer = generation;
}

static void end_peer(void)
{
	kill(peer, SIGKILL);
	waitpid(peer, NULL, 0);
	close(peer_sock);
	for (int i = 0; i < FDS; i++) {
		if (fds[i].fd < 0 || !fds[i].peers)
			continue;
		fds[i].fd = -1;
		put_event(fds[i].event);
	}
}

/* The helper: others that look at sources, and that trace by sysfs, on any CPU */
static void start_helper(void)
{
	uint64_t state = seed | 1;
	char path[64];

	by_sysfs = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (by_sysfs == MAP_FAILED)
		bail_out("helper");
	fflush(stdout);
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 3; i < 1024; i++)
		close(i);
	for (;;) {
		snprintf(path, sizeof(path), CORESIGHT "/etm%u/enable_source",
			 random_next(&state) % board.nr_cpus);
		if (random_next(&state) % 32) {
			read_number(path, 10);
		} else {
			++*by_sysfs;
			write_text(path, "1");
			usleep(random_next(&state) % 500);
			write_text(path, "0");
			++*by_sysfs;
		}
		usleep(random_next(&state) % 1000);
	}
}

/*
 * The calls
 */

static int any_fd(bool peers)
{
	int start = below(FDS);

	for (int i = 0; i < FDS; i++) {
		int n = (start + i) % FDS;

		if (fds[n].fd >= 0 && fds[n].peers == peers)
			return n;
	}
	return NONE;
}

static int free_fd(void)
{
	for (int i = 0; i < FDS; i++)
		if (fds[i].fd < 0)
			return i;
	return NONE;
}

static void try_open(void)
{
	struct event e = {
		.live = true,
		.type = chance(90) ? board.type : PERF_TYPE_SOFTWARE,
		.cpu = chance(50) ? -1 : (int)below(board.nr_cpus),
		.target = chance(70) ? SELF : chance(70) ? PEER : WHOLE_CPU,
		.choice = NONE,
		.buffer = NONE,
		.refs = 1,
	};
	int n = free_fd(), slot = 0, fd, wanted;
	bool orphan = chance(40);
	pid_t pid;

	if (e.target == WHOLE_CPU && e.cpu == -1)
		e.cpu = 0;
	if (e.target == PEER)
		e.generation = generation;
	e.inherit = e.cpu == -1 ? chance(5) : chance(50);
	if (is_etm(&e) && chance(25))
		e.config2 = chance(80) ? board.id[below(board.nr_sinks)] : 1 + below(UINT32_MAX);
	while (slot < EVENTS && events[slot].live)
		slot++;
	if (n == NONE || slot == EVENTS)
		return;
	/* Software events never stand in each other's way: one is enough */
	for (int i = 0; i < EVENTS; i++)
		if (events[i].live && !is_etm(&events[i]))
			e.type = board.type;

	wanted = model_open(&e);
	say("open(type %u, target %d, cpu %d, inherit %d, config2 %#x)%s", e.type, e.target, e.cpu,
	    e.inherit, e.config2, orphan ? " by a process that exits" : "");
	pid = e.target == SELF ? getpid() : e.target == PEER ? peer : -1;
	fd = (orphan ? event_open_orphan : event_open)(e.type, pid, e.cpu, e.inherit, e.config2);
	compare(fd < 0 ? -errno : 0, wanted);
	if (fd < 0)
		return;
	events[slot] = e;
	fds[n] = (struct descriptor){ .fd = fd, .event = slot };
}

static int do_set(const struct descriptor *d, const char *string)
{
	if (d->peers)
		return ask_peer((struct request){ PEER_SET, d->fd, string }, -1);
	return set_config(d->fd, string);
}

static void try_set(bool peers)
{
	int n = any_fd(peers), wanted, got;
	size_t readable;
	const char *string, *shown;
	struct event *e;

	if (n == NONE)
		return;
	e = &events[fds[n].event];
	string = place_string(&readable, &shown);
	wanted = model_set(e, shown, readable);
	say("set(event %d%s, cpu %d, %p \"%s\")", fds[n].event, peers ? " by the peer" : "",
	    e->cpu, (void *)string, printable(shown, readable));
	got = do_set(&fds[n], string);
	ioctls++;
	good_ioctls += !got;
	compare(got, wanted);
}

/* Other commands and descriptors: there is nothing there */
static void try_bad(void)
{
	int n = any_fd(false), fd = n == NONE ? -1 : fds[n].fd, wanted = -ENOTTY;
	unsigned long cmd = PERF_EVENT_IOC_SET_DRV_CONFIG;

	switch (below(6)) {
	case 0:
		fd = 1000 + below(1000);
		wanted = -EBADF;
		break;
	case 1:
		fd = holder[0];
		break;
	case 2:
		cmd = _IOR('$', 12, char *);
		break;
	case 3:
		cmd = _IOWR('$', 12, char *);
		break;
	case 4:
		cmd = _IOC(_IOC_WRITE, '$', 12, 16 + below(100));
		break;
	default:
		cmd = _IOC(below(4), '$', 13 + below(200), sizeof(long));
	}
	if (fd < 0)
		return;
	say("ioctl(%d, %#lx)", fd, cmd);
	compare(ioctl(fd, cmd, board.sink[0]) ? -errno : 0, wanted);
}

static struct mapping *free_mapping(void)
{
	for (int i = 0; i < MAPPINGS; i++)
		if (!mappings[i].at)
			return &mappings[i];
	return NULL;
}

static void mapped(struct mapping *m, void *at, size_t size, uint64_t offset, int event)
{
	struct event *e = &events[event];
	struct buffer *b = &buffers[e->buffer];

	*m = (struct mapping){ at, size, offset, event, e->buffer };
	e->mappings++;
	e->refs++;
	b->mappings++;
	if (offset)
		b->aux_mappings++;
	else
		b->page = at;
}

static void try_map_data(void)
{
	struct mapping *m = free_mapping();
	bool shared = chance(97);
	int n = any_fd(false), pages = 8, buffer, wanted;
	struct event *e;
	void *at;

	if (n == NONE || !m)
		return;
	e = &events[fds[n].event];
	if (chance(20))
		pages = below(10);
	say("mmap(event %d, data, %d pages, %s)", fds[n].event, pages, shared ? "shared" : "private");
	wanted = model_map_data(e, pages, shared, &buffer);
	at = mmap(NULL, (1 + pages) * PAGE, PROT_READ | PROT_WRITE,
		  shared ? MAP_SHARED : MAP_PRIVATE, fds[n].fd, 0);
	compare(at == MAP_FAILED ? -errno : 0, wanted);
	if (at == MAP_FAILED)
		return;
	if (wanted) {
		munmap(at, (1 + pages) * PAGE);
		return;
	}
	mapped(m, at, (1 + pages) * PAGE, 0, fds[n].event);
}

/*
 * The driver of the ETR keeps one buffer for all events of an owner that are bound to
 * a CPU, and one for each that is not, and before the series it confuses the two when
 * both are there. Returns whether that would be so now.
 */
static bool avoid_mix(const struct event *e)
{
	int user = e->cpu == -1 ? TASKS : CPUS;

	if (mixed || have_ioctl || user == etr_users)
		return false;
	for (int i = 0; i < BUFFERS; i++)
		if (buffers[i].live && buffers[i].aux_pages)
			return true;
	/* A worker frees the buffers, and lets go of the module */
	for (int i = 0; read_number("/sys/module/coresight_tmc/refcnt", 10); i++) {
		if (i == 5000)
			bail_out("references to the sinks' module are left");
		usleep(1000);
	}
	etr_users = user;
	return false;
}

static void try_map_aux(void)
{
	struct mapping *m = free_mapping();
	int n = any_fd(false), pages = 1 << below(5), wanted, prot = PROT_READ;
	struct buffer *b = NULL;
	struct event *e;
	uint64_t offset;
	void *at;

	if (n == NONE || !m)
		return;
	e = &events[fds[n].event];
	if (avoid_mix(e))
		return;
	if (chance(70))
		prot |= PROT_WRITE;
	if (chance(5))
		pages = 1 + below(20);
	if (e->buffer != NONE)
		b = &buffers[e->buffer];
	if (b && b->aux_pages && chance(80))
		pages = b->aux_pages;
	offset = (1 + (b ? b->pages : 8)) * PAGE;
	if (b && b->page) {
		struct perf_event_mmap_page *page = b->page;

		b->aux_offset = offset + (chance(5) ? PAGE * below(4) : 0);
		b->aux_size = pages * PAGE + (chance(3) ? PAGE * below(4) : 0);
		if (chance(2))
			b->aux_offset = (uint64_t)random_next(&rng) << below(40);
		page->aux_offset = b->aux_offset;
		page->aux_size = b->aux_size;
		if (chance(95))
			offset = b->aux_offset & 0xffffff000ULL;
	}
	if (!offset)
		offset = PAGE;
	say("mmap(event %d, AUX, %d pages at %#llx, prot %d)", fds[n].event, pages,
	    (unsigned long long)offset, prot);
	wanted = model_map_aux(e, pages, offset, prot & PROT_WRITE);
	at = mmap(NULL, pages * PAGE, prot, MAP_SHARED, fds[n].fd, offset);
	compare(at == MAP_FAILED ? -errno : 0, wanted);
	if (at == MAP_FAILED)
		return;
	if (wanted) {
		munmap(at, pages * PAGE);
		return;
	}
	mapped(m, at, pages * PAGE, offset, fds[n].event);
	b = &buffers[e->buffer];
	if (b->page && b->aux_mappings == 1) {
		struct perf_event_mmap_page *page = b->page;

		page->data_tail = page->data_head;
	}
}

static void try_unmap(void)
{
	struct mapping *m = &mappings[below(MAPPINGS)];
	int got;

	if (!m->at)
		return;
	if (m->size > PAGE && chance(5)) {
		say("munmap(event %d, a part)", m->event);
		got = munmap(m->at + (below(2) ? PAGE : 0), m->size - PAGE) ? -errno : 0;
		compare(got, -EINVAL);
		return;
	}
	say("munmap(event %d, %s)", m->event, m->offset ? "AUX" : "data");
	got = munmap(m->at, m->size) ? -errno : 0;
	compare(got, 0);
	model_unmap(m);
}

static void try_set_output(void)
{
	int n = any_fd(false), to = any_fd(false), got, wanted;
	bool none = chance(20);

	if (n == NONE)
		return;
	say("set_output(event %d, %d)", fds[n].event, none ? -1 : fds[to].event);
	/* A 32-bit program's -1 is no -1 for perf_compat_ioctl() before the series */
	if (none && sizeof(long) == 4 && !have_ioctl)
		wanted = -EBADF;
	else
		wanted = model_set_output(&events[fds[n].event], none ? NULL : &events[fds[to].event]);
	got = ioctl(fds[n].fd, PERF_EVENT_IOC_SET_OUTPUT, none ? -1L : (long)fds[to].fd) ? -errno : 0;
	compare(got, wanted);
}

static void try_enable(bool on)
{
	int n = any_fd(false), got;
	struct event *e;

	if (n == NONE)
		return;
	e = &events[fds[n].event];
	/* Two that trace at a time may confuse an ETF, see docs/reliability.md */
	for (int i = 0; on && !mixed && i < EVENTS; i++)
		if (events[i].live && events[i].enabled)
			return;
	say("%s(event %d)", on ? "enable" : "disable", fds[n].event);
	got = ioctl(fds[n].fd, on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0;
	compare(got, 0);
	e->enabled = on;
}

static bool may_go_to(const struct buffer *b, int cpu, uint32_t sink)
{
	if (b->aux_choice != NONE)
		return sink == board.id[b->aux_choice];
	for (int i = 0; i < board.nr_cpus; i++)
		if (b->aux_cpus >> i & 1 && (b->unsure || i == cpu) &&
		    sink == board.id[board.by_default[i]])
			return true;
	return false;
}

/* What the records in the buffer say about sinks; more may be in there */
static void read_records(struct buffer *b, int cpu)
{
	struct perf_event_mmap_page *page = b->page;
	uint64_t pos = page->data_tail;
	uint32_t id;

	while ((id = next_sink(page, &pos))) {
		say("trace goes to %#x, wanted is %s", id,
		    b->aux_choice == NONE ? "a default" : board.sink[b->aux_choice]);
		compare(may_go_to(b, cpu, id) ? 0 : -EXDEV, 0);
		b->told |= 1u << cpu;
		records++;
	}
	page->data_tail = pos;
}

/* An event that can trace this process, with the means to see what becomes of it */
static int any_traceable(void)
{
	int start = below(FDS);

	for (int i = 0; i < EVENTS; i++)
		if (events[i].live && events[i].enabled)
			return NONE;
	for (int i = 0; i < FDS; i++) {
		int n = (start + i) % FDS;
		const struct event *e = &events[fds[n].event];
		const struct buffer *b = &buffers[e->buffer];

		if (fds[n].fd >= 0 && !fds[n].peers && is_etm(e) && e->target == SELF &&
		    e->buffer != NONE && b->page && b->pages && b->aux_mappings && !b->stale)
			return n;
	}
	return NONE;
}

/* Trace this process for a while, and see which sink the kernel says it used */
static void try_record(void)
{
	int n = any_traceable(), cpu;
	unsigned long sysfs;
	struct buffer *b;
	struct event *e;

	if (n == NONE)
		return;
	e = &events[fds[n].event];
	b = &buffers[e->buffer];
	cpu = e->cpu == -1 ? (int)below(board.nr_cpus) : e->cpu;
	/* It is told once for each CPU */
	if (!(b->aux_cpus >> cpu & 1) || (b->told >> cpu & 1) || run_on(cpu))
		return;
	/* In a full AUX area nothing starts */
	((struct perf_event_mmap_page *)b->page)->aux_tail =
		((struct perf_event_mmap_page *)b->page)->aux_head;
	say("record(event %d, cpu %d)", fds[n].event, cpu);
	sysfs = *by_sysfs;
	compare(ioctl(fds[n].fd, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0, 0);
	spin(3000);
	compare(ioctl(fds[n].fd, PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0, 0);
	read_records(b, cpu);
	say("record(event %d, cpu %d): some trace", fds[n].event, cpu);
	/* None if the helper has traced meanwhile */
	if (!b->unsure && sysfs % 2 == 0 && sysfs == *by_sysfs)
		compare(b->told >> cpu & 1 ? 0 : -ENODATA, 0);
}

static void try_close(void)
{
	int n = any_fd(false);

	if (n == NONE)
		return;
	say("close(event %d)", fds[n].event);
	compare(close(fds[n].fd) ? -errno : 0, 0);
	fds[n].fd = -1;
	put_event(fds[n].event);
}

static void try_dup(void)
{
	int n = any_fd(false), to = free_fd(), fd;

	if (n == NONE || to == NONE)
		return;
	say("dup(event %d)", fds[n].event);
	fd = dup(fds[n].fd);
	compare(fd < 0 ? -errno : 0, 0);
	fds[to] = (struct descriptor){ .fd = fd, .event = fds[n].event };
	events[fds[n].event].refs++;
}

static void try_peer_keep(void)
{
	int n = any_fd(false), to = free_fd(), fd;

	if (n == NONE || to == NONE)
		return;
	say("the peer gets event %d", fds[n].event);
	fd = ask_peer((struct request){ .what = PEER_KEEP }, fds[n].fd);
	compare(fd < 0 ? fd : 0, 0);
	fds[to] = (struct descriptor){ .fd = fd, .event = fds[n].event, .peers = true };
	events[fds[n].event].refs++;
}

static void try_peer_close(void)
{
	int n = any_fd(true);

	if (n == NONE)
		return;
	say("the peer closes event %d", fds[n].event);
	compare(ask_peer((struct request){ .what = PEER_CLOSE, .fd = fds[n].fd }, -1), 0);
	fds[n].fd = -1;
	put_event(fds[n].event);
}

/* An event may live in a socket's queue alone */
static void try_hold(void)
{
	struct request r = { 0 };
	int n = any_fd(false), i = 0;

	while (i < HELD && held[i] != NONE)
		i++;
	if (n == NONE || i == HELD)
		return;
	say("event %d goes into a socket", fds[n].event);
	compare(send_fd(holder[0], &r, fds[n].fd), 0);
	held[i] = fds[n].event;
	events[fds[n].event].refs++;
}

static void try_take(void)
{
	int to = free_fd(), fd;
	struct request r;

	if (to == NONE || held[0] == NONE)
		return;
	say("event %d comes out of the socket", held[0]);
	fd = receive_fd(holder[1], &r);
	compare(fd < 0 ? -EPROTO : 0, 0);
	fds[to] = (struct descriptor){ .fd = fd, .event = held[0] };
	memmove(held, held + 1, sizeof(held) - sizeof(held[0]));
	held[HELD - 1] = NONE;
}

/* A child has the descriptors, but none of the mappings */
static void try_fork(void)
{
	int n = any_fd(false), status, wanted;
	size_t readable;
	const char *string, *shown;
	pid_t pid;

	if (n == NONE)
		return;
	string = place_string(&readable, &shown);
	wanted = model_set(&events[fds[n].event], shown, readable);
	say("set(event %d by a child, \"%s\")", fds[n].event, printable(shown, readable));
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid)
		_exit(-set_config(fds[n].fd, string));
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		bail_out("a child was lost");
	ioctls++;
	compare(-WEXITSTATUS(status), wanted);
}

static void try_new_peer(void)
{
	if (!chance(20))
		return;
	end_peer();
	start_peer();
}

static void set_by_self(void)	{ try_set(false); }
static void set_by_peer(void)	{ try_set(true); }
static void enable(void)	{ try_enable(true); }
static void disable(void)	{ try_enable(false); }

/* How often each is tried, of a thousand times */
static const struct {
	uint32_t weight;
	void (*try)(void);
} tries[] = {
	{ 560, set_by_self },
	{ 50, set_by_peer },
	{ 60, try_open },
	{ 30, try_close },
	{ 15, try_dup },
	{ 50, try_map_data },
	{ 50, try_map_aux },
	{ 90, try_unmap },
	{ 25, try_set_output },
	{ 5, enable },
	{ 15, disable },
	{ 12, try_record },
	{ 9, try_bad },
	{ 7, try_peer_keep },
	{ 8, try_peer_close },
	{ 5, try_hold },
	{ 5, try_take },
	{ 2, try_fork },
	{ 2, try_new_peer },
};

static void step(void)
{
	uint32_t dice = below(1000);
	size_t i = 0;

	while (dice >= tries[i].weight)
		dice -= tries[i++].weight;
	tries[i].try();

	/* What is enabled may trace at any time */
	for (int i = 0; i < EVENTS; i++)
		if (events[i].live && events[i].enabled && events[i].buffer != NONE)
			buffers[events[i].buffer].unsure = true;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "calls", required_argument, NULL, 'n' },
		{ "mixed", no_argument, NULL, 'm' },
		{ "trace", no_argument, NULL, 't' },
		{ }
	};
	double start = seconds();
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (opt == 'n')
			limit = strtoul(optarg, NULL, 0);
		else if (opt == 'm')
			mixed = true;
		else if (opt == 't')
			trace = true;
		else
			return 2;
	}
	rng = seed * 0x9e3779b97f4a7c15ULL | 1;
	for (int i = 0; i < FDS; i++)
		fds[i].fd = -1;
	for (int i = 0; i < HELD; i++)
		held[i] = NONE;
	look_at_board(&board);
	/* A kernel without the series has the rest */
	have_ioctl = !access(PMU "/caps/drv_config", F_OK);
	make_arena();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, holder))
		bail_out("socketpair");
	start_helper();
	start_peer();

	while (calls < limit && failures < 10)
		step();
	end_peer();

	printf("# --seed %llu --calls %lu: %lu calls in %.1f s, %lu of them SET_DRV_CONFIG, %lu of these 0; %lu times the sink that trace went to\n",
	       (unsigned long long)seed, limit, calls, seconds() - start, ioctls, good_ioctls, records);
	printf("# errors, all expected:");
	for (int i = 0; i < 256; i++)
		if (by_errno[i])
			printf(" %s %lu", strerrorname_np(i), by_errno[i]);
	putchar('\n');
	if (!records)
		printf("# nothing was traced, so no sink was seen: more --calls are needed\n");
	ok(!failures && (good_ioctls || !have_ioctl) && records,
	   "every call returns what the model says, seed %llu", (unsigned long long)seed);
	return done_testing();
}
