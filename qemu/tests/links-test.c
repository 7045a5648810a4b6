/*
 * Links and sinks: registers and data, without a guest
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * usage: links-test QEMU LINKS.DTB LOG
 *
 * Drives the models of links.dts through qtest.  A few lines of our own unpack
 * the frames that come out of the sinks.  Whether these frames are what the
 * architecture says is for formatter-test to find out, with OpenCSD.  Prints
 * TAP.
 */
#include "links.h"
#include "qtest.h"

#define ETF_SIZE    0x10000
#define ETB_SIZE    0x4000

static int tests, failures;
static FILE *qemu_log;
static uint8_t bytes[1 << 20];
static uint8_t frames[1 << 20];

static void result(bool good, const char *what)
{
    printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
    fflush(stdout);
    failures += !good;
}

/*
 * Does QEMU's log, where it grew since the last call, have a line with @text?
 * A guest error is in it before the access is answered.
 */
static bool logged(const char *text)
{
    char line[256];
    bool found = false;

    qtest_sync();
    clearerr(qemu_log);
    while (fgets(line, sizeof(line), qemu_log)) {
        found |= strstr(line, text) != NULL;
    }
    if (!found) {
        printf("# QEMU's log lacks \"%s\"\n", text);
    }
    return found;
}

static void forget_log(void)
{
    qtest_sync();
    fseek(qemu_log, 0, SEEK_END);
}

/* Unpack frames to bytes[]. Returns how many bytes have @id. */
static size_t undo(const uint8_t *f, size_t n, uint8_t id)
{
    size_t count = 0, i;
    uint8_t now = 0;

    for (; n >= 16; n -= 16, f += 16) {
        for (i = 0; i < 15; i++) {
            bool aux = f[15] >> (i / 2) & 1;

            if (i & 1 || !(f[i] & 1)) {
                if (now == id) {
                    bytes[count++] = i & 1 ? f[i] : f[i] | aux;
                }
                continue;
            }
            if (aux && i < 14) {
                i++;
                if (now == id) {
                    bytes[count++] = f[i];
                }
                now = f[i - 1] >> 1;
            } else {
                now = f[i] >> 1;
            }
        }
    }
    return count;
}

/* Bytes of a burst count up; is that what bytes[] has? */
static bool counts_up(size_t n)
{
    size_t i;

    for (i = 1; i < n; i++) {
        if (bytes[i] != (uint8_t)(bytes[i - 1] + 1)) {
            return false;
        }
    }
    return true;
}

static void unlock_all(void)
{
    uint32_t base;

    for (base = STIMULUS(0); base <= CTI; base += 0x1000) {
        writel(base + LAR, UNLOCK);
    }
}

/* Open everything: the sources have IDs 0x10 and 0x21 and reach both outputs */
static void fresh(void)
{
    qtest_reset();
    unlock_all();
    writel(FUNNEL, 0x303);
    writel(STIMULUS(0) + ST_ID, 0x10);
    writel(STIMULUS(1) + ST_ID, 0x21);
}

static void start(uint32_t tmc, uint32_t mode)
{
    writel(tmc + MODE, mode);
    writel(tmc + FFCR, FORMAT);
    writel(tmc + CTL, 1);
}

static void start_etr(uint64_t dba, uint32_t size, uint32_t axictl)
{
    writel(ETR + RSZ, size / 4);
    writel(ETR + AXICTL, axictl);
    writel(ETR + DBALO, dba);
    writel(ETR + DBAHI, dba >> 32);
    start(ETR, CB);
}

static void burst(int n, size_t len)
{
    while (len) {
        size_t part = len < 1000 ? len : 1000;

        writel(STIMULUS(n) + ST_BURST, part);
        len -= part;
    }
}

static size_t read_rrd_to(uint32_t tmc, uint8_t *to)
{
    size_t n = 0;
    uint32_t word;

    while (n < sizeof(frames) / 2 && (word = readl(tmc + RRD)) != 0xffffffff) {
        memcpy(to + n, &word, 4);
        n += 4;
    }
    return n;
}

