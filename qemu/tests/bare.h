/*
 * Support for a test that runs at EL1 as the only program on the machine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * System registers are out of qtest's reach, so programs test them: with the MMU
 * on, interrupts masked, and exceptions counted and stepped over.  TAP goes to the
 * first UART; PSCI ends QEMU.  Memory is mapped at its physical address: devices
 * below 0x40000000, RAM from this program's start, the pages of "area" one by one.
 */
#ifndef BOARD_TESTS_BARE_H
#define BOARD_TESTS_BARE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UART    0x1c090000
#define GICD    0x2c010000
#define MONITOR 0x1c200000

#define PAGE        0x1000ul
#define AREA        0xa0000000ul    /* of 2 MiB */
#define AREA_PAGES  512

/* Page table entries: valid, Access flag, inner shareable, and which memory */
#define PTE         0x703ul
#define PTE_BLOCK   0x701ul
#define PTE_TABLE   0x003ul
#define PTE_RAM     0x4ul
#define PTE_RO      0x80ul
#define PTE_XN      (3ul << 53)

/* By encoding, as the assembler knows neither ETE nor TRBE */
#define read_reg(encoding) ({                                           \
    uint64_t value_;                                                    \
    asm volatile("mrs %0, " encoding : "=r" (value_) : : "memory");     \
    value_;                                                             \
})
#define write_reg(encoding, value)                                      \
    asm volatile("msr " encoding ", %0; isb" : : "r" ((uint64_t)(value)) : "memory")

#define TRBLIMITR   "S3_0_C9_C11_0"
#define TRBPTR      "S3_0_C9_C11_1"
#define TRBBASER    "S3_0_C9_C11_2"
#define TRBSR       "S3_0_C9_C11_3"
#define TRBMAR      "S3_0_C9_C11_4"
#define TRBTRG      "S3_0_C9_C11_6"
#define TRBIDR      "S3_0_C9_C11_7"
#define TRFCR       "S3_0_C1_C2_1"
#define OSLAR       "S2_0_C1_C0_4"

#define TRCPRGCTLR  "S2_1_C0_C1_0"
#define TRCSTATR    "S2_1_C0_C3_0"
#define TRCCONFIGR  "S2_1_C0_C4_0"
#define TRCEVENTCTL0R "S2_1_C0_C8_0"
#define TRCEVENTCTL1R "S2_1_C0_C9_0"
#define TRCRSR      "S2_1_C0_C10_0"
#define TRCSYNCPR   "S2_1_C0_C13_0"
#define TRCTRACEIDR "S2_1_C0_C0_1"
#define TRCVICTLR   "S2_1_C0_C0_2"

/* Exceptions that were stepped over, and the syndrome of the last */
volatile uint64_t exceptions, syndrome;

asm(".pushsection .text.start, \"ax\"\n"
    ".global _start\n"
    "_start:\n"
    "   adrp x0, stack_top\n"
    "   add  x0, x0, :lo12:stack_top\n"
    "   mov  sp, x0\n"
    "   adrp x0, vectors\n"
    "   add  x0, x0, :lo12:vectors\n"
    "   msr  vbar_el1, x0\n"
    "   bl   bare_main\n"
    "   .balign 2048\n"
    "vectors:\n"
    "   .rept 16\n"
    "   .balign 128\n"
    "   stp  x0, x1, [sp, #-32]!\n"
    "   str  x2, [sp, #16]\n"
    "   adrp x0, exceptions\n"
    "   add  x0, x0, :lo12:exceptions\n"
    "   ldr  x1, [x0]\n"
    "   add  x1, x1, #1\n"
    "   str  x1, [x0]\n"
    "   adrp x0, syndrome\n"
    "   add  x0, x0, :lo12:syndrome\n"
    "   mrs  x1, esr_el1\n"
    "   str  x1, [x0]\n"
    "   mrs  x1, elr_el1\n"
    "   add  x1, x1, #4\n"
    "   msr  elr_el1, x1\n"
    "   ldr  x2, [sp, #16]\n"
    "   ldp  x0, x1, [sp], #32\n"
    "   eret\n"
    "   .endr\n"
    ".popsection\n"
    ".pushsection .bss\n"
    "   .balign 16\n"
    "   .skip 16384\n"
    "stack_top:\n"
    ".popsection\n");

