/*
 * Embedded Trace Extension (ETE): a trace unit of system registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Arm Architecture Reference Manual (ARM DDI 0487), chapters "The Embedded Trace
 * Extension" and "Trace Unit Programming", and the register TRFCR_EL1.  etm4.c
 * has what the unit does.  This file has what differs from an ETMv4: how the
 * registers are accessed and which of them exist, the OS Lock, which belongs to
 * the CPU, and TRFCR_EL1.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qapi/error.h"
#include "cpu.h"
#include "internals.h"
#include "hw/coresight/etm4.h"
#include "cpregs.h"

#define OSLSR_OSLM      0x10    /* OSLM 0b100: the lock is OSLAR_EL1 */
#define OSLSR_OSLK      0x2
#define CPACR_TTA       (1u << 28)

/* TRFCR_EL1.TS: 0b00 and 0b10 are reserved, as there is no EL2 */
#define TRFCR_TS_OK     0x20
#define TRFCR_MASK      (0x60 | TRFCR_E1TRE | TRFCR_E0TRE)

static bool (*ete_parent_read)(CoreSightDevice *d, hwaddr offset,
                               uint32_t *value);

/*
 * CPUs of a cluster share translations, so the unit is found by the CPU's index
 * and not by ARMCPRegInfo::opaque.
 */
static ETM4State *ete_unit(CPUARMState *env)
{
    ETM4State *s = etm4_of_cpu(env_cpu(env)->cpu_index);

    s->os_locked = env->cp15.oslsr_el1 & OSLSR_OSLK;
    return s;
}

/* "System instruction encodings": where ETMv4 has the TRC* register */
static hwaddr ete_offset(const ARMCPRegInfo *ri)
{
    return (ri->crn << 7 | ri->opc2 << 4 | ri->crm) * 4;
}

/* Address comparators and Context IDs are of 64 bits, the others of 32. */
static bool ete_is_wide(hwaddr offset)
{
    return offset >= TRCACVR0 && offset < TRCCIDCCTLR0;
}

static bool ete_exists(ETM4State *s, hwaddr offset, bool isread)
{
    uint32_t mask;

    switch (offset) {
    case TRCPRGCTLR:
    case CS_CLAIMSET:
    case CS_CLAIMCLR:
        return true;
    case TRCSTATR:
    case TRCIDR8 ... TRCIDR13:
    case TRCIMSPEC0:
    case TRCIDR0 ... TRCIDR7:
    case TRCOSLSR:
    case CS_AUTHSTATUS:
    case CS_DEVARCH:
    case CS_DEVID:
        return isread;
    default:
        return !(ete_is_wide(offset) && (offset & 4)) &&
               etm4_writable(s, offset, &mask);
    }
}

static CPAccessResult ete_access(CPUARMState *env, const ARMCPRegInfo *ri,
                                 bool isread)
{
    if (!ete_exists(ete_unit(env), ete_offset(ri), isread)) {
        return CP_ACCESS_TRAP_UNCATEGORIZED;
    }
    return env->cp15.cpacr_el1 & CPACR_TTA ? CP_ACCESS_TRAP : CP_ACCESS_OK;
}

static uint64_t ete_read_register(CPUARMState *env, const ARMCPRegInfo *ri)
{
    CoreSightDevice *d = &ete_unit(env)->parent_obj;
    hwaddr offset = ete_offset(ri);
    uint64_t value = coresight_read_register(d, offset);

    if (ete_is_wide(offset)) {
        value |= (uint64_t)coresight_read_register(d, offset + 4) << 32;
    }
    return value;
}

static void ete_write_register(CPUARMState *env, const ARMCPRegInfo *ri,
                               uint64_t value)
{
    ETM4State *s = ete_unit(env);
    hwaddr offset = ete_offset(ri);

    if (offset == TRCPRGCTLR) {
        etm4_flush(s);
    }
    coresight_write_register(&s->parent_obj, offset, value);
    if (ete_is_wide(offset)) {
        coresight_write_register(&s->parent_obj, offset + 4, value >> 32);
    }
}