static size_t read_rrd(uint32_t tmc)
{
    return read_rrd_to(tmc, frames);
}

static uint64_t counted(uint32_t sink)
{
    int i;

    for (i = 0; i < 64; i++) {
        if (readq(MONITOR + 16 * i) == sink) {
            return readq(MONITOR + 16 * i + 8);
        }
    }
    return UINT64_MAX;
}

static void test_ids(void)
{
    static const struct {
        uint32_t base, pid, devtype;
    } id[] = {
        { FUNNEL, 0xbb908, 0x12 }, { REPLICATOR, 0xbb909, 0x22 },
        { ETF, 0xbb961, 0x32 }, { ETR, 0xbb961, 0x21 }, { TPIU, 0xbb912, 0x11 },
        { ETB, 0xbb907, 0x21 }, { CTI, 0xbb906, 0x14 },
    };
    bool good = true;
    size_t i;

    for (i = 0; i < sizeof(id) / sizeof(id[0]); i++) {
        uint32_t b = id[i].base;
        uint32_t pid = readl(b + 0xfe0) | readl(b + 0xfe4) << 8 |
                       readl(b + 0xfe8) << 16;

        good &= (pid & 0xfffff) == id[i].pid && readl(b + 0xfd0) == 4;
        good &= readl(b + 0xfcc) == id[i].devtype;
        good &= readl(b + 0xff0) == 0x0d && readl(b + 0xff4) == 0x90 &&
                readl(b + 0xff8) == 0x05 && readl(b + 0xffc) == 0xb1;
    }
    result(good, "identification registers");
}

static void test_lock_and_claim(void)
{
    bool good;

    qtest_reset();
    good = readl(FUNNEL + LSR) == 3;
    writel(FUNNEL, 0x301);
    good &= readl(FUNNEL) == 0x300;
    writel(FUNNEL + LAR, UNLOCK);
    good &= readl(FUNNEL + LSR) == 1;
    writel(FUNNEL, 0x301);
    good &= readl(FUNNEL) == 0x301;
    writel(FUNNEL + 0xfa0, 2);
    good &= readl(FUNNEL + 0xfa0) == 0xf && readl(FUNNEL + 0xfa4) == 2;
    writel(FUNNEL + 0xfa4, 2);
    good &= readl(FUNNEL + 0xfa4) == 0;
    writel(FUNNEL + LAR, 0);
    writel(FUNNEL, 0);
    good &= readl(FUNNEL) == 0x301;
    result(good, "lock and claim tags");
}

static void test_etf_buffer(void)
{
    size_t n;
    bool good;

    fresh();
    good = readl(ETF + STS) & STS_READY;
    start(ETF, CB);
    good &= !(readl(ETF + STS) & STS_READY);
    burst(0, 1000);
    burst(1, 77);
    burst(0, 500);
    writel(ETF + FFCR, FLUSH_STOP);
    good &= !(readl(ETF + FFCR) & 0x40) && readl(ETF + FFSR) == 2;
    good &= (readl(ETF + STS) & (STS_READY | STS_FULL)) == STS_READY;
    good &= readl(ETF + RRP) == 0 && readl(ETF + RWP) % 16 == 0;
    n = readl(ETF + RWP);
    good &= readl(ETF + CBUFLVL) * 4 == n;
    good &= read_rrd(ETF) == n;
    good &= !!(readl(ETF + STS) & STS_EMPTY);
    good &= undo(frames, n, 0x10) == 1500 && counts_up(1500);
    good &= undo(frames, n, 0x21) == 77 && counts_up(77);
    good &= counted(ETF) == 1577 && counted(ETR) == 0;
    writel(ETF + CTL, 0);
    good &= !!(readl(ETF + STS) & STS_READY);
    result(good, "ETF as a buffer");
}

