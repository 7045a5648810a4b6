/*
 * CoreSight Trace Memory Controller, as ETF and as ETR
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ARM CoreSight Trace Memory Controller Technical Reference Manual
 * (ARM DDI 0461), referred to as "TRM" below.
 *
 * Of the TRM's states (2.2.1) the model needs three: Disabled, while
 * CTL.TraceCaptEn is clear; Running; and Stopped.  Stopping takes no time.
 * Software FIFO mode is modelled for the ETF only.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/rcu.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "hw/coresight/coresight.h"
#include "hw/coresight/formatter.h"
#include "trace.h"

OBJECT_DECLARE_SIMPLE_TYPE(TMCState, CORESIGHT_TMC)

#define TMC_RSZ         0x004
#define TMC_STS         0x00c
#define TMC_RRD         0x010
#define TMC_RRP         0x014
#define TMC_RWP         0x018
#define TMC_TRG         0x01c
#define TMC_CTL         0x020
#define TMC_RWD         0x024
#define TMC_MODE        0x028
#define TMC_LBUFLEVEL   0x02c
#define TMC_CBUFLEVEL   0x030
#define TMC_BUFWM       0x034
#define TMC_RRPHI       0x038
#define TMC_RWPHI       0x03c
#define TMC_AXICTL      0x110
#define TMC_DBALO       0x118
#define TMC_DBAHI       0x11c
#define TMC_FFSR        0x300
#define TMC_FFCR        0x304
#define TMC_PSCR        0x308

#define STS_FULL        0x01
#define STS_TRIGGERED   0x02
#define STS_TMCREADY    0x04
#define STS_FTEMPTY     0x08
#define STS_EMPTY       0x10
#define STS_MEMERR      0x20

#define CTL_TRACECAPTEN 0x1

#define MODE_CIRCULAR   0
#define MODE_SW_FIFO    1
#define MODE_HW_FIFO    2

#define AXICTL_SG       0x0080
#define AXICTL_MASK     0x0fbf

#define FFSR_FTSTOPPED  0x2

#define FFCR_ENFT           0x0001
#define FFCR_ENTI           0x0002
#define FFCR_FONFLIN        0x0010
#define FFCR_FONTRIGEVT     0x0020
#define FFCR_FLUSHMAN       0x0040
#define FFCR_TRIGONTRIGIN   0x0100
#define FFCR_TRIGONTRIGEVT  0x0200
#define FFCR_TRIGONFL       0x0400
#define FFCR_STOPONFL       0x1000
#define FFCR_STOPONTRIGEVT  0x2000
#define FFCR_DRAINBUFFER    0x4000
#define FFCR_MASK           0x3733

/* DEVID: CONFIGTYPE in [7:6], MEMWIDTH in [10:8], WBUF_DEPTH in [13:11] */
#define DEVID_ETF       (2 << 6 | 4 << 8)
#define DEVID_ETR       (1 << 6 | 3 << 8 | 5 << 11)

/* The AXI master has 40 address bits */
#define AXI_ADDR_MASK   MAKE_64BIT_MASK(0, 40)

/* What RRD returns when there is nothing to read */
#define RRD_EMPTY       0xffffffffu

/* Scatter-gather table entries (TRM 2.5.2) */
#define SG_PAGE         4096
#define SG_TYPE(e)      ((e) & 3)
#define SG_LAST         1
#define SG_NORMAL       2
#define SG_LINK         3
#define SG_ADDR(e)      ((uint64_t)((e) >> 4) << 12)

/* More links than this with no page between them are taken for a loop */
#define SG_MAX_LINKS    64

/* A run of bytes held in the hardware FIFO: ID, length, bytes */
#define FIFO_HEADER     3

struct TMCState {
    CoreSightDevice parent_obj;

    ATBOutput out;
    ATBSource source;
    CSFormatter fmt;
    uint32_t ram_size;
    uint8_t *ram;
    bool is_etr;

    uint32_t rsz;
    uint32_t trg;
    uint32_t ctl;
    uint32_t mode;
    uint32_t bufwm;
    uint32_t axictl;
    uint32_t ffcr;
    uint32_t pscr;
    uint64_t dba;
    uint64_t rrp;
    uint64_t rwp;
    bool full;
    bool triggered;
    bool memerr;
    bool stopped;

    /* Bytes stored and not yet read through RRD or the master port */
    uint64_t level;
    uint64_t max_level;
    /* After TRIGIN: bytes still to store until the trigger event */
    bool trig_armed;
    uint64_t trig_left;

    /*
     * The window is the part of the buffer being written: all of it, or one
     * page of a scatter-gather table.
     */
    uint8_t *win;
    uint64_t win_addr;
    uint64_t win_len;
    uint64_t win_off;
    MemoryRegionCache win_cache;
    uint64_t sg_entry;
    bool sg_last;
};

