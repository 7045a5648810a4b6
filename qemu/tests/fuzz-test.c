/*
 * Random accesses to every register of every model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * usage: fuzz-test QEMU LINKS.DTB [ACCESSES [SEED]]
 *
 * QEMU must neither crash nor hang, and after a reset capture as before. Half
 * of the accesses are to any place with any size and value; the other half
 * write values that make sense, so that captures do run meanwhile.  Prints TAP.
 */
#include "qtest.h"

#define MONITOR 0x1c200000
#define FUNNEL  0x20002000
#define ETF     0x20003000
#define ETR     0x20005000
#define RAM     0x80000000

static const uint32_t pages[] = {
    0x20000000, 0x20001000, FUNNEL, ETF, 0x20004000, ETR, 0x20006000,
    0x20007000, MONITOR,
};

#define PAGES (sizeof(pages) / sizeof(pages[0]))

static const struct {
    uint32_t page, offset, mask;
} sense[] = {
    /* Sources: ID, words, bursts */
    { 0x20000000, 0x000, 0x7f }, { 0x20000000, 0x004, ~0u },
    { 0x20000000, 0x008, 0xfff }, { 0x20000000, 0x008, 0x3f },
    { 0x20001000, 0x000, 0x7f }, { 0x20001000, 0x008, 0xff },
    /* Funnel and replicator: let through */
    { FUNNEL, 0x000, 0x303 }, { 0x20004000, 0x000, 0x01 },
    { 0x20004000, 0x004, 0x01 },
    /* ETF and ETR: mode, TRG, FFCR, CTL, watermark */
    { ETF, 0x028, 3 }, { ETF, 0x01c, 0xff }, { ETF, 0x304, 0x7fff },
    { ETF, 0x304, 0x1043 }, { ETF, 0x020, 1 }, { ETF, 0x020, 1 },
    { ETF, 0x034, 0x3fff }, { ETF, 0x014, 0xffff }, { ETF, 0x018, 0xffff },
    { ETR, 0x028, 3 }, { ETR, 0x028, 0 }, { ETR, 0x01c, 0xff },
    { ETR, 0x304, 0x7fff }, { ETR, 0x304, 0x1043 }, { ETR, 0x020, 1 },
    { ETR, 0x020, 1 }, { ETR, 0x004, 0x3fff }, { ETR, 0x110, 0xfbf },
    { ETR, 0x118, 0x8fffffff }, { ETR, 0x11c, 0 },
    { ETR, 0x014, 0x8fffffff },
    /* TPIU: FFCR */
    { 0x20006000, 0x304, 0x1040 },
    /* Trace unit: enable, configuration, synchronization, trace ID, ViewInst */
    { 0x20007000, 0x004, 1 }, { 0x20007000, 0x010, 0x1fff },
    { 0x20007000, 0x034, 0x1f }, { 0x20007000, 0x040, 0x7f },
    { 0x20007000, 0x080, 0xff0fff }, { 0x20007000, 0x300, 1 },
};

#define SENSE (sizeof(sense) / sizeof(sense[0]))

static uint64_t state;

static uint32_t rnd(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 32) % below;
}

static uint32_t rnd32(void)
{
    uint32_t bits = rnd(33);

    return bits ? rnd(0xffffffff) >> (32 - bits) : 0;
}

static void any_access(void)
{
    static const char sizes[] = { 'b', 'w', 'l', 'l', 'l', 'l', 'l', 'q' };
    char size = sizes[rnd(sizeof(sizes))];
    uint32_t addr = pages[rnd(PAGES)] + rnd(0x1000 - 8);

    if (rnd(16)) {
        addr &= ~3u;
    }
    if (rnd(2)) {
        qtest_send("read%c 0x%" PRIx32 "\n", size, addr);
    } else {
        uint64_t value = size == 'b' ? rnd(256) : size == 'w' ? rnd(65536) :
                         rnd32();

        qtest_send("write%c 0x%" PRIx32 " 0x%" PRIx64 "\n", size, addr, value);
    }
}

static void sensible_write(void)
{
    size_t i = rnd(SENSE);
    /* Mostly the ETR's memory is memory */
    uint32_t ram = sense[i].mask & RAM && rnd(64) ? RAM : 0;

    writel(sense[i].page + sense[i].offset, (rnd32() & sense[i].mask) | ram);
}

/* Does a capture work? 1000 bytes and the ID bytes among them fill 68 frames. */
static bool capture(void)
{
    qtest_reset();
    writel(pages[0] + 0xfb0, 0xc5acce55);
    writel(FUNNEL + 0xfb0, 0xc5acce55);
    writel(FUNNEL, 1);
    writel(ETF + 0xfb0, 0xc5acce55);
    writel(ETF + 0x304, 3);
    writel(ETF + 0x020, 1);
    writel(pages[0] + 0x008, 1000);
    writel(ETF + 0x304, 0x1043);
    return readl(ETF + 0x018) == 68 * 16 &&
           (readl(ETF + 0x00c) & 5) == 4;
}

int main(int argc, char **argv)
{
    unsigned long n = argc > 3 ? strtoul(argv[3], NULL, 0) : 10000000, i;
    bool good;

    if (argc < 3) {
        fprintf(stderr, "usage: fuzz-test QEMU LINKS.DTB [ACCESSES [SEED]]\n");
        return 2;
    }
    state = argc > 4 ? strtoull(argv[4], NULL, 0) : 88172645463325252;
    printf("# %lu accesses, seed %" PRIu64 "\n", n, state);
    qtest_start(argv[1], argv[2], "/dev/null", NULL);
    good = capture();
    for (i = 0; i < n; i++) {
        if (i % 64 == 0) {
            /* Reopen the locks that random writes have closed */
            writel(pages[i / 64 % PAGES] + 0xfb0, 0xc5acce55);
        }
        if (rnd(2)) {
            any_access();
        } else {
            sensible_write();
        }
    }
    good &= capture();
    good &= qtest_end() == 0;
    printf("%sok 1 - QEMU survives random accesses to every register\n1..1\n",
           good ? "" : "not ");
    return !good;
}
