/*
 * System registers of ETE and TRBE, as the architecture has them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Arm Architecture Reference Manual (ARM DDI 0487), chapters "The Embedded Trace
 * Extension" and "The Trace Buffer Extension".  Prints TAP.
 */
#include "bare.h"

#define E           1ul
#define WRAP        (1ul << 1)
#define RESERVED    (2ul << 1)
#define CIRCULAR    (3ul << 1)
#define TM_STOP     (0ul << 3)
#define TM_IRQ      (1ul << 3)
#define IGNORE      (3ul << 3)
#define NVM         (1ul << 5)

#define SR_BSC      0x3ful
#define SR_S        (1ul << 17)
#define SR_WRAP     (1ul << 20)
#define SR_TRG      (1ul << 21)
#define SR_IRQ      (1ul << 22)
#define SR_STAGE1   (0x24ul << 26)

#define FILLED      (SR_IRQ | SR_WRAP | SR_S | 1)
#define TRBE_PPI    15

#define CANARY      0x5a

/* Branches, of which each leaves an atom: indirect ones also an address */
static void __attribute__((noinline)) nothing(void)
{
    asm volatile("");
}

static void branches(unsigned n)
{
    void (*volatile call)(void) = nothing;

    while (n--) {
        call();
    }
}

static void unit_off(void)
{
    write_reg(TRCPRGCTLR, 0);
}

static void unit_on(void)
{
    unit_off();
    write_reg(TRCCONFIGR, 0);
    write_reg(TRCEVENTCTL1R, 0);
    write_reg(TRCSYNCPR, 12);
    write_reg(TRCTRACEIDR, 0x10);
    write_reg(TRCVICTLR, 0x201);
    write_reg(TRFCR, 0x22);
    write_reg(TRCPRGCTLR, 1);
}

/* The buffer is @pages of the area from its second on, with a canary around. */
static void buffer(unsigned pages, uint64_t mode)
{
    write_reg(TRBLIMITR, 0);
    memset((void *)AREA, CANARY, (pages + 2) * PAGE);
    write_reg(TRBSR, 0);
    write_reg(TRBTRG, 0);
    write_reg(TRBBASER, area_page(1));
    write_reg(TRBPTR, area_page(1));
    write_reg(TRBLIMITR, area_page(1 + pages) | mode);
}

static bool untouched(uint64_t from, uint64_t to)
{
    while (from < to && *(uint8_t *)from == CANARY) {
        from++;
    }
    return from == to;
}

static bool pending(void)
{
    return mmio_read(GICD + 0x200) >> (16 + TRBE_PPI) & 1;
}

/* The sink whose address is @addr: how many bytes it took */
static uint64_t taken(uint64_t addr)
{
    volatile uint64_t *p = (volatile uint64_t *)MONITOR;

    while (*p != addr) {
        p += 2;
    }
    return p[1];
}

static void identification(void)
{
    is(read_reg("S2_1_C7_C15_6"), 0x47705a13, "TRCDEVARCH: ETEv1.0");
    is(read_reg("S2_1_C0_C9_7") & 0xff0, 0xff0, "TRCIDR1: see TRCDEVARCH");
    is(read_reg("S2_1_C7_C14_6"), 0xc, "TRCAUTHSTATUS");
    is(read_reg("S2_1_C1_C1_4"), 0x12, "TRCOSLSR: locked after reset");
    write_reg(OSLAR, 0);
    is(read_reg("S2_1_C1_C1_4"), 0x10, "TRCOSLSR: not locked any more");
    is(read_reg(TRBIDR), 0x20, "TRBIDR");
    is(read_reg("id_aa64dfr0_el1") >> 40 & 0xff, 0x11, "ID_AA64DFR0: TraceFilt, TraceBuffer");
    is(read_reg("id_aa64dfr0_el1") >> 4 & 0xf, 1, "ID_AA64DFR0: TraceVer");
    is(read_reg(TRBLIMITR) | read_reg(TRBSR) | read_reg(TRFCR), 0, "reset: all is off");
    is(exceptions, 0, "no exception so far");
}

static void undefined(void)
{
    (void)read_reg("S2_1_C1_C4_4");
    is(exceptions, 1, "TRCPDCR is UNDEFINED");
    is(syndrome >> 26, 0, "its exception class");
    write_reg(TRCSTATR, 0);
    is(exceptions, 2, "a write to TRCSTATR is UNDEFINED");
    (void)read_reg("S2_1_C2_C1_0");
    is(exceptions, 3, "TRCACVR0 has no upper half");
    write_reg("S2_1_C2_C0_0", 0x123456789abcdef0);
    is(read_reg("S2_1_C2_C0_0"), 0x123456789abcdef0, "TRCACVR0 has 64 bits");
    write_reg("S2_1_C2_C0_0", 0);
    write_reg("cpacr_el1", 1ul << 28);
    (void)read_reg(TRCPRGCTLR);
    write_reg("cpacr_el1", 0);
    is(exceptions, 4, "CPACR_EL1.TTA traps");
    is(syndrome >> 26, 0x18, "its exception class");
}

