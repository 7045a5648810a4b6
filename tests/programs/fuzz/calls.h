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
	static const char * const by[] = {
		[STAYS] = "",
		[EXITS] = " by a process that exits",
		[EXECS] = " by a process that calls exec()",
	};
	bool remove = chance(40), keep = chance(50);
	int slot = free_fd(), event = 0, fd, wanted, flags;
	struct owner *owner = &owners[below(OWNERS)];
	pid_t pid;

	e.owner = chance(40) ? EXITS : chance(25) ? EXECS : STAYS;
	if (e.owner == EXECS && e.target != WHOLE_CPU && chance(40)) {
		e.target = OPENER;
		e.generation = ++openers;
		e.removed = remove;
	}
	if (e.target == WHOLE_CPU && e.cpu == -1)
		e.cpu = 0;
	if (e.target == PEER)
		e.generation = generation;
	e.inherit = e.cpu == -1 ? chance(5) : chance(50);
	e.paused = chance(20) ? PAUSED : RUNNING;
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

	if (e.owner == EXECS)
		end_owner(owner);
	wanted = model_open(&e);
	say("open(type %u, target %d, cpu %d, inherit %d, config2 %#x%s%s)%s%s", e.type, e.target,
	    e.cpu, e.inherit, e.config2, e.paused ? ", paused" : "",
	    remove ? ", remove_on_exec" : "", by[e.owner],
	    e.owner == EXECS && keep ? " and keeps it" : "");
	flags = (e.paused ? START_PAUSED : 0) | (remove ? REMOVE_ON_EXEC : 0);
	pid = e.target == SELF ? getpid() : e.target == PEER ? peer : e.target == OPENER ? 0 : -1;
	if (e.owner == EXECS)
		fd = event_open_execed(owner, !keep, flags, e.type, pid, e.cpu, e.inherit,
				       e.config2);
	else if (e.owner == EXITS)
		fd = event_open_orphan(flags, e.type, pid, e.cpu, e.inherit, e.config2);
	else
		fd = event_open_with(flags, e.type, pid, e.cpu, e.inherit, e.config2);
	compare(fd < 0 ? -errno : 0, wanted);
	if (fd < 0)
		return;
	if (e.owner == EXECS) {
		owner->event = keep ? event : NONE;
		e.refs += keep;
	}
	events[event] = e;
	fds[slot] = (struct descriptor){ .fd = fd, .event = event };
}

