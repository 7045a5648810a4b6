// SPDX-License-Identifier: GPL-2.0
/*
 * Compares, branch by branch, what the CPUs executed, according to QEMU's log, with what
 * perf decoded from the trace of it.
 *
 *	compare [-g] FOLDER ADDRESS[+SIZE][@START[-STOP]] SCRIPT...
 *
 * FOLDER has the logs of "-d exec,nochain,in_asm,int,tid -D FOLDER/%d", one of each
 * CPU; SCRIPT is the output of "perf script --itrace=bZ -F cpu,ip,addr" for the program
 * that was linked to ADDRESS (and has SIZE bytes, or 256 MiB). All that it ran there must
 * be in the trace, where each exception ends a piece; of the 256 MiB that ADDRESS is in,
 * nothing else may be. START is the address of a function or
 * of what follows a system call: on each CPU, only what ran after the CPU entered that
 * address must be in the trace; with STOP, only until the CPU enters that one.
 * SCRIPT.said has the PERF_RECORD_AUX of the recording, as perf dumps them.
 *
 * If ADDRESS is the kernel's, the log and the trace began and ended at different times:
 * then all that lies in both has to be equal, on each CPU. A piece of it ends where the
 * CPU returns to user space.
 *
 * The log has the start of each block that a CPU enters and, when it is
 * translated, its instructions; what became of the branch at its end is seen from
 * where the next block starts. An exception says where it was taken (ELR), and
 * "Stopped execution" that the block just logged was not executed after all.
 *
 * In AArch64 the program knows the branches and where they lead. In AArch32 it counts a
 * branch if what runs next does not directly follow the block.
 *
 * With -g there may be gaps in the trace, as of a TRBE from when it is full until its
 * interrupt is handled, and it may begin late and end early: then all that was traced
 * must have been run, in this order.
 *
 * perf reports taken branches, and address 0 where the trace stops or begins.
 * Of an exception it reports the last instruction that was executed before, and
 * of the end of all trace nothing.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS	16
#define PROGRAMS 16
#define SIZE	0x10000000	/* of the space for a program */
#define KERNEL	(1ull << 63)
#define GAP_SURE 1000	/* so many equal branches after a gap are not equal by chance, see table() */

struct branch {
	uint64_t from, to;
};

struct list {
	struct branch *branches;
	size_t count, capacity;
};

/* What a translation block is known by: QEMU makes another one for other flags. */
struct key {
	uint64_t cs_base, pc;
	uint32_t flags, cflags;
};

/* In QEMU's target/arm/cpu.h, TBFLAG_ANY.AARCH64_STATE and TBFLAG_AM32.THUMB */
#define FLAGS_A64	0x1
#define CS_BASE_T32	0x00800000
/* In QEMU's exec/exec-all.h: the block has become invalid since then */
#define CF_INVALID	0x00040000
/* In QEMU's target/arm/cpu.h: exceptions that come between instructions */
#define EXCP_PREFETCH_ABORT 3
#define EXCP_IRQ	5
#define EXCP_FIQ	6

#define BLOCK_SIZE	4096

/* A translation block of @n instructions: @at is where each begins, and where the last ends. */
struct block {
	struct key key;
	unsigned int n;
	uint32_t last;		/* instruction, of A64 or A32 */
	uint16_t *at;
	uint8_t code[];
};

struct cpu {
	const struct block *block;	/* entered, and not known how far it ran */
	uint64_t ptr;		/* QEMU's pointer to it */
	bool begun;		/* it had a block that the log has the code of */
	bool open;		/* in a piece of trace */
	bool taken;		/* it was left by a branch or an exception at @last */
	uint64_t last, end;	/* the last instruction, and what is after it */
	int exception;		/* taken, ELR to come: its number, or -1 */
	unsigned int from_el;	/* where it was taken */
};

struct program {
	uint64_t address, size;
	uint64_t start, stop;	/* trace between these, if not 0 */
	bool started[CPUS];
	size_t areas;		/* AUX areas with trace */
	const char *script;
	struct list ran[CPUS], traced[CPUS];
};

static bool may_have_gaps;
static size_t gaps, missed;		/* branches in them */

static struct cpu cpus[CPUS];
static struct program programs[PROGRAMS];
static unsigned int nprograms;
static uint64_t line_no;
static size_t unexplained, aborted;