static void test_etf_wrap(void)
{
    size_t n;
    bool good;

    fresh();
    start(ETF, CB);
    burst(0, 100000);
    writel(ETF + FFCR, FLUSH_STOP);
    good = (readl(ETF + STS) & (STS_READY | STS_FULL)) ==
           (STS_READY | STS_FULL);
    good &= readl(ETF + RRP) == readl(ETF + RWP);
    good &= read_rrd(ETF) == ETF_SIZE;
    n = undo(frames, ETF_SIZE, 0x10);
    good &= n > ETF_SIZE * 14 / 16 && counts_up(n);
    good &= bytes[n - 1] == (uint8_t)(100000 - 1);
    /* As the driver does when there is room for less than all */
    writel(ETF + RRP, (readl(ETF + RWP) + ETF_SIZE - 0x1000) % ETF_SIZE);
    good &= read_rrd(ETF) == 0x1000;
    result(good, "ETF as a buffer that wraps");
}

static void test_etf_fifo(void)
{
    bool good;
    size_t n;

    fresh();
    start(ETF, HWF);
    writel(REPLICATOR + 4, 0xff);
    start_etr(RAM, 0x10000, 0);
    burst(0, 3000);
    burst(1, 2000);
    writel(ETR + FFCR, FLUSH_STOP);
    n = readl(ETR + RWP) - RAM;
    read_memory(RAM, frames, n);
    good = undo(frames, n, 0x10) == 3000 && counts_up(3000);
    good &= undo(frames, n, 0x21) == 2000 && counts_up(2000);
    good &= counted(ETR) == 5000 && counted(ETF) == 0 && counted(TPIU) == 0;
    writel(ETF + FFCR, FLUSH_STOP);
    good &= !!(readl(ETF + STS) & STS_READY);
    result(good, "ETF as a FIFO, followed by an ETR");
}

static void test_replicator(void)
{
    bool good;

    fresh();
    start(ETF, HWF);
    start_etr(RAM, 0x10000, 0);
    burst(0, 100);
    good = counted(ETR) == 100 && counted(TPIU) == 100;
    writel(REPLICATOR, 0x02);
    burst(0, 100);
    burst(1, 10);
    good &= counted(ETR) == 110 && counted(TPIU) == 210;
    writel(REPLICATOR + 4, 0x04);
    burst(1, 10);
    good &= counted(ETR) == 120 && counted(TPIU) == 210;
    writel(REPLICATOR, 0xff);
    writel(REPLICATOR + 4, 0xff);
    burst(1, 10);
    good &= counted(ETR) == 120 && counted(TPIU) == 210;
    result(good, "replicator filters by ID");
}

static void test_funnel(void)
{
    bool good;

    fresh();
    writel(FUNNEL, 0x302);
    start(ETF, CB);
    burst(0, 100);
    burst(1, 10);
    good = counted(ETF) == 10 && readl(STIMULUS(0) + ST_HELD) == 100;
    writel(FUNNEL, 0x303);
    writel(ETF + FFCR, FLUSH_STOP);
    good &= counted(ETF) == 110 && readl(STIMULUS(0) + ST_HELD) == 0;
    result(good, "funnel stalls an excluded port, and a flush drains it");
}

/* Back-pressure: software FIFO full, so the source holds the rest */
static void test_sw_fifo(void)
{
    size_t n, i, total = 64000;
    bool good;

    fresh();
    writel(ETF + BUFWM, 0);
    start(ETF, SWF);
    burst(0, total - 4000);
    writel(STIMULUS(0) + ST_BURST, 4000);
    good = readl(ETF + STS) & STS_FULL;
    i = readl(STIMULUS(0) + ST_HELD);
    good &= i > 0 && counted(ETF) == total - i;
    n = read_rrd(ETF);
    good &= readl(STIMULUS(0) + ST_HELD) == 0;
    writel(ETF + FFCR, FLUSH_STOP);
    n += read_rrd_to(ETF, frames + n);
    good &= undo(frames, n, 0x10) == total && counts_up(total);
    result(good, "software FIFO: nothing is lost when it fills");
}

