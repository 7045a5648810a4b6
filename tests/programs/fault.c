// SPDX-License-Identifier: GPL-2.0
/*
 * Makes every allocation in the ioctl() and in mmap() of the AUX area fail, one after the
 * other. The error must be ENOMEM, and the earlier choice must stand. If the kernel can do
 * without the memory, the trace must go where it should.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "fail.h"
#include "kmem.h"

#define DATA_PAGES	8
#define AUX_PAGES	16

/*
 * The least that mmap() of an AUX area allocates: perf's list of pages, the session's data
 * and the sink's buffer; and for each CPU's path itself and a node for the ETM and one for
 * the sink. How many links are between them, and need a node each, is the board's affair.
 */
#define FOR_SESSION	3
#define FOR_PATH	3

static struct board board;
static int cpu;
static const char *sinks[2];		/* that the CPU reaches */

/* The sink that the trace of this process went to, 0 if there was none */
static uint32_t trace(int fd, struct perf_event_mmap_page *page)
{
	uint64_t pos = page->data_tail = page->data_head;

	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	spin(1000);
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	return next_sink(page, &pos);
}

/*
 * Watches those of the functions that this kernel has: the configuration decides which are
 * inlined. The compiler may have added something to a name, from a "." on.
 */
static void watch_memory(void)
{
	static const char * const functions[] = {
		"strndup_user", "etm_drv_config", "rb_alloc_aux", "etm_setup_aux",
		"coresight_build_path", "_coresight_build_path", "tmc_alloc_etf_buffer",
		"tmc_alloc_etr_buffer", "tmc_alloc_etr_buf", "tmc_etr_alloc_flat_buf",
		"tmc_etr_alloc_resrv_buf", "tmc_etr_alloc_sg_buf", "tmc_alloc_sg_table",
		"tmc_pages_alloc",
	};
	enum { NR = sizeof(functions) / sizeof(functions[0]), ROOM = 2 * NR };
	static char names[ROOM][64];
	static const char *found[ROOM + 1];
	FILE *f = found[0] ? NULL : fopen("/proc/kallsyms", "r");
	char line[512], name[64];
	int nr = 0;

	while (f && nr < ROOM && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %*c %63s", name) != 1)
			continue;
		for (int i = 0; i < NR; i++) {
			size_t len = strlen(functions[i]);

			if (strncmp(name, functions[i], len) || (name[len] && name[len] != '.'))
				continue;
			memcpy(names[nr], name, sizeof(name));
			found[nr] = names[nr];
			nr++;
			break;
		}
	}
	if (f)
		fclose(f);
	kmem_watch_all(found);
}

/*
 * A worker frees what is held, and drops the references to the modules. If some have once been
 * left for good, there is no point in waiting as long again.
 */
static int wait_for_workers(void)
{
	static int patience = 1500;
	int refs = -1;

	for (int i = 0; i < patience && refs; i++) {
		usleep(10000);
		refs = read_number("/sys/module/coresight_tmc/refcnt", 10);
	}
	if (refs)
		patience = 50;
	return refs;
}

/* After the failures: checks that none of their memory is left */
static void memory_is_free(int least, const char *what)
{
	int known = 0;

	wait_for_workers();
	/* The last of it is freed a little after the references: do not count before that */
	usleep(300000);
	kmem_count();
	/*
	 * Linux's own: if the first page of an AUX area cannot be had, __rb_free_aux() does not
	 * free the list of its pages. That page is often the 4th allocation, and now and then
	 * the 5th or 6th as well, as something before it needs memory of its own.
	 */
	if (fail_pages)
		known = kmem_held_by("rb_alloc_aux");
	if (known > 8)
		known = 0;
	ok(kmem_seen >= least && kmem_held == known,
	   "%s: all memory is freed, %d of %d blocks are left, of which %d are known", what,
	   kmem_held, kmem_seen, known);
	if (kmem_held != known)
		kmem_tell();
	kmem_stop();
}