static bool tmc_enabled(TMCState *s)
{
    return s->ctl & CTL_TRACECAPTEN;
}

static bool tmc_running(TMCState *s)
{
    return tmc_enabled(s) && !s->stopped;
}

static uint64_t tmc_buffer_size(TMCState *s)
{
    return s->is_etr ? (uint64_t)s->rsz * 4 : s->ram_size;
}

/*
 * AXI master.  The ATB lock is held, so the BQL cannot be taken: what is not
 * RAM gives an error response.
 */
static uint8_t *tmc_axi_ptr(uint64_t addr, hwaddr len, bool is_write)
{
    MemoryRegion *mr;
    hwaddr xlat, l = len;

    mr = address_space_translate(&address_space_memory, addr & AXI_ADDR_MASK,
                                 &xlat, &l, is_write, MEMTXATTRS_UNSPECIFIED);
    if (l < len || !memory_access_is_direct(mr, is_write)) {
        return NULL;
    }
    return qemu_map_ram_ptr(mr->ram_block, xlat);
}

static bool tmc_axi_read32(uint64_t addr, uint32_t *value)
{
    uint8_t *p;

    RCU_READ_LOCK_GUARD();
    p = tmc_axi_ptr(addr, sizeof(*value), false);
    if (p) {
        *value = ldl_le_p(p);
    }
    return p;
}

static void tmc_unmap_window(TMCState *s)
{
    if (s->is_etr) {
        address_space_cache_destroy(&s->win_cache);
        s->win_cache = MEMORY_REGION_CACHE_INVALID;
        s->win = NULL;
    }
}

static void tmc_stop(TMCState *s);

static void tmc_memory_error(TMCState *s, uint64_t addr)
{
    coresight_guest_error(&s->parent_obj, "AXI error response at 0x%" PRIx64,
                          addr);
    s->memerr = true;
    cs_formatter_reset(&s->fmt);
    s->rwp = s->win_addr + s->win_off;
    tmc_stop(s);
}

/* Make @len bytes at @addr the window. False, and stopped, if that fails. */
static bool tmc_map_window(TMCState *s, uint64_t addr, uint64_t len)
{
    int64_t mapped = 0;

    s->win_addr = addr;
    s->win_len = len;
    s->win_off = 0;
    if (!s->is_etr) {
        s->win = s->ram;
        return true;
    }
    tmc_unmap_window(s);
    if (len) {
        mapped = address_space_cache_init(&s->win_cache, &address_space_memory,
                                          addr & AXI_ADDR_MASK, len, true);
        s->win = s->win_cache.ptr;
    }
    mapped = QEMU_ALIGN_DOWN(mapped, CS_FRAME_SIZE);
    if (!s->win || !mapped) {
        tmc_unmap_window(s);
        s->win_len = 0;
        tmc_memory_error(s, addr);
        return false;
    }
    s->win_len = mapped;
    return true;
}

/* Follow the table from s->sg_entry to the next page, and map that. */
static bool tmc_map_sg_page(TMCState *s)
{
    int links;

    for (links = 0; links < SG_MAX_LINKS; links++) {
        uint32_t entry;

        if (!tmc_axi_read32(s->sg_entry, &entry)) {
            break;
        }
        trace_tmc_sg(s->parent_obj.iomem.name, s->sg_entry, SG_ADDR(entry),
                     SG_TYPE(entry));
        switch (SG_TYPE(entry)) {
        case SG_LINK:
            s->sg_entry = SG_ADDR(entry);
            continue;
        case SG_LAST:
        case SG_NORMAL:
            s->sg_last = SG_TYPE(entry) == SG_LAST;
            s->sg_entry += sizeof(entry);
            return tmc_map_window(s, SG_ADDR(entry), SG_PAGE);
        }
        break;
    }
    tmc_memory_error(s, s->sg_entry);
    return false;
}

static bool tmc_first_window(TMCState *s)
{
    if (!s->is_etr) {
        return tmc_map_window(s, 0, s->ram_size);
    }
    if (s->axictl & AXICTL_SG) {
        s->sg_entry = s->dba & ~3ull;
        return tmc_map_sg_page(s);
    }
    if (s->dba % CS_FRAME_SIZE || tmc_buffer_size(s) % CS_FRAME_SIZE) {
        coresight_guest_error(&s->parent_obj, "buffer of 0x%" PRIx64
                              " bytes at 0x%" PRIx64 " is not of whole frames",
                              tmc_buffer_size(s), s->dba);
    }
    return tmc_map_window(s, s->dba & ~(uint64_t)(CS_FRAME_SIZE - 1),
                          QEMU_ALIGN_DOWN(tmc_buffer_size(s), CS_FRAME_SIZE));
}

