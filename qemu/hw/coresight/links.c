/*
 * CoreSight links: ATB funnel and ATB replicator
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ARM CoreSight SoC-400 Technical Reference Manual (ARM DDI 0480), chapters
 * "ATB funnel register summary" and "ATB replicator register summary".
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "hw/coresight/coresight.h"
#include "trace.h"

/*
 * Funnel
 */
OBJECT_DECLARE_SIMPLE_TYPE(FunnelState, CORESIGHT_FUNNEL)

#define FUNNEL_PORTS    8

#define FUNNEL_FUNCTL   0x000
#define FUNNEL_PRICTL   0x004

#define FUNCTL_ENS      0x00ff
#define FUNCTL_HT       0x0f00
#define PRICTL_MASK     0x00ffffff

/* DEVID: number of slave ports in [3:0], static priority scheme in [7:4] */
#define FUNNEL_DEVID    (0x30 | FUNNEL_PORTS)

struct FunnelState {
    CoreSightDevice parent_obj;

    ATBOutput out;
    uint32_t functl;
    uint32_t prictl;
};

/*
 * An excluded slave port has ATREADY low, so its source stalls.  Priorities
 * and hold time order beats that arrive together; here each write is whole,
 * so they have no effect.
 */
static size_t funnel_atb_write(ATBReceiver *r, unsigned port, uint8_t trace_id,
                               const uint8_t *buf, size_t len)
{
    FunnelState *s = CORESIGHT_FUNNEL(r);

    if (!s->parent_obj.no_regs &&
        (port >= FUNNEL_PORTS || !(s->functl >> port & 1))) {
        return 0;
    }
    return atb_write(&s->out, trace_id, buf, len);
}

static bool funnel_read(CoreSightDevice *d, hwaddr offset, uint32_t *value)
{
    FunnelState *s = CORESIGHT_FUNNEL(d);

    switch (offset) {
    case FUNNEL_FUNCTL:
        *value = s->functl;
        break;
    case FUNNEL_PRICTL:
        *value = s->prictl;
        break;
    default:
        return false;
    }
    return true;
}

static bool funnel_write(CoreSightDevice *d, hwaddr offset, uint32_t value)
{
    FunnelState *s = CORESIGHT_FUNNEL(d);

    switch (offset) {
    case FUNNEL_FUNCTL:
        if ((value & FUNCTL_HT) == FUNCTL_HT) {
            coresight_guest_error(d, "hold time 0xf is reserved");
        }
        s->functl = value & (FUNCTL_ENS | FUNCTL_HT);
        break;
    case FUNNEL_PRICTL:
        s->prictl = value & PRICTL_MASK;
        break;
    default:
        return false;
    }
    return true;
}

static const VMStateDescription vmstate_funnel = {
    .name = TYPE_CORESIGHT_FUNNEL,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_CORESIGHT_DEVICE(parent_obj, FunnelState),
        VMSTATE_UINT32(functl, FunnelState),
        VMSTATE_UINT32(prictl, FunnelState),
        VMSTATE_END_OF_LIST()
    }
};

static void funnel_reset(DeviceState *dev)
{
    FunnelState *s = CORESIGHT_FUNNEL(dev);

    coresight_device_reset(dev);
    s->functl = 0x300;
    s->prictl = 0x00fac688;
}

static void funnel_init(Object *obj)
{
    FunnelState *s = CORESIGHT_FUNNEL(obj);

    s->parent_obj.devid = FUNNEL_DEVID;
    atb_init_outputs(obj, &s->out, 1);
}

