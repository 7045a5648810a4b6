/*
 * ETMv4 trace unit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Embedded Trace Macrocell Architecture Specification ETMv4 (ARM IHI 0064),
 * with the register sizes of the units in Cortex-A53 and Cortex-A57 where
 * something can be chosen.  Instruction trace only, as architecture profile A
 * has it.
 *
 * How execution is observed: while the unit traces, its CPU runs translations
 * that carry CF_BRANCH_TRACE and report every P0 instruction but ERET.  They
 * gather atoms in CPUARMState::etm4_atoms and call helper_etm4_branch() when
 * there are as many as the unit asked for, and at once where more than an atom
 * may have to be traced.  Exceptions and ERET come from the hooks QEMU has for
 * a change of Exception level.  Between two such events execution is
 * sequential, so nothing more is needed.
 *
 * Where trace goes: to the trace bus, or to the CPU's trace buffer (trbe.c) while
 * that is enabled.
 *
 * Threads: what is below "execution" in struct ETM4State belongs to the thread
 * of the traced CPU, which alone makes trace.  Bytes get to other threads
 * through @head and @tail, under the ATB lock.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "cpu.h"
#include "internals.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "hw/core/cpu.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "sysemu/cpus.h"
#include "hw/coresight/etm4.h"
#include "hw/coresight/etm4-insn.h"
#include "trace.h"

#define STATR_IDLE      0x1
#define STATR_PMSTABLE  0x2

#define CONFIGR_BB      (1u << 3)
#define CONFIGR_CCI     (1u << 4)
#define CONFIGR_CID     (1u << 6)
#define CONFIGR_TS      (1u << 11)
#define CONFIGR_RS      (1u << 12)

/* TRCSYNCPR.PERIOD, if not 0 */
#define SYNCPR_MIN      8
#define SYNCPR_MAX      20

/* An event: a resource selector, or a pair of them */
#define EVENT_MASK      0x8f
#define EVENT_PAIR      0x80

#define RSR_TA          (1u << 12)

#define BBCTLR_MODE     0x100

#define VICTLR_SSSTATUS (1u << 9)
#define VICTLR_TRCRESET (1u << 10)
#define VICTLR_TRCERR   (1u << 11)
#define VICTLR_EXLEVEL_SHIFT 16

#define CNTCTLR_RLDSELF (1u << 16)
#define CNTCTLR_CNTCHAIN (1u << 17)

#define RSCTLR_COUNTERS 2       /* GROUP: counters and the sequencer */
#define RSCTLR_INV      (1u << 20)
#define RSCTLR_PAIRINV  (1u << 21)

#define ACATR_CONTEXTTYPE_CID (1u << 2)
#define ACATR_EXLEVEL_SHIFT 8

#define OSLSR_OSLM      0x8     /* the OS Lock is implemented */
#define OSLSR_OSLK      0x2
#define PDCR_PU         0x8
#define PDSR_POWER      0x1
#define PDSR_STICKYPD   0x2
#define PDSR_OSLK       0x20

/*
 * TRCIDR0: branch broadcast, cycle counts, return stack, one event, 64-bit
 * timestamps, Cycle Count packets without a commit field
 */
#define IDR0            (1u << 0 | 1u << 5 | 1u << 7 | 1u << 9 | 8u << 24 | \
                         1u << 29)
/* TRCIDR1: Arm, ETMv4.0; of an ETE, the version is in TRCDEVARCH */
#define IDR1            (0x41u << 24 | 0xfu << 12 | 4u << 8)
#define IDR1_ETE        (0x41u << 24 | 0xfffu << 4)
/* TRCIDR2: 64-bit addresses, 32-bit Context ID, 20-bit cycle counter */
#define IDR2            (8u << 0 | 4u << 5 | 8u << 25)
/*
 * TRCIDR3: threshold of cycle counting at least 4; EXLEVEL is per CPU.  An ETE
 * has TRCVICTLR.TRCERR; there are no SErrors on the board.
 */
#define IDR3_CCITMIN    4u
#define IDR3            IDR3_CCITMIN
#define IDR3_TRCERR     (1u << 24)
/* TRCIDR4: address comparator pairs, selector pairs but one, CID comparators */
#define IDR4            (ETM4_PAIRS | (ETM4_SELECTORS / 2 - 1) << 16 | 1u << 24)
/*
 * TRCIDR5: trace ID of 7 bits, counters.  The external inputs of an ETE are
 * events of the CPU's PMU, none of which is selected here.  An ETE has a trace
 * ID only if it is connected to the bus.
 */
#define IDR5            (7u << 16 | ETM4_COUNTERS << 28)
#define IDR5_ETE        (0x1ffu | ETM4_COUNTERS << 28)
#define IDR5_ETE_ATB    (7u << 16)

/*
 * More than this without a P0 instruction is no sequence but a lost event,
 * such as a CPU that was reset.
 */
#define ETM4_SEQUENCE_MAX (1u << 20)

/* Part numbers, of the units and in MIDR_EL1 of the CPUs they are in */
#define PART_ETM_A53    0x95d
#define PART_ETM_A57    0x95e
#define PART_CPU_A57    0xd07

/* P0 elements between timestamps that only an event asked for */
#define ETM4_TS_INTERVAL 1024

/* Atoms that translated code gathers at most */
#define ETM4_GATHER     40

/* By CPU index; set when the board is built */
static ETM4State *etm4_units[256];

ETM4State *etm4_of_cpu(int index)
{
    return index < ARRAY_SIZE(etm4_units) ? etm4_units[index] : NULL;
}

static uint32_t etm4_reg(ETM4State *s, unsigned offset)
{
    return s->regs[offset / 4];
}

static uint64_t etm4_reg64(ETM4State *s, unsigned offset)
{
    return s->regs[offset / 4] | (uint64_t)s->regs[offset / 4 + 1] << 32;
}

/* The instruction that the CPU is at */
static uint64_t etm4_pc(ETM4State *s)
{
    CPUARMState *env = &s->cpu->env;

    return is_a64(env) ? env->pc : env->regs[15];
}

/* Is its instruction set T32? */
static bool etm4_t32(ETM4State *s)
{
    CPUARMState *env = &s->cpu->env;

    return !is_a64(env) && env->thumb;
}

/*
 * The bus, and the trace buffer
 */