/* The window is full: wrap, or go on to the next page. */
static void tmc_next_window(TMCState *s)
{
    if (!s->is_etr) {
        s->win_off = 0;
        s->full = true;
    } else if (s->axictl & AXICTL_SG) {
        if (s->sg_last) {
            s->full = true;
            s->sg_entry = s->dba & ~3ull;
        }
        tmc_map_sg_page(s);
    } else if (s->win_len == QEMU_ALIGN_DOWN(tmc_buffer_size(s),
                                             CS_FRAME_SIZE)) {
        s->win_off = 0;
        s->full = true;
    } else {
        /* The buffer reaches beyond the end of memory */
        tmc_memory_error(s, s->win_addr + s->win_off);
    }
}

static void tmc_trigger_event(TMCState *s);

static void tmc_advance(TMCState *s, size_t n)
{
    if (!n) {
        return;
    }
    if (s->is_etr) {
        address_space_cache_invalidate(&s->win_cache, s->win_off, n);
    }
    s->win_off += n;
    s->level += n;
    if (s->mode == MODE_CIRCULAR) {
        s->level = MIN(s->level, tmc_buffer_size(s));
    }
    s->max_level = MAX(s->max_level, s->level);
    if (s->win_off == s->win_len) {
        tmc_next_window(s);
    }
    if (s->trig_armed) {
        s->trig_left -= MIN(s->trig_left, n);
        if (!s->trig_left) {
            tmc_trigger_event(s);
        }
    }
}

static size_t tmc_room(TMCState *s)
{
    size_t room = s->win_len - s->win_off;

    if (s->mode == MODE_SW_FIFO) {
        room = MIN(room, s->ram_size - s->level);
    }
    if (s->trig_armed) {
        room = MIN(room, ROUND_UP(s->trig_left, CS_FRAME_SIZE));
    }
    return room;
}

/* Store bytes, through the formatter if it is on. Returns how many. */
static size_t tmc_store(TMCState *s, uint8_t id, const uint8_t *buf,
                        size_t len)
{
    bool format = s->ffcr & FFCR_ENFT;
    size_t done = 0;

    while (done < len && tmc_running(s)) {
        uint8_t *to = s->win + s->win_off;
        size_t room = tmc_room(s);
        size_t n, used;

        if (room < (format ? CS_FRAME_SIZE : 1)) {
            break;
        }
        if (format) {
            n = cs_formatter_write(&s->fmt, id, buf + done, len - done, to,
                                   room / CS_FRAME_SIZE, &used);
            n *= CS_FRAME_SIZE;
        } else {
            n = used = MIN(room, len - done);
            memcpy(to, buf + done, n);
        }
        done += used;
        tmc_advance(s, n);
    }
    return done;
}

/* Complete the frame in the formatter, if there is one and room for it. */
static void tmc_pad(TMCState *s)
{
    size_t n;

    if (tmc_room(s) < CS_FRAME_SIZE) {
        return;
    }
    n = cs_formatter_flush(&s->fmt, s->win + s->win_off);
    tmc_advance(s, n * CS_FRAME_SIZE);
}

/* TRM 2.2.3: with the formatter off, 0x01 marks the end of trace. */
static void tmc_mark_end(TMCState *s)
{
    static const uint8_t mark[CS_FRAME_SIZE] = { 0x01 };

    tmc_store(s, 0, mark, CS_FRAME_SIZE - s->win_off % CS_FRAME_SIZE);
}

static void tmc_insert_trigger(TMCState *s)
{
    static const uint8_t data;

    if ((s->ffcr & FFCR_ENTI) && (s->ffcr & FFCR_ENFT) &&
        s->mode != MODE_HW_FIFO) {
        tmc_store(s, ATB_ID_TRIGGER, &data, 1);
    }
}

/*
 * Hardware FIFO.  While the master port is ready the bytes pass straight
 * through; what it does not take waits in the RAM.
 */
static void tmc_fifo_get(TMCState *s, uint32_t at, uint8_t *to, size_t n)
{
    size_t first = MIN(n, s->ram_size - at % s->ram_size);

    memcpy(to, s->ram + at % s->ram_size, first);
    memcpy(to + first, s->ram, n - first);
}

static void tmc_fifo_put(TMCState *s, const uint8_t *from, size_t n)
{
    size_t first = MIN(n, s->ram_size - s->win_off);

    memcpy(s->ram + s->win_off, from, first);
    memcpy(s->ram, from + first, n - first);
    s->win_off = (s->win_off + n) % s->ram_size;
    s->level += n;
    s->max_level = MAX(s->max_level, s->level);
}