static void modes(void)
{
    unit_on();
    buffer(2, E | IGNORE);
    branches(20000);
    is(read_reg(TRBSR), FILLED, "fill: TRBSR");
    is(read_reg(TRBPTR), area_page(1), "fill: the pointer is the base");
    check(pending(), "fill: the interrupt is pending");
    check(untouched(AREA, area_page(1)) && untouched(area_page(3), area_page(4)),
          "fill: nothing around the buffer");
    check(!untouched(area_page(3) - 16, area_page(3)), "fill: the buffer is full");
    memset((void *)area_page(1), CANARY, 2 * PAGE);
    branches(20000);
    check(untouched(AREA, area_page(4)), "stopped: nothing is stored");
    write_reg(TRBLIMITR, area_page(3));
    write_reg(TRBSR, read_reg(TRBSR) & ~SR_IRQ);
    check(!pending(), "the line drops with TRBSR.IRQ");
    write_reg(TRBLIMITR, area_page(3) | E | IGNORE);
    branches(20000);
    check(untouched(AREA, area_page(4)), "enabled with TRBSR.S: nothing is stored");

    buffer(2, E | WRAP | IGNORE);
    branches(20000);
    is(read_reg(TRBSR), SR_IRQ | SR_WRAP, "wrap: TRBSR");
    check(read_reg(TRBPTR) != area_page(1), "wrap: it goes on");
    buffer(2, E | CIRCULAR | IGNORE);
    branches(20000);
    is(read_reg(TRBSR), SR_WRAP, "circular: TRBSR");
    check(untouched(AREA, area_page(1)) && untouched(area_page(3), area_page(4)),
          "circular: nothing around the buffer");
    unit_off();
    is(read_reg(TRCSTATR), 3, "TRCSTATR: idle");
}

static void faults(void)
{
    unit_on();
    buffer(1, 0);
    map_area(2, 0);
    write_reg(TRBLIMITR, area_page(4) | E | IGNORE);
    branches(20000);
    is(read_reg(TRBSR), SR_STAGE1 | SR_IRQ | SR_S | 7, "page not mapped: TRBSR");
    is(read_reg(TRBPTR), area_page(2), "page not mapped: the pointer");
    write_reg(TRBLIMITR, 0);
    map_area(2, area_page(2) | PTE | PTE_RAM | PTE_RO | PTE_XN);
    write_reg(TRBSR, 0);
    write_reg(TRBLIMITR, area_page(4) | E | IGNORE);
    branches(20000);
    is(read_reg(TRBSR), SR_STAGE1 | SR_IRQ | SR_S | 0xf, "page not writable: TRBSR");
    write_reg(TRBLIMITR, 0);
    map_area(2, UART | PTE | PTE_XN);
    write_reg(TRBSR, 0);
    write_reg(TRBLIMITR, area_page(4) | E | IGNORE);
    branches(20000);
    is(read_reg(TRBSR), SR_STAGE1 | SR_IRQ | SR_S | 0x10, "no memory: TRBSR");
    write_reg(TRBLIMITR, 0);
    map_area(2, area_page(2) | PTE | PTE_RAM | PTE_XN);

    map_area(1, area_page(5) | PTE | PTE_RAM | PTE_XN);
    memset((void *)area_page(5), CANARY, PAGE);
    buffer(1, E | NVM | CIRCULAR | IGNORE);
    branches(20000);
    check(untouched(area_page(5), area_page(6)), "nVM: not to where the page is mapped");
    write_reg(TRBLIMITR, 0);
    map_area(1, area_page(1) | PTE | PTE_RAM | PTE_XN);
    check(!untouched(area_page(1), area_page(2)), "nVM: to the physical address");
    unit_off();
}

static void out_of_range(void)
{
    unit_on();
    buffer(2, 0);
    write_reg(TRBPTR, area_page(0));
    write_reg(TRBLIMITR, area_page(3) | E | IGNORE);
    branches(20000);
    check(untouched(AREA, area_page(4)), "pointer below the base: nothing is stored");
    buffer(2, 0);
    write_reg(TRBPTR, area_page(3));
    write_reg(TRBLIMITR, area_page(3) | E | IGNORE);
    branches(20000);
    check(untouched(AREA, area_page(4)), "pointer at the limit: nothing is stored");
    buffer(2, 0);
    write_reg(TRBLIMITR, area_page(0) | E | IGNORE);
    branches(20000);
    check(untouched(AREA, area_page(4)), "limit below the base: nothing is stored");
    is(read_reg(TRBSR), 0, "and no event");
    buffer(2, 0);
    write_reg(TRBPTR, area_page(1) + 3);
    write_reg(TRBBASER, area_page(1) + 0xabc);
    is(read_reg(TRBBASER), area_page(1), "TRBBASER is aligned to a page");
    write_reg(TRBLIMITR, area_page(3) | 0xfc0 | E | IGNORE);
    is(read_reg(TRBLIMITR), area_page(3) | E | IGNORE, "TRBLIMITR, too");
    branches(100);
    write_reg(TRFCR, 0);
    check(untouched(AREA, area_page(1) + 3) && *(uint8_t *)(area_page(1) + 3) != CANARY,
          "a pointer can have any alignment");

    write_reg(TRBPTR, 0);
    write_reg(TRBBASER, 0);
    write_reg(TRBSR, SR_IRQ);
    write_reg(TRBMAR, 0);
    write_reg(TRBTRG, 1);
    write_reg(TRBLIMITR, area_page(2) | E);
    is(read_reg(TRBBASER), area_page(1), "written while enabled: TRBBASER stays");
    is(read_reg(TRBLIMITR), area_page(3) | E | IGNORE, "TRBLIMITR stays");
    is(read_reg(TRBSR) | read_reg(TRBTRG), 0, "TRBSR and TRBTRG stay");
    unit_off();
}