static void test_etr_wrap(void)
{
    size_t n, rwp;
    bool good;

    fresh();
    start(ETF, HWF);
    start_etr(RAM + 0x100000, 0x4000, 0);
    burst(0, 20000);
    writel(ETR + FFCR, FLUSH_STOP);
    good = (readl(ETR + STS) & (STS_FULL | STS_MEMERR)) == STS_FULL;
    rwp = readl(ETR + RWP) - RAM - 0x100000;
    good &= rwp < 0x4000 && readl(ETR + RRP) == readl(ETR + RWP);
    read_memory(RAM + 0x100000 + rwp, frames, 0x4000 - rwp);
    read_memory(RAM + 0x100000, frames + 0x4000 - rwp, rwp);
    n = undo(frames, 0x4000, 0x10);
    good &= n > 0x4000 * 14 / 16 && counts_up(n);
    good &= bytes[n - 1] == (uint8_t)(20000 - 1);
    good &= read_rrd(ETR) == 0x4000;
    result(good, "ETR in a contiguous buffer that wraps");
}

/* A table of 3 pages over two table pages, linked */
static void sg_table(uint32_t at, uint32_t last)
{
    writel(at, (RAM + 0x300000) >> 12 << 4 | 2);
    writel(at + 4, (at + 0x1000) >> 12 << 4 | 3);
    writel(at + 0x1000, (RAM + 0x100000) >> 12 << 4 | 2);
    writel(at + 0x1004, last);
}

static void test_etr_sg(void)
{
    static const uint32_t page[] = { 0x300000, 0x100000, 0x200000 };
    size_t n, i;
    bool good;

    fresh();
    start(ETF, HWF);
    sg_table(RAM + 0x10000, (RAM + 0x200000) >> 12 << 4 | 1);
    start_etr(RAM + 0x10000, 0x3000, 0x80);
    burst(0, 10000);
    writel(ETR + FFCR, FLUSH_STOP);
    good = !(readl(ETR + STS) & (STS_FULL | STS_MEMERR));
    good &= readl(ETR + RRP) == RAM + 0x300000;
    good &= (readl(ETR + RWP) & ~0xfff) == RAM + 0x200000;
    for (i = 0; i < 3; i++) {
        read_memory(RAM + page[i], frames + i * 0x1000, 0x1000);
    }
    n = 0x2000 + (readl(ETR + RWP) & 0xfff);
    good &= undo(frames, n, 0x10) == 10000 && counts_up(10000);
    writel(ETR + CTL, 0);

    writel(ETR + CTL, 1);
    writel(ETR + FFCR, FORMAT);
    burst(0, 12500);
    writel(ETR + FFCR, FLUSH_STOP);
    good &= (readl(ETR + STS) & (STS_FULL | STS_MEMERR)) == STS_FULL;
    good &= readl(ETR + RRP) == readl(ETR + RWP);
    good &= (readl(ETR + RWP) & ~0xfff) == RAM + 0x300000;
    result(good, "ETR with a scatter-gather table");
}