static void tmc_fifo_drain(TMCState *s)
{
    while (s->level) {
        uint32_t head = (s->win_off + s->ram_size - s->level) % s->ram_size;
        uint8_t hdr[FIFO_HEADER], data[256];
        size_t run, n;

        tmc_fifo_get(s, head, hdr, FIFO_HEADER);
        run = MIN(lduw_le_p(hdr + 1), s->level - MIN(s->level, FIFO_HEADER));
        n = MIN(run, sizeof(data));
        tmc_fifo_get(s, head + FIFO_HEADER, data, n);
        n = atb_write(&s->out, hdr[0], data, n);
        if (!n) {
            return;
        }
        if (n == run) {
            s->level -= FIFO_HEADER + run;
            continue;
        }
        /* Move the header up to what is left of the run */
        stw_le_p(hdr + 1, run - n);
        s->level -= n;
        for (size_t i = 0; i < FIFO_HEADER; i++) {
            s->ram[(head + n + i) % s->ram_size] = hdr[i];
        }
    }
}

static size_t tmc_fifo_write(TMCState *s, uint8_t id, const uint8_t *buf,
                             size_t len)
{
    size_t done = 0;

    tmc_fifo_drain(s);
    if (!s->level) {
        done = atb_write(&s->out, id, buf, len);
    }
    while (done < len && s->ram_size - s->level > FIFO_HEADER) {
        size_t n = MIN(len - done, s->ram_size - s->level - FIFO_HEADER);
        uint8_t hdr[FIFO_HEADER] = { id };

        n = MIN(n, UINT16_MAX);
        stw_le_p(hdr + 1, n);
        tmc_fifo_put(s, hdr, FIFO_HEADER);
        tmc_fifo_put(s, buf + done, n);
        done += n;
    }
    return done;
}

static void tmc_source_drain(ATBSource *source)
{
    TMCState *s = container_of(source, TMCState, source);

    if (tmc_enabled(s) && s->mode == MODE_HW_FIFO) {
        tmc_fifo_drain(s);
    }
}

/*
 * Start, flush, trigger, stop
 */
static void tmc_start(TMCState *s)
{
    trace_tmc_start(s->parent_obj.iomem.name, s->mode, s->dba,
                    tmc_buffer_size(s));
    s->stopped = false;
    s->full = false;
    s->triggered = false;
    s->memerr = false;
    s->trig_armed = false;
    s->level = 0;
    s->max_level = 0;
    s->rrp = s->rwp = s->is_etr ? s->dba : 0;
    cs_formatter_reset(&s->fmt);
    if (s->is_etr && s->mode != MODE_CIRCULAR) {
        qemu_log_mask(LOG_UNIMP, "%s: mode %u\n", s->parent_obj.iomem.name,
                      s->mode);
        s->stopped = true;
        return;
    }
    if (s->mode == MODE_HW_FIFO && !(s->ffcr & FFCR_ENFT)) {
        coresight_guest_error(&s->parent_obj,
                              "hardware FIFO with the formatter off");
    }
    if (tmc_first_window(s)) {
        s->rrp = s->win_addr;
    }
}

/* Enter Stopped; what was captured can be read from RRP on. */
static void tmc_stop(TMCState *s)
{
    s->stopped = true;
    s->trig_armed = false;
    s->rwp = s->win_addr + s->win_off;
    if (s->mode == MODE_CIRCULAR && s->full) {
        s->rrp = s->rwp;
    }
    trace_tmc_stop(s->parent_obj.iomem.name, s->rrp, s->rwp,
                   s->full | s->memerr << 5);
}

/*
 * A flush completes at once.  Not from within a source's write (@sources
 * false), where that source cannot be asked to drain.
 */
static void tmc_flush(TMCState *s, bool sources, bool stop)
{
    if (!tmc_running(s)) {
        return;
    }
    if (sources) {
        atb_flush_sources();
    }
    if (s->mode == MODE_HW_FIFO) {
        tmc_fifo_drain(s);
    } else if (tmc_running(s)) {
        if (s->ffcr & FFCR_TRIGONFL) {
            tmc_insert_trigger(s);
        }
        if (s->ffcr & FFCR_ENFT) {
            tmc_pad(s);
        } else if (stop) {
            tmc_mark_end(s);
        }
    }
    if (stop && tmc_running(s)) {
        tmc_stop(s);
    }
}

static void tmc_trigger_event(TMCState *s)
{
    s->trig_armed = false;
    s->triggered = true;
    if (s->ffcr & FFCR_TRIGONTRIGEVT) {
        tmc_insert_trigger(s);
    }
    if (s->ffcr & (FFCR_FONTRIGEVT | FFCR_STOPONTRIGEVT)) {
        tmc_flush(s, false, s->ffcr & FFCR_STOPONTRIGEVT);
    }
}

static void tmc_trigger(TMCState *s)
{
    if (!tmc_running(s) || s->mode != MODE_CIRCULAR) {
        return;
    }
    if (s->ffcr & FFCR_TRIGONTRIGIN) {
        tmc_insert_trigger(s);
    }
    if (s->trg) {
        s->trig_armed = true;
        s->trig_left = s->trg * 4ull;
    } else {
        tmc_trigger_event(s);
    }
}

static void tmc_trigin(void *opaque, int n, int level)
{
    TMCState *s = opaque;

    if (level) {
        atb_lock();
        tmc_trigger(s);
        atb_unlock();
    }
}