static void etm4_drain(ETM4State *s)
{
    size_t head = qatomic_load_acquire(&s->head);

    if (s->to_buffer) {
        return;
    }
    s->tail += atb_write(&s->out, etm4_reg(s, TRCTRACEIDR),
                         s->buf + s->tail, head - s->tail);
}

static void etm4_source_drain(ATBSource *source)
{
    etm4_drain(container_of(source, ETM4State, source));
}

/*
 * Drain to the bus, on the CPU's own thread and with the ATB lock held, and make
 * room.
 */
static void etm4_drain_own(ETM4State *s)
{
    qatomic_store_release(&s->head, s->enc.len);
    etm4_drain(s);
    if (s->tail) {
        memmove(s->buf, s->buf + s->tail, s->enc.len - s->tail);
        s->enc.len -= s->tail;
        s->since_sync -= s->tail;
        s->head = s->enc.len;
        s->tail = 0;
    }
}

static void etm4_set_burst(ETM4State *s)
{
    s->burst = s->to_buffer ? MIN(ETM4_BURST, trbe_room(s->trbe)) : ETM4_BURST;
}

/*
 * The same, wherever trace goes.  The trace buffer walks page tables, which may
 * need the BQL; so it does without the ATB lock.
 */
static void etm4_hand_on(ETM4State *s)
{
    if (s->to_buffer) {
        trbe_write(s->trbe, s->buf, s->enc.len);
        s->since_sync -= s->enc.len;
        s->enc.len = 0;
        etm4_set_burst(s);
        return;
    }
    atb_lock();
    etm4_drain_own(s);
    atb_unlock();
}

/* After every event: let other threads see the bytes, and make room for more. */
static void etm4_publish(ETM4State *s)
{
    if (s->enc.len < s->burst) {
        qatomic_store_release(&s->head, s->to_buffer ? 0 : s->enc.len);
        return;
    }
    etm4_hand_on(s);
    if (s->enc.len > ETM4_BUFFER - 4 * ETM4_ENCODER_MARGIN) {
        s->overflow = true;
        trace_etm4_overflow(CPU(s->cpu)->cpu_index);
    }
}

/*
 * Resources.  IHI 0064, "Address comparators": a comparator that is restricted
 * to a context does not match in another one.
 */
static bool etm4_cid_match(ETM4State *s)
{
    uint32_t ignored = etm4_reg(s, TRCCIDCCTLR0), mask = 0;
    unsigned byte;

    for (byte = 0; byte < 4; byte++) {
        mask |= ignored >> byte & 1 ? 0 : 0xffu << (8 * byte);
    }
    return !((etm4_reg(s, TRCCIDCVR0) ^
              s->cpu->env.cp15.contextidr_el[1]) & mask);
}

static bool etm4_context_match(ETM4State *s, unsigned comparator)
{
    uint32_t acatr = etm4_reg(s, TRCACATR0 + 8 * comparator);
    unsigned level = s->context.el + (s->context.nonsecure ? 4 : 0);

    return !(acatr >> (ACATR_EXLEVEL_SHIFT + level) & 1) &&
           (!(acatr & ACATR_CONTEXTTYPE_CID) || etm4_cid_match(s));
}

/* Both match any address that the instructions from @first to @last have. */
static bool etm4_address_match(ETM4State *s, unsigned comparator,
                               uint64_t first, uint64_t last)
{
    uint64_t value = etm4_reg64(s, TRCACVR0 + 8 * comparator);

    return value >= first && value <= last + 3 &&
           etm4_context_match(s, comparator);
}

static bool etm4_range_match(ETM4State *s, unsigned pair, uint64_t first,
                             uint64_t last)
{
    return last >= etm4_reg64(s, TRCACVR0 + 16 * pair) &&
           first <= etm4_reg64(s, TRCACVR0 + 16 * pair + 8) &&
           etm4_context_match(s, 2 * pair);
}

static bool etm4_selector(ETM4State *s, unsigned n, uint64_t first,
                          uint64_t last)
{
    uint32_t ctl;
    bool hit = false;
    unsigned i;

    if (n < 2) {
        return n;           /* the fixed FALSE and TRUE */
    }
    ctl = etm4_reg(s, TRCRSCTLR0 + 4 * n);
    for (i = 0; i < 16 && !hit; i++) {
        if (!(ctl >> i & 1)) {
            continue;
        }
        switch (ctl >> 16 & 0xf) {
        case RSCTLR_COUNTERS:
            hit = i < ETM4_COUNTERS && s->counter_zero[i];
            break;
        case 4:
            hit = i < 2 * ETM4_PAIRS && etm4_address_match(s, i, first, last);
            break;
        case 5:
            hit = i < ETM4_PAIRS && etm4_range_match(s, i, first, last);
            break;
        case 6:
            hit = i == 0 && etm4_cid_match(s);
            break;
        }
    }
    return hit ^ !!(ctl & RSCTLR_INV);
}

/* IHI 0064, "Resource selection": one selector, or two that are ORed */
static bool etm4_event(ETM4State *s, uint8_t event, uint64_t first,
                       uint64_t last)
{
    unsigned n = event & 0xf;

    if (!(event & EVENT_PAIR)) {
        return etm4_selector(s, n, first, last);
    }
    n = (n & 7) * 2;
    return (etm4_selector(s, n, first, last) ||
            etm4_selector(s, n + 1, first, last)) ^
           !!(n && (etm4_reg(s, TRCRSCTLR0 + 4 * n) & RSCTLR_PAIRINV));
}

/*
 * Let the counters see what ran.  In this model, each instruction takes one
 * cycle.
 */
static void etm4_count(ETM4State *s, uint64_t first, uint64_t last)
{
    uint64_t cycles = s->ticks;
    uint64_t reloads = 0;
    unsigned i;

    for (i = 0; i < ETM4_COUNTERS; i++) {
        uint32_t ctl = etm4_reg(s, TRCCNTCTLR0 + 4 * i);
        uint32_t reload = etm4_reg(s, TRCCNTRLDVR0 + 4 * i);
        uint32_t value = etm4_reg(s, TRCCNTVR0 + 4 * i);
        uint64_t n = 0;

        if (ctl & CNTCTLR_CNTCHAIN) {
            n = reloads;
        }
        if (etm4_event(s, ctl & EVENT_MASK, first, last)) {
            n = MAX(n, cycles);
        }
        reloads = 0;
        if (etm4_event(s, ctl >> 8 & EVENT_MASK, first, last)) {
            value = reload;
        } else if (n <= value) {
            value -= n;
        } else if (ctl & CNTCTLR_RLDSELF) {
            n -= value + 1;
            reloads = 1 + n / (reload + 1);
            value = reload - n % (reload + 1);
        } else {
            value = 0;
        }
        s->counter_zero[i] = !value || reloads;
        s->regs[(TRCCNTVR0 + 4 * i) / 4] = value;
    }
}

