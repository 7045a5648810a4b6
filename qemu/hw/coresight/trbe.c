/*
 * Trace Buffer Extension (TRBE): a CPU's own trace sink
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Arm Architecture Reference Manual (ARM DDI 0487), chapter "The Trace Buffer
 * Extension", and the descriptions of the registers TRB*_EL1.  The CPUs have no
 * EL2 or EL3, so the owner is EL1 and its stage 1 translates.
 *
 * Operations are instantaneous: the trace unit hands on what it holds before
 * software reads or writes a register that tells of it, so that there is nothing
 * left for TSB CSYNC to wait for.
 *
 * Where the architecture leaves a choice: TRBIDR_EL1.P is 0 and .Align too, as
 * any byte can be the first; .F is 1, as the walk manages the Access flag and the
 * dirty state.  Registers do not change while the buffer is enabled, but for
 * TRBLIMITR_EL1 when that disables it.  With the write pointer outside of base
 * and limit, trace is discarded.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qapi/error.h"
#include "cpu.h"
#include "internals.h"
#include "exec/address-spaces.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "hw/coresight/etm4.h"
#include "cpregs.h"
#include "trace.h"

OBJECT_DECLARE_SIMPLE_TYPE(TRBEState, CORESIGHT_TRBE)

#define LIMITR_E        0x1
#define LIMITR_FM(v)    ((v) >> 1 & 3)
#define LIMITR_TM(v)    ((v) >> 3 & 3)
#define LIMITR_NVM      0x20
#define LIMITR_LIMIT    (~0xfffull)
#define LIMITR_MASK     (LIMITR_LIMIT | 0x3f)

#define FM_FILL         0
#define FM_WRAP         1
#define FM_RESERVED     2
#define FM_CIRCULAR     3

#define TM_STOP         0
#define TM_IRQ          1

#define SR_S            (1u << 17)
#define SR_EA           (1u << 18)
#define SR_WRAP         (1u << 20)
#define SR_TRG          (1u << 21)
#define SR_IRQ          (1u << 22)
#define SR_DAT          (1u << 23)
#define SR_MSS          0xffffu
#define SR_EC           (0x3fu << 26)
#define SR_EC_STAGE1    (0x24u << 26)
#define SR_MASK         (SR_EC | SR_DAT | SR_IRQ | SR_TRG | SR_WRAP | SR_EA | \
                         SR_S | SR_MSS)

/* TRBSR.MSS: the buffer's status code, or that of a fault */
#define BSC_FILLED      0x1
#define BSC_TRIGGER     0x2
#define FSC_EXTERNAL    0x10

#define IDR_F           0x20

#define TRBE_PAGE       0x1000

struct TRBEState {
    CoreSightDevice parent_obj;

    ARMCPU *cpu;
    ETM4State *unit;
    qemu_irq irq;

    uint64_t limitr;
    uint64_t ptr;
    uint64_t baser;
    uint64_t sr;
    uint64_t mar;
    uint64_t trg;
};

static uint64_t trbe_limit(TRBEState *s)
{
    return s->limitr & LIMITR_LIMIT;
}

static bool trbe_in_range(TRBEState *s)
{
    return s->ptr >= s->baser && s->ptr < trbe_limit(s) &&
           !((s->ptr ^ s->baser) >> 56);
}

/* It takes trace, and has a place for it. */
static bool trbe_running(TRBEState *s)
{
    return (s->limitr & LIMITR_E) && !(s->sr & SR_S) && trbe_in_range(s);
}

/*
 * The maintenance interrupt, whose level is TRBSR.IRQ
 */
static void trbe_set_line(TRBEState *s)
{
    qemu_set_irq(s->irq, !!(s->sr & SR_IRQ));
}

static void trbe_line_work(CPUState *cs, run_on_cpu_data data)
{
    trbe_set_line(data.host_ptr);
}

/* Translated code does not hold the BQL, and register accesses do. */
static void trbe_interrupt(TRBEState *s)
{
    s->sr |= SR_IRQ;
    if (qemu_mutex_iothread_locked()) {
        trbe_set_line(s);
    } else {
        async_run_on_cpu(CPU(s->cpu), trbe_line_work, RUN_ON_CPU_HOST_PTR(s));
    }
}

