// SPDX-License-Identifier: GPL-2.0
/*
 * Compares, branch by branch, what QEMU's log says that CPUs executed with what
 * perf decoded from the trace of it.
 *
 *	compare LOG ADDRESS[+SIZE] SCRIPT...
 *
 * LOG is of "-d exec,nochain,in_asm,int", or "-" for stdin; SCRIPT is of "perf
 * script --itrace=bZ -F cpu,ip,addr" of the program that was linked to ADDRESS
 * (and has SIZE bytes, or 256 MiB). All that it ran there in user space must be in
 * the trace, where each exception ends a piece.
 *
 * The log has the start of each block that a CPU enters and, when it is
 * translated, its instructions; what became of the branch at its end is seen from
 * where the next block starts. An exception says where it was taken (ELR), and
 * "Stopped execution" that the block just logged was not executed after all.
 *
 * perf reports taken branches, and address 0 where the trace stops or begins.
 * Of an exception it reports the last instruction that was executed before, and
 * of the end of all trace nothing.
 */
#include <ctype.h>
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CPUS	16
#define PROGRAMS 16
#define SIZE	0x10000000	/* of the space for a program */

struct branch {
	uint64_t from, to;
};

struct list {
	struct branch *b;
	size_t n, room;
};

struct code {
	uint64_t pc;
	unsigned int n;
	uint32_t insn[];
};

struct block {
	uint64_t ptr, pc;
	uint32_t cflags;
	struct code *code;
};

struct cpu {
	struct block *block;	/* entered, and not known how far it ran */
	bool stopped;		/* perhaps not executed at all */
	bool open;		/* in a piece of trace */
	bool taken;		/* it was left by a branch or an exception at @last */
	uint64_t last;
	int exception;		/* taken, ELR to come: its number, or -1 */
};

struct program {
	uint64_t address, size;
	const char *script;
	struct list ran[CPUS], traced[CPUS];
};

static struct cpu cpus[CPUS];
static struct program programs[PROGRAMS];
static unsigned int nprograms;
static uint64_t line_no;
static size_t unexplained, aborted;

static void add(struct list *l, uint64_t from, uint64_t to)
{
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 1024;
		l->b = realloc(l->b, l->room * sizeof(*l->b));
		if (!l->b)
			err(2, "branches");
	}
	l->b[l->n++] = (struct branch){ from, to };
}

/* Open hash tables: of code by address and of blocks by QEMU's pointer */
#define SLOTS	(1u << 22)
static struct code *codes[SLOTS];
static struct block *blocks[SLOTS];

static struct program *program_at(uint64_t pc)
{
	for (unsigned int i = 0; i < nprograms; i++) {
		if (pc - programs[i].address < programs[i].size)
			return &programs[i];
	}
	return NULL;
}

static uint32_t hash(uint64_t x)
{
	return (x * 0x9e3779b97f4a7c15) >> 42;
}

static struct code **code_slot(uint64_t pc)
{
	uint32_t i = hash(pc);

	while (codes[i] && codes[i]->pc != pc)
		i = (i + 1) % SLOTS;
	return &codes[i];
}

static struct block **block_slot(uint64_t ptr)
{
	uint32_t i = hash(ptr);

	while (blocks[i] && blocks[i]->ptr != ptr)
		i = (i + 1) % SLOTS;
	return &blocks[i];
}

static void trouble(unsigned int cpu, const char *what, uint64_t a, uint64_t b)
{
	if (unexplained++ < 10)
		printf("# log line %" PRIu64 ", CPU %u: %s 0x%" PRIx64 " 0x%" PRIx64 "\n",
		       line_no, cpu, what, a, b);
}

static uint64_t direct(uint64_t pc, uint32_t insn, unsigned int shift, unsigned int bits)
{
	int64_t offset = (int64_t)((uint64_t)(insn >> shift) << (64 - bits)) >> (64 - bits);

	return pc + 4 * offset;
}