static void etm4_tick(ETM4State *s, uint64_t first, uint64_t last)
{
    etm4_count(s, first, last);
    s->ticks = 0;
    if (etm4_reg(s, TRCEVENTCTL1R) & 1) {
        bool active = etm4_event(s, etm4_reg(s, TRCEVENTCTL0R), first, last);

        if (active && !s->event_active && !s->need_on && !s->overflow) {
            etm4_encoder_event(&s->enc, 1);
        }
        if (active && !s->event_active && s->to_buffer) {
            etm4_hand_on(s);
            trbe_trigger(s->trbe);
        }
        s->event_active = active;
    }
    s->ts_event |= etm4_event(s, etm4_reg(s, TRCTSCTLR), first, last);
}

/* An event that is always, or never, active */
static bool etm4_event_fixed(uint8_t event)
{
    return !(event & EVENT_PAIR) && (event & 0xf) < 2;
}

/*
 * Do only timestamps depend on resources, those resources only on counters, and
 * the counters only on time?  Then the counters need not see blocks one by one.
 */
static bool etm4_lazy(ETM4State *s)
{
    uint32_t ts = etm4_reg(s, TRCTSCTLR);
    uint32_t ctl = etm4_reg(s, TRCRSCTLR0 + 4 * (ts & 0xf));
    unsigned i;

    for (i = 0; i < ETM4_COUNTERS; i++) {
        uint32_t cnt = etm4_reg(s, TRCCNTCTLR0 + 4 * i);

        if (!etm4_event_fixed(cnt) || !etm4_event_fixed(cnt >> 8) ||
            (cnt & CNTCTLR_CNTCHAIN)) {
            return false;
        }
    }
    return !etm4_reg(s, TRCEVENTCTL1R) &&
           (etm4_event_fixed(ts) ||
            (!(ts & EVENT_PAIR) && (ctl >> 16 & 0xf) == RSCTLR_COUNTERS &&
             !(ctl & RSCTLR_INV)));
}

/*
 * ViewInst for the instruction at @addr, within the Exception levels that are
 * traced.  IHI 0064, "ViewInst": the start/stop logic starts with the
 * instruction that matches and stops after it.
 */
static bool etm4_view(ETM4State *s, uint64_t addr)
{
    uint32_t ss = etm4_reg(s, TRCVISSCTLR), ie = etm4_reg(s, TRCVIIECTLR);
    uint32_t *victlr = &s->regs[TRCVICTLR / 4];
    bool view, stop = false, include = !(ie & 0xffff), exclude = false;
    unsigned i;

    for (i = 0; ss && i < 2 * ETM4_PAIRS; i++) {
        if ((ss >> i & 0x10001) && etm4_address_match(s, i, addr, addr)) {
            if (ss >> i & 1) {
                *victlr |= VICTLR_SSSTATUS;
            } else {
                stop = true;
            }
        }
    }
    view = *victlr & VICTLR_SSSTATUS;
    if (stop) {
        *victlr &= ~VICTLR_SSSTATUS;
    }
    for (i = 0; ie && i < ETM4_PAIRS; i++) {
        if ((ie >> i & 0x10001) && etm4_range_match(s, i, addr, addr)) {
            include |= ie >> i & 1;
            exclude |= ie >> (16 + i) & 1;
        }
    }
    return view && include && !exclude &&
           etm4_event(s, *victlr & EVENT_MASK, addr, addr);
}

/*
 * Follow ViewInst through the instructions from @first to @last.  Returns the
 * address from which the trace that includes @last starts.
 */
static uint64_t etm4_follow(ETM4State *s, uint64_t first, uint64_t last)
{
    uint64_t from = first, step = last - first + 4, addr;
    unsigned least = s->context.aarch64 ? 4 : 2;
    unsigned i;

    /* All are alike, unless a comparator's address is among or next to them */
    for (i = 0; i < 2 * ETM4_PAIRS; i++) {
        uint64_t value = etm4_reg64(s, TRCACVR0 + 8 * i);

        if (value - (first - 4) <= last - first + 8) {
            step = least;
        }
    }
    for (addr = first; addr <= last; addr += step) {
        bool view = etm4_view(s, addr);

        if (view && !s->view) {
            s->need_on = true;
            from = addr;
        }
        s->view = view;
    }
    return from;
}

/*
 * Trace elements
 */

/* CNTVCT, as the guest would read it */
static uint64_t etm4_time(ETM4State *s)
{
    CPUState *cs = CPU(s->cpu);
    uint32_t can_do_io = cs->can_do_io;
    int64_t ns;

    /* A block ends here, so the instruction counter is exact. */
    cs->can_do_io = 1;
    ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    cs->can_do_io = can_do_io;
    return ns / gt_cntfrq_period_ns(s->cpu) - s->cpu->env.cp15.cntvoff_el2;
}

/*
 * Synchronisation and Trace On where they are due, and the address and context
 * of the block at @start, in T32 if @t32, if the decoder cannot know them.
 * IHI 0064, "Trace unit behavior on synchronization", "Trace On element".
 */
static void etm4_begin(ETM4State *s, uint64_t start, bool t32,
                       bool with_address)
{
    ETM4Encoder *e = &s->enc;

    if (s->need_sync) {
        etm4_encoder_sync(e);
        s->since_sync = e->len;
        s->need_sync = false;
        s->need_addr = true;
        s->need_ts = s->ts_on;
        s->returns = 0;
    }
    if (s->need_on) {
        etm4_encoder_trace_on(e);
        s->need_on = false;
        s->need_addr = true;
        s->need_ts = s->ts_on;
        s->returns = 0;
        s->cycles = 0;
        s->context.cid = s->cpu->env.cp15.contextidr_el[1];
    }
    if (!with_address) {
        return;
    }
    if (s->need_addr) {
        etm4_encoder_address(e, start, t32, &s->context);
        s->need_addr = false;
    } else {
        etm4_encoder_context(e, &s->context);
    }
    s->need_context = false;
}