static void tmc_flushin(void *opaque, int n, int level)
{
    TMCState *s = opaque;

    if (level) {
        atb_lock();
        if (s->ffcr & FFCR_FONFLIN) {
            tmc_flush(s, true, s->ffcr & FFCR_STOPONFL);
        }
        atb_unlock();
    }
}

/* Trace that arrives while not running is ignored, with ATREADY high. */
static size_t tmc_atb_write(ATBReceiver *r, unsigned port, uint8_t trace_id,
                            const uint8_t *buf, size_t len)
{
    TMCState *s = CORESIGHT_TMC(r);
    size_t done;

    if (!tmc_running(s)) {
        return len;
    }
    if (s->mode == MODE_HW_FIFO) {
        return tmc_fifo_write(s, trace_id, buf, len);
    }
    done = tmc_store(s, trace_id, buf, len);
    s->parent_obj.sink_bytes += done;
    if (trace_id == ATB_ID_TRIGGER) {
        tmc_trigger(s);
    }
    return tmc_running(s) ? done : len;
}

/*
 * Registers
 */
static uint32_t tmc_read_sts(TMCState *s)
{
    bool fifo = s->mode != MODE_CIRCULAR;
    bool full = s->full;
    bool ready = !tmc_running(s);
    uint32_t sts = 0;

    if (fifo) {
        full = (s->ram_size - s->level) / 4 <= s->bufwm;
        if (s->mode == MODE_HW_FIFO && tmc_enabled(s)) {
            ready = ready && !s->level;
        }
    }
    sts |= full ? STS_FULL : 0;
    sts |= s->triggered ? STS_TRIGGERED : 0;
    sts |= ready ? STS_TMCREADY : 0;
    sts |= s->fmt.pos == 0 ? STS_FTEMPTY : 0;
    sts |= s->level == 0 ? STS_EMPTY : 0;
    sts |= s->memerr ? STS_MEMERR : 0;
    return sts;
}

/* Software FIFO: take a word, and let sources that stalled go on */
static uint32_t tmc_fifo_pop(TMCState *s)
{
    uint8_t word[4];
    uint32_t at;
    bool was_full = s->level + CS_FRAME_SIZE > s->ram_size;

    if (s->level < 4) {
        return RRD_EMPTY;
    }
    at = (s->win_off + s->ram_size - s->level) % s->ram_size;
    tmc_fifo_get(s, at, word, sizeof(word));
    s->level -= 4;
    s->rrp = (at + 4) % s->ram_size;
    if (was_full && s->level + CS_FRAME_SIZE <= s->ram_size) {
        if (s->stopped) {
            tmc_pad(s);
        } else {
            atb_flush_sources();
        }
    }
    return ldl_le_p(word);
}

static uint32_t tmc_read_rrd(TMCState *s)
{
    uint64_t base = s->is_etr ? s->win_addr : 0;
    uint32_t value;

    if (tmc_enabled(s) && s->mode == MODE_SW_FIFO) {
        return tmc_fifo_pop(s);
    }
    if (!tmc_enabled(s) || !s->stopped || s->mode != MODE_CIRCULAR ||
        s->level < 4) {
        return RRD_EMPTY;
    }
    if (!s->is_etr) {
        value = ldl_le_p(s->ram + (s->rrp & ~3));
    } else if (s->axictl & AXICTL_SG) {
        qemu_log_mask(LOG_UNIMP, "%s: RRD in scatter-gather mode\n",
                      s->parent_obj.iomem.name);
        return RRD_EMPTY;
    } else if (!tmc_axi_read32(s->rrp, &value)) {
        coresight_guest_error(&s->parent_obj, "AXI error response at 0x%"
                              PRIx64, s->rrp);
        s->memerr = true;
        return RRD_EMPTY;
    }
    s->level -= 4;
    s->rrp += 4;
    if (s->rrp >= base + s->win_len) {
        s->rrp = base;
    }
    return value;
}

/* Software moves the read pointer: what remains is up to RWP. */
static void tmc_write_rrp(TMCState *s, uint64_t value)
{
    uint64_t size = tmc_buffer_size(s);

    value &= ~3ull;
    if (!s->is_etr && value >= s->ram_size) {
        coresight_guest_error(&s->parent_obj, "RRP 0x%" PRIx64
                              " beyond the RAM", value);
        value %= s->ram_size;
    }
    s->rrp = value;
    if (!s->stopped || s->mode != MODE_CIRCULAR) {
        return;
    }
    if (s->full && s->rrp == s->rwp) {
        s->level = size;
    } else if (s->rwp >= s->rrp) {
        s->level = MIN(s->rwp - s->rrp, size);
    } else {
        s->level = MIN(s->rwp + size - s->rrp, size);
    }
}

static uint64_t tmc_rwp(TMCState *s)
{
    return tmc_running(s) ? s->win_addr + s->win_off : s->rwp;
}

