/*
 * CoreSight Embedded Trace Buffer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * CoreSight Components Technical Reference Manual (ARM DDI 0314H), chapter 9,
 * referred to as "TRM" below.  Pointers and sizes are in words of 32 bits.
 * Stopping takes no time, so the formatter is empty whenever trace capture has
 * ended.
 *
 * The formatter is always on: bypass mode (FFCR.EnFTC and EnFCont clear) is not
 * modelled.  Of triggers, those on the trace bus are; there is no input for
 * others, which would be a CTI's.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qapi/error.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "hw/coresight/coresight.h"
#include "hw/coresight/formatter.h"
#include "trace.h"

OBJECT_DECLARE_SIMPLE_TYPE(ETBState, CORESIGHT_ETB)

#define ETB_RDP         0x004
#define ETB_STS         0x00c
#define ETB_RRD         0x010
#define ETB_RRP         0x014
#define ETB_RWP         0x018
#define ETB_TRG         0x01c
#define ETB_CTL         0x020
#define ETB_RWD         0x024
#define ETB_FFSR        0x300
#define ETB_FFCR        0x304

#define STS_FULL        0x1
#define STS_TRIGGERED   0x2
#define STS_ACQCOMP     0x4
#define STS_FTEMPTY     0x8

#define CTL_TRACECAPTEN 0x1

#define FFSR_FTSTOPPED  0x2

#define FFCR_ENFTC      0x0001
#define FFCR_ENFCONT    0x0002
#define FFCR_FONTRIG    0x0020
#define FFCR_FONMAN     0x0040
#define FFCR_STOPFL     0x1000
#define FFCR_STOPTRIG   0x2000
#define FFCR_MASK       0x3733

/* What RRD and RWD return while trace is captured (TRM 9.3.3, 9.3.8) */
#define RAM_BUSY        0xffffffffu

/* Frames that are formatted at a time */
#define ETB_FRAMES      32

struct ETBState {
    CoreSightDevice parent_obj;

    CSFormatter fmt;
    uint32_t ram_size;
    uint8_t *ram;

    uint32_t rrp;
    uint32_t rwp;
    uint32_t trg;
    uint32_t ctl;
    uint32_t ffcr;
    bool full;
    bool triggered;
    bool stopped;
    /* After a trigger: words still to store until the formatter may stop */
    bool trig_armed;
    uint32_t trig_left;
};

static uint32_t etb_depth(ETBState *s)
{
    return s->ram_size / 4;
}

static bool etb_running(ETBState *s)
{
    return (s->ctl & CTL_TRACECAPTEN) && !s->stopped;
}

static void etb_store(ETBState *s, const uint8_t *from, size_t words)
{
    for (; words; words--, from += 4) {
        memcpy(s->ram + s->rwp * 4, from, 4);
        s->rwp = (s->rwp + 1) % etb_depth(s);
        s->full |= s->rwp == 0;
        s->trig_left -= s->trig_left && s->trig_armed;
    }
}

/* End the frame that has begun; with @stop, the capture, too. */
static void etb_drain(ETBState *s, bool stop)
{
    uint8_t frame[CS_FRAME_SIZE];

    if (cs_formatter_flush(&s->fmt, frame)) {
        etb_store(s, frame, CS_FRAME_SIZE / 4);
    }
    if (stop) {
        s->stopped = true;
        trace_etb_stop(s->parent_obj.iomem.name, s->rwp, s->full);
    }
}

/* One word more than TRG says has been stored since the trigger. */
static void etb_trigger_event(ETBState *s)
{
    s->trig_armed = false;
    if (s->ffcr & (FFCR_FONTRIG | FFCR_STOPTRIG)) {
        etb_drain(s, s->ffcr & FFCR_STOPTRIG);
    }
}