static void filter(void)
{
    unit_on();
    buffer(2, E | IGNORE);
    write_reg(TRFCR, 0x21);
    write_reg(TRBLIMITR, 0);
    buffer(2, E | IGNORE);
    branches(20000);
    check(untouched(AREA, area_page(4)), "TRFCR_EL1.E1TRE 0: nothing is traced");
    unit_off();
    buffer(2, E | IGNORE);
    branches(20000);
    check(untouched(AREA, area_page(4)), "unit disabled: nothing is stored");
    write_reg(TRBLIMITR, 0);
}

static void reserved(void)
{
    unit_on();
    buffer(2, E | RESERVED | IGNORE);
    branches(20000);
    is(read_reg(TRBSR), FILLED, "reserved mode: as fill");
    buffer(2, E | IGNORE);
    write_reg(TRFCR, 0x42);
    branches(100);
    write_reg(TRCTRACEIDR, 0x20);
    is(read_reg(TRCTRACEIDR), 0x10, "written while the unit is enabled: TRCTRACEIDR stays");
    check(!untouched(area_page(1), area_page(2)), "TRFCR_EL1 with a reserved TS: trace");
    unit_off();
    write_reg(TRBLIMITR, 0);
    write_reg(TRBSR, 0);
}

static void triggers(void)
{
    unit_on();
    buffer(8, E | TM_STOP);
    unit_off();
    write_reg(TRCEVENTCTL0R, 1);
    write_reg(TRCEVENTCTL1R, 1);
    write_reg(TRCPRGCTLR, 1);
    branches(100);
    is(read_reg(TRBSR), SR_IRQ | SR_TRG | SR_S | 2, "trigger, stop: TRBSR");
    unit_off();
    buffer(8, 0);
    write_reg(TRBTRG, 0x123);
    write_reg(TRBLIMITR, area_page(9) | E | TM_STOP);
    write_reg(TRCPRGCTLR, 1);
    branches(2000);
    is(read_reg(TRBSR), SR_IRQ | SR_TRG | SR_S | 2, "trigger, stop after a count: TRBSR");
    is(read_reg(TRBTRG), 0, "TRBTRG has counted down");
    unit_off();
    buffer(8, E | TM_IRQ);
    write_reg(TRCPRGCTLR, 1);
    branches(100);
    is(read_reg(TRBSR), SR_IRQ | SR_TRG, "trigger, interrupt: TRBSR");
    unit_off();
    buffer(8, E | IGNORE);
    write_reg(TRCPRGCTLR, 1);
    branches(100);
    is(read_reg(TRBSR), SR_TRG, "trigger, ignored: TRBSR");
    unit_off();
    write_reg(TRCEVENTCTL0R, 0);
    write_reg(TRBLIMITR, 0);
    write_reg(TRBSR, 0);
}

/* Trace goes to the buffer if that is enabled, else to the bus. */
static void destination(void)
{
    uint64_t etf, trbe;

    mmio_write(0x220c0fb0, 0xc5acce55);
    mmio_write(0x220c0000, 0x301);
    mmio_write(0x20010fb0, 0xc5acce55);
    mmio_write(0x20010304, 3);
    mmio_write(0x20010020, 1);
    unit_on();
    etf = taken(0x20010000);
    trbe = taken(1);
    branches(1000);
    unit_off();
    check(taken(0x20010000) > etf && taken(1) == trbe,
          "buffer disabled: trace goes to the bus");
    etf = taken(0x20010000);
    unit_on();
    buffer(2, E | CIRCULAR | IGNORE);
    etf = taken(0x20010000);
    branches(1000);
    unit_off();
    check(taken(0x20010000) == etf && taken(1) > trbe,
          "buffer enabled: trace does not go to the bus");
    write_reg(TRBLIMITR, 0);
}

static void test(void)
{
    identification();
    undefined();
    modes();
    faults();
    out_of_range();
    filter();
    reserved();
    triggers();
    destination();
    is(exceptions, 4, "no unexpected exception");
}