static Property link_properties[] = {
    DEFINE_PROP_BOOL("static", CoreSightDevice, no_regs, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void funnel_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->desc = "CoreSight ATB funnel";
    dc->reset = funnel_reset;
    dc->vmsd = &vmstate_funnel;
    device_class_set_props(dc, link_properties);
    c->part = 0x908;
    c->revision = 2;
    c->devtype = CS_DEVTYPE_FUNNEL;
    c->read = funnel_read;
    c->write = funnel_write;
    ATB_RECEIVER_CLASS(klass)->write = funnel_atb_write;
}

/*
 * Replicator
 */
OBJECT_DECLARE_SIMPLE_TYPE(ReplicatorState, CORESIGHT_REPLICATOR)

#define REPLICATOR_PORTS 2

#define REPLICATOR_IDFILTER0    0x000
#define REPLICATOR_IDFILTER1    0x004

/* DEVID: number of master ports in [3:0] */
#define REPLICATOR_DEVID        REPLICATOR_PORTS

/* Most that one port may be ahead of the other */
#define REPLICATOR_LAG          256

struct ReplicatorState {
    CoreSightDevice parent_obj;

    ATBOutput out[REPLICATOR_PORTS];
    ATBSource source;
    uint32_t idfilter[REPLICATOR_PORTS];

    /* What one port has passed on and port @lag_port has still to take */
    uint32_t lag_port;
    uint32_t lag_len;
    uint8_t lag_id;
    uint8_t lag[REPLICATOR_LAG];
};

/*
 * Bit n of IDFILTERx discards IDs 0xn0..0xnf at master port x.
 */
static bool replicator_passes(ReplicatorState *s, unsigned port, uint8_t id)
{
    return !(s->idfilter[port] >> (id >> 4 & 7) & 1);
}

static void replicator_catch_up(ReplicatorState *s)
{
    size_t n;

    if (!s->lag_len) {
        return;
    }
    n = s->lag_len;
    if (replicator_passes(s, s->lag_port, s->lag_id)) {
        n = atb_write(&s->out[s->lag_port], s->lag_id, s->lag, s->lag_len);
    }
    s->lag_len -= n;
    memmove(s->lag, s->lag + n, s->lag_len);
}

static size_t replicator_atb_write(ATBReceiver *r, unsigned port,
                                   uint8_t trace_id, const uint8_t *buf,
                                   size_t len)
{
    ReplicatorState *s = CORESIGHT_REPLICATOR(r);
    bool pass0 = replicator_passes(s, 0, trace_id);
    bool pass1 = replicator_passes(s, 1, trace_id);
    size_t done = 0;

    replicator_catch_up(s);
    if (s->lag_len) {
        return 0;
    }
    if (!pass0 && !pass1) {
        return len;
    }
    if (!pass0 || !pass1) {
        return atb_write(&s->out[pass1], trace_id, buf, len);
    }

    /* Both take every byte, so the faster waits for the slower */
    while (done < len && !s->lag_len) {
        size_t n = MIN(len - done, REPLICATOR_LAG);
        size_t n0 = atb_write(&s->out[0], trace_id, buf + done, n);
        size_t n1 = atb_write(&s->out[1], trace_id, buf + done, n);

        n = MAX(n0, n1);
        if (!n) {
            break;
        }
        s->lag_port = n0 < n1 ? 0 : 1;
        s->lag_len = n - MIN(n0, n1);
        s->lag_id = trace_id;
        memcpy(s->lag, buf + done + n - s->lag_len, s->lag_len);
        done += n;
    }
    return done;
}

static void replicator_drain(ATBSource *source)
{
    replicator_catch_up(container_of(source, ReplicatorState, source));
}

static bool replicator_read(CoreSightDevice *d, hwaddr offset, uint32_t *value)
{
    ReplicatorState *s = CORESIGHT_REPLICATOR(d);

    switch (offset) {
    case REPLICATOR_IDFILTER0:
        *value = s->idfilter[0];
        break;
    case REPLICATOR_IDFILTER1:
        *value = s->idfilter[1];
        break;
    default:
        return false;
    }
    return true;
}

static bool replicator_write(CoreSightDevice *d, hwaddr offset, uint32_t value)
{
    ReplicatorState *s = CORESIGHT_REPLICATOR(d);

    switch (offset) {
    case REPLICATOR_IDFILTER0:
        s->idfilter[0] = value & 0xff;
        break;
    case REPLICATOR_IDFILTER1:
        s->idfilter[1] = value & 0xff;
        break;
    default:
        return false;
    }
    return true;
}

static int replicator_post_load(void *opaque, int version_id)
{
    ReplicatorState *s = opaque;

    return s->lag_len > REPLICATOR_LAG || s->lag_port >= REPLICATOR_PORTS ?
           -EINVAL : 0;
}

static const VMStateDescription vmstate_replicator = {
    .name = TYPE_CORESIGHT_REPLICATOR,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = replicator_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_CORESIGHT_DEVICE(parent_obj, ReplicatorState),
        VMSTATE_UINT32_ARRAY(idfilter, ReplicatorState, REPLICATOR_PORTS),
        VMSTATE_UINT32(lag_port, ReplicatorState),
        VMSTATE_UINT32(lag_len, ReplicatorState),
        VMSTATE_UINT8(lag_id, ReplicatorState),
        VMSTATE_UINT8_ARRAY(lag, ReplicatorState, REPLICATOR_LAG),
        VMSTATE_END_OF_LIST()
    }
};

static void replicator_reset(DeviceState *dev)
{
    ReplicatorState *s = CORESIGHT_REPLICATOR(dev);

    coresight_device_reset(dev);
    memset(s->idfilter, 0, sizeof(s->idfilter));
    s->lag_len = 0;
}

static void replicator_init(Object *obj)
{
    ReplicatorState *s = CORESIGHT_REPLICATOR(obj);

    s->parent_obj.devid = REPLICATOR_DEVID;
    s->source.drain = replicator_drain;
    atb_init_outputs(obj, s->out, REPLICATOR_PORTS);
    atb_register_source(&s->source);
}

static void replicator_finalize(Object *obj)
{
    atb_unregister_source(&CORESIGHT_REPLICATOR(obj)->source);
}

static void replicator_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->desc = "CoreSight ATB replicator";
    dc->reset = replicator_reset;
    dc->vmsd = &vmstate_replicator;
    device_class_set_props(dc, link_properties);
    c->part = 0x909;
    c->revision = 2;
    c->devtype = CS_DEVTYPE_REPLICATOR;
    c->read = replicator_read;
    c->write = replicator_write;
    ATB_RECEIVER_CLASS(klass)->write = replicator_atb_write;
}

static const TypeInfo link_types[] = {
    {
        .name = TYPE_CORESIGHT_FUNNEL,
        .parent = TYPE_CORESIGHT_DEVICE,
        .instance_size = sizeof(FunnelState),
        .instance_init = funnel_init,
        .class_init = funnel_class_init,
        .interfaces = (InterfaceInfo[]) { { TYPE_ATB_RECEIVER }, { } },
    }, {
        .name = TYPE_CORESIGHT_REPLICATOR,
        .parent = TYPE_CORESIGHT_DEVICE,
        .instance_size = sizeof(ReplicatorState),
        .instance_init = replicator_init,
        .instance_finalize = replicator_finalize,
        .class_init = replicator_class_init,
        .interfaces = (InterfaceInfo[]) { { TYPE_ATB_RECEIVER }, { } },
    },
};

DEFINE_TYPES(link_types)