static void add(struct list *l, uint64_t from, uint64_t to)
{
	if (l->count == l->capacity) {
		l->capacity = l->capacity ? 2 * l->capacity : 1024;
		l->branches = realloc(l->branches, l->capacity * sizeof(*l->branches));
		if (!l->branches)
			err(2, "branches");
	}
	l->branches[l->count++] = (struct branch){ from, to };
}

static struct program *program_at(uint64_t pc)
{
	for (unsigned int i = 0; i < nprograms; i++) {
		if (pc - programs[i].address < programs[i].size)
			return &programs[i];
	}
	return NULL;
}

/* An open hash table of all blocks */
#define SLOT_BITS 22
#define SLOTS	(1u << SLOT_BITS)
static struct block *blocks[SLOTS];

static struct block **block_slot(const struct key *k)
{
	uint32_t i = ((k->pc ^ k->cs_base << 13 ^ (uint64_t)k->flags << 7 ^
		       (uint64_t)k->cflags << 29) * 0x9e3779b97f4a7c15) >> (64 - SLOT_BITS);

	while (blocks[i] && memcmp(&blocks[i]->key, k, sizeof(*k)))
		i = (i + 1) % SLOTS;
	return &blocks[i];
}

static void trouble(const struct cpu *c, const char *what, uint64_t a, uint64_t b)
{
	if (unexplained++ < 10)
		printf("# CPU %d, its log's line %" PRIu64 ": %s 0x%" PRIx64 " 0x%" PRIx64 "\n",
		       (int)(c - cpus), line_no, what, a, b);
}

static uint64_t direct(uint64_t pc, uint32_t insn, unsigned int shift, unsigned int bits)
{
	int64_t offset = (int64_t)((uint64_t)(insn >> shift) << (64 - bits)) >> (64 - bits);

	return pc + 4 * offset;
}

enum branch_kind { NONE, ALWAYS, MAYBE, INDIRECT };

/*
 * QEMU's model has this in etm4-insn.h as well. This program judges the trace, so it must
 * not share its knowledge of instructions with the model that made the trace.
 */
static enum branch_kind classify(uint64_t pc, uint32_t insn, uint64_t *target)
{
	if ((insn & 0x7c000000) == 0x14000000) {	/* B, BL */
		*target = direct(pc, insn, 0, 26);
		return ALWAYS;
	}
	if ((insn & 0xff000010) == 0x54000000) {	/* B.cond */
		*target = direct(pc, insn, 5, 19);
		return (insn & 0xe) == 0xe ? ALWAYS : MAYBE;
	}
	if ((insn & 0x7e000000) == 0x34000000) {	/* CBZ, CBNZ */
		*target = direct(pc, insn, 5, 19);
		return MAYBE;
	}
	if ((insn & 0x7e000000) == 0x36000000) {	/* TBZ, TBNZ */
		*target = direct(pc, insn, 5, 14);
		return MAYBE;
	}
	if ((insn & 0xfe000000) == 0xd6000000)		/* BR, BLR, RET, ERET */
		return INDIRECT;
	return NONE;
}

/* The first @n instructions of the block were executed, at least. */
static void ran(struct cpu *c, unsigned int n, bool taken)
{
	const struct block *b = c->block;
	uint64_t pc = b->key.pc;
	struct list *list = &program_at(pc)->ran[c - cpus];

	if (!n)
		return;
	if (!c->open)
		add(list, 0, pc);
	else if (c->taken)
		add(list, c->last, pc);
	else if (pc != c->end)
		trouble(c, "no way from", c->last, pc);
	c->open = true;
	c->last = pc + b->at[n - 1];
	c->end = pc + b->at[n];
	c->taken = taken;
}

/* How many instructions there are before @pc, or -1 */
static int before(const struct block *b, uint64_t pc)
{
	for (unsigned int n = 0; n <= b->n; n++) {
		if (b->key.pc + b->at[n] == pc)
			return n;
	}
	return -1;
}

/*
 * What always branches in A32, be it to what is next: ADD to the PC, by which memcpy() jumps,
 * and B, the last of a jump table.
 */
static bool leads_to_next(const struct block *b)
{
	return !(b->key.cs_base & CS_BASE_T32) &&
	       ((b->last & 0xfde0f000) == 0xe080f000 || b->last == 0xeaffffff);
}

