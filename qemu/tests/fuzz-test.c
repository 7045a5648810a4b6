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
#include "links.h"
#include "qtest.h"

static const uint32_t pages[] = {
    STIMULUS(0), STIMULUS(1), FUNNEL, ETF, REPLICATOR, ETR, TPIU, ETM, ETB,
    CTI, MONITOR,
};

#define PAGES (sizeof(pages) / sizeof(pages[0]))

static const struct {
    uint32_t page, offset, mask;
} sense[] = {
    { STIMULUS(0), ST_ID, 0x7f }, { STIMULUS(0), ST_DATA, ~0u },
    { STIMULUS(0), ST_BURST, 0xfff }, { STIMULUS(0), ST_BURST, 0x3f },
    { STIMULUS(1), ST_ID, 0x7f }, { STIMULUS(1), ST_BURST, 0xff },
    /* Let through */
    { FUNNEL, FUNNEL_CTRL, 0x303 }, { REPLICATOR, IDFILTER0, 0x01 },
    { REPLICATOR, IDFILTER1, 0x01 },
    { ETF, MODE, 3 }, { ETF, TRG, 0xff }, { ETF, FFCR, 0x7fff },
    { ETF, FFCR, FLUSH_STOP }, { ETF, CTL, 1 }, { ETF, CTL, 1 },
    { ETF, BUFWM, 0x3fff }, { ETF, RRP, 0xffff }, { ETF, RWP, 0xffff },
    { ETR, MODE, 3 }, { ETR, MODE, CB }, { ETR, TRG, 0xff },
    { ETR, FFCR, 0x7fff }, { ETR, FFCR, FLUSH_STOP }, { ETR, CTL, 1 },
    { ETR, CTL, 1 }, { ETR, RSZ, 0x3fff }, { ETR, AXICTL, 0xfbf },
    { ETR, DBALO, 0x8fffffff }, { ETR, DBAHI, 0 }, { ETR, RRP, 0x8fffffff },
    { TPIU, FFCR, 0x1040 },
    { ETB, CTL, 1 }, { ETB, CTL, 1 }, { ETB, FFCR, 0x7fff },
    { ETB, FFCR, FLUSH_STOP }, { ETB, TRG, 0xff }, { ETB, RRP, 0xffff },
    { ETB, RWP, 0xffff },
    { ETM, TRCPRGCTLR, 1 }, { ETM, TRCCONFIGR, 0x1fff },
    { ETM, TRCSYNCPR, 0x1f }, { ETM, TRCTRACEIDR, 0x7f },
    { ETM, TRCVICTLR, 0xff0fff }, { ETM, TRCOSLAR, 1 },
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
    /* Mostly, the ETR's buffer is in RAM */
    uint32_t ram = sense[i].mask & RAM && rnd(64) ? RAM : 0;

    writel(sense[i].page + sense[i].offset, (rnd32() & sense[i].mask) | ram);
}

/* Does a capture work? 1000 bytes and the ID bytes among them fill 68 frames. */
static bool capture(void)
{
    qtest_reset();
    writel(STIMULUS(0) + LAR, UNLOCK);
    writel(FUNNEL + LAR, UNLOCK);
    writel(FUNNEL + FUNNEL_CTRL, 1);
    writel(ETF + LAR, UNLOCK);
    writel(ETF + FFCR, FORMAT);
    writel(ETF + CTL, 1);
    writel(STIMULUS(0) + ST_BURST, 1000);
    writel(ETF + FFCR, FLUSH_STOP);
    return readl(ETF + RWP) == 68 * 16 &&
           (readl(ETF + STS) & (STS_READY | STS_FULL)) == STS_READY;
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
            writel(pages[i / 64 % PAGES] + LAR, UNLOCK);
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
