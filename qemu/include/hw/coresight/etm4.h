/*
 * Trace units: ETMv4, and the Embedded Trace Extension that has followed it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * etm4.c has what both have, and the ETMv4's page of registers; ete.c has the
 * system registers of the other.
 */
#ifndef HW_CORESIGHT_ETM4_H
#define HW_CORESIGHT_ETM4_H

#include "cpu.h"
#include "hw/coresight/coresight.h"
#include "hw/coresight/etm4-encoder.h"
#include "hw/coresight/trbe.h"

OBJECT_DECLARE_SIMPLE_TYPE(ETM4State, CORESIGHT_ETM4)

#define TRCPRGCTLR      0x004
#define TRCSTATR        0x00c
#define TRCCONFIGR      0x010
#define TRCAUXCTLR      0x018
#define TRCEVENTCTL0R   0x020
#define TRCEVENTCTL1R   0x024
#define TRCRSR          0x028   /* of ETE alone */
#define TRCTSCTLR       0x030
#define TRCSYNCPR       0x034
#define TRCCCCTLR       0x038
#define TRCBBCTLR       0x03c
#define TRCTRACEIDR     0x040
#define TRCVICTLR       0x080
#define TRCVIIECTLR     0x084
#define TRCVISSCTLR     0x088
#define TRCCNTRLDVR0    0x140
#define TRCCNTCTLR0     0x150
#define TRCCNTVR0       0x160
#define TRCIDR8         0x180
#define TRCIDR13        0x194
#define TRCIMSPEC0      0x1c0
#define TRCIDR0         0x1e0
#define TRCIDR7         0x1fc
#define TRCRSCTLR0      0x200
#define TRCOSLAR        0x300
#define TRCOSLSR        0x304
#define TRCPDCR         0x310
#define TRCPDSR         0x314
#define TRCACVR0        0x400
#define TRCACATR0       0x480
#define TRCCIDCVR0      0x600
#define TRCCIDCCTLR0    0x680
#define TRCVMIDCCTLR0   0x688
#define ETM4_REGS_END   0x700

#define PRGCTLR_EN      0x1

#define TRFCR_E0TRE     0x1
#define TRFCR_E1TRE     0x2

#define ETM4_PAIRS      4u
#define ETM4_SELECTORS  16u
#define ETM4_COUNTERS   2u
#define ETM4_RETURNS    3u

/*
 * Bytes that the unit holds, and how many it gathers before it hands them on
 */
#define ETM4_BUFFER     8192
#define ETM4_BURST      2048

struct ETM4State {
    CoreSightDevice parent_obj;

    ARMCPU *cpu;
    ATBOutput out;
    ATBSource source;
    TRBEState *trbe;        /* of this CPU, or NULL */
    bool ete;               /* the unit is an Embedded Trace Extension */

    /* Under the BQL and the ATB lock */
    uint32_t regs[ETM4_REGS_END / 4];
    uint64_t trfcr;         /* TRFCR_EL1: which Exception levels software lets
                               be traced; both, where it does not exist */
    bool os_locked;
    bool sticky_pd;
    bool pending;           /* a change of state that the CPU has yet to see */
    bool to_buffer;         /* trace goes to @trbe, not to @out */

    /* Bytes for the bus: @head is the CPU's, @tail is under the ATB lock */
    uint8_t buf[ETM4_BUFFER];
    size_t head;
    size_t tail;
    size_t burst;           /* how many it gathers before it hands them on */

    /* Execution */
    bool active;            /* TRCPRGCTLR.EN, and no OS Lock */
    bool allowed;           /* active, and the Exception level is traced */
    bool filtered;          /* ViewInst depends on addresses or events */
    bool resources;         /* something depends on resource selectors */
    bool lazy;              /* but only on counters, so it may wait */
    bool plain;             /* etm4_p0_quick() knows all that is enabled */
    unsigned gather;        /* P0 instructions until it wants to be called */
    bool ts_on;             /* TRCCONFIGR.TS */
    bool view;              /* ViewInst at the last instruction */
    bool event_active;      /* event 0 at the last block */
    bool counter_zero[ETM4_COUNTERS];
    bool overflow;          /* until there is room again */
    bool need_sync;
    bool need_on;
    bool need_addr;
    bool need_context;      /* it may have changed */
    bool need_ts;
    bool ts_event;
    bool next_valid;
    uint64_t next;          /* the instruction that will run next */
    size_t since_sync;      /* bytes at the last synchronisation */
    bool return_stack_on;
    unsigned returns;
    uint64_t return_stack[ETM4_RETURNS];
    uint32_t cycles;
    bool cycles_unknown;    /* of an ETE, until the first Cycle Count packet */
    uint64_t ticks;         /* cycles that the counters have yet to see */
    uint32_t ts_wait;
    ETM4Context context;
    ETM4Encoder enc;
};

/* The trace unit of the CPU with this index, or NULL */
ETM4State *etm4_of_cpu(int index);

/* For a derived type's realize: connect to the CPU. False if @errp was set. */
bool etm4_attach(ETM4State *s, Error **errp);

/* Does software write to this register while disabled? @mask: its bits */
bool etm4_writable(ETM4State *s, hwaddr offset, uint32_t *mask);

/**
 * etm4_flush: hand on all that was traced so far
 *
 * On the CPU's own thread, and without the ATB lock: before software sees where
 * trace has got to, and before anything changes that says where it goes or what
 * is traced.
 */
void etm4_flush(ETM4State *s);

/**
 * etm4_set_trfcr: TRFCR_EL1 was written
 *
 * On the CPU's own thread, with the BQL and the ATB lock, after etm4_flush().
 */
void etm4_set_trfcr(ETM4State *s, uint64_t value);

/**
 * etm4_set_buffer: the trace buffer was enabled (@on), or disabled
 *
 * On the CPU's own thread, with the BQL, after etm4_flush().
 */
void etm4_set_buffer(ETM4State *s, bool on);

#endif
