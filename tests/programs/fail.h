/* SPDX-License-Identifier: GPL-2.0 */
/* Makes one allocation of what this process does next fail, or one copy from user space */
#ifndef FAIL_H
#define FAIL_H

#include "cs_etm.h"

static int fail_fd;
static bool fail_usercopy;		/* copying from user space can be made to fail */
static bool fail_pages;			/* so can allocations of pages */

/* Lets all allocations fail, also those that may sleep or are small */
static inline void fail_set_up(void)
{
	write_text("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	write_text("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
	write_text("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	write_text("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	write_text("/sys/kernel/debug/failslab/verbose", "0");
	write_text("/sys/kernel/debug/fail_usercopy/verbose", "0");
	fail_usercopy = !access("/sys/kernel/debug/fail_usercopy", F_OK);
	fail_pages = !access("/sys/kernel/debug/fail_page_alloc", F_OK);
	if (write_text("/sys/kernel/debug/failslab/ignore-gfp-wait", "N"))
		bail_out("no fault injection");
	fail_fd = open("/proc/self/fail-nth", O_RDWR);
	if (fail_fd < 0)
		bail_out("no fail-nth");
}

static inline void fail_at(int nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", nth);
	/* If copying can fail, it may be that of this write(), but only once */
	if (pwrite(fail_fd, text, strlen(text), 0) < 0 && pwrite(fail_fd, text, strlen(text), 0) < 0)
		bail_out("fail-nth");
}

/* Did something fail since fail_at()? */
static inline bool failed(void)
{
	char left[16] = "";
	bool read = pread(fail_fd, left, sizeof(left) - 1, 0) > 0;

	/* If pread() fails, it is itself the failure, and nothing had failed before */
	if (!read && !fail_usercopy)
		bail_out("fail-nth");
	fail_at(0);
	return read && atoi(left) == 0;
}

#endif
