// SPDX-License-Identifier: GPL-2.0
/*
 * Everything that is taken must be given back: strings, names that events keep, modules, and
 * the devices that are looked up. Each block of memory is followed from kmalloc() to kfree().
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "kmem.h"

#define DATA_PAGES	1
#define AUX_PAGES	4
#define CHOICES		500
#define RELOADS		5

static struct board board;

static const char *reached_sink(void)
{
	for (int i = 0; i < board.nr_sinks; i++)
		if (board.reach[0] >> i & 1)
			return board.sink[i];
	bail_out("CPU 0 reaches no sink");
}

/* Every other choice fails: what a failed one allocates must be freed as well */
static void choices(int fd, int nr)
{
	for (int i = 0; i < nr; i++) {
		if (set_config(fd, reached_sink()))
			bail_out("choice");
		if (!set_config(fd, "no such sink"))
			bail_out("a sink that is not there was chosen");
	}
}

static void test_strings(void)
{
	int fd = event_open(board.type, 0, -1, false, 0);

	kmem_watch("strndup_user");
	choices(fd, CHOICES);
	kmem_count();
	ok(kmem_seen == 2 * CHOICES && !kmem_held,
	   "the user's strings are freed: %d of %d are left", kmem_held, kmem_seen);
	kmem_stop();
	close(fd);
}

static void test_names(void)
{
	int fd = event_open(board.type, 0, -1, false, 0);

	kmem_watch("etm_drv_config");
	choices(fd, CHOICES);
	kmem_count();
	ok(kmem_seen == CHOICES && kmem_held == 1,
	   "names that were replaced are freed: %d of %d are left, one is in use", kmem_held,
	   kmem_seen);
	close(fd);
	for (int i = 0; i < CHOICES; i++) {
		fd = event_open(board.type, 0, -1, false, 0);
		choices(fd, 1);
		close(fd);
	}
	kmem_count();
	ok(kmem_seen == 2 * CHOICES && !kmem_held,
	   "names are freed with their events: %d of %d are left", kmem_held, kmem_seen);
	kmem_stop();
}

static void wait_for_module(void)
{
	for (int i = 0; i < 30000; i++) {
		if (!read_number("/sys/module/coresight_tmc/refcnt", 10))
			return;
		usleep(2000);
	}
}

enum how { NOT, CONFIG2, IOCTL };

/* Map an AUX area for each sink, chosen in one way or not at all, then reload */
static void reloads(int nr, enum how how)
{
	for (int i = 0; i < nr; i++) {
		for (int s = 0; s < board.nr_sinks; s++) {
			void *data, *aux;
			int fd;

			fd = event_open(board.type, 0, -1, false, how == CONFIG2 ? board.id[s] : 0);
			if (how == IOCTL)
				set_config(fd, board.sink[s]);
			data = map_data(fd, DATA_PAGES);
			if (data == MAP_FAILED)
				bail_out("mmap");
			aux = map_aux(fd, data, DATA_PAGES, AUX_PAGES);
			if (aux != MAP_FAILED)
				munmap(aux, AUX_PAGES * PAGE);
			munmap(data, (1 + DATA_PAGES) * PAGE);
			close(fd);
		}
		wait_for_module();
		if (!module_goes("coresight_tmc"))
			bail_out("the sinks' module cannot be unloaded");
		if (!module_comes("coresight_tmc"))
			bail_out("the sinks' module cannot be loaded");
	}
}

/* All devices but those of the last reload have to be gone */
static void test_devices(enum how how, const char *said)
{
	int each;

	kmem_watch("coresight_register");
	reloads(1, NOT);
	kmem_count();
	each = kmem_seen;
	reloads(RELOADS, how);
	kmem_count();
	ok(each && kmem_seen == (1 + RELOADS) * each && kmem_held == each,
	   "devices chosen by %s are freed: %d of %d are left, %d are in use", said, kmem_held,
	   kmem_seen, each);
	kmem_stop();
}

int main(void)
{
	bool drv_config = !access(PMU "/caps/drv_config", F_OK);

	setvbuf(stdout, NULL, _IOLBF, 0);
	look_at_board(&board);

	if (drv_config) {
		test_strings();
		test_names();
	}
	test_devices(NOT, "the CPU");
	test_devices(CONFIG2, "config2");
	if (drv_config)
		test_devices(IOCTL, "the ioctl");
	ok(!read_number("/sys/module/coresight_tmc/refcnt", 10), "no reference to a module is left");
	return done_testing();
}