/* After bytes were written: is it time for synchronisation? */
static void etm4_sync_counter(ETM4State *s)
{
    uint32_t period = etm4_reg(s, TRCSYNCPR);

    if (period && s->enc.len - s->since_sync >= 1u << period) {
        s->need_sync = true;
    }
}

/* The Context ID of what comes next */
static void etm4_next_cid(ETM4State *s)
{
    uint32_t cid = s->cpu->env.cp15.contextidr_el[1];

    if (s->enc.cid_on && cid != s->context.cid) {
        s->context.cid = cid;
        s->need_context = true;
    }
}

/* What may follow a P0 element: cycle count, timestamp */
static void etm4_after_p0(ETM4State *s)
{
    ETM4Encoder *e = &s->enc;

    if (e->cycles_on && s->cycles >= e->cc_threshold) {
        if (s->cycles_unknown) {
            etm4_encoder_cycles_unknown(e);
            s->cycles_unknown = false;
        } else {
            etm4_encoder_cycles(e, MIN(s->cycles, 0xfffff));
        }
        s->cycles = 0;
    }
    if (s->ts_on) {
        /* An event asks often; its timestamp may come late, but is not lost. */
        s->ts_wait -= s->ts_wait > 0;
        if (s->lazy && !s->ts_wait) {
            etm4_tick(s, 0, 0);
        }
        if (s->need_ts || (s->ts_event && !s->ts_wait)) {
            etm4_encoder_timestamp(e, etm4_time(s), s->cycles);
            s->cycles = 0;
            s->need_ts = false;
            s->ts_event = false;
            s->ts_wait = ETM4_TS_INTERVAL;
        }
    }
    etm4_sync_counter(s);
    etm4_next_cid(s);
}

/* IHI 0064, "Branch broadcasting": include or exclude by TRCBBCTLR.MODE */
static bool etm4_broadcast(ETM4State *s, uint64_t pc)
{
    uint32_t ctl = etm4_reg(s, TRCBBCTLR);
    bool hit = false;
    unsigned i;

    if (!(etm4_reg(s, TRCCONFIGR) & CONFIGR_BB)) {
        return false;
    }
    for (i = 0; i < ETM4_PAIRS; i++) {
        hit |= (ctl >> i & 1) && etm4_range_match(s, i, pc, pc);
    }
    return ctl & BBCTLR_MODE ? hit : !hit;
}

/* Is trace lost, as the buffer was full?  It goes on once there is room. */
static bool etm4_overflowed(ETM4State *s)
{
    if (likely(!s->overflow)) {
        return false;
    }
    etm4_hand_on(s);
    if (s->enc.len > ETM4_BUFFER / 2) {
        return true;
    }
    etm4_encoder_overflow(&s->enc);
    s->overflow = false;
    s->need_sync = true;
    s->need_on = true;
    s->cycles_unknown = s->ete;
    return false;
}

/*
 * IHI 0064, "Return stack": a branch with link pushes where it returns to; an
 * indirect branch to the top entry pops it and needs no address.
 */
static bool etm4_returns(ETM4State *s, uint64_t pc, uint32_t info)
{
    if (!s->return_stack_on) {
        return false;
    }
    if (info & ETM4_BRANCH_LINK) {
        if (s->returns == ETM4_RETURNS) {
            memmove(s->return_stack, s->return_stack + 1,
                    sizeof(s->return_stack) - sizeof(s->return_stack[0]));
            s->returns--;
        }
        s->return_stack[s->returns++] = pc + 4;
        return false;
    }
    if ((info & ETM4_BRANCH_INDIRECT) && s->returns &&
        s->return_stack[s->returns - 1] == s->next) {
        s->returns--;
        return true;
    }
    return false;
}

/*
 * The P0 instruction at @pc was executed, after those from @start on; @next is
 * what comes after it.
 */
static void etm4_p0(ETM4State *s, uint64_t start, uint64_t pc, uint32_t info)
{
    bool taken = info & ETM4_BRANCH_TAKEN;

    if (s->resources) {
        s->ticks += (pc - start) / 4 + 1;
        if (!s->lazy) {
            etm4_tick(s, start, pc);
        }
    }
    if (s->filtered) {
        start = etm4_follow(s, start, pc);
        if (!s->view) {
            return;
        }
    }
    if (etm4_overflowed(s)) {
        return;
    }
    etm4_begin(s, start, info & ETM4_BRANCH_T32, true);
    etm4_encoder_atom(&s->enc, taken);
    if (taken && etm4_broadcast(s, pc)) {
        s->need_addr = true;
    } else {
        s->need_addr = !etm4_returns(s, pc, info) &&
                       (info & ETM4_BRANCH_INDIRECT);
    }
    s->cycles += (pc - start) / 4 + 1;
    etm4_after_p0(s);
    etm4_publish(s);
}

/* Is it certain that nothing else is traced before and after the next atom? */
static bool etm4_quick(ETM4State *s)
{
    return s->plain && !s->need_sync && !s->need_on && !s->need_addr &&
           !s->need_context && !s->need_ts && !s->overflow &&
           (!s->ts_on || s->ts_wait > 1);
}

/* As etm4_p0(), if etm4_quick() */
static void etm4_p0_quick(ETM4State *s, uint64_t start, uint64_t pc,
                          uint32_t info)
{
    s->ts_wait -= s->ts_on;
    s->ticks += (pc - start) / 4 + 1;
    etm4_encoder_atom(&s->enc, info & ETM4_BRANCH_TAKEN);
    s->need_addr = info & ETM4_BRANCH_INDIRECT;
    etm4_next_cid(s);
    etm4_sync_counter(s);
    etm4_publish(s);
}

/*
 * Let translated code gather atoms for as long as nothing can come between them.
 * The bit that is set here will have moved to the top by then.
 */
static void etm4_gather(ETM4State *s)
{
    s->gather = 1;
    if (etm4_quick(s)) {
        s->gather = s->ts_on ? MIN(s->ts_wait, ETM4_GATHER) : ETM4_GATHER;
    }
    s->cpu->env.etm4_atoms = 1ull << (63 - s->gather);
}