/* The block led to @next. In AArch32 that was a branch if @next does not follow the block. */
static void finish(struct cpu *c, uint64_t next)
{
	const struct block *b = c->block;
	uint64_t last, end, target = 0;

	if (!b)
		return;
	last = b->key.pc + b->at[b->n - 1];
	end = b->key.pc + b->at[b->n];
	switch (b->key.flags & FLAGS_A64 ? classify(last, b->last, &target) : INDIRECT) {
	case INDIRECT:
		ran(c, b->n, b->key.flags & FLAGS_A64 || next != end || leads_to_next(b));
		goto out;
	case ALWAYS:
		if (next != target)
			break;
		ran(c, b->n, true);
		goto out;
	case MAYBE:
		if (next != target && next != end)
			break;
		ran(c, b->n, next == target);
		goto out;
	case NONE:
		if (next != end)
			break;
		ran(c, b->n, false);
		goto out;
	}
	/* QEMU may leave a block half-way to do one instruction by itself. */
	if (before(b, next) >= 0) {
		if (aborted++ < 4)
			printf("# CPU %d, its log's line %" PRIu64 ": block 0x%" PRIx64 " left at 0x%" PRIx64 "\n",
			       (int)(c - cpus), line_no, b->key.pc, next);
		ran(c, before(b, next), false);
	} else {
		trouble(c, "no way from block", b->key.pc, next);
	}
out:
	c->block = NULL;
}

static void close_piece(struct cpu *c)
{
	if (c->open)
		add(&program_at(c->last)->ran[c - cpus], c->last, 0);
	c->open = false;
}

static void enter(struct cpu *c, uint64_t ptr, const struct key *k)
{
	uint64_t pc = k->pc;
	struct program *p = program_at(pc);

	finish(c, pc);
	c->ptr = ptr;
	if (p && p->start) {
		bool *started = &p->started[c - cpus];

		*started = (*started || pc == p->start) && pc != p->stop;
		if (!*started)
			p = NULL;
	}
	if (!p) {
		close_piece(c);
		return;
	}
	c->block = *block_slot(k);
	/* A log that begins late may first show blocks whose code it does not have. */
	if (!c->block && c->begun)
		trouble(c, "no code for", pc, ptr);
	c->begun = c->begun || c->block;
}

static void take_exception(struct cpu *c, uint64_t elr)
{
	const struct block *b = c->block;
	int number = c->exception;

	c->exception = -1;
	if (b) {
		switch (number) {
		case EXCP_PREFETCH_ABORT:
		case EXCP_IRQ:
		case EXCP_FIQ:
			finish(c, elr);
			break;
		default:
			if (before(b, elr) < 0)
				trouble(c, "exception outside of block", b->key.pc, elr);
			else
				ran(c, before(b, elr), false);
		}
		c->block = NULL;
	}
	if (!c->from_el)
		close_piece(c);
	c->taken = true;
}

static uint64_t hex(char **p)
{
	uint64_t value = 0;

	for (; isxdigit(**p); ++*p)
		value = value << 4 | (**p <= '9' ? **p - '0' : (**p | 0x20) - 'a' + 10);
	return value;
}

/* "Trace CPU: PTR [CS_BASE/PC/FLAGS/CFLAGS] SYMBOL" */
static bool trace_line(char *p, unsigned int *cpu, uint64_t *ptr, struct key *k)
{
	if (strncmp(p, "Trace ", 6))
		return false;
	*cpu = strtoul(p + 6, &p, 10);
	if (*cpu >= CPUS || strncmp(p, ": 0x", 4))
		return false;
	p += 4;
	*ptr = hex(&p);
	p = strchr(p, '[');
	if (!p)
		return false;
	p++;
	k->cs_base = hex(&p);
	p += *p == '/';
	k->pc = hex(&p);
	p += *p == '/';
	k->flags = hex(&p);
	p += *p == '/';
	k->cflags = hex(&p);
	k->cflags &= ~CF_INVALID;
	return *p == ']';
}

/* Makes the block @k, which consists of @size bytes of @code. */
static struct block *make_block(const struct key *k, const uint8_t *code, unsigned int size)
{
	bool t32 = !(k->flags & FLAGS_A64) && k->cs_base & CS_BASE_T32;
	struct block *b = calloc(1, sizeof(*b) + size);
	unsigned int at = 0;