static uint64_t tmc_rrp(TMCState *s)
{
    if (tmc_running(s) && s->mode == MODE_CIRCULAR && s->full) {
        return tmc_rwp(s);
    }
    return s->rrp;
}

static bool tmc_read(CoreSightDevice *d, hwaddr offset, uint32_t *value)
{
    TMCState *s = CORESIGHT_TMC(d);

    switch (offset) {
    case TMC_RSZ:
        *value = tmc_buffer_size(s) / 4;
        break;
    case TMC_STS:
        *value = tmc_read_sts(s);
        break;
    case TMC_RRD:
        *value = tmc_read_rrd(s);
        break;
    case TMC_RRP:
        *value = tmc_rrp(s);
        break;
    case TMC_RWP:
        *value = tmc_rwp(s);
        break;
    case TMC_TRG:
        *value = s->trg;
        break;
    case TMC_CTL:
        *value = s->ctl;
        break;
    case TMC_RWD:
        *value = 0;
        break;
    case TMC_MODE:
        *value = s->mode;
        break;
    case TMC_LBUFLEVEL:
        *value = MAX(s->max_level, s->level) / 4;
        s->max_level = 0;
        break;
    case TMC_CBUFLEVEL:
        *value = s->level / 4;
        break;
    case TMC_BUFWM:
        *value = s->bufwm;
        break;
    case TMC_FFSR:
        *value = tmc_running(s) ? 0 : FFSR_FTSTOPPED;
        break;
    case TMC_FFCR:
        *value = s->ffcr;
        break;
    case TMC_PSCR:
        *value = s->pscr;
        break;
    case TMC_RRPHI:
    case TMC_RWPHI:
    case TMC_AXICTL:
    case TMC_DBALO:
    case TMC_DBAHI:
        if (!s->is_etr) {
            /* Reserved, and the driver reads the pointers' high halves */
            *value = 0;
        } else if (offset == TMC_RRPHI) {
            *value = tmc_rrp(s) >> 32;
        } else if (offset == TMC_RWPHI) {
            *value = tmc_rwp(s) >> 32;
        } else if (offset == TMC_AXICTL) {
            *value = s->axictl;
        } else if (offset == TMC_DBALO) {
            *value = s->dba;
        } else {
            *value = s->dba >> 32;
        }
        break;
    default:
        return false;
    }
    return true;
}

static void tmc_write_ctl(TMCState *s, uint32_t value)
{
    bool enable = value & CTL_TRACECAPTEN;

    if (enable == tmc_enabled(s)) {
        return;
    }
    if (enable) {
        s->ctl = CTL_TRACECAPTEN;
        tmc_start(s);
    } else {
        /* Without a flush before it, what the formatter holds is lost */
        if (tmc_running(s)) {
            coresight_guest_error(&s->parent_obj,
                                  "disabled while it captures");
            tmc_stop(s);
        }
        s->ctl = 0;
        s->stopped = false;
        cs_formatter_reset(&s->fmt);
        tmc_unmap_window(s);
        if (s->mode != MODE_CIRCULAR) {
            s->level = 0;
        }
    }
}

static void tmc_write_ffcr(TMCState *s, uint32_t value)
{
    uint32_t fixed = tmc_enabled(s) ? FFCR_ENFT | FFCR_ENTI : 0;

    if ((value ^ s->ffcr) & fixed) {
        coresight_guest_error(&s->parent_obj,
                              "formatter switched while enabled");
    }
    if (value & FFCR_DRAINBUFFER) {
        qemu_log_mask(LOG_UNIMP, "%s: FFCR.DrainBuffer\n",
                      s->parent_obj.iomem.name);
    }
    s->ffcr = (s->ffcr & fixed) | (value & FFCR_MASK & ~fixed);
    if ((s->ffcr & FFCR_ENTI) && !(s->ffcr & FFCR_ENFT)) {
        coresight_guest_error(&s->parent_obj,
                              "trigger insertion with the formatter off");
    }
    if (value & FFCR_FLUSHMAN) {
        tmc_flush(s, true, s->ffcr & FFCR_STOPONFL);
    }
}