static void test_axi_errors(void)
{
    static const struct {
        uint64_t dba;
        uint32_t size, axictl;
    } bad[] = {
        { 0, 0x1000, 0 },                       /* no memory */
        { 0xff00000000, 0x1000, 0 },            /* neither */
        { MONITOR, 0x1000, 0 },                 /* a device */
        { ETF, 0x1000, 0 },                     /* even a component */
        { RAM, 0, 0 },                          /* no size */
        { RAM_END - 0x1000, 0x4000, 0 },        /* beyond the end of memory */
        { 0, 0x1000, 0x80 },                    /* a table in no memory */
        { RAM + 0x20000, 0x1000, 0x80 },        /* type 0 */
        { RAM + 0x21000, 0x1000, 0x80 },        /* a page in no memory */
        { RAM + 0x22000, 0x1000, 0x80 },        /* a link to itself */
        { RAM + 0x23000, 0x1000, 0x80 },        /* a good page, a bad one */
        { RAM_END - 4, 0x1000, 0x80 },          /* a table that runs out */
    };
    bool good = true;
    size_t i;

    fresh();
    start(ETF, HWF);
    writel(RAM + 0x20000, 0);
    writel(RAM + 0x21000, 0x12);
    writel(RAM + 0x22000, (RAM + 0x22000) >> 12 << 4 | 3);
    writel(RAM + 0x23000, (RAM + 0x100000) >> 12 << 4 | 2);
    writel(RAM + 0x23004, 0x12);
    writel(RAM_END - 4, (RAM + 0x100000) >> 12 << 4 | 2);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        bool g;

        forget_log();
        start_etr(bad[i].dba, bad[i].size, bad[i].axictl);
        burst(0, 20000);
        writel(ETR + FFCR, FLUSH_STOP);
        g = (readl(ETR + STS) & (STS_READY | STS_MEMERR)) ==
            (STS_READY | STS_MEMERR);
        g &= logged("etr@20005000: AXI error response");
        if (!g) {
            printf("# entry %zu: STS 0x%x\n", i, readl(ETR + STS));
        }
        good &= g;
        writel(ETR + CTL, 0);
    }
    start_etr(RAM, 0x10000, 0);
    burst(0, 100);
    good &= !(readl(ETR + STS) & STS_MEMERR);
    result(good, "ETR pointed at what is not memory");
}

/* Each write is ignored, and a guest error. */
static void test_while_enabled(void)
{
    static const struct {
        uint32_t offset, value, was;
    } setup[] = {
        { RSZ, 1, 0x4000 }, { DBALO, 0, RAM }, { MODE, 2, 0 },
        { AXICTL, 0x80, 0 }, { RWP, 0, RAM },
    };
    bool good = true;
    size_t i;

    fresh();
    start(ETF, HWF);
    start_etr(RAM, 0x10000, 0);
    for (i = 0; i < sizeof(setup) / sizeof(setup[0]); i++) {
        char error[64];

        snprintf(error, sizeof(error), "etr@20005000: write to 0x%03x while "
                 "enabled", setup[i].offset);
        forget_log();
        writel(ETR + setup[i].offset, setup[i].value);
        good &= logged(error) && readl(ETR + setup[i].offset) == setup[i].was;
    }
    result(good, "programming while enabled is ignored");
}

static void etm_enable(bool on)
{
    writel(ETM + TRCPRGCTLR, on);
    /* The CPU's thread makes the change. */
    while ((readl(ETM + TRCSTATR) & 1) == on) {
        usleep(1000);
    }
}

static void test_etm_while_enabled(void)
{
    bool good;

    qtest_reset();
    forget_log();
    writel(ETM + TRCTRACEIDR, 0x10);
    good = logged("etm@20007000: write to 0x040 while locked");
    writel(ETM + LAR, UNLOCK);
    writel(ETM + TRCOSLAR, 0);
    writel(ETM + TRCTRACEIDR, 0x10);
    writel(ETM + TRCIDR0, 0);
    good &= logged("etm@20007000: write to read-only 0x1e0");
    etm_enable(true);
    writel(ETM + TRCTRACEIDR, 0x11);
    good &= logged("etm@20007000: write to 0x040 while enabled");
    good &= readl(ETM + TRCTRACEIDR) == 0x10;
    etm_enable(false);
    writel(ETM + TRCTRACEIDR, 0x11);
    good &= readl(ETM + TRCTRACEIDR) == 0x11;
    result(good, "ETM: programming while enabled is ignored");
}