	if (b)
		b->at = malloc((size / 2 + 1) * sizeof(*b->at));
	if (!b || !b->at)
		err(2, "blocks");
	b->key = *k;
	memcpy(b->code, code, size);
	while (at < size) {
		b->at[b->n++] = at;
		memcpy(&b->last, code + at, t32 ? 2 : 4);
		/* T32: 0b11101, 0b11110 and 0b11111 begin an instruction of two halfwords. */
		at += t32 && code[at + 1] >> 3 < 0x1d ? 2 : 4;
	}
	b->at[b->n] = at;
	return b;
}

/*
 * What blocks consist of.  The thread that translates a block enters it next;
 * others may as well.
 */
static void read_code(FILE *f)
{
	uint8_t code[BLOCK_SIZE + 4];
	unsigned int n = 0;
	uint64_t at = 0;
	bool in = false;
	size_t room = 0;
	char *line = NULL;

	while (getline(&line, &room, f) > 0) {
		char *p = line;

		if (!strncmp(p, "IN:", 3)) {
			in = true;
			at = 0;
			n = 0;
		} else if (in && !at && *p == '0') {
			at = strtoull(p, NULL, 16);
		} else if (in && !strncmp(p, "OBJD-T: ", 8)) {
			for (p += 8; isxdigit(*p) && n < BLOCK_SIZE; p += 2) {
				char digits[3] = { p[0], p[1] };

				code[n++] = strtoul(digits, NULL, 16);
			}
		} else if (n && *p == 'T') {
			struct block **slot;
			unsigned int cpu;
			struct key k;
			uint64_t ptr;

			if (!trace_line(p, &cpu, &ptr, &k))
				continue;
			if (k.pc != at) {
				trouble(&cpus[cpu], "translated one, entered another", at, k.pc);
				continue;
			}
			slot = block_slot(&k);
			if (!*slot || (*slot)->at[(*slot)->n] != n || memcmp((*slot)->code, code, n)) {
				if (*slot)
					trouble(&cpus[cpu], "code has changed at", k.pc, ptr);
				*slot = make_block(&k, code, n);
			}
			in = false;
			n = 0;
		}
	}
	free(line);
}

static void read_log(FILE *f)
{
	struct cpu *c = NULL;
	size_t room = 0;
	char *line = NULL;

	line_no = 0;
	while (getline(&line, &room, f) > 0) {
		uint64_t ptr, pc;
		unsigned int cpu, el;
		struct key k;
		int number;

		line_no++;
		if (trace_line(line, &cpu, &ptr, &k)) {
			c = &cpus[cpu];
			enter(c, ptr, &k);
		} else if (sscanf(line, "Taking exception %d [%*[^]]] on CPU %u", &number, &cpu) == 2 &&
			   cpu < CPUS) {
			c = &cpus[cpu];
			c->exception = number;
		} else if (!c) {
			continue;
		} else if (sscanf(line, "Stopped execution of TB chain before 0x%" SCNx64, &ptr) == 1) {
			if (c->block && c->ptr == ptr)
				c->block = NULL;
		} else if (sscanf(line, "...from EL%u to", &el) == 1) {
			c->from_el = el;
		} else if (sscanf(line, "...with ELR 0x%" SCNx64, &pc) == 1) {
			take_exception(c, pc);
		} else if (!strncmp(line, "...handled as PSCI call", 23)) {
			c->exception = -1;
		} else if (sscanf(line, "Exception return from AArch64 EL%*u to AArch%*u EL%u PC 0x%" SCNx64,
				  &el, &pc) == 2) {
			finish(c, pc);
			if (!el)
				close_piece(c);
		}
	}
	if (c)
		close_piece(c);
	free(line);
}

static void read_logs(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	if (!d)
		err(2, "%s", folder);
	for (unsigned int i = 0; i < CPUS; i++)
		cpus[i].exception = -1;
	for (int pass = 0; pass < 2; pass++) {
		rewinddir(d);
		while ((e = readdir(d))) {
			char name[512];
			FILE *f;

			if (*e->d_name == '.')
				continue;
			snprintf(name, sizeof(name), "%s/%s", folder, e->d_name);
			f = fopen(name, "r");
			if (!f)
				err(2, "%s", name);
			if (pass)
				read_log(f);
			else
				read_code(f);
			fclose(f);
		}
	}
	closedir(d);
}