/*
 * Trace all atoms that were gathered but the @last ones, and return how many
 * were traced.  The counters count a cycle for each, as the number of other
 * instructions is not known.
 */
static unsigned etm4_gathered(ETM4State *s, unsigned last)
{
    uint64_t atoms = s->cpu->env.etm4_atoms;
    unsigned n = s->gather - clz64(atoms) - last;

    if (n) {
        s->ts_wait -= s->ts_on ? n : 0;
        s->ticks += n;
        etm4_encoder_atoms(&s->enc, revbit64(~(atoms >> last)) >> (64 - n), n);
    }
    return n;
}

void HELPER(etm4_branch)(CPUARMState *env, uint64_t pc, uint32_t diff,
                         uint32_t info)
{
    ETM4State *s = etm4_units[env_cpu(env)->cpu_index];
    uint64_t start = pc - (info >> ETM4_BRANCH_OFFSET_SHIFT);

    if (unlikely(!s->allowed)) {
        return;
    }
    if (!etm4_gathered(s, 1)) {
        if (unlikely(!s->next_valid || pc - s->next > ETM4_SEQUENCE_MAX)) {
            s->need_on = true;
            s->view = false;
            s->next_valid = true;
        } else {
            start = s->next;
        }
    }
    if (info & ETM4_BRANCH_INDIRECT) {
        s->next = etm4_pc(s);
    } else if (s->context.aarch64) {
        s->next = pc + (int32_t)diff;
    } else {
        s->next = (uint32_t)(pc + diff);
    }
    if (etm4_quick(s)) {
        etm4_p0_quick(s, start, pc, info);
    } else {
        etm4_p0(s, start, pc, info);
    }
    etm4_gather(s);
}

/*
 * IHI 0064, "Exception packet", TYPE for ARMv8-A, from what QEMU knows of the
 * exception
 */
static unsigned etm4_exception_type(int index, uint32_t syndrome)
{
    unsigned fsc = syndrome & 0x3f;

    switch (index) {
    case EXCP_IRQ:
    case EXCP_VIRQ:
        return ETM4_EXC_IRQ;
    case EXCP_FIQ:
    case EXCP_VFIQ:
        return ETM4_EXC_FIQ;
    case EXCP_VSERR:
        return ETM4_EXC_SYSTEM_ERROR;
    }
    switch (syndrome >> 26) {
    case 0x11 ... 0x17:     /* SVC, HVC, SMC */
        return ETM4_EXC_CALL;
    case 0x20:
    case 0x21:
        return ETM4_EXC_INST_FAULT;
    case 0x22:              /* PC alignment */
    case 0x26:              /* SP alignment */
        return ETM4_EXC_ALIGNMENT;
    case 0x24:
    case 0x25:
        return fsc == 0x21 ? ETM4_EXC_ALIGNMENT : ETM4_EXC_DATA_FAULT;
    case 0x2f:
        return ETM4_EXC_SYSTEM_ERROR;
    case 0x30 ... 0x33:     /* breakpoint, software step */
    case 0x38 ... 0x3c:     /* BKPT, BRK, vector catch */
        return ETM4_EXC_INST_DEBUG;
    case 0x34:
    case 0x35:
        return ETM4_EXC_DATA_DEBUG;
    default:
        return ETM4_EXC_TRAP;
    }
}

static void etm4_exception(ETM4State *s, unsigned type, uint64_t ret)
{
    uint64_t start = s->next;
    bool empty = ret == start;

    if (!s->next_valid || ret - start > ETM4_SEQUENCE_MAX) {
        return;
    }
    if (s->filtered && !empty) {
        start = etm4_follow(s, start, ret - 4);
    }
    /* It is traced if what ran before it is; so it does not start the trace. */
    if ((s->filtered && !s->view) || (s->need_on && empty) ||
        etm4_overflowed(s)) {
        return;
    }
    etm4_begin(s, start, etm4_t32(s), !empty);
    etm4_encoder_exception(&s->enc, type, ret, etm4_t32(s), s->need_addr,
                           &s->context);
    s->cycles += (ret - start) / 4;
    s->need_addr = true;
    etm4_after_p0(s);
    etm4_publish(s);
}

/*
 * Which Exception levels are traced: TRCVICTLR.EXLEVEL_S and .EXLEVEL_NS, a bit
 * set excludes, and TRFCR_EL1, a bit set allows.
 */
static void etm4_update_allowed(ETM4State *s)
{
    CPUState *cs = CPU(s->cpu);
    CPUARMState *env = &s->cpu->env;
    uint32_t ctl = etm4_reg(s, TRCVICTLR);
    unsigned el = arm_current_el(env);
    bool secure = arm_is_secure(env);

    s->context.el = el;
    s->context.nonsecure = !secure;
    s->context.aarch64 = is_a64(env);
    s->context.cid = env->cp15.contextidr_el[1];
    s->need_context = true;
    s->allowed = s->active &&
                 !(ctl >> (VICTLR_EXLEVEL_SHIFT + (secure ? 0 : 4) + el) & 1) &&
                 (s->trfcr & (el ? TRFCR_E1TRE : TRFCR_E0TRE));
    if (!s->allowed) {
        s->need_on = true;
        s->view = false;
        cs->tcg_cflags &= ~CF_BRANCH_TRACE;
    } else {
        cs->tcg_cflags |= CF_BRANCH_TRACE;
    }
    etm4_gather(s);
}

/*
 * Trace all that was gathered.  What ran since the last atom is then not known,
 * and need not be: the address and the context are known.
 */
static void etm4_settle(ETM4State *s)
{
    if (etm4_gathered(s, 0)) {
        s->next = etm4_pc(s);
        etm4_gather(s);
    }
}

/* etm4_el_change() sets where the ERET returned to. */
static void etm4_eret(ETM4State *s)
{
    uint64_t start = s->next;

    s->next = UINT64_MAX;
    etm4_p0(s, start, start, ETM4_BRANCH_TAKEN | ETM4_BRANCH_INDIRECT);
}