static void test_etm_values(void)
{
    static const struct {
        uint32_t offset, value, good;
        const char *error;
    } bad[] = {
        { TRCTRACEIDR, 0, 0x10, "trace ID 0x00" },
        { TRCTRACEIDR, 0x70, 0x10, "trace ID 0x70" },
        { TRCTRACEIDR, 0x7f, 0x10, "trace ID 0x7f" },
        { TRCSYNCPR, 7, 8, "TRCSYNCPR 7" },
        { TRCSYNCPR, 21, 20, "TRCSYNCPR 21" },
        { TRCCCCTLR, 3, 4, "threshold 3" },
        { TRCACVR0, 0x1001, 0x1000, "address range 0" },
    };
    bool good = true;
    size_t i;

    fresh();
    writel(ETM + TRCOSLAR, 0);
    writel(ETM + TRCCONFIGR, 1 << 4);
    writel(ETM + TRCACVR0 + 8, 0x1000);
    writel(ETM + TRCVIIECTLR, 1);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        writel(ETM + bad[i].offset, bad[i].good);
    }
    forget_log();
    etm_enable(true);
    etm_enable(false);
    good = fgetc(qemu_log) == EOF;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        writel(ETM + bad[i].offset, bad[i].value);
        etm_enable(true);
        good &= logged(bad[i].error);
        etm_enable(false);
        writel(ETM + bad[i].offset, bad[i].good);
    }
    result(good, "ETM: reserved and UNPREDICTABLE values are logged");
}

static void test_trigger(void)
{
    size_t n;
    bool good;

    fresh();
    writel(ETF + MODE, CB);
    writel(ETF + TRG, 16);
    writel(ETF + FFCR, FORMAT | 0x100 | 0x2000);
    writel(ETF + CTL, 1);
    burst(0, 1000);
    qtest_send("set_irq_in /machine/etf@20003000 trigin 0 1\n");
    good = !(readl(ETF + STS) & 2);
    burst(0, 1000);
    good &= (readl(ETF + STS) & (STS_READY | 2)) == (STS_READY | 2);
    n = read_rrd(ETF);
    good &= n < 1300 && undo(frames, n, 0x7d) == 1;
    result(good, "trigger: inserted, counted, and stops the capture");
}

static void test_disable_while_running(void)
{
    bool good;

    fresh();
    start(ETF, CB);
    burst(0, 1000);
    forget_log();
    writel(ETF + CTL, 0);
    good = logged("etf@20003000: disabled while it captures");
    burst(0, 1000);
    good &= !!(readl(ETF + STS) & STS_READY);
    good &= readl(STIMULUS(0) + ST_HELD) == 0 && counted(ETF) == 1000;
    start(ETF, CB);
    burst(0, 10);
    writel(ETF + FFCR, FLUSH_STOP);
    good &= read_rrd(ETF) == 16;
    result(good, "a sink disabled while its source runs");
}

static void test_tpiu(void)
{
    bool good;

    fresh();
    writel(TPIU + 0x304, 0x1000);
    writel(TPIU + 0x304, 0x1040);
    good = !(readl(TPIU + 0x304) & 0x40) && readl(TPIU + 0x300) & 2;
    writel(TPIU + 4, 8);
    writel(TPIU + 4, 9);
    good &= readl(TPIU + 4) == 8;
    result(good, "TPIU registers");
}

/* As the driver does it: everything is cleared, then it captures */
static void start_etb(uint32_t trg, uint32_t ffcr)
{
    int i;

    writel(ETB + CTL, 0);
    writel(ETB + RWP, 0);
    for (i = 0; i < ETB_SIZE / 4; i++) {
        writel(ETB + RWD, 0);
    }
    writel(ETB + RRP, 0);
    writel(ETB + TRG, trg);
    writel(ETB + FFCR, ffcr);
    writel(ETB + CTL, 1);
}

/* Stops, and reads @n bytes to frames[], from the word @from on */
static void read_etb(uint32_t from, size_t n)
{
    size_t i;
    uint32_t word;

    writel(ETB + FFCR, 0x1001);
    writel(ETB + FFCR, 0x1041);
    writel(ETB + CTL, 0);
    writel(ETB + RRP, from);
    for (i = 0; i < n; i += 4) {
        word = readl(ETB + RRD);
        memcpy(frames + i, &word, 4);
    }
}

