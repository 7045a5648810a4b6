// SPDX-License-Identifier: GPL-2.0
/*
 * by-cpu FILE: turns a per-thread recording of perf into a per-CPU one.
 *
 * perf treats a thread's AUX area as the trace of that thread alone. But if CPUs share a
 * sink, the area also has what other threads ran on other CPUs. A reader has to separate them
 * by the trace ID, which perf does only for the area of a CPU. So this program marks each
 * area as that of the CPU that its thread ran on. The thread must stay there, and the event
 * needs "contextid". Neither the trace nor the sizes in PERF_RECORD_AUX are changed.
 */
#include <err.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 256
#define PERF_RECORD_AUXTRACE 71
#define NEEDED (PERF_SAMPLE_TID | PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER)

struct section {
	uint64_t offset, size;
};

/* What perf.data begins with */
struct file_header {
	char magic[8];
	uint64_t size, attr_size;
	struct section attrs, data;
};

struct auxtrace {
	struct perf_event_header header;
	uint64_t size, offset, reference;
	uint32_t idx, tid, cpu, reserved;
};

struct aux {
	struct perf_event_header header;
	uint64_t offset, size, flags;
	uint32_t pid, tid;	/* of the sample: other fields follow */
};

static struct thread {
	uint32_t tid, cpu;
} threads[THREADS];
static unsigned int nthreads;
static char *file;
static size_t length;

static void *at(uint64_t offset, uint64_t size)
{
	if (offset > length || size > length - offset)
		errx(2, "the recording ends within a record");
	return file + offset;
}

static unsigned int index_of(uint32_t tid)
{
	unsigned int i = 0;

	while (i < nthreads && threads[i].tid != tid)
		i++;
	if (i == THREADS)
		errx(2, "more than %d threads", THREADS);
	if (i == nthreads)
		threads[nthreads++] = (struct thread){ tid, -1 };
	return i;
}

/*
 * The offset distinguishes the areas of two threads that ran on one CPU: each thread has a
 * space of 1 << 40.
 */
static uint64_t space_of(uint32_t tid)
{
	return (uint64_t)index_of(tid) << 40;
}

static void change_aux(struct aux *aux)
{
	struct thread *t = &threads[index_of(aux->tid)];
	/* The identifier is last */
	uint32_t cpu = *(uint32_t *)((char *)aux + aux->header.size - 16);

	if (t->cpu != -1u && t->cpu != cpu)
		errx(2, "thread %u ran on CPU %u and on CPU %u", t->tid, t->cpu, cpu);
	t->cpu = cpu;
	aux->offset += space_of(aux->tid);
}

static void change_auxtrace(struct auxtrace *a)
{
	uint32_t cpu = threads[index_of(a->tid)].cpu;

	if (a->cpu != -1u)
		errx(2, "the recording is not per thread");
	if (cpu == -1u)
		errx(2, "thread %u has trace, and no record of it", a->tid);
	a->offset += space_of(a->tid);
	a->tid = -1;
	a->cpu = cpu;
}

/* An AUXTRACE may come before the AUX that it has the trace of, so each @type has its pass. */
static void change(const struct section *data, uint32_t type)
{
	struct perf_event_header *h;

	for (uint64_t p = data->offset; p < data->offset + data->size; p += h->size) {
		h = at(p, sizeof(*h));
		if (h->size < sizeof(*h))
			errx(2, "a record of %u bytes", h->size);
		at(p, h->size);
		if (h->type == PERF_RECORD_AUX && type == h->type)
			change_aux((struct aux *)h);
		if (h->type != PERF_RECORD_AUXTRACE)
			continue;
		if (type == h->type)
			change_auxtrace((struct auxtrace *)h);
		/* The trace itself follows the record */
		p += ((struct auxtrace *)h)->size;
	}
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "r+") : NULL;
	const struct file_header *header;

	if (!f)
		err(2, "usage: by-cpu FILE");
	fseek(f, 0, SEEK_END);
	length = ftell(f);
	rewind(f);
	file = malloc(length);
	if (!file || fread(file, 1, length, f) != length)
		err(2, "%s", argv[1]);

	header = at(0, sizeof(*header));
	if (memcmp(header->magic, "PERFILE2", sizeof(header->magic)) || !header->attr_size)
		errx(2, "%s: not what perf record makes", argv[1]);
	for (uint64_t p = 0; p < header->attrs.size; p += header->attr_size) {
		const struct perf_event_attr *attr = at(header->attrs.offset + p, PERF_ATTR_SIZE_VER0);

		if ((attr->sample_type & NEEDED) != NEEDED || !attr->sample_id_all)
			errx(2, "%s: a sample needs the thread, CPU and identifier", argv[1]);
	}
	change(&header->data, PERF_RECORD_AUX);
	change(&header->data, PERF_RECORD_AUXTRACE);

	rewind(f);
	if (fwrite(file, 1, length, f) != length || fclose(f))
		err(2, "%s", argv[1]);
	printf("%u threads\n", nthreads);
	return 0;
}