static inline void mmio_write(uint64_t addr, uint32_t value)
{
    *(volatile uint32_t *)addr = value;
}

static inline uint32_t mmio_read(uint64_t addr)
{
    return *(volatile uint32_t *)addr;
}

static void put_string(const char *s)
{
    while (*s) {
        mmio_write(UART, *s++);
    }
}

static void put_number(uint64_t value, unsigned base)
{
    char digits[24], *p = digits + sizeof(digits);

    *--p = 0;
    do {
        *--p = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    put_string(p);
}

static unsigned points, failures;

static bool check(bool good, const char *what)
{
    put_string(good ? "ok " : "not ok ");
    put_number(++points, 10);
    put_string(" - ");
    put_string(what);
    put_string("\n");
    failures += !good;
    return good;
}

static void is(uint64_t got, uint64_t wanted, const char *what)
{
    if (!check(got == wanted, what)) {
        put_string("#   got 0x");
        put_number(got, 16);
        put_string(", wanted 0x");
        put_number(wanted, 16);
        put_string("\n");
    }
}

static void __attribute__((noreturn)) done_testing(void)
{
    put_string("1..");
    put_number(points, 10);
    put_string("\n");
    for (;;) {
        /* PSCI SYSTEM_OFF */
        asm volatile("mov x0, %0; hvc #0" : : "r" (0x84000008ul) :
                     "x0", "x1", "x2", "x3", "memory");
    }
}

static uint64_t level1[512] __attribute__((aligned(4096)));
static uint64_t level2[512] __attribute__((aligned(4096)));
static uint64_t area[512] __attribute__((aligned(4096)));

/* Map a page of the area anew. */
static void map_area(unsigned page, uint64_t entry)
{
    area[page] = entry;
    asm volatile("dsb ishst; tlbi vmalle1; dsb ish; isb" : : : "memory");
}

static uint64_t area_page(unsigned page)
{
    return AREA + page * PAGE;
}

static void mmu_on(uint64_t program)
{
    unsigned i;

    level1[0] = PTE_BLOCK | PTE_XN;
    level1[2] = (uint64_t)level2 | PTE_TABLE;
    for (i = (program - 0x80000000) >> 21; i < 512; i++) {
        level2[i] = (0x80000000 + ((uint64_t)i << 21)) | PTE_BLOCK | PTE_RAM;
    }
    level2[(AREA - 0x80000000) >> 21] = (uint64_t)area | PTE_TABLE;
    for (i = 0; i < AREA_PAGES; i++) {
        area[i] = area_page(i) | PTE | PTE_RAM | PTE_XN;
    }
    write_reg("mair_el1", 0xff00);
    /* 39 bits of address, 4 KiB pages, inner shareable, write-back */
    write_reg("tcr_el1", 25ul | 0x3500 | 1ul << 23 | 2ul << 32);
    write_reg("ttbr0_el1", (uint64_t)level1);
    asm volatile("dsb ish; tlbi vmalle1; dsb ish; isb" : : : "memory");
    write_reg("sctlr_el1", read_reg("sctlr_el1") | 0x1005);
}

static void test(void);

extern char _start[];

void __attribute__((noreturn, used)) bare_main(void)
{
    mmu_on((uint64_t)_start & ~0x1ffffful);
    test();
    done_testing();
}

/* There is no C library: these are functions that the compiler may call. */
void *memset(void *to, int byte, size_t n)
{
    volatile char *p = to;

    while (n--) {
        *p++ = byte;
    }
    return to;
}

#endif