static void etm4_pre_el_change(ARMCPU *cpu, void *opaque)
{
    ETM4State *s = opaque;
    CPUState *cs = CPU(cpu);

    if (!s->allowed) {
        return;
    }
    etm4_settle(s);
    if (cs->exception_index >= 0) {
        /* An illegal return, which nobody saw, comes out as this exception */
        uint32_t syndrome = cpu->env.exception.syndrome;

        if (cs->exception_index == EXCP_UDEF &&
            syndrome >> 26 == EC_ILLEGALSTATE && s->next_valid) {
            etm4_eret(s);
            s->next = etm4_pc(s);
        }
        etm4_exception(s, etm4_exception_type(cs->exception_index, syndrome),
                       etm4_pc(s));
    } else if (s->next_valid) {
        etm4_eret(s);
    }
}

static void etm4_el_change(ARMCPU *cpu, void *opaque)
{
    ETM4State *s = opaque;

    if (s->active) {
        s->next = etm4_pc(s);
        s->next_valid = true;
        etm4_update_allowed(s);
    }
}

/*
 * Enabling and disabling
 */

static bool etm4_enabled(ETM4State *s)
{
    return (etm4_reg(s, TRCPRGCTLR) & PRGCTLR_EN) && !s->os_locked;
}

/* On the CPU's thread, with BQL and ATB lock */
static void etm4_apply(ETM4State *s)
{
    CPUState *cs = CPU(s->cpu);
    bool active = etm4_enabled(s);

    s->pending = false;
    if (active == s->active) {
        return;
    }
    s->active = active;
    trace_etm4_active(cs->cpu_index, active, etm4_reg(s, TRCCONFIGR),
                      etm4_reg(s, TRCTRACEIDR));
    if (active) {
        uint32_t config = etm4_reg(s, TRCCONFIGR);

        s->enc.buf = s->buf;
        s->enc.cid_on = config & CONFIGR_CID;
        s->enc.cycles_on = config & CONFIGR_CCI;
        s->return_stack_on = config & CONFIGR_RS;
        s->enc.cc_threshold = etm4_reg(s, TRCCCCTLR);
        etm4_encoder_reset(&s->enc);
        etm4_set_burst(s);
        s->overflow = false;
        s->cycles_unknown = s->ete;
        s->need_sync = true;
        s->need_on = true;
        s->next_valid = false;
        s->cycles = 0;
        s->ticks = 0;
        s->ts_event = false;
        s->ts_wait = 0;
        s->view = false;
        s->event_active = false;
        memset(s->counter_zero, 0, sizeof(s->counter_zero));
        s->filtered = etm4_reg(s, TRCVIIECTLR) || etm4_reg(s, TRCVISSCTLR) ||
                      (etm4_reg(s, TRCVICTLR) & (EVENT_MASK | VICTLR_SSSTATUS))
                      != (1 | VICTLR_SSSTATUS);
        s->resources = etm4_reg(s, TRCEVENTCTL1R) || etm4_reg(s, TRCTSCTLR) ||
                       etm4_reg(s, TRCCNTCTLR0) || etm4_reg(s, TRCCNTCTLR0 + 4);
        s->lazy = etm4_lazy(s);
        s->ts_on = config & CONFIGR_TS;
        s->plain = !s->filtered && (!s->resources || s->lazy) &&
                   !(config & (CONFIGR_BB | CONFIGR_CCI | CONFIGR_RS));
    } else {
        if (s->allowed) {
            etm4_settle(s);
        }
        if (s->lazy) {
            etm4_tick(s, 0, 0);
        }
        etm4_encoder_flush(&s->enc);
        if (!s->to_buffer) {
            etm4_drain_own(s);
        }
    }
    etm4_update_allowed(s);
    /* Leave the translations of the other kind, and do not link to them. */
    cpu_interrupt(cs, CPU_INTERRUPT_EXITTB);
}

void etm4_flush(ETM4State *s)
{
    if (!s->active) {
        return;
    }
    if (s->allowed) {
        etm4_settle(s);
    }
    etm4_encoder_flush(&s->enc);
    etm4_hand_on(s);
}

void etm4_set_trfcr(ETM4State *s, uint64_t value)
{
    bool was = s->allowed;

    s->trfcr = value;
    etm4_update_allowed(s);
    if (s->allowed != was) {
        s->next_valid = false;
        cpu_interrupt(CPU(s->cpu), CPU_INTERRUPT_EXITTB);
    }
}

/*
 * What the bus has not taken by now is lost.  Trace that begins in a buffer
 * begins with what a decoder needs, as the trace buffer may ask of the unit
 * (ARM DDI 0487, "Trace synchronization").
 */
void etm4_set_buffer(ETM4State *s, bool on)
{
    atb_lock();
    s->to_buffer = on;
    s->since_sync -= s->enc.len;
    s->enc.len = 0;
    s->head = 0;
    s->tail = 0;
    s->need_sync = true;
    etm4_set_burst(s);
    if (s->active) {
        etm4_gather(s);
    }
    atb_unlock();
}

static void etm4_apply_work(CPUState *cs, run_on_cpu_data data)
{
    atb_lock();
    etm4_apply(data.host_ptr);
    atb_unlock();
}

static void etm4_change(ETM4State *s)
{
    CPUState *cs = CPU(s->cpu);

    if (cs == current_cpu) {
        etm4_apply(s);
    } else if (!s->pending && etm4_enabled(s) != s->active) {
        s->pending = true;
        async_run_on_cpu(cs, etm4_apply_work, RUN_ON_CPU_HOST_PTR(s));
    }
}

/*
 * Registers
 */

/* Exception levels that the CPU has: EXLEVEL_S in [3:0], EXLEVEL_NS in [7:4] */
static uint32_t etm4_exlevels(ETM4State *s)
{
    CPUARMState *env = &s->cpu->env;
    uint32_t levels = 0x30;

    if (arm_feature(env, ARM_FEATURE_EL2)) {
        levels |= 0x40;
    }
    if (arm_feature(env, ARM_FEATURE_EL3)) {
        levels |= 0x0b;
    }
    return levels;
}

