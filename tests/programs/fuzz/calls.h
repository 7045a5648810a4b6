/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The calls, with random arguments: each is made, and compared with the model
 */
#ifndef FUZZ_CALLS_H
#define FUZZ_CALLS_H

#include "peer.h"
#include "strings.h"

static int any_fd(bool peers)
{
	int start = below(FDS);

	for (int i = 0; i < FDS; i++) {
		int slot = (start + i) % FDS;

		if (fds[slot].fd >= 0 && fds[slot].peers == peers)
			return slot;
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
	int slot = free_fd(), event = 0, fd, wanted;
	bool orphan = chance(40);
	pid_t pid;

	if (e.target == WHOLE_CPU && e.cpu == -1)
		e.cpu = 0;
	if (e.target == PEER)
		e.generation = generation;
	e.inherit = e.cpu == -1 ? chance(5) : chance(50);
	e.start_paused = chance(10);
	if (is_etm(&e) && chance(25))
		e.config2 = chance(80) ? board.id[below(board.nr_sinks)] : 1 + below(UINT32_MAX);
	while (event < EVENTS && events[event].live)
		event++;
	if (slot == NONE || event == EVENTS)
		return;
	/* Software events never stand in each other's way: one is enough */
	for (int i = 0; i < EVENTS; i++)
		if (events[i].live && !is_etm(&events[i]))
			e.type = board.type;

	wanted = model_open(&e);
	say("open(type %u, target %d, cpu %d, inherit %d, config2 %#x%s)%s", e.type, e.target, e.cpu,
	    e.inherit, e.config2, e.start_paused ? ", paused" : "", orphan ? " by a process that exits" : "");
	pid = e.target == SELF ? getpid() : e.target == PEER ? peer : -1;
	fd = (orphan ? event_open_orphan : event_open_with)(e.start_paused ? START_PAUSED : 0,
							    e.type, pid, e.cpu, e.inherit,
							    e.config2);
	compare(fd < 0 ? -errno : 0, wanted);
	if (fd < 0)
		return;
	events[event] = e;
	fds[slot] = (struct descriptor){ .fd = fd, .event = event };
}

static int do_set(const struct descriptor *d, const char *string)
{
	if (d->peers)
		return ask_peer((struct request){ PEER_SET, d->fd, string }, -1);
	return set_config(d->fd, string);
}

static void try_set(bool peers)
{
	int slot = any_fd(peers), got;
	size_t readable;
	const char *string, *shown;
	struct answer answer;
	struct event *e;

	if (slot == NONE)
		return;
	e = &events[fds[slot].event];
	string = place_string(&readable, &shown);
	answer = model_set(e, shown, readable);
	say("set(event %d%s, cpu %d, %p \"%s\")", fds[slot].event, peers ? " by the peer" : "",
	    e->cpu, (void *)string, printable(shown, readable));
	got = do_set(&fds[slot], string);
	ioctls++;
	good_ioctls += !got;
	compare(got, wanted_of(e, &answer, got));
}

/* Wrong descriptors and wrong commands */
static void try_bad(void)
{
	int slot = any_fd(false), fd = slot == NONE ? -1 : fds[slot].fd, wanted = -ENOTTY;
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
	int slot = any_fd(false), pages = 8, buffer, wanted;
	struct event *e;
	void *at;

	if (slot == NONE || !m)
		return;
	e = &events[fds[slot].event];
	if (chance(20))
		pages = below(10);
	say("mmap(event %d, data, %d pages, %s)", fds[slot].event, pages, shared ? "shared" : "private");
	wanted = model_map_data(e, pages, shared, &buffer);
	at = mmap(NULL, (1 + pages) * PAGE, PROT_READ | PROT_WRITE,
		  shared ? MAP_SHARED : MAP_PRIVATE, fds[slot].fd, 0);
	compare(at == MAP_FAILED ? -errno : 0, wanted);
	if (at == MAP_FAILED)
		return;
	if (wanted) {
		munmap(at, (1 + pages) * PAGE);
		return;
	}
	mapped(m, at, (1 + pages) * PAGE, 0, fds[slot].event);
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

/* Whether the kernel may warn, with the series or without, when @e traces on some CPUs */
static bool avoid_defaults(const struct event *e)
{
	return !mixed && is_etm(e) && e->cpu == -1 && chosen_sink(e) == NONE && defaults_differ(&board);
}

static void try_map_aux(void)
{
	struct mapping *m = free_mapping();
	int slot = any_fd(false), pages = 1 << below(5), wanted, prot = PROT_READ;
	struct buffer *b = NULL;
	struct event *e;
	uint64_t offset;
	void *at;

	if (slot == NONE || !m)
		return;
	e = &events[fds[slot].event];
	if (avoid_mix(e) || avoid_defaults(e))
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
	say("mmap(event %d, AUX, %d pages at %#llx, prot %d)", fds[slot].event, pages,
	    (unsigned long long)offset, prot);
	wanted = model_map_aux(e, pages, offset, prot & PROT_WRITE);
	at = mmap(NULL, pages * PAGE, prot, MAP_SHARED, fds[slot].fd, offset);
	compare(at == MAP_FAILED ? -errno : 0, wanted);
	if (at == MAP_FAILED)
		return;
	if (wanted) {
		munmap(at, pages * PAGE);
		return;
	}
	mapped(m, at, pages * PAGE, offset, fds[slot].event);
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
	int slot = any_fd(false), to = any_fd(false), got, wanted;
	bool none = chance(20);

	if (slot == NONE)
		return;
	say("set_output(event %d, %d)", fds[slot].event, none ? -1 : fds[to].event);
	/* A 32-bit program's -1 is no -1 for perf_compat_ioctl() before the series */
	if (none && sizeof(long) == 4 && !have_ioctl)
		wanted = -EBADF;
	else
		wanted = model_set_output(&events[fds[slot].event], none ? NULL : &events[fds[to].event]);
	got = ioctl(fds[slot].fd, PERF_EVENT_IOC_SET_OUTPUT, none ? -1L : (long)fds[to].fd) ? -errno : 0;
	compare(got, wanted);
}

static void try_pause_output(void)
{
	int n = any_fd(false), got, wanted = -EINVAL;
	bool pause = chance(30);
	struct buffer *b;

	if (n == NONE)
		return;
	say("pause_output(event %d, %d)", fds[n].event, pause);
	if (events[fds[n].event].buffer != NONE) {
		b = &buffers[events[fds[n].event].buffer];
		if (b->pages) {
			b->paused = pause;
			wanted = 0;
		}
	}
	got = ioctl(fds[n].fd, PERF_EVENT_IOC_PAUSE_OUTPUT, pause) ? -errno : 0;
	compare(got, wanted);
}

static void try_enable(bool on)
{
	int slot = any_fd(false), got;
	struct event *e;

	if (slot == NONE)
		return;
	e = &events[fds[slot].event];
	/* Two that trace at a time may confuse an ETF, see docs/reliability.md */
	for (int i = 0; on && !mixed && i < EVENTS; i++)
		if (events[i].live && events[i].enabled)
			return;
	say("%s(event %d)", on ? "enable" : "disable", fds[slot].event);
	got = ioctl(fds[slot].fd, on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0;
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

/* An event that can trace this process, and has the buffers that show where its trace goes */
static int any_traceable(void)
{
	int start = below(FDS);

	for (int i = 0; i < EVENTS; i++)
		if (events[i].live && events[i].enabled)
			return NONE;
	for (int i = 0; i < FDS; i++) {
		int slot = (start + i) % FDS;
		const struct event *e = &events[fds[slot].event];
		const struct buffer *b = &buffers[e->buffer];

		if (fds[slot].fd >= 0 && !fds[slot].peers && is_etm(e) && e->target == SELF &&
		    e->buffer != NONE && b->page && b->pages && b->aux_mappings && !b->stale)
			return slot;
	}
	return NONE;
}

/* Whether a sink received trace that was not to go there, by the board's monitor */
static bool strayed(const struct buffer *b, int cpu, uint32_t sinks)
{
	for (int i = 0; i < board.nr_sinks; i++)
		if (sinks >> i & 1 && !may_go_to(b, cpu, board.id[i]))
			return true;
	return false;
}

/* Trace this process for a while: is the sink right that was used, and that the kernel names? */
static void try_record(void)
{
	int slot = any_traceable(), cpu;
	uint64_t before[MAX_NAMES];
	unsigned long sysfs;
	uint32_t sinks;
	struct buffer *b;
	struct event *e;

	if (slot == NONE)
		return;
	e = &events[fds[slot].event];
	b = &buffers[e->buffer];
	cpu = e->cpu == -1 ? (int)below(board.nr_cpus) : e->cpu;
	/* The kernel reports the sink once for each CPU */
	if (!(b->aux_cpus >> cpu & 1) || (b->told >> cpu & 1) || run_on(cpu))
		return;
	/* In a full AUX area nothing starts */
	((struct perf_event_mmap_page *)b->page)->aux_tail =
		((struct perf_event_mmap_page *)b->page)->aux_head;
	say("record(event %d, cpu %d)", fds[slot].event, cpu);
	sysfs = *by_sysfs;
	all_received(&board, before);
	compare(ioctl(fds[slot].fd, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0, 0);
	spin(3000);
	compare(ioctl(fds[slot].fd, PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0, 0);
	sinks = receivers(&board, before);
	read_records(b, cpu);
	/*
	 * While records are not kept, perf told of the trace in vain, or not at all if the
	 * helper has traced meanwhile. Nothing shows which, so silence later proves nothing.
	 */
	if (b->paused)
		b->told |= 1u << cpu;
	/* If the helper has traced meanwhile, there may be no trace, or it may be the helper's */
	if (sysfs % 2 || sysfs != *by_sysfs || !has_monitor())
		return;
	if (!b->unsure) {
		say("record(event %d, cpu %d): it is told where to", fds[slot].event, cpu);
		compare(b->told >> cpu & 1 ? 0 : -ENODATA, 0);
		say("record(event %d, cpu %d): %s trace", fds[slot].event, cpu,
		    e->start_paused ? "no" : "some");
		compare(!sinks == e->start_paused ? 0 : -ENODATA, 0);
	}
	say("record(event %d, cpu %d): sinks %#x received it, wanted is %s", fds[slot].event, cpu,
	    sinks, b->aux_choice == NONE ? "a default" : board.sink[b->aux_choice]);
	compare(strayed(b, cpu, sinks) ? -EXDEV : 0, 0);
	judged += !!sinks;
}

static void try_close(void)
{
	int slot = any_fd(false);

	if (slot == NONE)
		return;
	say("close(event %d)", fds[slot].event);
	compare(close(fds[slot].fd) ? -errno : 0, 0);
	fds[slot].fd = -1;
	put_event(fds[slot].event);
}

static void try_dup(void)
{
	int slot = any_fd(false), to = free_fd(), fd;

	if (slot == NONE || to == NONE)
		return;
	say("dup(event %d)", fds[slot].event);
	fd = dup(fds[slot].fd);
	compare(fd < 0 ? -errno : 0, 0);
	fds[to] = (struct descriptor){ .fd = fd, .event = fds[slot].event };
	events[fds[slot].event].refs++;
}

static void try_peer_keep(void)
{
	int slot = any_fd(false), to = free_fd(), fd;

	if (slot == NONE || to == NONE)
		return;
	say("the peer gets event %d", fds[slot].event);
	fd = ask_peer((struct request){ .what = PEER_KEEP }, fds[slot].fd);
	compare(fd < 0 ? fd : 0, 0);
	fds[to] = (struct descriptor){ .fd = fd, .event = fds[slot].event, .peers = true };
	events[fds[slot].event].refs++;
}

static void try_peer_close(void)
{
	int slot = any_fd(true);

	if (slot == NONE)
		return;
	say("the peer closes event %d", fds[slot].event);
	compare(ask_peer((struct request){ .what = PEER_CLOSE, .fd = fds[slot].fd }, -1), 0);
	fds[slot].fd = -1;
	put_event(fds[slot].event);
}

/* A socket's queue may be all that keeps an event alive */
static void try_hold(void)
{
	struct request r = { 0 };
	int slot = any_fd(false), i = 0;

	while (i < HELD && held[i] != NONE)
		i++;
	if (slot == NONE || i == HELD)
		return;
	say("event %d goes into a socket", fds[slot].event);
	compare(send_fd(holder[0], &r, fds[slot].fd), 0);
	held[i] = fds[slot].event;
	events[fds[slot].event].refs++;
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
	int slot = any_fd(false), status;
	size_t readable;
	const char *string, *shown;
	struct answer answer;
	pid_t pid;

	if (slot == NONE)
		return;
	string = place_string(&readable, &shown);
	answer = model_set(&events[fds[slot].event], shown, readable);
	say("set(event %d by a child, \"%s\")", fds[slot].event, printable(shown, readable));
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid)
		_exit(-set_config(fds[slot].fd, string));
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		bail_out("a child was lost");
	ioctls++;
	compare(-WEXITSTATUS(status),
		wanted_of(&events[fds[slot].event], &answer, -WEXITSTATUS(status)));
}

static void try_new_peer(void)
{
	if (!chance(20))
		return;
	end_peer();
	start_peer();
}

#endif
