/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Strings, and where they are in memory
 */
#ifndef FUZZ_STRINGS_H
#define FUZZ_STRINGS_H

#include "model.h"

/*
 * Two pages, then one that cannot be read; the same two pages, mapped read-only;
 * pages without any access; one that is mapped beyond the end of its file. The peer
 * inherits them all.
 */
static void make_arena(void)
{
	char path[] = "/tmp/fuzz.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || ftruncate(fd, 3 * PAGE))
		bail_out("arena");
	unlink(path);
	arena = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	read_only = mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	past_end = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	/* Not just unmapped, or a buffer would end up there */
	hole = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED || read_only == MAP_FAILED || past_end == MAP_FAILED ||
	    hole == MAP_FAILED || mprotect(arena + 2 * PAGE, PAGE, PROT_NONE) ||
	    mprotect(read_only + 2 * PAGE, PAGE, PROT_NONE))
		bail_out("arena");
	close(fd);
}

static size_t append_word(char *s)
{
	static const char * const odd[] = {
		"", "sink", "Sink", "sink=", "=", ",", "source", "sinks", " ", "\n", "\t", "/",
		"..", "%s", "0", "-1", "*", "tmc_", "tmc_et", "tmc_etr", "TMC_ETR0", "etm0/",
		"\xff\xfe", "\xc3\xbc", "default", "none",
	};
	char *start = s;
	const char *w;

	switch (below(8)) {
	case 0:
		w = odd[below(sizeof(odd) / sizeof(odd[0]))];
		break;
	case 1:
		w = board.device[below(board.nr_devices)];
		break;
	default:
		w = board.sink[below(board.nr_sinks)];
	}
	s = stpcpy(s, w);
	switch (below(24)) {
	case 0:		/* a prefix */
		if (s > start)
			s--;
		break;
	case 1:		/* more than the name */
		*s++ = "0x_ \n/=,"[below(8)];
		break;
	case 2:		/* not quite the name */
		if (s > start)
			start[below(s - start)] ^= 1u << below(7);
		break;
	}
	*s = '\0';
	return strlen(start);
}

/* Returns the length. Before its end, @s may have NULs; after it, it need not have one */
static size_t make_string(char *s)
{
	size_t len = 0, extra;

	switch (below(16)) {
	case 0:		/* bytes */
		len = below(chance(10) ? 2 * PAGE - 1 : 40);
		for (size_t i = 0; i < len; i++)
			s[i] = chance(50) ? below(256) : "sink=,tmc_etr0"[below(14)];
		s[len] = '\0';
		return len;
	case 1:		/* around the longest */
		extra = PAGE - 4 + below(8);
		memset(s, "x,=a\1"[below(5)], extra);
		if (chance(50))
			memcpy(s, "sink=", 5);
		s[extra] = '\0';
		return extra;
	case 2:
	case 3:		/* a list */
		for (int i = below(4); i >= 0; i--) {
			if (chance(50))
				len += stpcpy(s + len, "sink=") - (s + len);
			len += append_word(s + len);
			if (i)
				s[len++] = ",,,,=; "[below(7)];
		}
		s[len] = '\0';
		return strlen(s);
	default:
		if (chance(40))
			len = stpcpy(s, "sink=") - s;
		len += append_word(s + len);
		return strlen(s);
	}
}

/* Puts a string somewhere; returns its address, and how much of it is readable */
static const char *place_string(size_t *readable, const char **shown)
{
	char string[3 * PAGE];
	size_t len = make_string(string), room = 2 * PAGE, at;

	if (len >= room)
		len = room - 1;
	string[len] = '\0';
	switch (below(20)) {
	case 0:		/* NULL, and its neighbours */
		*readable = 0;
		*shown = arena;
		switch (below(6)) {
		case 0:
			return NULL;
		case 1:
			return (char *)(uintptr_t)below(PAGE);
		case 2:
			return hole + below(4 * PAGE);
		case 3:
			return arena + 2 * PAGE + below(PAGE);
		case 4:
			return past_end + 3 * PAGE + below(PAGE);
		default:
			/* The kernel's, for 64 bit; for 32 bit there is nothing */
			if (sizeof(long) == 8)
				return (char *)(uintptr_t)(below(2) ? 0xffff800080000000ULL +
					below(1u << 24) : -1ULL - below(1u << 20));
			return (char *)(uintptr_t)(0xfffe0000u + below(0x1000));
		}
	case 1:		/* up to the last byte, without the NUL */
		at = room - len;
		memcpy(arena + at, string, len);
		break;
	case 2:
	case 3:		/* with it */
		at = room - len - 1;
		memcpy(arena + at, string, len + 1);
		break;
	case 4:
	case 5:		/* across the pages */
		at = len < PAGE ? PAGE - below(len + 1) : PAGE - 1;
		if (at + len + 1 > room)
			at = room - len - 1;
		memcpy(arena + at, string, len + 1);
		break;
	default:
		at = below(room - len);
		memcpy(arena + at, string, len + 1);
	}
	*readable = room - at;
	*shown = arena + at;
	return chance(20) ? read_only + at : arena + at;
}

#endif