/* "Trace buffer management events": EC and MSS describe the first one. */
static void trbe_stop(TRBEState *s, uint32_t ec, uint32_t mss)
{
    if (!(s->sr & SR_S)) {
        s->sr = (s->sr & ~(uint64_t)(SR_EC | SR_MSS)) | SR_S | ec | mss;
    }
    trace_trbe_stop(CPU(s->cpu)->cpu_index, s->ptr, s->sr);
    trbe_interrupt(s);
}

/*
 * Writing
 */

/* Translate the owner's @va. False if that faults, with the code in @fsc. */
static bool trbe_translate(TRBEState *s, uint64_t va, hwaddr *pa,
                           MemTxAttrs *attrs, uint32_t *fsc)
{
    GetPhysAddrResult res = {};
    ARMMMUFaultInfo fi = {};

    if (s->limitr & LIMITR_NVM) {
        *pa = va;
        *attrs = (MemTxAttrs) { .secure = arm_is_secure_below_el3(&s->cpu->env) };
        return true;
    }
    /* Not by the CPU's current state: it may be at EL0, or have PSTATE.PAN set. */
    if (get_phys_addr(&s->cpu->env, va, MMU_DATA_STORE, ARMMMUIdx_E10_1, &res,
                      &fi)) {
        *fsc = arm_fi_to_lfsc(&fi) & 0x3f;
        return false;
    }
    *pa = res.f.phys_addr;
    *attrs = res.f.attrs;
    return true;
}

/* Store @buf, which does not cross a page, if that is RAM. */
static bool trbe_store(TRBEState *s, const uint8_t *buf, size_t len,
                       uint32_t *fsc)
{
    AddressSpace *as;
    MemoryRegion *mr;
    MemTxAttrs attrs;
    hwaddr pa, xlat, l = len;

    if (!trbe_translate(s, s->ptr, &pa, &attrs, fsc)) {
        return false;
    }
    as = arm_addressspace(CPU(s->cpu), attrs);
    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(as, pa, &xlat, &l, true, attrs);
    if (l < len || !memory_access_is_direct(mr, true) ||
        address_space_write(as, pa, attrs, buf, len) != MEMTX_OK) {
        *fsc = FSC_EXTERNAL;
        return false;
    }
    return true;
}

/* "Trace buffer modes": the last byte before the limit has been written. */
static void trbe_wrap(TRBEState *s)
{
    s->ptr = s->baser;
    s->sr |= SR_WRAP;
    switch (LIMITR_FM(s->limitr)) {
    case FM_FILL:
    case FM_RESERVED:
        trbe_stop(s, 0, BSC_FILLED);
        break;
    case FM_WRAP:
        trbe_interrupt(s);
        break;
    }
}

/* "Trace buffer triggers": as many bytes as TRBTRG_EL1 says have followed. */
static void trbe_trigger_event(TRBEState *s)
{
    switch (LIMITR_TM(s->limitr)) {
    case TM_STOP:
        trbe_stop(s, 0, BSC_TRIGGER);
        break;
    case TM_IRQ:
        trbe_interrupt(s);
        break;
    }
}

void trbe_trigger(TRBEState *s)
{
    if (!(s->sr & SR_TRG)) {
        s->sr |= SR_TRG;
        if (!s->trg) {
            trbe_trigger_event(s);
        }
    }
}

static bool trbe_counting(TRBEState *s)
{
    return s->trg && (s->sr & SR_TRG);
}

uint64_t trbe_room(TRBEState *s)
{
    uint64_t room;

    if (!trbe_running(s)) {
        return UINT64_MAX;
    }
    room = trbe_limit(s) - s->ptr;
    return trbe_counting(s) ? MIN(room, s->trg) : room;
}

