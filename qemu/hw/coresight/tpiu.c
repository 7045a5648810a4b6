/*
 * CoreSight Trace Port Interface Unit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ARM CoreSight SoC-400 Technical Reference Manual (ARM DDI 0480), chapter
 * "TPIU register summary".  No trace port analyzer is attached: what
 * arrives is counted and discarded.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "hw/coresight/coresight.h"
#include "trace.h"

OBJECT_DECLARE_SIMPLE_TYPE(TPIUState, CORESIGHT_TPIU)

#define TPIU_SUPP_PORTSZ        0x000
#define TPIU_CURR_PORTSZ        0x004
#define TPIU_SUPP_TRIGMODES     0x100
#define TPIU_TRIG_CNTRVAL       0x104
#define TPIU_TRIG_MULT          0x108
#define TPIU_SUPP_TESTPATM      0x200
#define TPIU_CURR_TESTPATM      0x204
#define TPIU_TEST_PATREPCNTR    0x208
#define TPIU_FFSR               0x300
#define TPIU_FFCR               0x304
#define TPIU_FSYNC_CNTR         0x308
#define TPIU_EXTCTL_IN          0x400
#define TPIU_EXTCTL_OUT         0x404

#define FFSR_FLINPROG           0x1
#define FFSR_FTSTOPPED          0x2
#define FFSR_TCPRESENT          0x4

#define FFCR_FONMAN             0x0040
#define FFCR_STOPFL             0x1000
#define FFCR_MASK               0x3773

#define DEVID_TPIU              0xa0    /* asynchronous, FIFO of 4 */

struct TPIUState {
    CoreSightDevice parent_obj;

    uint32_t port_size;
    uint32_t trig_count;
    uint32_t trig_mult;
    uint32_t test_pattern;
    uint32_t test_repeat;
    uint32_t ffcr;
    uint32_t fsync;
    uint32_t ext_out;
    bool stopped;
};

static size_t tpiu_atb_write(ATBReceiver *r, unsigned port, uint8_t trace_id,
                             const uint8_t *buf, size_t len)
{
    CORESIGHT_DEVICE(r)->sink_bytes += len;
    return len;
}

static bool tpiu_read(CoreSightDevice *d, hwaddr offset, uint32_t *value)
{
    TPIUState *s = CORESIGHT_TPIU(d);

    switch (offset) {
    case TPIU_SUPP_PORTSZ:
        *value = UINT32_MAX;
        break;
    case TPIU_CURR_PORTSZ:
        *value = s->port_size;
        break;
    case TPIU_SUPP_TRIGMODES:
        *value = 0x11f;
        break;
    case TPIU_TRIG_CNTRVAL:
        *value = s->trig_count;
        break;
    case TPIU_TRIG_MULT:
        *value = s->trig_mult;
        break;
    case TPIU_SUPP_TESTPATM:
        *value = 0x3000f;
        break;
    case TPIU_CURR_TESTPATM:
        *value = s->test_pattern;
        break;
    case TPIU_TEST_PATREPCNTR:
        *value = s->test_repeat;
        break;
    case TPIU_FFSR:
        *value = FFSR_TCPRESENT | (s->stopped ? FFSR_FTSTOPPED : 0);
        break;
    case TPIU_FFCR:
        *value = s->ffcr;
        break;
    case TPIU_FSYNC_CNTR:
        *value = s->fsync;
        break;
    case TPIU_EXTCTL_IN:
        *value = 0;
        break;
    case TPIU_EXTCTL_OUT:
        *value = s->ext_out;
        break;
    default:
        return false;
    }
    return true;
}

static bool tpiu_write(CoreSightDevice *d, hwaddr offset, uint32_t value)
{
    TPIUState *s = CORESIGHT_TPIU(d);

    switch (offset) {
    case TPIU_CURR_PORTSZ:
        if (!is_power_of_2(value)) {
            coresight_guest_error(d, "port size 0x%08x", value);
            break;
        }
        s->port_size = value;
        break;
    case TPIU_TRIG_CNTRVAL:
        s->trig_count = value & 0xff;
        break;
    case TPIU_TRIG_MULT:
        s->trig_mult = value & 0x1f;
        break;
    case TPIU_CURR_TESTPATM:
        s->test_pattern = value & 0x3000f;
        break;
    case TPIU_TEST_PATREPCNTR:
        s->test_repeat = value & 0xff;
        break;
    case TPIU_FFCR:
        /* A flush completes before the write does */
        s->ffcr = value & FFCR_MASK & ~FFCR_FONMAN;
        if (value & FFCR_FONMAN) {
            atb_flush_sources();
            s->stopped = value & FFCR_STOPFL;
        } else if (!(value & FFCR_STOPFL)) {
            s->stopped = false;
        }
        break;
    case TPIU_FSYNC_CNTR:
        s->fsync = value & 0xfff;
        break;
    case TPIU_EXTCTL_OUT:
        s->ext_out = value & 0xff;
        break;
    case TPIU_SUPP_PORTSZ:
    case TPIU_SUPP_TRIGMODES:
    case TPIU_SUPP_TESTPATM:
    case TPIU_FFSR:
    case TPIU_EXTCTL_IN:
        coresight_read_only_error(d, offset);
        break;
    default:
        return false;
    }
    return true;
}

static const VMStateDescription vmstate_tpiu = {
    .name = TYPE_CORESIGHT_TPIU,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_CORESIGHT_DEVICE(parent_obj, TPIUState),
        VMSTATE_UINT32(port_size, TPIUState),
        VMSTATE_UINT32(trig_count, TPIUState),
        VMSTATE_UINT32(trig_mult, TPIUState),
        VMSTATE_UINT32(test_pattern, TPIUState),
        VMSTATE_UINT32(test_repeat, TPIUState),
        VMSTATE_UINT32(ffcr, TPIUState),
        VMSTATE_UINT32(fsync, TPIUState),
        VMSTATE_UINT32(ext_out, TPIUState),
        VMSTATE_BOOL(stopped, TPIUState),
        VMSTATE_END_OF_LIST()
    }
};

static void tpiu_reset(DeviceState *dev)
{
    TPIUState *s = CORESIGHT_TPIU(dev);

    coresight_device_reset(dev);
    s->port_size = 1;
    s->trig_count = 0;
    s->trig_mult = 0;
    s->test_pattern = 0;
    s->test_repeat = 0;
    s->ffcr = 0;
    s->fsync = 0x40;
    s->ext_out = 0;
    s->stopped = false;
}

static void tpiu_init(Object *obj)
{
    CORESIGHT_DEVICE(obj)->devid = DEVID_TPIU;
}

static void tpiu_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->desc = "CoreSight TPIU";
    dc->reset = tpiu_reset;
    dc->vmsd = &vmstate_tpiu;
    c->part = 0x912;
    c->revision = 4;
    c->devtype = CS_DEVTYPE_TPIU;
    c->is_sink = true;
    c->read = tpiu_read;
    c->write = tpiu_write;
    ATB_RECEIVER_CLASS(klass)->write = tpiu_atb_write;
}

static const TypeInfo tpiu_types[] = {
    {
        .name = TYPE_CORESIGHT_TPIU,
        .parent = TYPE_CORESIGHT_DEVICE,
        .instance_size = sizeof(TPIUState),
        .instance_init = tpiu_init,
        .class_init = tpiu_class_init,
        .interfaces = (InterfaceInfo[]) { { TYPE_ATB_RECEIVER }, { } },
    },
};

DEFINE_TYPES(tpiu_types)
