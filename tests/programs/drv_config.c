// SPDX-License-Identifier: GPL-2.0
/*
 * The series' selftest, which the kernel builds for arm64 only. It is included here so that it
 * is built for 32-bit as well; the warnings turned off are those of its harness. Added is a
 * second judge: the selftest asks the kernel, which chose the sink itself, where trace went and
 * what a CPU reaches. This one asks the board's models how much each sink has received, and
 * boards/BOARD/expect.
 */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wclobbered"

/* Functions that cs_etm.h and the selftest both have */
#define read_number	board_read_number
#define event_open	board_event_open
#define set_config	board_set_config
#define map_data	board_map_data
#define map_aux		board_map_aux
#define run_on		board_run_on
#define spin		board_spin
#include "cs_etm.h"
#undef read_number
#undef event_open
#undef set_config
#undef map_data
#undef map_aux
#undef run_on
#undef spin

#define FDS 64

static struct board board;
/* Of each descriptor's event: the chosen sink, and the descriptor whose buffer it uses, or -1 */
static int chosen[FDS], output[FDS];
static uint64_t before[MAX_NAMES];
static int enabled = -1;			/* the descriptor of the event that traces */
/* Sinks that have received trace that was meant for them; shared, as each test is a process */
static uint32_t *seen;

static void __attribute__((constructor)) share(void)
{
	seen = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void look_once(void)
{
	if (board.nr_sinks)
		return;
	look_at_board(&board);
	memset(chosen, -1, sizeof(chosen));
	memset(output, -1, sizeof(output));
}

static void choose(int fd, const char *string)
{
	const char *eq = strchr(string, '=');

	for (int i = 0; i < board.nr_sinks; i++)
		if (!strcmp(eq ? eq + 1 : string, board.sink[i]))
			chosen[fd] = i;
}

static void judge(int fd)
{
	uint32_t sinks = receivers(&board, before);
	int sink = chosen[output[fd] >= 0 ? output[fd] : fd];

	enabled = -1;
	if (sink < 0)
		return;
	if (sinks & ~(1u << sink)) {
		printf("# %s was chosen; by the board's count, sinks %#x received trace\n",
		       board.sink[sink], sinks);
		fflush(stdout);
		abort();
	}
	*seen |= sinks;
}

static int judged_ioctl(int fd, unsigned long cmd, ...)
{
	unsigned long arg;
	va_list ap;
	int ret;

	va_start(ap, cmd);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	look_once();
	if (cmd == PERF_EVENT_IOC_ENABLE)
		all_received(&board, before);
	ret = ioctl(fd, cmd, arg);
	if (ret || fd >= FDS)
		return ret;
	if (cmd == PERF_EVENT_IOC_SET_DRV_CONFIG)
		choose(fd, (const char *)arg);
	else if (cmd == PERF_EVENT_IOC_SET_OUTPUT)
		output[fd] = arg;
	else if (cmd == PERF_EVENT_IOC_ENABLE)
		enabled = fd;
	else if (cmd == PERF_EVENT_IOC_DISABLE)
		judge(fd);
	return ret;
}

/* Some events are never disabled */
static int judged_close(int fd)
{
	if (fd >= 0 && fd == enabled)
		judge(fd);
	if (board.nr_sinks && fd >= 0 && fd < FDS)
		chosen[fd] = output[fd] = -1;
	return close(fd);
}

/* A point may take longer on a slow host, or where the kernel watches itself */
#include "kselftest_harness.h"
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 300

#define ioctl judged_ioctl
#define close judged_close
#include "../../build/linux/tools/testing/selftests/perf_events/drv_config.c"

/* With one sink seen where a CPU reaches two, the judge would have told nothing apart */
TEST_F(cs_etm, judged)
{
	int nr = __builtin_popcount(*seen);

	if (!has_monitor())
		SKIP(return, "this machine has no monitor");
	EXPECT_EQ(self->a == self->b ? 1 : 2, nr);
}

TEST_F(cs_etm, reach)
{
	look_once();
	close(self->fd);
	self->fd = 0;
	for (int cpu = 0; cpu < board.nr_cpus; cpu++) {
		int fd = event_open(board.type, 0, cpu, 0);

		ASSERT_LE(0, fd);
		for (int i = 0; i < board.nr_sinks; i++) {
			int wanted = board.reach[cpu] >> i & 1 ? 0 : -ENXIO;

			EXPECT_EQ(wanted, set_config(fd, board.sink[i])) {
				TH_LOG("%s, cpu %d", board.sink[i], cpu);
			}
		}
		close(fd);
	}
}