void trbe_write(TRBEState *s, const uint8_t *buf, size_t len)
{
    size_t left = len;

    while (left && trbe_running(s)) {
        size_t n = MIN(MIN(left, trbe_room(s)),
                       TRBE_PAGE - s->ptr % TRBE_PAGE);
        uint32_t fsc;

        if (!trbe_store(s, buf, n, &fsc)) {
            trbe_stop(s, SR_EC_STAGE1, fsc);
            break;
        }
        buf += n;
        left -= n;
        s->ptr += n;
        if (s->ptr == trbe_limit(s)) {
            trbe_wrap(s);
        }
        if (trbe_counting(s)) {
            s->trg -= n;
            if (!s->trg) {
                trbe_trigger_event(s);
            }
        }
    }
    atb_lock();
    s->parent_obj.sink_bytes += len - left;
    atb_unlock();
}

/*
 * Registers.  CPUs of a cluster share translations, so what belongs to the CPU
 * is found by its index and not by ARMCPRegInfo::opaque.
 */
static TRBEState *trbe_units[256];

/* Call before software reads how far trace has got, or changes where it goes. */
static TRBEState *trbe_settled(CPUARMState *env)
{
    TRBEState *s = trbe_units[env_cpu(env)->cpu_index];

    if (s->unit) {
        etm4_flush(s->unit);
    }
    return s;
}

static uint64_t *trbe_register(TRBEState *s, const ARMCPRegInfo *ri,
                               uint64_t *mask)
{
    switch (ri->opc2) {
    case 0:
        *mask = LIMITR_MASK;
        return &s->limitr;
    case 1:
        *mask = UINT64_MAX;
        return &s->ptr;
    case 2:
        *mask = LIMITR_LIMIT;
        return &s->baser;
    case 3:
        *mask = SR_MASK;
        return &s->sr;
    case 4:
        *mask = 0x3ff;
        return &s->mar;
    default:
        *mask = UINT32_MAX;
        return &s->trg;
    }
}

static uint64_t trbe_read(CPUARMState *env, const ARMCPRegInfo *ri)
{
    TRBEState *s = trbe_settled(env);
    uint64_t mask;

    return *trbe_register(s, ri, &mask);
}

static void trbe_check(TRBEState *s)
{
    if (LIMITR_FM(s->limitr) == FM_RESERVED) {
        coresight_guest_error(&s->parent_obj, "enabled with a reserved mode");
    }
    if (!trbe_in_range(s)) {
        coresight_guest_error(&s->parent_obj, "enabled with the write pointer 0x%"
                              PRIx64 " outside of base 0x%" PRIx64 " and limit"
                              " 0x%" PRIx64, s->ptr, s->baser, trbe_limit(s));
    }
}

static void trbe_set_register(CPUARMState *env, const ARMCPRegInfo *ri,
                              uint64_t value)
{
    TRBEState *s = trbe_settled(env);
    bool was = s->limitr & LIMITR_E, on = was;
    uint64_t mask, *reg = trbe_register(s, ri, &mask);

    if (reg == &s->limitr) {
        on = value & LIMITR_E;
    }
    /* CONSTRAINED UNPREDICTABLE ("Trace buffer management"): ignored */
    if (was && on) {
        coresight_guest_error(&s->parent_obj, "write to %s while enabled",
                              ri->name);
        return;
    }
    *reg = value & mask;
    if (reg == &s->sr) {
        trbe_set_line(s);
    }
    if (on && !was) {
        trace_trbe_enable(CPU(s->cpu)->cpu_index, s->baser, s->ptr, s->limitr);
        trbe_check(s);
    }
    if (on != was && s->unit) {
        etm4_set_buffer(s->unit, on);
    }
}

/* If there is an access function, QEMU saves the PC, which the others need. */
static CPAccessResult trbe_access(CPUARMState *env, const ARMCPRegInfo *ri,
                                  bool isread)
{
    return CP_ACCESS_OK;
}

/* At the CPU's reset, which is also what PSCI CPU_ON does */
static void trbe_cpu_reset(CPUARMState *env, const ARMCPRegInfo *ri)
{
    device_cold_reset(DEVICE(trbe_units[env_cpu(env)->cpu_index]));
}