/* Writable in Disabled state only; otherwise UNPREDICTABLE, here ignored. */
static bool tmc_write_setup(TMCState *s, hwaddr offset, uint32_t value)
{
    switch (offset) {
    case TMC_RSZ:
        if (s->is_etr) {
            s->rsz = value & 0x7fffffff;
        } else {
            coresight_guest_error(&s->parent_obj, "write to read-only RSZ");
        }
        break;
    case TMC_RWP:
        s->rwp = deposit64(s->rwp, 0, 32, value & ~3u);
        if (!s->is_etr) {
            s->rwp %= s->ram_size;
        }
        break;
    case TMC_TRG:
        s->trg = value;
        break;
    case TMC_RWD:
        if (s->is_etr) {
            return false;
        }
        stl_le_p(s->ram + (s->rwp & ~3), value);
        s->rwp = ((s->rwp & ~3) + 4) % s->ram_size;
        break;
    case TMC_MODE:
        if ((value & 3) == 3) {
            coresight_guest_error(&s->parent_obj, "reserved mode");
            break;
        }
        s->mode = value & 3;
        s->level = 0;
        break;
    case TMC_BUFWM:
        s->bufwm = value & 0x7fffffff;
        break;
    case TMC_PSCR:
        s->pscr = value & 0x1f;
        break;
    case TMC_RWPHI:
    case TMC_AXICTL:
    case TMC_DBALO:
    case TMC_DBAHI:
        if (!s->is_etr) {
            return false;
        } else if (offset == TMC_RWPHI) {
            s->rwp = deposit64(s->rwp, 32, 32, value & 0xff);
        } else if (offset == TMC_AXICTL) {
            s->axictl = value & AXICTL_MASK;
        } else if (offset == TMC_DBALO) {
            s->dba = deposit64(s->dba, 0, 32, value);
        } else {
            s->dba = deposit64(s->dba, 32, 32, value & 0xff);
        }
        break;
    default:
        return false;
    }
    return true;
}

static bool tmc_write(CoreSightDevice *d, hwaddr offset, uint32_t value)
{
    TMCState *s = CORESIGHT_TMC(d);

    switch (offset) {
    case TMC_CTL:
        tmc_write_ctl(s, value);
        return true;
    case TMC_FFCR:
        tmc_write_ffcr(s, value);
        return true;
    case TMC_RRPHI:
        if (!s->is_etr) {
            /* As for reading: the driver writes both halves */
            return true;
        }
        /* fall through */
    case TMC_RRP:
        if (tmc_running(s)) {
            break;
        }
        if (offset == TMC_RRPHI) {
            tmc_write_rrp(s, deposit64(s->rrp, 32, 32, value & 0xff));
        } else {
            tmc_write_rrp(s, deposit64(s->rrp, 0, 32, value));
        }
        return true;
    case TMC_STS:
    case TMC_RRD:
    case TMC_LBUFLEVEL:
    case TMC_CBUFLEVEL:
    case TMC_FFSR:
        coresight_read_only_error(d, offset);
        return true;
    default:
        if (!tmc_enabled(s)) {
            return tmc_write_setup(s, offset, value);
        }
    }
    coresight_guest_error(d, "write to 0x%03" HWADDR_PRIx " while enabled",
                          offset);
    return true;
}

/*
 * Device
 */
static int tmc_post_load(void *opaque, int version_id)
{
    TMCState *s = opaque;
    uint64_t off = s->win_off;
    bool stopped = s->stopped;

    if (s->fmt.pos >= CS_FRAME_DATA || s->mode > MODE_HW_FIFO ||
        (!s->is_etr && (s->level > s->ram_size || s->rrp >= s->ram_size ||
                        s->rwp >= s->ram_size || off >= s->ram_size))) {
        return -EINVAL;
    }
    if (!tmc_enabled(s)) {
        return 0;
    }
    s->stopped = false;
    if (!stopped && (!tmc_map_window(s, s->win_addr, s->win_len) ||
                     off >= s->win_len)) {
        return -EINVAL;
    }
    s->stopped = stopped;
    s->win_off = off;
    return 0;
}

static const VMStateDescription vmstate_tmc = {
    .name = TYPE_CORESIGHT_TMC,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = tmc_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_CORESIGHT_DEVICE(parent_obj, TMCState),
        VMSTATE_STRUCT(fmt, TMCState, 0, vmstate_coresight_formatter,
                       CSFormatter),
        VMSTATE_VBUFFER_UINT32(ram, TMCState, 0, NULL, ram_size),
        VMSTATE_UINT32(rsz, TMCState),
        VMSTATE_UINT32(trg, TMCState),
        VMSTATE_UINT32(ctl, TMCState),
        VMSTATE_UINT32(mode, TMCState),
        VMSTATE_UINT32(bufwm, TMCState),
        VMSTATE_UINT32(axictl, TMCState),
        VMSTATE_UINT32(ffcr, TMCState),
        VMSTATE_UINT32(pscr, TMCState),
        VMSTATE_UINT64(dba, TMCState),
        VMSTATE_UINT64(rrp, TMCState),
        VMSTATE_UINT64(rwp, TMCState),
        VMSTATE_BOOL(full, TMCState),
        VMSTATE_BOOL(triggered, TMCState),
        VMSTATE_BOOL(memerr, TMCState),
        VMSTATE_BOOL(stopped, TMCState),
        VMSTATE_UINT64(level, TMCState),
        VMSTATE_UINT64(max_level, TMCState),
        VMSTATE_BOOL(trig_armed, TMCState),
        VMSTATE_UINT64(trig_left, TMCState),
        VMSTATE_UINT64(win_addr, TMCState),
        VMSTATE_UINT64(win_len, TMCState),
        VMSTATE_UINT64(win_off, TMCState),
        VMSTATE_UINT64(sg_entry, TMCState),
        VMSTATE_BOOL(sg_last, TMCState),
        VMSTATE_END_OF_LIST()
    }
};

