/*
 * Which instructions an ETMv4 trace unit marks with an atom
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Embedded Trace Macrocell Architecture Specification ETMv4 (ARM IHI 0064),
 * "Instruction trace P0 elements": with TRCCONFIGR.INSTP0 0 these are branches
 * and ISB.  WFI and WFE are not among them unless TRCIDR2.WFXMODE is 1, and
 * SVC, HVC, SMC and BRK are traced as the exceptions they cause.
 */
#ifndef HW_CORESIGHT_ETM4_INSN_H
#define HW_CORESIGHT_ETM4_INSN_H

#include <stdbool.h>
#include <stdint.h>

/* What the translator says about a P0 instruction; zero means it is none. */
#define ETM4_BRANCH_P0          0x1
#define ETM4_BRANCH_TAKEN       0x2
#define ETM4_BRANCH_INDIRECT    0x4
#define ETM4_BRANCH_LINK        0x8
/* The context may have changed: it is an ISB */
#define ETM4_BRANCH_CONTEXT     0x10
/* It is a T32 instruction; in AArch32 only */
#define ETM4_BRANCH_T32         0x20
/* Where in its translation block it is: the bytes that run before it */
#define ETM4_BRANCH_OFFSET_SHIFT 16

/*
 * For A64. In AArch32 whatever writes to the PC is a branch, which the translator
 * knows.  @taken says what happened to a conditional branch; the others are
 * always taken.
 */
static inline uint32_t etm4_a64_branch(uint32_t insn, bool taken,
                                       uint32_t offset)
{
    uint32_t info = ETM4_BRANCH_P0 | offset << ETM4_BRANCH_OFFSET_SHIFT;

    if ((insn & 0x7c000000) == 0x34000000 ||    /* CBZ, CBNZ, TBZ, TBNZ */
        (insn & 0xff000010) == 0x54000000) {    /* B.cond */
        /* the conditions 0b111x mean always */
        if ((insn & 0xff00001e) == 0x5400000e) {
            taken = true;
        }
        return info | (taken ? ETM4_BRANCH_TAKEN : 0);
    }
    info |= ETM4_BRANCH_TAKEN;
    if ((insn & 0x7c000000) == 0x14000000) {    /* B, BL */
        return info | (insn >> 31 ? ETM4_BRANCH_LINK : 0);
    }
    if ((insn & 0xfe000000) == 0xd6000000) {    /* BR, BLR, RET, ERET */
        return info | ETM4_BRANCH_INDIRECT |
               ((insn & 0x00600000) == 0x00200000 ? ETM4_BRANCH_LINK : 0);
    }
    if ((insn & 0xfffff0ff) == 0xd50330df) {    /* ISB */
        return info | ETM4_BRANCH_CONTEXT;
    }
    return 0;
}

#endif