static void test_etb(void)
{
    size_t n;
    bool good;

    fresh();
    start(ETF, HWF);
    good = readl(ETB + 0x004) == ETB_SIZE / 4 && (readl(ETB + STS) & 4);
    start_etb(0, 0x0001);
    good &= readl(ETB + RWP) == 0 && !(readl(ETB + STS) & 5);
    good &= readl(ETB + RRD) == 0xffffffff && readl(ETB + FFSR) == 0;
    burst(0, 1000);
    burst(1, 77);
    burst(0, 500);
    writel(ETB + FFCR, 0x1041);
    good &= !(readl(ETB + FFCR) & 0x40) && readl(ETB + FFSR) == 2;
    good &= (readl(ETB + STS) & 0xf) == 0xc && readl(ETB + RWP) % 4 == 0;
    burst(0, 100);
    n = readl(ETB + RWP) * 4;
    read_etb(0, n);
    good &= undo(frames, n, 0x10) == 1500 && counts_up(1500);
    good &= undo(frames, n, 0x21) == 77 && counts_up(77);
    good &= counted(ETB) == 1577 && counted(TPIU) == 1677;
    /* Nothing is left behind what was captured */
    good &= readl(ETB + RRP) == n / 4 && readl(ETB + RRD) == 0;
    result(good, "ETB");
}

static void test_etb_wrap(void)
{
    size_t n;
    bool good;

    fresh();
    start(ETF, HWF);
    start_etb(0, 0x0001);
    burst(0, 30000);
    writel(ETB + FFCR, 0x1041);
    good = (readl(ETB + STS) & 0xf) == 0xd;
    read_etb(readl(ETB + RWP), ETB_SIZE);
    good &= readl(ETB + RRP) == readl(ETB + RWP);
    n = undo(frames, ETB_SIZE, 0x10);
    good &= n > ETB_SIZE * 14 / 16 && counts_up(n);
    good &= bytes[n - 1] == (uint8_t)(30000 - 1);
    start_etb(0, 0x0001);
    good &= !(readl(ETB + STS) & 1) && readl(ETB + RWP) == 0;
    result(good, "ETB that wraps");
}

static void test_etb_trigger(void)
{
    size_t n;
    bool good;

    fresh();
    start(ETF, HWF);
    start_etb(16, 0x2001);
    burst(0, 1000);
    writel(STIMULUS(1) + ST_ID, 0x7d);
    burst(1, 1);
    good = (readl(ETB + STS) & 6) == 2;
    n = readl(ETB + RWP);
    burst(0, 1000);
    good &= (readl(ETB + STS) & 6) == 6 && readl(ETB + FFSR) == 2;
    good &= readl(ETB + RWP) - n == 20 && counted(ETB) < 1100;
    result(good, "ETB: a trigger is counted down, and stops the capture");
}

static void test_etb_mistakes(void)
{
    static const uint32_t setup[] = { RRP, RWP, TRG, RWD };
    bool good = true;
    size_t i;

    fresh();
    start(ETF, HWF);
    start_etb(0, 0x0001);
    for (i = 0; i < sizeof(setup) / sizeof(setup[0]); i++) {
        char error[64];

        snprintf(error, sizeof(error), "etb@20008000: write to 0x%03x while "
                 "enabled", setup[i]);
        forget_log();
        writel(ETB + setup[i], 4);
        good &= logged(error);
        good &= readl(ETB + setup[i]) == (setup[i] == RWD ? ~0u : 0);
    }
    forget_log();
    writel(ETB + 0x004, 1);
    good &= logged("etb@20008000: write to read-only 0x004");
    writel(ETB + FFCR, 0);
    good &= logged("etb@20008000: formatter switched while enabled");
    good &= readl(ETB + FFCR) == 1;
    writel(ETB + CTL, 0);
    good &= logged("etb@20008000: disabled while it captures");
    writel(ETB + FFCR, 0);
    writel(ETB + CTL, 1);
    good &= logged("etb@20008000: bypass mode");
    result(good, "ETB: mistakes are logged");
}