static void tmc_reset(DeviceState *dev)
{
    TMCState *s = CORESIGHT_TMC(dev);

    coresight_device_reset(dev);
    tmc_unmap_window(s);
    cs_formatter_reset(&s->fmt);
    s->rsz = 0;
    s->trg = 0;
    s->ctl = 0;
    s->mode = MODE_CIRCULAR;
    s->bufwm = 0;
    s->axictl = 0;
    s->ffcr = 0;
    s->pscr = 0xa;
    s->dba = 0;
    s->rrp = 0;
    s->rwp = 0;
    s->full = false;
    s->triggered = false;
    s->memerr = false;
    s->stopped = false;
    s->level = 0;
    s->max_level = 0;
    s->trig_armed = false;
    s->win_addr = 0;
    s->win_len = 0;
    s->win_off = 0;
}

static void tmc_realize(DeviceState *dev, Error **errp)
{
    TMCState *s = CORESIGHT_TMC(dev);
    DeviceClass *parent =
        DEVICE_CLASS(object_class_by_name(TYPE_CORESIGHT_DEVICE));

    if (!s->is_etr) {
        if (s->ram_size < SG_PAGE || !is_power_of_2(s->ram_size)) {
            error_setg(errp, "ram-size must be a power of two from 4096 on");
            return;
        }
        s->ram = g_malloc0(s->ram_size);
    }
    parent->realize(dev, errp);
    qdev_init_gpio_in_named(dev, tmc_trigin, "trigin", 1);
    qdev_init_gpio_in_named(dev, tmc_flushin, "flushin", 1);
}

static void tmc_init(Object *obj)
{
    TMCState *s = CORESIGHT_TMC(obj);

    s->win_cache = MEMORY_REGION_CACHE_INVALID;
}

static void tmc_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->realize = tmc_realize;
    dc->reset = tmc_reset;
    dc->vmsd = &vmstate_tmc;
    c->part = 0x961;
    c->revision = 1;
    c->is_sink = true;
    c->read = tmc_read;
    c->write = tmc_write;
    ATB_RECEIVER_CLASS(klass)->write = tmc_atb_write;
}

static void etf_init(Object *obj)
{
    TMCState *s = CORESIGHT_TMC(obj);

    s->parent_obj.devid = DEVID_ETF;
    s->source.drain = tmc_source_drain;
    atb_init_outputs(obj, &s->out, 1);
    atb_register_source(&s->source);
}

static void etf_finalize(Object *obj)
{
    TMCState *s = CORESIGHT_TMC(obj);

    atb_unregister_source(&s->source);
    g_free(s->ram);
}

static Property etf_properties[] = {
    DEFINE_PROP_UINT32("ram-size", TMCState, ram_size, 64 * 1024),
    DEFINE_PROP_END_OF_LIST(),
};

static void etf_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->desc = "CoreSight Embedded Trace FIFO";
    device_class_set_props(DEVICE_CLASS(klass), etf_properties);
    CORESIGHT_DEVICE_CLASS(klass)->devtype = CS_DEVTYPE_FIFO;
}

static void etr_init(Object *obj)
{
    TMCState *s = CORESIGHT_TMC(obj);

    s->parent_obj.devid = DEVID_ETR;
    s->is_etr = true;
}

static void etr_class_init(ObjectClass *klass, void *data)
{
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    DEVICE_CLASS(klass)->desc = "CoreSight Embedded Trace Router";
    c->devtype = CS_DEVTYPE_BUFFER;
    /* Secure and Non-secure invasive debug, which DMA is, are enabled */
    c->authstatus = 0x33;
}

static const TypeInfo tmc_types[] = {
    {
        .name = TYPE_CORESIGHT_TMC,
        .parent = TYPE_CORESIGHT_DEVICE,
        .instance_size = sizeof(TMCState),
        .instance_init = tmc_init,
        .class_init = tmc_class_init,
        .abstract = true,
        .interfaces = (InterfaceInfo[]) { { TYPE_ATB_RECEIVER }, { } },
    }, {
        .name = TYPE_CORESIGHT_ETF,
        .parent = TYPE_CORESIGHT_TMC,
        .instance_init = etf_init,
        .instance_finalize = etf_finalize,
        .class_init = etf_class_init,
    }, {
        .name = TYPE_CORESIGHT_ETR,
        .parent = TYPE_CORESIGHT_TMC,
        .instance_init = etr_init,
        .class_init = etr_class_init,
    },
};

DEFINE_TYPES(tmc_types)