/* Trace that arrives while not running is ignored, with ATREADY high. */
static size_t etb_atb_write(ATBReceiver *r, unsigned port, uint8_t trace_id,
                            const uint8_t *buf, size_t len)
{
    ETBState *s = CORESIGHT_ETB(r);
    size_t done = 0;

    while (done < len && etb_running(s)) {
        uint8_t frames[ETB_FRAMES * CS_FRAME_SIZE];
        size_t room = ETB_FRAMES, n, used;

        if (s->trig_armed) {
            room = MIN(room, DIV_ROUND_UP(s->trig_left, CS_FRAME_SIZE / 4));
        }
        n = cs_formatter_write(&s->fmt, trace_id, buf + done, len - done,
                               frames, room, &used);
        etb_store(s, frames, n * CS_FRAME_SIZE / 4);
        done += used;
        if (s->trig_armed && !s->trig_left) {
            etb_trigger_event(s);
        }
    }
    s->parent_obj.sink_bytes += done;
    if (trace_id == ATB_ID_TRIGGER && etb_running(s)) {
        s->triggered = true;
        s->trig_armed = true;
        s->trig_left = s->trg + 1;
    }
    return len;
}

static bool etb_read(CoreSightDevice *d, hwaddr offset, uint32_t *value)
{
    ETBState *s = CORESIGHT_ETB(d);

    switch (offset) {
    case ETB_RDP:
        *value = etb_depth(s);
        break;
    case ETB_STS:
        *value = (s->full ? STS_FULL : 0) |
                 (s->triggered ? STS_TRIGGERED : 0) |
                 (etb_running(s) ? 0 : STS_ACQCOMP) |
                 (s->fmt.pos ? 0 : STS_FTEMPTY);
        break;
    case ETB_RRD:
        if (etb_running(s)) {
            *value = RAM_BUSY;
            break;
        }
        *value = ldl_le_p(s->ram + s->rrp * 4);
        s->rrp = (s->rrp + 1) % etb_depth(s);
        break;
    case ETB_RRP:
        *value = s->rrp;
        break;
    case ETB_RWP:
        *value = s->rwp;
        break;
    case ETB_TRG:
        *value = s->trg;
        break;
    case ETB_CTL:
        *value = s->ctl;
        break;
    case ETB_RWD:
        *value = etb_running(s) ? RAM_BUSY : 0;
        break;
    case ETB_FFSR:
        *value = etb_running(s) ? 0 : FFSR_FTSTOPPED;
        break;
    case ETB_FFCR:
        *value = s->ffcr;
        break;
    default:
        return false;
    }
    return true;
}

static void etb_write_ctl(ETBState *s, uint32_t value)
{
    value &= CTL_TRACECAPTEN;
    if (value == s->ctl) {
        return;
    }
    /* Without a flush before it, what the formatter holds is lost */
    if (!value && !s->stopped) {
        coresight_guest_error(&s->parent_obj, "disabled while it captures");
    }
    cs_formatter_reset(&s->fmt);
    s->ctl = value;
    s->trig_armed = false;
    if (value) {
        s->stopped = false;
        s->full = false;
        s->triggered = false;
        if (!(s->ffcr & (FFCR_ENFTC | FFCR_ENFCONT))) {
            qemu_log_mask(LOG_UNIMP, "%s: bypass mode\n",
                          s->parent_obj.iomem.name);
        }
        trace_etb_start(s->parent_obj.iomem.name, s->rwp, s->ffcr);
    }
}

static void etb_write_ffcr(ETBState *s, uint32_t value)
{
    uint32_t fixed = s->ctl & CTL_TRACECAPTEN ? FFCR_ENFTC | FFCR_ENFCONT : 0;

    if ((value ^ s->ffcr) & fixed) {
        coresight_guest_error(&s->parent_obj,
                              "formatter switched while enabled");
    }
    s->ffcr = (s->ffcr & fixed) | (value & FFCR_MASK & ~fixed);
    /* A flush completes before the write does */
    if ((value & FFCR_FONMAN) && etb_running(s)) {
        atb_flush_sources();
        if (etb_running(s)) {
            etb_drain(s, s->ffcr & FFCR_STOPFL);
        }
    }
}