/* If there is an access function, QEMU saves the PC, which the others need. */
static CPAccessResult ete_trfcr_access(CPUARMState *env, const ARMCPRegInfo *ri,
                                       bool isread)
{
    return CP_ACCESS_OK;
}

static uint64_t ete_trfcr_read(CPUARMState *env, const ARMCPRegInfo *ri)
{
    return ete_unit(env)->trfcr;
}

static void ete_trfcr_write(CPUARMState *env, const ARMCPRegInfo *ri,
                            uint64_t value)
{
    ETM4State *s = ete_unit(env);

    if ((value & (TRFCR_E0TRE | TRFCR_E1TRE)) && !(value & TRFCR_TS_OK)) {
        coresight_guest_error(&s->parent_obj, "TRFCR_EL1 with a reserved TS");
    }
    etm4_flush(s);
    atb_lock();
    etm4_set_trfcr(s, value & TRFCR_MASK);
    atb_unlock();
}

/* At the CPU's reset, which is also what PSCI CPU_ON does */
static void ete_cpu_reset(CPUARMState *env, const ARMCPRegInfo *ri)
{
    device_cold_reset(DEVICE(ete_unit(env)));
}

#define ETE_REGS(_name, _crn)                                               \
    { .name = _name, .state = ARM_CP_STATE_AA64, .opc0 = 2, .opc1 = 1,      \
      .crn = _crn, .crm = CP_ANY, .opc2 = CP_ANY, .access = PL1_RW,         \
      .type = ARM_CP_IO | ARM_CP_NO_RAW, .accessfn = ete_access,            \
      .readfn = ete_read_register, .writefn = ete_write_register,           \
      .resetfn = arm_cp_reset_ignore }

static const ARMCPRegInfo ete_reginfo[] = {
    ETE_REGS("TRC_C0", 0), ETE_REGS("TRC_C1", 1), ETE_REGS("TRC_C2", 2),
    ETE_REGS("TRC_C3", 3), ETE_REGS("TRC_C4", 4), ETE_REGS("TRC_C5", 5),
    ETE_REGS("TRC_C6", 6), ETE_REGS("TRC_C7", 7),
    { .name = "TRFCR_EL1", .state = ARM_CP_STATE_AA64, .opc0 = 3, .opc1 = 0,
      .crn = 1, .crm = 2, .opc2 = 1, .access = PL1_RW,
      .type = ARM_CP_IO | ARM_CP_NO_RAW, .accessfn = ete_trfcr_access,
      .readfn = ete_trfcr_read, .writefn = ete_trfcr_write,
      .resetfn = ete_cpu_reset },
};

static bool ete_read(CoreSightDevice *d, hwaddr offset, uint32_t *value)
{
    if (offset == TRCOSLSR) {
        *value = OSLSR_OSLM |
                 (CORESIGHT_ETM4(d)->os_locked ? OSLSR_OSLK : 0);
        return true;
    }
    return ete_parent_read(d, offset, value);
}

static void ete_realize(DeviceState *dev, Error **errp)
{
    ETM4State *s = CORESIGHT_ETM4(dev);
    DeviceClass *parent =
        DEVICE_CLASS(object_class_by_name(TYPE_CORESIGHT_DEVICE));

    if (!etm4_attach(s, errp)) {
        return;
    }
    parent->realize(dev, errp);
    define_arm_cp_regs(s->cpu, ete_reginfo);
}

static void ete_init(Object *obj)
{
    ETM4State *s = CORESIGHT_ETM4(obj);

    s->ete = true;
    s->parent_obj.no_regs = true;
}

static void ete_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->desc = "Embedded Trace Extension";
    dc->realize = ete_realize;
    c->devarch = 0x47705a13;    /* ETEv1.0 */
    ete_parent_read = c->read;
    c->read = ete_read;
}

static const TypeInfo ete_types[] = {
    {
        .name = TYPE_CORESIGHT_ETE,
        .parent = TYPE_CORESIGHT_ETM4,
        .instance_size = sizeof(ETM4State),
        .instance_init = ete_init,
        .class_init = ete_class_init,
    },
};

DEFINE_TYPES(ete_types)