enum branch_kind { NONE, ALWAYS, MAYBE, INDIRECT };

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
	uint64_t pc = c->block->pc;
	struct list *list = &program_at(pc)->ran[c - cpus];

	if (!n)
		return;
	if (!c->open)
		add(list, 0, pc);
	else if (c->taken)
		add(list, c->last, pc);
	else if (pc != c->last + 4)
		trouble(c - cpus, "no way from", c->last, pc);
	c->open = true;
	c->last = pc + 4 * (n - 1);
	c->taken = taken;
}

/* The block led to @next. */
static void finish(struct cpu *c, uint64_t next)
{
	struct block *b = c->block;
	uint64_t last, target = 0;

	if (!b)
		return;
	if (c->stopped && next == b->pc)
		goto out;
	last = b->pc + 4 * (b->code->n - 1);
	switch (classify(last, b->code->insn[b->code->n - 1], &target)) {
	case INDIRECT:
		ran(c, b->code->n, true);
		goto out;
	case ALWAYS:
		if (next != target)
			break;
		ran(c, b->code->n, true);
		goto out;
	case MAYBE:
		if (next != target && next != last + 4)
			break;
		ran(c, b->code->n, next == target);
		goto out;
	case NONE:
		if (next != last + 4)
			break;
		ran(c, b->code->n, false);
		goto out;
	}
	/* QEMU may leave a block half-way to do one instruction by itself. */
	if (next >= b->pc && next <= last) {
		if (aborted++ < 4)
			printf("# log line %" PRIu64 ", CPU %u: block 0x%" PRIx64 " left at 0x%" PRIx64 "\n",
			       line_no, (unsigned int)(c - cpus), b->pc, next);
		ran(c, (next - b->pc) / 4, false);
	} else {
		trouble(c - cpus, "no way from block", b->pc, next);
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

static void enter(unsigned int cpu, uint64_t ptr, uint64_t pc, uint32_t cflags)
{
	struct cpu *c = &cpus[cpu];
	struct block **slot = block_slot(ptr), *b = *slot;

	if (!program_at(pc)) {
		finish(c, pc);
		close_piece(c);
		return;
	}
	if (!b || b->pc != pc || b->cflags != cflags) {
		struct code *code = *code_slot(pc);

		if (!code) {
			trouble(cpu, "no code for", pc, ptr);
			return;
		}
		if (!b)
			b = *slot = malloc(sizeof(*b));
		if (!b)
			err(2, "blocks");
		*b = (struct block){ ptr, pc, cflags, code };
	}
	finish(c, pc);
	c->block = b;
	c->stopped = false;
}

/*
 * The line does not say which CPU's block. If several are in that block, the one
 * is meant that goes on, or takes an exception, at its beginning.
 */
static void stopped(uint64_t ptr)
{
	struct cpu *found = NULL;
	unsigned int n = 0;

	for (unsigned int i = 0; i < CPUS; i++) {
		if (cpus[i].block && cpus[i].block->ptr == ptr) {
			found = &cpus[i];
			found->stopped = true;
			n++;
		}
	}
	if (n == 1)
		found->block = NULL;
}

static void take_exception(struct cpu *c, uint64_t elr)
{
	struct block *b = c->block;
	int number = c->exception;

	c->exception = -1;
	if (b) {
		uint64_t after = b->pc + 4 * b->code->n;

		switch (number) {
		case 3:		/* prefetch abort */
		case 5:		/* IRQ */
		case 6:		/* FIQ */
			finish(c, elr);
			break;
		default:
			if (elr < b->pc || elr > after)
				trouble(c - cpus, "exception outside of block", b->pc, elr);
			else
				ran(c, (elr - b->pc) / 4, false);
		}
		c->block = NULL;
	}
	close_piece(c);
}

/* The line does not say which CPU's; two may take exceptions at the same time. */
static void exception_at(uint64_t elr)
{
	struct cpu *found = NULL;
	bool sure = false;

	for (unsigned int i = 0; i < CPUS; i++) {
		struct cpu *c = &cpus[i];
		bool fits;

		if (c->exception < 0)
			continue;
		fits = c->block && elr >= c->block->pc && elr <= c->block->pc + 4 * c->block->code->n;
		if (!found || (fits && !sure)) {
			found = c;
			sure = fits;
		}
	}
	if (found)
		take_exception(found, elr);
}

static void read_code(FILE *f, char **line, size_t *room)
{
	struct code *code = NULL;
	uint64_t pc = 0;
	unsigned int n = 0;

	while (getline(line, room, f) > 0 && **line != '\n') {
		char *p = *line;

		line_no++;
		if (!strncmp(p, "OBJD-T: ", 8)) {
			for (p += 8; isxdigit(*p); p += 8) {
				uint32_t insn = 0;

				for (int i = 3; i >= 0; i--) {
					unsigned int byte = 0;

					sscanf(p + 2 * i, "%2x", &byte);
					insn = insn << 8 | byte;
				}
				code = realloc(code, sizeof(*code) + (n + 1) * sizeof(insn));
				if (!code)
					err(2, "code");
				code->insn[n++] = insn;
			}
		} else if (!n) {
			pc = strtoull(p, NULL, 16);
		}
	}
	line_no++;
	if (code) {
		code->pc = pc;
		code->n = n;
		*code_slot(pc) = code;
	}
}

static void read_log(const char *name)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "r") : stdin;
	size_t room = 0;
	char *line = NULL;

	if (!f)
		err(2, "%s", name);
	for (unsigned int i = 0; i < CPUS; i++)
		cpus[i].exception = -1;
	while (getline(&line, &room, f) > 0) {
		uint64_t ptr, pc;
		uint32_t cflags;
		unsigned int cpu;
		int number;

		line_no++;
		if (sscanf(line, "Trace %u: 0x%" SCNx64 " [%*x/%" SCNx64 "/%*x/%x]",
			   &cpu, &ptr, &pc, &cflags) == 4) {
			if (cpu < CPUS)
				enter(cpu, ptr, pc, cflags);
		} else if (!strncmp(line, "IN:", 3)) {
			read_code(f, &line, &room);
		} else if (sscanf(line, "Stopped execution of TB chain before 0x%" SCNx64, &ptr) == 1) {
			stopped(ptr);
		} else if (sscanf(line, "Taking exception %d [%*[^]]] on CPU %u", &number, &cpu) == 2) {
			if (cpu < CPUS)
				cpus[cpu].exception = number;
		} else if (sscanf(line, "...with ELR 0x%" SCNx64, &pc) == 1) {
			exception_at(pc);
		} else if (!strncmp(line, "...handled as PSCI call", 23)) {
			for (cpu = 0; cpu < CPUS; cpu++) {
				if (cpus[cpu].exception == 11 || cpus[cpu].exception == 13)
					cpus[cpu].exception = -1;
			}
		}
	}
	for (unsigned int i = 0; i < CPUS; i++)
		close_piece(&cpus[i]);
	fclose(f);
	free(line);
}