static bool etb_write(CoreSightDevice *d, hwaddr offset, uint32_t value)
{
    ETBState *s = CORESIGHT_ETB(d);

    switch (offset) {
    case ETB_CTL:
        etb_write_ctl(s, value);
        return true;
    case ETB_FFCR:
        etb_write_ffcr(s, value);
        return true;
    case ETB_RDP:
    case ETB_STS:
    case ETB_RRD:
    case ETB_FFSR:
        coresight_read_only_error(d, offset);
        return true;
    case ETB_RRP:
    case ETB_RWP:
    case ETB_TRG:
    case ETB_RWD:
        break;
    default:
        return false;
    }
    /* These are the hardware's while it captures */
    if (etb_running(s)) {
        coresight_guest_error(d, "write to 0x%03" HWADDR_PRIx " while enabled",
                              offset);
    } else if (offset == ETB_RRP) {
        s->rrp = value % etb_depth(s);
    } else if (offset == ETB_RWP) {
        s->rwp = value % etb_depth(s);
    } else if (offset == ETB_TRG) {
        s->trg = value % etb_depth(s);
    } else {
        stl_le_p(s->ram + s->rwp * 4, value);
        s->rwp = (s->rwp + 1) % etb_depth(s);
    }
    return true;
}

static int etb_post_load(void *opaque, int version_id)
{
    ETBState *s = opaque;

    return s->fmt.pos >= CS_FRAME_DATA || s->rrp >= etb_depth(s) ||
           s->rwp >= etb_depth(s) ? -EINVAL : 0;
}

static const VMStateDescription vmstate_etb = {
    .name = TYPE_CORESIGHT_ETB,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = etb_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_CORESIGHT_DEVICE(parent_obj, ETBState),
        VMSTATE_STRUCT(fmt, ETBState, 0, vmstate_coresight_formatter,
                       CSFormatter),
        VMSTATE_VBUFFER_UINT32(ram, ETBState, 0, NULL, ram_size),
        VMSTATE_UINT32(rrp, ETBState),
        VMSTATE_UINT32(rwp, ETBState),
        VMSTATE_UINT32(trg, ETBState),
        VMSTATE_UINT32(ctl, ETBState),
        VMSTATE_UINT32(ffcr, ETBState),
        VMSTATE_BOOL(full, ETBState),
        VMSTATE_BOOL(triggered, ETBState),
        VMSTATE_BOOL(stopped, ETBState),
        VMSTATE_BOOL(trig_armed, ETBState),
        VMSTATE_UINT32(trig_left, ETBState),
        VMSTATE_END_OF_LIST()
    }
};

static void etb_reset(DeviceState *dev)
{
    ETBState *s = CORESIGHT_ETB(dev);

    coresight_device_reset(dev);
    cs_formatter_reset(&s->fmt);
    s->rrp = 0;
    s->rwp = 0;
    s->trg = 0;
    s->ctl = 0;
    s->ffcr = 0;
    s->full = false;
    s->triggered = false;
    s->stopped = false;
    s->trig_armed = false;
}

static void etb_realize(DeviceState *dev, Error **errp)
{
    ETBState *s = CORESIGHT_ETB(dev);
    DeviceClass *parent =
        DEVICE_CLASS(object_class_by_name(TYPE_CORESIGHT_DEVICE));

    if (s->ram_size < CS_FRAME_SIZE || !is_power_of_2(s->ram_size)) {
        error_setg(errp, "ram-size must be a power of two from 16 on");
        return;
    }
    s->ram = g_malloc0(s->ram_size);
    parent->realize(dev, errp);
}

static void etb_finalize(Object *obj)
{
    g_free(CORESIGHT_ETB(obj)->ram);
}

static Property etb_properties[] = {
    DEFINE_PROP_UINT32("ram-size", ETBState, ram_size, 16 * 1024),
    DEFINE_PROP_END_OF_LIST(),
};

static void etb_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->desc = "CoreSight Embedded Trace Buffer";
    dc->realize = etb_realize;
    dc->reset = etb_reset;
    dc->vmsd = &vmstate_etb;
    device_class_set_props(dc, etb_properties);
    c->part = 0x907;
    c->revision = 3;
    c->devtype = CS_DEVTYPE_BUFFER;
    c->is_sink = true;
    c->read = etb_read;
    c->write = etb_write;
    ATB_RECEIVER_CLASS(klass)->write = etb_atb_write;
}

static const TypeInfo etb_types[] = {
    {
        .name = TYPE_CORESIGHT_ETB,
        .parent = TYPE_CORESIGHT_DEVICE,
        .instance_size = sizeof(ETBState),
        .instance_finalize = etb_finalize,
        .class_init = etb_class_init,
        .interfaces = (InterfaceInfo[]) { { TYPE_ATB_RECEIVER }, { } },
    },
};

DEFINE_TYPES(etb_types)