static void read_script(struct program *p)
{
	FILE *f = fopen(p->script, "r");
	uint64_t space = p->address, size = p->size;
	size_t room = 0;
	char *line = NULL;

	/* A filter may leave but a part of the program: trace of the rest would be wrong */
	if (!(p->address & KERNEL)) {
		space &= ~(SIZE - 1ull);
		size = SIZE;
	}
	if (!f)
		err(2, "%s", p->script);
	while (getline(&line, &room, f) > 0) {
		unsigned int cpu;
		uint64_t from, to;

		if (sscanf(line, " [%u] %" SCNx64 " => %" SCNx64, &cpu, &from, &to) != 3 || cpu >= CPUS)
			errx(2, "%s: %s", p->script, line);
		/* Other programs run on the same CPU. */
		if (from - space < size || to - space < size)
			add(&p->traced[cpu], from, to);
	}
	fclose(f);
	free(line);
}

#define AREAS	64

/* An area is that of a CPU; by-cpu.c gives each thread a space of 1 << 40 in it */
static size_t count_areas(const char *script)
{
	uint64_t seen[AREAS], offset;
	char path[512], *line = NULL;
	size_t room = 0, n = 0, i;
	unsigned int cpu;
	FILE *f;

	snprintf(path, sizeof(path), "%s.said", script);
	f = fopen(path, "r");
	if (!f)
		err(2, "%s", path);
	while (getline(&line, &room, f) > 0) {
		if (sscanf(line, "%u %*[^P]PERF_RECORD_AUX offset: %" SCNx64, &cpu, &offset) != 2)
			continue;
		offset = offset >> 40 << 8 | cpu;
		for (i = 0; i < n && seen[i] != offset; i++)
			;
		if (i == AREAS)
			errx(2, "%s: more than %d AUX areas", path, AREAS);
		if (i == n)
			seen[n++] = offset;
	}
	fclose(f);
	free(line);
	return n;
}

static void show(const char *what, const struct list *l, size_t at)
{
	for (size_t i = at < 4 ? 0 : at - 4; i < at + 4 && i < l->count; i++)
		printf("#   %s %c %10zu %16" PRIx64 " => %16" PRIx64 "\n", what,
		       i == at ? '*' : ' ', i, l->branches[i].from, l->branches[i].to);
}

/* A piece of trace: from where it begins (0 => to) up to where the next one begins */
struct piece {
	const struct branch *b;
	size_t n;
	size_t at;		/* which one of the list it is, from 1 on */
	bool closed, matched;
};

static int by_content(const void *x, const void *y)
{
	const struct piece *p = x, *q = y;
	size_t n = p->n < q->n ? p->n : q->n;

	for (size_t i = 0; i < n; i++) {
		if (p->b[i].from != q->b[i].from)
			return p->b[i].from < q->b[i].from ? -1 : 1;
		if (p->b[i].to != q->b[i].to)
			return p->b[i].to < q->b[i].to ? -1 : 1;
	}
	return p->n < q->n ? -1 : p->n > q->n;
}

static struct piece *pieces(const struct list *l, size_t *n)
{
	struct piece *p = malloc((l->count + 1) * sizeof(*p));

	if (!p)
		err(2, "pieces");
	*n = 0;
	for (size_t i = 0; i < l->count; i++) {
		if (!l->branches[i].from || !*n)
			p[(*n)++] = (struct piece){ .b = &l->branches[i] };
		p[*n - 1].at = *n;
		p[*n - 1].n++;
		p[*n - 1].closed = !l->branches[i].to;
	}
	qsort(p, *n, sizeof(*p), by_content);
	return p;
}

/* Whether no other of the @n pieces is as @p[i] */
static bool is_unique(const struct piece *p, size_t n, size_t i)
{
	return (!i || by_content(&p[i - 1], &p[i])) && (i + 1 == n || by_content(&p[i], &p[i + 1]));
}

/* How often @place, of @n pieces in the order in which they are decoded, goes back */
static size_t steps_back(const size_t *place, size_t n)
{
	size_t last = 0, back = 0;

	for (size_t i = 0; i < n; i++) {
		if (!place[i])
			continue;
		back += place[i] < last;
		last = place[i];
	}
	return back;
}