static void ioctl_faults(int on)
{
	int fd = event_open(board.type, 0, on, false, 0), nth, ret = 0, wrong = 0, moved = 0;
	void *data = map_data(fd, DATA_PAGES);

	watch_memory();
	if (data == MAP_FAILED || set_config(fd, sinks[0]))
		bail_out("set-up");
	for (nth = 1; nth < 1000; nth++) {
		void *aux;

		fail_at(nth);
		ret = set_config(fd, sinks[1]);
		if (!failed())
			break;
		if (ret != -ENOMEM && !(fail_usercopy && ret == -EFAULT)) {
			printf("# failure %d: %s\n", nth, ret ? strerrorname_np(-ret) : "0");
			wrong++;
		}
		aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
		if (aux == MAP_FAILED || trace(fd, data) != id_of(&board, sinks[0]))
			moved++;
		munmap(aux, AUX_PAGES * PAGE);
	}
	ok(nth > 2 && !wrong && !ret, "ioctl, CPU %d: each of %d failures is reported", on,
	   nth - 1);
	ok(!moved, "ioctl, CPU %d: and the choice before it stands", on);
	munmap(data, (1 + DATA_PAGES) * PAGE);
	close(fd);
	memory_is_free(nth, "ioctl");
}

static void mmap_faults(int on, const char *sink, bool config2)
{
	int fd = event_open(board.type, 0, on, false, config2 ? id_of(&board, sink) : 0);
	void *data = map_data(fd, DATA_PAGES), *aux = MAP_FAILED;
	int nth, wrong = 0, astray = 0, got_by = 0, paths = 0;
	const char *how = config2 ? "config2" : "ioctl";

	for (int i = 0; i < board.nr_cpus; i++)
		paths += (on == -1 || on == i) && board.reach[i] >> find_sink(&board, sink) & 1;

	watch_memory();
	if (data == MAP_FAILED || (!config2 && set_config(fd, sink)))
		bail_out("set-up");
	for (nth = 1; nth < 5000; nth++) {
		uint32_t id;
		bool hit;

		fail_at(nth);
		aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
		hit = failed();
		if (aux == MAP_FAILED) {
			if (errno != ENOMEM) {
				printf("# failure %d: %s\n", nth, strerrorname_np(errno));
				wrong++;
			}
			if (!hit)
				break;
			continue;
		}
		/* If it is a path from this CPU that is missing, there is no trace */
		id = trace(fd, data);
		if (id != id_of(&board, sink) && (id || !hit))
			astray++;
		munmap(aux, AUX_PAGES * PAGE);
		if (!hit)
			break;
		got_by++;
	}
	/* Where there are other paths, one may be missing */
	ok(nth - 1 >= FOR_SESSION + paths * FOR_PATH &&
	   nth - 1 - got_by >= FOR_SESSION + (paths == 1 ? FOR_PATH : 0) && !wrong && aux != MAP_FAILED,
	   "mmap, CPU %d, %s by %s: ENOMEM for %d of %d failures, done without for the rest", on,
	   sink, how, nth - 1 - got_by, nth - 1);
	ok(!astray, "mmap, CPU %d, %s by %s: no trace goes elsewhere", on, sink, how);
	munmap(data, (1 + DATA_PAGES) * PAGE);
	close(fd);
	memory_is_free(nth, "mmap");
}

int main(void)
{
	bool drv_config = !access(PMU "/caps/drv_config", F_OK);
	int refs;

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);
	fail_set_up();
	for (int i = 0; i < board.nr_sinks; i++) {
		if (!(board.reach[0] >> i & 1))
			continue;
		if (!sinks[0])
			sinks[0] = board.sink[i];
		sinks[1] = board.sink[i];
	}
	if (!sinks[0] || run_on(cpu))
		bail_out("CPU %d reaches no sink", cpu);

	for (int on = -1; on <= cpu; on++) {
		if (drv_config)
			ioctl_faults(on);
		for (int i = 0; i < 2; i++) {
			if (drv_config)
				mmap_faults(on, sinks[i], false);
			mmap_faults(on, sinks[i], true);
		}
	}

	refs = wait_for_workers();
	ok(!refs, "no reference to the sinks' module is left (%d)", refs);
	return done_testing();
}