static void read_script(struct program *p)
{
	FILE *f = fopen(p->script, "r");
	size_t room = 0;
	char *line = NULL;

	if (!f)
		err(2, "%s", p->script);
	while (getline(&line, &room, f) > 0) {
		unsigned int cpu;
		uint64_t from, to;

		if (sscanf(line, " [%u] %" SCNx64 " => %" SCNx64, &cpu, &from, &to) != 3 || cpu >= CPUS)
			errx(2, "%s: %s", p->script, line);
		add(&p->traced[cpu], from, to);
	}
	fclose(f);
	free(line);
}

static void show(const char *what, const struct list *l, size_t at)
{
	for (size_t i = at < 4 ? 0 : at - 4; i < at + 4 && i < l->n; i++)
		printf("#   %s %c %10zu %16" PRIx64 " => %16" PRIx64 "\n", what,
		       i == at ? '*' : ' ', i, l->b[i].from, l->b[i].to);
}

/* A piece of trace: from where it begins (0 => to) to before where the next does */
struct piece {
	const struct branch *b;
	size_t n;
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
	struct piece *p = malloc((l->n + 1) * sizeof(*p));

	if (!p)
		err(2, "pieces");
	*n = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (!l->b[i].from || !*n)
			p[(*n)++] = (struct piece){ .b = &l->b[i] };
		p[*n - 1].n++;
		p[*n - 1].closed = !l->b[i].to;
	}
	qsort(p, *n, sizeof(*p), by_content);
	return p;
}