/*
 * A sink that CPUs share leaves its trace in the AUX area of whichever CPU stopped
 * last, and perf decodes one area after the other: so pieces are in the order in which they
 * ran but for where the next area begins. perf does not report the end of the last piece
 * of an area.
 */
static size_t compare_pieces(const struct list *ran, const struct list *traced, size_t areas,
			     size_t *differ)
{
	size_t nr, nt, i, j, equal = 0, open = 0, back;
	struct piece *r = pieces(ran, &nr), *t = pieces(traced, &nt);
	size_t *place = calloc(nt + 1, sizeof(*place));

	if (!place)
		err(2, "pieces");
	for (i = j = 0; i < nr && j < nt; ) {
		int order = by_content(&r[i], &t[j]);

		if (!order) {
			equal += r[i].n;
			r[i].matched = t[j].matched = true;
			/* Of pieces that are alike, nobody knows which is which */
			if (is_unique(r, nr, i) && is_unique(t, nt, j))
				place[t[j].at - 1] = r[i].at;
		}
		i += order <= 0;
		j += order >= 0;
	}
	for (j = 0; j < nt; j++) {
		if (t[j].matched || t[j].closed || ++open > areas)
			continue;
		for (i = 0; i < nr && !t[j].matched; i++) {
			if (r[i].matched || r[i].n != t[j].n + 1 || !r[i].closed)
				continue;
			r[i].n--;
			if (!by_content(&r[i], &t[j])) {
				r[i].matched = t[j].matched = true;
				equal += t[j].n;
			}
			r[i].n++;
		}
	}
	for (i = 0; i < nr; i++) {
		if (!r[i].matched && (*differ)++ < 4)
			show("only ran   ", &(struct list){ (struct branch *)r[i].b, r[i].n, 0 }, 0);
	}
	for (j = 0; j < nt; j++) {
		if (!t[j].matched && (*differ)++ < 8)
			show("only traced", &(struct list){ (struct branch *)t[j].b, t[j].n, 0 }, 0);
	}
	back = steps_back(place, nt);
	if (back && back >= areas) {
		++*differ;
		printf("# %zu AUX areas, and the order of pieces goes back %zu times\n", areas, back);
	}
	free(place);
	free(r);
	free(t);
	return equal;
}

/* How many of what was traced from @j on is what was run from @i on */
static size_t run_of(const struct list *ran, size_t i, const struct list *traced, size_t j)
{
	size_t n = 0;

	while (i + n < ran->count && j + n < traced->count &&
	       !memcmp(&ran->branches[i + n], &traced->branches[j + n], sizeof(*ran->branches)))
		n++;
	return n;
}

/* For the kernel: how many branches there were, and how often the equal ones lead to @entry */
static size_t all_ran, all_traced, entries;
static uint64_t entry;

/*
 * Of two lists that began and ended at different times, the length of what lies in
 * both, if it is equal from beginning to end. The first and the last branch of a list
 * may be cut short.
 */
static size_t compare_overlap(const struct list *ran, const struct list *traced, size_t *differ)
{
	size_t best = 0, best_i = 1, best_j = 1;

	for (size_t at = 1; at < ran->count + traced->count; at++) {
		size_t i = at < ran->count ? at : 1, j = at < ran->count ? 1 : at - ran->count + 1;
		size_t n = run_of(ran, i, traced, j);

		if (n > best) {
			best = n;
			best_i = i;
			best_j = j;
		}
	}
	if (traced->count) {
		all_ran += ran->count;
		all_traced += traced->count;
	}
	for (size_t j = best_j; j < best_j + best; j++)
		entries += traced->branches[j].to == entry;
	if (best_i + best + 1 < ran->count && best_j + best + 1 < traced->count) {
		++*differ;
		printf("# %zu ran, %zu traced, %zu equal, the first difference:\n", ran->count,
		       traced->count, best);
		show("ran   ", ran, best_i + best);
		show("traced", traced, best_j + best);
	}
	return best;
}

/* Where it goes on: what is traced next may have been run more than once, so the longest */
static size_t behind_gap(const struct list *ran, size_t i, const struct list *traced, size_t j,
			 size_t *length)
{
	size_t best = i, n;

	*length = 0;
	for (; i < ran->count && *length < GAP_SURE; i++) {
		n = run_of(ran, i, traced, j);
		if (n > *length) {
			*length = n;
			best = i;
		}
	}
	return best;
}