/* The bits that exist in a register that software writes while disabled */
bool etm4_writable(ETM4State *s, hwaddr offset, uint32_t *mask)
{
    switch (offset) {
    case TRCCONFIGR:
        *mask = CONFIGR_BB | CONFIGR_CCI | CONFIGR_CID | CONFIGR_TS |
                CONFIGR_RS;
        return true;
    case TRCAUXCTLR:
        *mask = 0;
        return true;
    case TRCRSR:
        *mask = s->ete ? RSR_TA : 0;
        return s->ete;
    case TRCEVENTCTL0R:
    case TRCTSCTLR:
        *mask = EVENT_MASK;
        return true;
    case TRCEVENTCTL1R:
        *mask = 0x1;
        return true;
    case TRCSYNCPR:
        *mask = 0x1f;
        return true;
    case TRCCCCTLR:
        *mask = 0xfff;
        return true;
    case TRCBBCTLR:
        *mask = BBCTLR_MODE | ((1u << ETM4_PAIRS) - 1);
        return true;
    case TRCTRACEIDR:
        *mask = 0x7f;
        return true;
    case TRCVICTLR:
        *mask = EVENT_MASK | VICTLR_SSSTATUS | VICTLR_TRCRESET |
                (s->ete ? VICTLR_TRCERR : 0) |
                etm4_exlevels(s) << VICTLR_EXLEVEL_SHIFT;
        return true;
    case TRCVIIECTLR:
        *mask = ((1u << ETM4_PAIRS) - 1) * 0x10001;
        return true;
    case TRCVISSCTLR:
        *mask = ((1u << 2 * ETM4_PAIRS) - 1) * 0x10001;
        return true;
    case TRCCNTRLDVR0 ... TRCCNTRLDVR0 + 4 * ETM4_COUNTERS - 1:
    case TRCCNTVR0 ... TRCCNTVR0 + 4 * ETM4_COUNTERS - 1:
        *mask = 0xffff;
        return true;
    case TRCCNTCTLR0:
        *mask = EVENT_MASK * 0x101 | CNTCTLR_RLDSELF;
        return true;
    case TRCCNTCTLR0 + 4:
        *mask = EVENT_MASK * 0x101 | CNTCTLR_RLDSELF | CNTCTLR_CNTCHAIN;
        return true;
    case TRCRSCTLR0 + 8 ... TRCRSCTLR0 + 4 * ETM4_SELECTORS - 1:
        *mask = 0xfffff | RSCTLR_INV | (offset & 4 ? 0 : RSCTLR_PAIRINV);
        return true;
    case TRCACVR0 ... TRCACVR0 + 16 * ETM4_PAIRS - 1:
        *mask = UINT32_MAX;
        return true;
    case TRCACATR0 ... TRCACATR0 + 16 * ETM4_PAIRS - 1:
        *mask = offset & 4 ? 0 :
                ACATR_CONTEXTTYPE_CID | etm4_exlevels(s) << ACATR_EXLEVEL_SHIFT;
        return true;
    case TRCCIDCVR0:
        *mask = UINT32_MAX;
        return true;
    case TRCCIDCVR0 + 4:
    case TRCVMIDCCTLR0:     /* the kernel's driver writes it on any unit */
        *mask = 0;
        return true;
    case TRCCIDCCTLR0:
        *mask = 0xf;
        return true;
    default:
        return false;
    }
}

static bool etm4_read(CoreSightDevice *d, hwaddr offset, uint32_t *value)
{
    ETM4State *s = CORESIGHT_ETM4(d);
    uint32_t mask;

    switch (offset) {
    case TRCPRGCTLR:
        *value = etm4_reg(s, TRCPRGCTLR);
        return true;
    case TRCSTATR:
        /* Idle only when all trace has left: a stalled sink delays it. */
        *value = 0;
        if (!s->active && !s->pending) {
            etm4_drain(s);
            *value = STATR_PMSTABLE | (s->tail == s->head ? STATR_IDLE : 0);
        }
        return true;
    case TRCIDR8 ... TRCIDR13:
    case TRCIMSPEC0:
    case TRCIDR0 + 24 ... TRCIDR7:
        *value = 0;
        return true;
    case TRCIDR0:
        *value = IDR0;
        return true;
    case TRCIDR0 + 4:
        *value = s->ete ? IDR1_ETE : IDR1;
        return true;
    case TRCIDR0 + 8:
        *value = IDR2;
        return true;
    case TRCIDR0 + 12:
        *value = IDR3 | etm4_exlevels(s) << 16 | (s->ete ? IDR3_TRCERR : 0);
        return true;
    case TRCIDR0 + 16:
        *value = IDR4;
        return true;
    case TRCIDR0 + 20:
        *value = !s->ete ? IDR5 :
                 IDR5_ETE | (s->out.dest ? IDR5_ETE_ATB : 0);
        return true;
    case TRCOSLSR:
        *value = OSLSR_OSLM | (s->os_locked ? OSLSR_OSLK : 0);
        return true;
    case TRCPDCR:
        *value = etm4_reg(s, TRCPDCR);
        return true;
    case TRCPDSR:
        *value = PDSR_POWER | (s->sticky_pd ? PDSR_STICKYPD : 0) |
                 (s->os_locked ? PDSR_OSLK : 0);
        s->sticky_pd = false;
        return true;
    default:
        if (!etm4_writable(s, offset, &mask)) {
            return false;
        }
        *value = etm4_reg(s, offset);
        return true;
    }
}

/*
 * What software must not have programmed when it enables the unit: reserved
 * values, or UNPREDICTABLE (IHI 0064, "Register descriptions").  The unit takes
 * the values as they are.
 */
static void etm4_check(ETM4State *s)
{
    CoreSightDevice *d = &s->parent_obj;
    uint32_t period = etm4_reg(s, TRCSYNCPR), id = etm4_reg(s, TRCTRACEIDR);
    uint32_t ranges = etm4_reg(s, TRCVIIECTLR);
    unsigned i;

    if (!s->to_buffer && (!id || id > ATB_ID_MAX)) {
        coresight_guest_error(d, "enabled with the reserved trace ID 0x%02x",
                              id);
    }
    if (period && (period < SYNCPR_MIN || period > SYNCPR_MAX)) {
        coresight_guest_error(d, "enabled with the reserved TRCSYNCPR %u",
                              period);
    }
    if ((etm4_reg(s, TRCCONFIGR) & CONFIGR_CCI) &&
        etm4_reg(s, TRCCCCTLR) < IDR3_CCITMIN) {
        coresight_guest_error(d, "enabled with the cycle count threshold %u,"
                              " less than TRCIDR3.CCITMIN",
                              etm4_reg(s, TRCCCCTLR));
    }
    for (i = 0; i < ETM4_PAIRS; i++) {
        if ((ranges >> i & 0x10001) &&
            etm4_reg64(s, TRCACVR0 + 16 * i) >
            etm4_reg64(s, TRCACVR0 + 16 * i + 8)) {
            coresight_guest_error(d, "enabled with address range %u that ends"
                                  " before it starts", i);
        }
    }
}

