// SPDX-License-Identifier: GPL-2.0
/*
 * A security module that refuses security_perf_event_write() refuses the choice of a sink,
 * and what was chosen before stays. Needs refuse.ko, which stands for that module.
 */
#include "cs_etm.h"

#define REFUSE		"/sys/module/refuse/parameters/"
#define DATA_PAGES	8
#define AUX_PAGES	16

static struct board board;

static void refuse_with(int err)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", err);
	if (write_text(REFUSE "with", text))
		bail_out("refuse.ko is not loaded");
}

int main(void)
{
	struct perf_event_mmap_page *data;
	int fd, first = -1, second = -1, ret;
	uint64_t pos = 0;
	long asked;
	char *aux;

	look_at_board(&board);
	run_on(0);
	for (int i = 0; i < board.nr_sinks; i++)
		if (board.reach[0] >> i & 1) {
			second = first;
			first = i;
		}
	if (second < 0)
		bail_out("CPU 0 reaches one sink");
	/* Not the default, which it would be without a choice */
	if (first == board.by_default[0]) {
		first = second;
		second = board.by_default[0];
	}

	fd = event_open(board.type, 0, 0, false, 0);
	ret = set_config(fd, board.sink[first]);
	ok(!ret, "with nobody refusing, %s is chosen", board.sink[first]);
	asked = read_number(REFUSE "asked", 10);
	refuse_with(EACCES);
	ret = set_config(fd, board.sink[second]);
	ok(ret == -EACCES, "the module's error is the answer: %s", strerrorname_np(-ret));
	ret = set_config(fd, (char *)1);
	ok(ret == -EACCES, "it comes before the string is read: %s", strerrorname_np(-ret));
	refuse_with(0);
	asked = read_number(REFUSE "asked", 10) - asked;
	ok(asked == 2, "it was asked %ld times", asked);

	map_both(fd, &data, DATA_PAGES, &aux, AUX_PAGES);
	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	spin(3000);
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	ok(next_sink(data, &pos) == board.id[first], "the choice before it stays");
	close_both(fd, data, DATA_PAGES, aux, AUX_PAGES);
	return done_testing();
}
