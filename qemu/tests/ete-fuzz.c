/*
 * Random accesses to every system register of ETE and TRBE
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * QEMU must neither crash nor hang, memory outside of the trace buffer must not
 * change, and in the end trace is captured as before.  Half of the accesses are to
 * any register with any value; the other half write values that make sense, so that
 * trace is captured meanwhile.  Prints TAP.  -DACCESSES= and -DSEED= make others.
 */
#include "bare.h"

#ifndef ACCESSES
#define ACCESSES 10000000
#endif
#ifndef SEED
#define SEED 88172645463325252
#endif

/* Code that reads and writes each: op0 2, op1 1 by CRn, CRm, op2, then the others */
#define ETE_REGS    (8 * 16 * 8)
#define REGS        (ETE_REGS + 10)
#define MRS_X0      0xd5300000u
#define MSR_X0      0xd5100000u
#define RET         0xd65f03c0u

/* Encodings of the others: op0 in bit 19, op1, CRn, CRm, op2 */
#define SYSREG(op0, op1, crn, crm, op2) \
    ((op0 - 2u) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)

static uint32_t code[REGS][2][2] __attribute__((aligned(4096)));

static const struct {
    unsigned reg;
    uint64_t mask, fixed;
} sense[] = {
    /* TRBLIMITR, TRBPTR, TRBBASER, TRBSR, TRBTRG */
    { ETE_REGS + 0, 0x0000ff03f, AREA }, { ETE_REGS + 0, 0x0000ff01f, AREA },
    { ETE_REGS + 0, 0, 0 }, { ETE_REGS + 1, 0x0000fffff, AREA },
    { ETE_REGS + 2, 0x0000fffff, AREA }, { ETE_REGS + 3, 0x700000, 0 },
    { ETE_REGS + 3, 0, 0 }, { ETE_REGS + 6, 0xfff, 0 },
    /* TRFCR, the OS Lock */
    { ETE_REGS + 8, 0x3, 0x20 }, { ETE_REGS + 8, 0x3, 0x20 },
    { ETE_REGS + 9, 0, 0 }, { ETE_REGS + 9, 1, 0 },
    /* By CRn, CRm, op2: TRCPRGCTLR, TRCCONFIGR, TRCSYNCPR, TRCTRACEIDR, TRCVICTLR */
    { 0 << 7 | 1 << 3 | 0, 1, 0 }, { 0 << 7 | 1 << 3 | 0, 1, 0 },
    { 0 << 7 | 4 << 3 | 0, 0x1fff, 0 }, { 0 << 7 | 13 << 3 | 0, 0x1f, 0 },
    { 0 << 7 | 0 << 3 | 1, 0x7f, 0 }, { 0 << 7 | 0 << 3 | 2, 0xf0fff, 0 },
    { 0 << 7 | 0 << 3 | 2, 0, 0x201 },
    /* TRCEVENTCTL0R, TRCEVENTCTL1R, TRCTSCTLR, TRCRSCTLR2, TRCCNTCTLR0 */
    { 0 << 7 | 8 << 3 | 0, 0x8f, 0 }, { 0 << 7 | 9 << 3 | 0, 1, 0 },
    { 0 << 7 | 12 << 3 | 0, 0x8f, 0 }, { 1 << 7 | 2 << 3 | 0, 0x3fffff, 0 },
    { 0 << 7 | 4 << 3 | 5, 0x18f8f, 0 },
};

#define SENSE (sizeof(sense) / sizeof(sense[0]))

static uint64_t state = SEED;

static uint64_t rnd(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 16) % below;
}

static uint64_t rnd64(void)
{
    unsigned bits = rnd(65);

    return bits ? (rnd(1ull << 32) << 32 | rnd(1ull << 32)) >> (64 - bits) : 0;
}