static size_t compare_with_gaps(const struct list *ran, const struct list *traced, size_t *differ)
{
	size_t i = 0, j = 0, n, at, equal = 0;

	for (;;) {
		n = run_of(ran, i, traced, j);
		equal += n;
		i += n;
		j += n;
		/* The marks of where trace stops and begins; at its end there may be none */
		while (j < traced->count && (!traced->branches[j].to || !traced->branches[j].from))
			j++;
		if (j == traced->count)
			return equal;
		at = behind_gap(ran, i, traced, j, &n);
		if (!n) {
			++*differ;
			printf("# %zu ran, %zu traced, %zu equal, then a branch that was not run:\n",
			       ran->count, traced->count, equal);
			show("ran   ", ran, i);
			show("traced", traced, j);
			return equal;
		}
		gaps++;
		missed += at - i;
		i = at;
	}
}

/* Returns how many branches are equal. */
static size_t compare(const struct program *p, unsigned int cpu, bool alone, size_t *differ)
{
	const struct list *ran = &p->ran[cpu], *traced = &p->traced[cpu];
	size_t i, n = ran->count;

	if (may_have_gaps)
		return compare_with_gaps(ran, traced, differ);
	if (p->address & KERNEL)
		return compare_overlap(ran, traced, differ);
	if (!alone)
		return compare_pieces(ran, traced, p->areas, differ);
	if (n == traced->count + 1 && !ran->branches[n - 1].to)
		n--;
	i = run_of(ran, 0, traced, 0);
	if (i < n || i < traced->count) {
		++*differ;
		printf("# CPU %u: %zu ran, %zu traced, the first difference:\n",
		       cpu, n, traced->count);
		show("ran   ", ran, i);
		show("traced", traced, i);
	}
	return i;
}

int main(int argc, char **argv)
{
	bool all_same = true;

	if (argc > 1 && !strcmp(argv[1], "-g")) {
		may_have_gaps = true;
		argv++;
		argc--;
	}
	if (argc > 2 && !strcmp(argv[1], "-e")) {
		entry = strtoull(argv[2], NULL, 16);
		argv += 2;
		argc -= 2;
	}
	if (argc < 4 || argc % 2 || argc > 2 + 2 * PROGRAMS)
		errx(2, "usage: compare [-g] [-e ADDRESS] FOLDER ADDRESS[+SIZE][@START[-STOP]] SCRIPT...");
	for (char **p = argv + 2; *p; p += 2) {
		char *end;
		struct program *new = &programs[nprograms++];

		new->address = strtoull(p[0], &end, 0);
		new->size = *end == '+' ? strtoull(end + 1, &end, 0) : SIZE;
		if (*end == '@') {
			new->start = strtoull(end + 1, &end, 0);
			if (*end == '-')
				new->stop = strtoull(end + 1, &end, 0);
		}
		new->script = p[1];
	}
	read_logs(argv[1]);
	printf("%zu steps unexplained, %zu blocks left half-way\n", unexplained, aborted);

	for (unsigned int i = 0; i < nprograms; i++) {
		struct program *p = &programs[i];
		unsigned int used = 0;
		size_t n = 0, differ = 0;

		read_script(p);
		p->areas = count_areas(p->script);
		for (unsigned int cpu = 0; cpu < CPUS; cpu++)
			used += p->traced[cpu].count || (p->ran[cpu].count && !(p->address & KERNEL));
		for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
			n += compare(p, cpu, used == 1, &differ);
			free(p->ran[cpu].branches);
			free(p->traced[cpu].branches);
		}
		printf("%s: %zu branches equal on %u CPUs, %zu differences\n", p->script, n, used,
		       differ);
		if (may_have_gaps)
			printf("%s: %zu gaps, %zu branches in them\n", p->script, gaps, missed);
		if (p->address & KERNEL)
			printf("%s: %zu ran, %zu traced, %zu entries\n", p->script, all_ran,
			       all_traced, entries);
		gaps = missed = all_ran = all_traced = entries = 0;
		all_same &= n && !differ;
	}
	return !all_same || unexplained;
}