/*
 * A sink that CPUs share leaves its trace in the buffer of whichever CPU stopped
 * last, and perf decodes one buffer after the other, so pieces are in some other
 * order. Of the last piece of a buffer perf does not report the end.
 */
static size_t compare_pieces(const struct list *ran, const struct list *traced, size_t *differ)
{
	size_t nr, nt, i, j, equal = 0, open = 0;
	struct piece *r = pieces(ran, &nr), *t = pieces(traced, &nt);

	for (i = j = 0; i < nr && j < nt; ) {
		int order = by_content(&r[i], &t[j]);

		if (!order) {
			equal += r[i].n;
			r[i].matched = t[j].matched = true;
		}
		i += order <= 0;
		j += order >= 0;
	}
	for (j = 0; j < nt; j++) {
		if (t[j].matched || t[j].closed || ++open > CPUS)
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
	free(r);
	free(t);
	return equal;
}

/* Returns how many branches are equal. */
static size_t compare(unsigned int cpu, bool alone, struct list *ran, const struct list *traced,
		      size_t *differ)
{
	size_t i;

	if (!alone)
		return compare_pieces(ran, traced, differ);
	if (ran->n == traced->n + 1 && !ran->b[ran->n - 1].to)
		ran->n--;
	for (i = 0; i < ran->n && i < traced->n; i++) {
		if (memcmp(&ran->b[i], &traced->b[i], sizeof(ran->b[i])))
			break;
	}
	if (i < ran->n || i < traced->n) {
		++*differ;
		printf("# CPU %u: %zu ran, %zu traced, the first difference:\n",
		       cpu, ran->n, traced->n);
		show("ran   ", ran, i);
		show("traced", traced, i);
	}
	return i;
}

int main(int argc, char **argv)
{
	bool all_same = true;

	if (argc < 4 || argc % 2 || argc > 2 + 2 * PROGRAMS)
		errx(2, "usage: compare LOG ADDRESS[+SIZE] SCRIPT...");
	for (char **p = argv + 2; *p; p += 2) {
		char *plus;
		struct program *new = &programs[nprograms++];

		new->address = strtoull(p[0], &plus, 0);
		new->size = *plus ? strtoull(plus + 1, NULL, 0) : SIZE;
		new->script = p[1];
	}
	read_log(argv[1]);
	printf("%zu steps unexplained, %zu blocks left half-way\n", unexplained, aborted);

	for (unsigned int i = 0; i < nprograms; i++) {
		struct program *p = &programs[i];
		unsigned int used = 0;
		size_t n = 0, differ = 0;

		read_script(p);
		for (unsigned int cpu = 0; cpu < CPUS; cpu++)
			used += p->ran[cpu].n || p->traced[cpu].n;
		for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
			n += compare(cpu, used == 1, &p->ran[cpu], &p->traced[cpu], &differ);
			free(p->ran[cpu].b);
			free(p->traced[cpu].b);
		}
		printf("%s: %zu branches equal on %u CPUs, %zu differences\n", p->script, n, used,
		       differ);
		all_same &= n && !differ;
	}
	return !all_same || unexplained;
}