static void write_code(void)
{
    static const uint32_t others[] = {
        SYSREG(3, 0, 9, 11, 0), SYSREG(3, 0, 9, 11, 1), SYSREG(3, 0, 9, 11, 2),
        SYSREG(3, 0, 9, 11, 3), SYSREG(3, 0, 9, 11, 4), SYSREG(3, 0, 9, 11, 5),
        SYSREG(3, 0, 9, 11, 6), SYSREG(3, 0, 9, 11, 7), SYSREG(3, 0, 1, 2, 1),
        SYSREG(2, 0, 1, 0, 4),
    };
    unsigned i;

    for (i = 0; i < REGS; i++) {
        uint32_t reg = i >= ETE_REGS ? others[i - ETE_REGS] :
                       SYSREG(2, 1, i >> 7, i >> 3 & 15, i & 7);

        code[i][0][0] = MRS_X0 | reg;
        code[i][1][0] = MSR_X0 | reg;
        code[i][0][1] = RET;
        code[i][1][1] = RET;
    }
    asm volatile("dsb ish; ic iallu; dsb ish; isb" : : : "memory");
}

static uint64_t access(unsigned reg, bool write, uint64_t value)
{
    return ((uint64_t (*)(uint64_t))code[reg][write])(value);
}

/* Trace must not be stored where this program is: with nVM, nothing else stops it. */
static uint64_t harmless(uint64_t value)
{
    return value >> 30 == 2 ? value | AREA : value;
}

static uint64_t sum(const volatile uint64_t *from, const volatile uint64_t *to)
{
    uint64_t s = 0;

    while (from < to) {
        s = s * 31 + *from++;
    }
    return s;
}

/* Two pages of trace fill, and no third. */
static bool capture(void)
{
    volatile unsigned n = 20000;
    unsigned i;

    write_reg(TRCPRGCTLR, 0);
    for (i = 0; i < SENSE; i++) {
        access(sense[i].reg, true, 0);
    }
    write_reg(OSLAR, 0);
    access(7 << 7 | 9 << 3 | 6, true, 0xf);     /* TRCCLAIMCLR */
    write_reg(TRCVICTLR, 0x201);
    write_reg("S2_1_C0_C1_2", 0);               /* TRCVIIECTLR, TRCVISSCTLR */
    write_reg("S2_1_C0_C2_2", 0);
    write_reg(TRBBASER, AREA);
    write_reg(TRBPTR, AREA);
    write_reg(TRBLIMITR, area_page(2) | 0x19);
    write_reg(TRFCR, 0x22);
    write_reg(TRCPRGCTLR, 1);
    while (--n) {
        ;
    }
    write_reg(TRCPRGCTLR, 0);
    return read_reg(TRBLIMITR) == (area_page(2) | 0x19) &&
           (read_reg(TRBSR) || read_reg(TRBPTR) > AREA);
}

static void test(void)
{
    uint64_t before, i;

    write_code();
    write_reg(OSLAR, 0);
    check(capture(), "trace is captured");
    before = sum((uint64_t *)code, (uint64_t *)(code + REGS));
    /* Three pages that trace cannot be stored to */
    map_area(0x10, 0);
    map_area(0x20, area_page(0x20) | PTE | PTE_RAM | PTE_RO | PTE_XN);
    map_area(0x30, UART | PTE | PTE_XN);
    for (i = 0; i < ACCESSES; i++) {
        if (rnd(2)) {
            unsigned reg = rnd(4) ? rnd(REGS) : ETE_REGS + rnd(9);

            access(reg, rnd(2), harmless(rnd64()));
        } else {
            unsigned j = rnd(SENSE);

            access(sense[j].reg, true, (rnd64() & sense[j].mask) | sense[j].fixed);
        }
    }
    put_string("# ");
    put_number(ACCESSES, 10);
    put_string(" accesses, of which ");
    put_number(exceptions, 10);
    put_string(" UNDEFINED\n");
    check(exceptions > ACCESSES / 100, "some registers do not exist");
    write_reg(TRCPRGCTLR, 0);
    is(sum((uint64_t *)code, (uint64_t *)(code + REGS)), before,
       "nothing was stored where it should not be");
    check(capture(), "after random accesses, trace is captured as before");
}