static bool etm4_write(CoreSightDevice *d, hwaddr offset, uint32_t value)
{
    ETM4State *s = CORESIGHT_ETM4(d);
    uint32_t mask;

    switch (offset) {
    case TRCPRGCTLR:
        if (value & ~etm4_reg(s, TRCPRGCTLR) & PRGCTLR_EN) {
            etm4_check(s);
        }
        s->regs[TRCPRGCTLR / 4] = value & PRGCTLR_EN;
        etm4_change(s);
        return true;
    case TRCOSLAR:
        s->os_locked = value & 1;
        etm4_change(s);
        return true;
    case TRCPDCR:
        s->regs[TRCPDCR / 4] = value & PDCR_PU;
        return true;
    case TRCSTATR:
    case TRCOSLSR:
    case TRCPDSR:
    case TRCIDR8 ... TRCIDR13:
    case TRCIMSPEC0:
    case TRCIDR0 ... TRCIDR7:
        coresight_read_only_error(d, offset);
        return true;
    default:
        if (!etm4_writable(s, offset, &mask)) {
            return false;
        }
        /* UNPREDICTABLE (IHI 0064, "Programming the trace unit"): ignored */
        if (s->active || s->pending) {
            coresight_guest_error(d, "write to 0x%03" HWADDR_PRIx
                                  " while enabled", offset);
        } else {
            s->regs[offset / 4] = value & mask;
        }
        return true;
    }
}

static void etm4_reset(DeviceState *dev)
{
    ETM4State *s = CORESIGHT_ETM4(dev);

    coresight_device_reset(dev);
    atb_lock();
    memset(s->regs, 0, sizeof(s->regs));
    s->trfcr = s->ete ? 0 : TRFCR_E0TRE | TRFCR_E1TRE;
    s->os_locked = true;
    s->sticky_pd = true;
    s->to_buffer = false;
    s->active = false;
    s->allowed = false;
    s->enc.len = 0;
    s->head = 0;
    s->tail = 0;
    CPU(s->cpu)->tcg_cflags &= ~CF_BRANCH_TRACE;
    atb_unlock();
}

static int etm4_post_load(void *opaque, int version_id)
{
    ETM4State *s = opaque;

    /* Trace begins afresh: what the unit held is lost in a migration. */
    s->active = false;
    s->allowed = false;
    s->enc.len = 0;
    s->head = 0;
    s->tail = 0;
    s->pending = true;
    async_run_on_cpu(CPU(s->cpu), etm4_apply_work, RUN_ON_CPU_HOST_PTR(s));
    return 0;
}

static const VMStateDescription vmstate_etm4 = {
    .name = TYPE_CORESIGHT_ETM4,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = etm4_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_CORESIGHT_DEVICE(parent_obj, ETM4State),
        VMSTATE_UINT32_ARRAY(regs, ETM4State, ETM4_REGS_END / 4),
        VMSTATE_UINT64(trfcr, ETM4State),
        VMSTATE_BOOL(to_buffer, ETM4State),
        VMSTATE_BOOL(os_locked, ETM4State),
        VMSTATE_BOOL(sticky_pd, ETM4State),
        VMSTATE_END_OF_LIST()
    }
};

bool etm4_attach(ETM4State *s, Error **errp)
{
    int index;

    if (!s->cpu) {
        error_setg(errp, "a trace unit needs a CPU to trace");
        return false;
    }
    index = CPU(s->cpu)->cpu_index;
    if (index >= ARRAY_SIZE(etm4_units) || etm4_units[index]) {
        error_setg(errp, "CPU %d cannot have this trace unit", index);
        return false;
    }
    etm4_units[index] = s;
    s->source.drain = etm4_source_drain;
    atb_register_source(&s->source);
    arm_register_pre_el_change_hook(s->cpu, etm4_pre_el_change, s);
    arm_register_el_change_hook(s->cpu, etm4_el_change, s);
    return true;
}

static void etm4_realize(DeviceState *dev, Error **errp)
{
    ETM4State *s = CORESIGHT_ETM4(dev);
    DeviceClass *parent =
        DEVICE_CLASS(object_class_by_name(TYPE_CORESIGHT_DEVICE));

    if (!etm4_attach(s, errp)) {
        return;
    }
    if (extract64(s->cpu->midr, 4, 12) == PART_CPU_A57) {
        s->parent_obj.part = PART_ETM_A57;
    }
    s->parent_obj.devaff[0] = s->cpu->mp_affinity | 1u << 31;
    s->parent_obj.devaff[1] = s->cpu->mp_affinity >> 32;
    parent->realize(dev, errp);
}

static void etm4_init(Object *obj)
{
    ETM4State *s = CORESIGHT_ETM4(obj);

    s->enc.buf = s->buf;
    atb_init_outputs(obj, &s->out, 1);
}

static Property etm4_properties[] = {
    DEFINE_PROP_LINK("cpu", ETM4State, cpu, TYPE_ARM_CPU, ARMCPU *),
    DEFINE_PROP_END_OF_LIST(),
};

static void etm4_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->desc = "CoreSight ETMv4 trace unit";
    dc->realize = etm4_realize;
    dc->reset = etm4_reset;
    dc->vmsd = &vmstate_etm4;
    device_class_set_props(dc, etm4_properties);
    c->part = PART_ETM_A53;
    c->revision = 4;
    c->devtype = CS_DEVTYPE_PE_TRACE;
    c->devarch = 0x47704a13;
    c->authstatus = 0xc;        /* non-secure non-invasive debug is enabled */
    c->read = etm4_read;
    c->write = etm4_write;
}

static const TypeInfo etm4_info = {
    .name = TYPE_CORESIGHT_ETM4,
    .parent = TYPE_CORESIGHT_DEVICE,
    .instance_size = sizeof(ETM4State),
    .instance_init = etm4_init,
    .class_init = etm4_class_init,
};

static void etm4_register_types(void)
{
    type_register_static(&etm4_info);
}

type_init(etm4_register_types)
