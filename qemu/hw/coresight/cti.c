/*
 * CoreSight Cross Trigger Interface: its registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * CoreSight Components Technical Reference Manual (ARM DDI 0314H), chapter
 * "Embedded Cross Trigger".  No trigger and no channel is connected, so that it
 * does nothing, and what its inputs and outputs show is 0.
 */
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/coresight/coresight.h"

OBJECT_DECLARE_SIMPLE_TYPE(CTIState, CORESIGHT_CTI)

#define CTI_TRIGGERS        8
#define CTI_CHANNELS        4
#define CTI_CHANNEL_MASK    MAKE_64BIT_MASK(0, CTI_CHANNELS)

#define CTICONTROL          0x000
#define CTIINTACK           0x010
#define CTIAPPSET           0x014
#define CTIAPPCLEAR         0x018
#define CTIAPPPULSE         0x01c
#define CTIINEN0            0x020
#define CTIOUTEN0           0x0a0
#define CTITRIGINSTATUS     0x130
#define CTITRIGOUTSTATUS    0x134
#define CTICHINSTATUS       0x138
#define CTICHOUTSTATUS      0x13c
#define CTIGATE             0x140

#define CTI_LAST(first)     ((first) + 4 * (CTI_TRIGGERS - 1))

/* DEVID: number of triggers in [15:8], of channels in [19:16] */
#define DEVID_CTI           (CTI_CHANNELS << 16 | CTI_TRIGGERS << 8)

struct CTIState {
    CoreSightDevice parent_obj;

    uint32_t control;
    uint32_t app;
    uint32_t gate;
    uint32_t in_en[CTI_TRIGGERS];
    uint32_t out_en[CTI_TRIGGERS];
};

static bool cti_read(CoreSightDevice *d, hwaddr offset, uint32_t *value)
{
    CTIState *s = CORESIGHT_CTI(d);

    switch (offset) {
    case CTICONTROL:
        *value = s->control;
        break;
    case CTIAPPSET:
        *value = s->app;
        break;
    case CTIINEN0 ... CTI_LAST(CTIINEN0):
        *value = s->in_en[(offset - CTIINEN0) / 4];
        break;
    case CTIOUTEN0 ... CTI_LAST(CTIOUTEN0):
        *value = s->out_en[(offset - CTIOUTEN0) / 4];
        break;
    case CTIGATE:
        *value = s->gate;
        break;
    case CTIINTACK:
    case CTIAPPCLEAR:
    case CTIAPPPULSE:
    case CTITRIGINSTATUS:
    case CTITRIGOUTSTATUS:
    case CTICHINSTATUS:
    case CTICHOUTSTATUS:
        *value = 0;
        break;
    default:
        return false;
    }
    return true;
}

static bool cti_write(CoreSightDevice *d, hwaddr offset, uint32_t value)
{
    CTIState *s = CORESIGHT_CTI(d);

    switch (offset) {
    case CTICONTROL:
        s->control = value & 1;
        break;
    case CTIAPPSET:
        s->app |= value & CTI_CHANNEL_MASK;
        break;
    case CTIAPPCLEAR:
        s->app &= ~value;
        break;
    case CTIINEN0 ... CTI_LAST(CTIINEN0):
        s->in_en[(offset - CTIINEN0) / 4] = value & CTI_CHANNEL_MASK;
        break;
    case CTIOUTEN0 ... CTI_LAST(CTIOUTEN0):
        s->out_en[(offset - CTIOUTEN0) / 4] = value & CTI_CHANNEL_MASK;
        break;
    case CTIGATE:
        s->gate = value & CTI_CHANNEL_MASK;
        break;
    case CTIINTACK:
    case CTIAPPPULSE:
        break;
    case CTITRIGINSTATUS:
    case CTITRIGOUTSTATUS:
    case CTICHINSTATUS:
    case CTICHOUTSTATUS:
        coresight_read_only_error(d, offset);
        break;
    default:
        return false;
    }
    return true;
}

static const VMStateDescription vmstate_cti = {
    .name = TYPE_CORESIGHT_CTI,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_CORESIGHT_DEVICE(parent_obj, CTIState),
        VMSTATE_UINT32(control, CTIState),
        VMSTATE_UINT32(app, CTIState),
        VMSTATE_UINT32(gate, CTIState),
        VMSTATE_UINT32_ARRAY(in_en, CTIState, CTI_TRIGGERS),
        VMSTATE_UINT32_ARRAY(out_en, CTIState, CTI_TRIGGERS),
        VMSTATE_END_OF_LIST()
    }
};

static void cti_reset(DeviceState *dev)
{
    CTIState *s = CORESIGHT_CTI(dev);

    coresight_device_reset(dev);
    s->control = 0;
    s->app = 0;
    s->gate = CTI_CHANNEL_MASK;
    memset(s->in_en, 0, sizeof(s->in_en));
    memset(s->out_en, 0, sizeof(s->out_en));
}

static void cti_init(Object *obj)
{
    CORESIGHT_DEVICE(obj)->devid = DEVID_CTI;
}

static void cti_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->desc = "CoreSight Cross Trigger Interface";
    dc->reset = cti_reset;
    dc->vmsd = &vmstate_cti;
    c->part = 0x906;
    c->revision = 4;
    c->devtype = CS_DEVTYPE_CTI;
    c->read = cti_read;
    c->write = cti_write;
}

static const TypeInfo cti_types[] = {
    {
        .name = TYPE_CORESIGHT_CTI,
        .parent = TYPE_CORESIGHT_DEVICE,
        .instance_size = sizeof(CTIState),
        .instance_init = cti_init,
        .class_init = cti_class_init,
    },
};

DEFINE_TYPES(cti_types)