static int do_set(const struct descriptor *d, const char *string)
{
	if (d->peers)
		return ask_peer((struct request){ .what = PEER_SET, .fd = d->fd, .string = string }, -1);
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

static void *do_map(const struct descriptor *d, size_t size, int prot, int flags, uint64_t offset)
{
	struct request r = {
		.what = PEER_MAP, .fd = d->fd, .size = size, .offset = offset,
		.prot = prot, .flags = flags,
	};
	long at;

	if (!d->peers)
		return mmap(NULL, size, prot, flags, d->fd, offset);
	at = ask_peer(r, -1);
	if ((unsigned long)at <= -PAGE)
		return (void *)at;
	errno = -at;
	return MAP_FAILED;
}

static int do_unmap(bool peers, void *at, size_t size)
{
	if (peers)
		return ask_peer((struct request){ .what = PEER_UNMAP, .at = at, .size = size }, -1);
	return munmap(at, size) ? -errno : 0;
}

static void mapped(struct mapping *m, void *at, size_t size, uint64_t offset,
		   const struct descriptor *d)
{
	struct event *e = &events[d->event];
	struct buffer *b = &buffers[e->buffer];

	*m = (struct mapping){ at, size, offset, d->event, e->buffer, d->peers };
	e->mappings++;
	e->refs++;
	b->mappings++;
	if (offset)
		b->aux_mappings++;
	else if (!d->peers)
		b->page = at;
}

static void try_map_data(bool peers)
{
	struct mapping *m = free_mapping();
	bool shared = chance(97);
	int slot = any_fd(peers), pages = 8, buffer, wanted;
	struct event *e;
	void *at;

	if (slot == NONE || !m)
		return;
	e = &events[fds[slot].event];
	if (chance(20))
		pages = below(10);
	say("mmap(event %d%s, data, %d pages, %s)", fds[slot].event, peers ? " by the peer" : "",
	    pages, shared ? "shared" : "private");
	wanted = model_map_data(e, pages, shared, &buffer);
	at = do_map(&fds[slot], (1 + pages) * PAGE, PROT_READ | PROT_WRITE,
		    shared ? MAP_SHARED : MAP_PRIVATE, 0);
	compare(at == MAP_FAILED ? -errno : 0, wanted);
	if (at == MAP_FAILED)
		return;
	if (wanted) {
		do_unmap(peers, at, (1 + pages) * PAGE);
		return;
	}
	mapped(m, at, (1 + pages) * PAGE, 0, &fds[slot]);
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

static void try_record(void);

static void try_map_aux(bool peers)
{
	struct mapping *m = free_mapping();
	int slot = any_fd(peers), pages = 1 << below(5), wanted, prot = PROT_READ;
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
	say("mmap(event %d%s, AUX, %d pages at %#llx, prot %d)", fds[slot].event,
	    peers ? " by the peer" : "", pages, (unsigned long long)offset, prot);
	wanted = model_map_aux(e, pages, offset, prot & PROT_WRITE);
	at = do_map(&fds[slot], pages * PAGE, prot, MAP_SHARED, offset);
	compare(at == MAP_FAILED ? -errno : 0, wanted);
	if (at == MAP_FAILED)
		return;
	if (wanted) {
		do_unmap(peers, at, pages * PAGE);
		return;
	}
	mapped(m, at, pages * PAGE, offset, &fds[slot]);
	b = &buffers[e->buffer];
	deeds[EXECED] += e->owner == EXECS;
	deeds[REMOVED] += e->removed;
	for (int i = 0; i < MAPPINGS; i++)
		deeds[SHARED] += mappings[i].at && mappings[i].offset &&
				 mappings[i].buffer == m->buffer && mappings[i].peers != peers;
	if (b->page && b->aux_mappings == 1) {
		struct perf_event_mmap_page *page = b->page;

		page->data_tail = page->data_head;
	}
	/* Now that it can trace: most AUX areas do not last until the dice say so */
	if (chance(50))
		try_record();
}

static void try_unmap(void)
{
	struct mapping *m = &mappings[below(MAPPINGS)];
	int got;

	if (!m->at)
		return;
	if (m->size > PAGE && chance(5)) {
		say("munmap(event %d, a part)", m->event);
		got = do_unmap(m->peers, m->at + (below(2) ? PAGE : 0), m->size - PAGE);
		compare(got, -EINVAL);
		return;
	}
	say("munmap(event %d%s, %s)", m->event, m->peers ? " by the peer" : "",
	    m->offset ? "AUX" : "data");
	got = do_unmap(m->peers, m->at, m->size);
	compare(got, 0);
	model_unmap(m);
}

/* A mapping can be moved. It cannot grow, shrink, be had twice or be left to children. */
static void try_move(void)
{
	struct mapping *m = &mappings[below(MAPPINGS)];
	struct buffer *b = &buffers[m->buffer];
	void *to, *at;

	if (!m->at || m->peers)
		return;
	switch (below(8)) {
	case 0:
		say("mremap(event %d, to grow)", m->event);
		at = mremap(m->at, m->size, m->size + PAGE, below(2) ? MREMAP_MAYMOVE : 0);
		compare(at == MAP_FAILED ? -errno : 0, -EFAULT);
		return;
	case 1:
		if (m->size == PAGE)
			return;
		say("mremap(event %d, to shrink)", m->event);
		at = mremap(m->at, m->size, m->size - PAGE, 0);
		compare(at == MAP_FAILED ? -errno : 0, -EINVAL);
		return;
	case 2:
		say("mremap(event %d, to have it twice)", m->event);
		at = mremap(m->at, 0, m->size, MREMAP_MAYMOVE);
		compare(at == MAP_FAILED ? -errno : 0, -EFAULT);
		return;
	case 3:
		say("madvise(event %d, MADV_DOFORK)", m->event);
		compare(madvise(m->at, m->size, MADV_DOFORK) ? -errno : 0, -EINVAL);
		return;
	}
	to = mmap(NULL, m->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	say("mremap(event %d, %s)", m->event, m->offset ? "AUX" : "data");
	at = mremap(m->at, m->size, m->size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	compare(at == MAP_FAILED ? -errno : 0, 0);
	if (at == MAP_FAILED)
		return;
	if (b->page == m->at)
		b->page = at;
	m->at = at;
	deeds[MOVED] += !!m->offset;
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
	e->refused |= on;
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

/*
 * An event in the group of @fd, which is for @e, that pauses its trace at each page fault of
 * this process, or resumes it
 */
static int open_action(int fd, const struct event *e, bool pause)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_PAGE_FAULTS,
		.sample_period = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.inherit = e->inherit,
		.aux_pause = pause,
		.aux_resume = !pause,
	};

	return syscall(__NR_perf_event_open, &attr, 0, e->cpu, fd, 0);
}

static void page_fault(void)
{
	char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		bail_out("mmap");
	*(volatile char *)at = 1;
	munmap(at, PAGE);
}

/*
 * Returns the sinks that received something by the board's monitor. *@early, if not NULL, are
 * those that did so before the page fault.
 */
static uint32_t trace_a_while(int fd, bool fault, uint32_t *early)
{
	uint64_t before[MAX_NAMES];

	all_received(&board, before);
	compare(ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0, 0);
	if (fault)
		page_fault();
	if (early) {
		*early = receivers(&board, before);
		all_received(&board, before);
	}
	spin(3000);
	compare(ioctl(fd, PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0, 0);
	return receivers(&board, before);
}

/* Trace this process for a while: is the sink right that was used, and that the kernel names? */
static void try_record(void)
{
	int slot = any_traceable(), cpu, action = -1, was;
	unsigned long sysfs;
	uint32_t sinks, early = 0;
	bool pause;
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
	was = e->paused;
	/*
	 * perf may have swapped an event that is inherited for that of a child, which has ended
	 * since. Then it still counts this process, but can lead no group.
	 */
	pause = chance(was == RUNNING ? 80 : 20);
	if (!e->inherit && chance(70)) {
		say("an event to %s event %d", pause ? "pause" : "resume", fds[slot].event);
		action = open_action(fds[slot].fd, e, pause);
		compare(action < 0 ? -errno : 0, 0);
	}
	say("record(event %d, cpu %d%s)", fds[slot].event, cpu,
	    action < 0 ? "" : pause ? ", paused by another" : ", resumed by another");
	sysfs = *by_sysfs;
	sinks = trace_a_while(fds[slot].fd, action >= 0, action >= 0 && pause ? &early : NULL);
	if (action >= 0) {
		e->paused = pause ? PAUSED : RUNNING;
		close(action);
	}
	read_records(b, cpu);
	/*
	 * While records are not kept, perf told of the trace in vain, or not at all if the
	 * helper has traced meanwhile. Nothing shows which, so silence later proves nothing.
	 */
	if (b->paused)
		b->told |= 1u << cpu;
	/*
	 * If the helper has traced meanwhile, there may be no trace, or it may be the helper's.
	 * Without a trace, the group of events did not run.
	 */
	if (sysfs % 2 || sysfs != *by_sysfs || !has_monitor()) {
		e->refused = true;
		if (action >= 0)
			e->paused = UNSURE;
		return;
	}
	if (!b->unsure) {
		say("record(event %d, cpu %d): it is told where to", fds[slot].event, cpu);
		compare(b->told >> cpu & 1 ? 0 : -ENODATA, 0);
	}
	/*
	 * An event that could not start before is switched off when it is first switched out after
	 * it has started, be it before it has traced anything: see docs/reliability.md
	 */
	if (e->refused && action >= 0)
		e->paused = UNSURE;
	if (!b->unsure && !e->refused) {
		if (action >= 0 && pause && was != UNSURE) {
			say("record(event %d, cpu %d): %s trace before the pause", fds[slot].event,
			    cpu, was == PAUSED ? "no" : "some");
			compare(!early == (was == PAUSED) ? 0 : -ENODATA, 0);
		}
		if (e->paused != UNSURE) {
			say("record(event %d, cpu %d): %s trace", fds[slot].event, cpu,
			    e->paused ? "no" : "some");
			compare(!sinks == (e->paused == PAUSED) ? 0 : -ENODATA, 0);
		}
		deeds[DID_PAUSE] += action >= 0 && pause && was == RUNNING;
		deeds[DID_RESUME] += action >= 0 && !pause && was == PAUSED;
	}
	e->refused = false;
	sinks |= early;
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

static void try_end_owner(void)
{
	end_owner(&owners[below(OWNERS)]);
}

static void switch_cpus(uint32_t cpus, bool on)
{
	char path[64];

	for (int i = 0; i < board.nr_cpus; i++) {
		if (!(cpus >> i & 1))
			continue;
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", i);
		say("CPU %d goes %s", i, on ? "on" : "off");
		compare(write_text(path, on ? "1" : "0"), 0);
	}
}

/* What an event may choose, and map, does not depend on which CPUs are on */
static void try_cpus_off(void)
{
	uint32_t cpus = cpus_reaching(-1, below(board.nr_sinks));

	/* CPU 0 stays */
	if (!cpus || cpus & 1)
		cpus = 1u << (1 + below(board.nr_cpus - 1));
	/* perf removes what a CPU's events count when it goes; the model does not have that */
	for (int i = 0; i < EVENTS; i++)
		if (events[i].live && events[i].target == WHOLE_CPU && cpus >> events[i].cpu & 1)
			return;
	run_on(0);
	switch_cpus(cpus, false);
	for (int i = 2 + below(10); i; i--) {
		unsigned long good = good_ioctls;

		if (chance(15))
			try_map_aux(false);
		else
			try_set(chance(10));
		deeds[CPUS_OFF] += good_ioctls - good;
	}
	switch_cpus(cpus, true);
}

static void try_new_peer(void)
{
	if (!chance(20))
		return;
	end_peer();
	start_peer();
}

#endif