static void test_cti(void)
{
    bool good;

    fresh();
    good = readl(CTI + 0xfc8) == 0x40800 && readl(CTI + CTIGATE) == 0xf;
    writel(CTI + CTICONTROL, ~0u);
    good &= readl(CTI + CTICONTROL) == 1;
    writel(CTI + CTIINEN0 + 28, 0x15);
    good &= readl(CTI + CTIINEN0 + 28) == 5 && readl(CTI + CTIINEN0) == 0;
    writel(CTI + CTIAPPSET, 6);
    writel(CTI + CTIAPPCLEAR, 2);
    good &= readl(CTI + CTIAPPSET) == 4 && readl(CTI + CTIAPPCLEAR) == 0;
    forget_log();
    writel(CTI + 0x130, 1);
    good &= logged("cti@20009000: write to read-only 0x130");
    result(good, "CTI registers");
}

/* Save while all sinks capture, and go on in another QEMU. */
static void test_migration(char **argv)
{
    char file[] = "/tmp/links-test.XXXXXX";
    size_t n, i;
    bool good;

    close(mkstemp(file));
    fresh();
    writel(FUNNEL, 0x301);
    sg_table(RAM + 0x10000, (RAM + 0x200000) >> 12 << 4 | 1);
    start(ETF, HWF);
    start_etr(RAM + 0x10000, 0x3000, 0x80);
    start_etb(0, 0x0001);
    burst(0, 5001);
    burst(1, 100);
    qtest_save(file);
    good = qtest_end() == 0;

    qtest_start(argv[1], argv[2], argv[3], file);
    good &= readl(STIMULUS(1) + ST_HELD) == 100;
    writel(FUNNEL, 0x303);
    burst(0, 4999);
    writel(ETR + FFCR, FLUSH_STOP);
    good &= counted(ETR) == 10100;
    for (i = 0; i < 3; i++) {
        static const uint32_t page[] = { 0x300000, 0x100000, 0x200000 };

        read_memory(RAM + page[i], frames + i * 0x1000, 0x1000);
    }
    n = 0x2000 + (readl(ETR + RWP) & 0xfff);
    good &= undo(frames, n, 0x10) == 10000 && counts_up(10000);
    good &= undo(frames, n, 0x21) == 100 && counts_up(100);
    n = readl(ETB + RWP) * 4;
    writel(ETB + FFCR, 0x1041);
    good &= counted(ETB) == 10100 && readl(ETB + RWP) * 4 - n <= 16;
    n = readl(ETB + RWP) * 4;
    read_etb(0, n);
    good &= undo(frames, n, 0x10) == 10000 && counts_up(10000);
    good &= undo(frames, n, 0x21) == 100 && counts_up(100);
    unlink(file);
    result(good, "state is saved and restored in the middle of a capture");
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: links-test QEMU LINKS.DTB LOG\n");
        return 2;
    }
    qtest_start(argv[1], argv[2], argv[3], NULL);
    qemu_log = fopen(argv[3], "r");
    if (!qemu_log) {
        qtest_die("QEMU writes no log");
    }
    test_ids();
    test_lock_and_claim();
    test_funnel();
    test_etf_buffer();
    test_etf_wrap();
    test_etf_fifo();
    test_sw_fifo();
    test_replicator();
    test_etr_wrap();
    test_etr_sg();
    test_axi_errors();
    test_while_enabled();
    test_etm_while_enabled();
    test_etm_values();
    test_disable_while_running();
    test_trigger();
    test_tpiu();
    test_etb();
    test_etb_wrap();
    test_etb_trigger();
    test_etb_mistakes();
    test_cti();
    test_migration(argv);
    result(qtest_end() == 0, "QEMU ends normally");
    printf("1..%d\n", tests);
    return failures != 0;
}