#define TRBE_REG(_name, _opc2, ...)                                         \
    { .name = _name, .state = ARM_CP_STATE_AA64, .opc0 = 3, .opc1 = 0,      \
      .crn = 9, .crm = 11, .opc2 = _opc2, .access = PL1_RW,                 \
      .type = ARM_CP_IO | ARM_CP_NO_RAW, .accessfn = trbe_access,           \
      .readfn = trbe_read, .writefn = trbe_set_register, __VA_ARGS__ }

static const ARMCPRegInfo trbe_reginfo[] = {
    TRBE_REG("TRBLIMITR_EL1", 0, .resetfn = trbe_cpu_reset),
    TRBE_REG("TRBPTR_EL1", 1, .resetfn = arm_cp_reset_ignore),
    TRBE_REG("TRBBASER_EL1", 2, .resetfn = arm_cp_reset_ignore),
    TRBE_REG("TRBSR_EL1", 3, .resetfn = arm_cp_reset_ignore),
    TRBE_REG("TRBMAR_EL1", 4, .resetfn = arm_cp_reset_ignore),
    TRBE_REG("TRBTRG_EL1", 6, .resetfn = arm_cp_reset_ignore),
    { .name = "TRBIDR_EL1", .state = ARM_CP_STATE_AA64, .opc0 = 3, .opc1 = 0,
      .crn = 9, .crm = 11, .opc2 = 7, .access = PL1_R, .type = ARM_CP_CONST,
      .resetvalue = IDR_F },
};

static void trbe_reset(DeviceState *dev)
{
    TRBEState *s = CORESIGHT_TRBE(dev);

    coresight_device_reset(dev);
    s->limitr = 0;
    s->ptr = 0;
    s->baser = 0;
    s->sr = 0;
    s->mar = 0;
    s->trg = 0;
    trbe_set_line(s);
}

static void trbe_realize(DeviceState *dev, Error **errp)
{
    TRBEState *s = CORESIGHT_TRBE(dev);
    DeviceClass *parent =
        DEVICE_CLASS(object_class_by_name(TYPE_CORESIGHT_DEVICE));
    int index;

    if (!s->cpu) {
        error_setg(errp, "a trace buffer needs a CPU");
        return;
    }
    index = CPU(s->cpu)->cpu_index;
    if (index >= ARRAY_SIZE(trbe_units) || trbe_units[index]) {
        error_setg(errp, "CPU %d cannot have this trace buffer", index);
        return;
    }
    trbe_units[index] = s;
    s->unit = etm4_of_cpu(index);
    if (s->unit) {
        s->unit->trbe = s;
    }
    parent->realize(dev, errp);
    define_arm_cp_regs(s->cpu, trbe_reginfo);
}

static void trbe_init(Object *obj)
{
    TRBEState *s = CORESIGHT_TRBE(obj);

    s->parent_obj.no_regs = true;
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
}

static const VMStateDescription vmstate_trbe = {
    .name = TYPE_CORESIGHT_TRBE,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_CORESIGHT_DEVICE(parent_obj, TRBEState),
        VMSTATE_UINT64(limitr, TRBEState),
        VMSTATE_UINT64(ptr, TRBEState),
        VMSTATE_UINT64(baser, TRBEState),
        VMSTATE_UINT64(sr, TRBEState),
        VMSTATE_UINT64(mar, TRBEState),
        VMSTATE_UINT64(trg, TRBEState),
        VMSTATE_END_OF_LIST()
    }
};

static Property trbe_properties[] = {
    DEFINE_PROP_LINK("cpu", TRBEState, cpu, TYPE_ARM_CPU, ARMCPU *),
    DEFINE_PROP_END_OF_LIST(),
};

static void trbe_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "Trace Buffer Extension";
    dc->realize = trbe_realize;
    dc->reset = trbe_reset;
    dc->vmsd = &vmstate_trbe;
    device_class_set_props(dc, trbe_properties);
    CORESIGHT_DEVICE_CLASS(klass)->is_sink = true;
}

static const TypeInfo trbe_types[] = {
    {
        .name = TYPE_CORESIGHT_TRBE,
        .parent = TYPE_CORESIGHT_DEVICE,
        .instance_size = sizeof(TRBEState),
        .instance_init = trbe_init,
        .class_init = trbe_class_init,
    },
};

DEFINE_TYPES(trbe_types)
