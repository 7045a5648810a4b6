/*
 * Trace source for tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Not a part of any real board.  Software writes bytes and this component sends
 * them on ATB, so that links and sinks can be tested, full or stalled, without
 * a CPU that runs.
 */
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/coresight/coresight.h"
#include "trace.h"

OBJECT_DECLARE_SIMPLE_TYPE(StimulusState, CORESIGHT_STIMULUS)

#define STIMULUS_ID     0x000   /* trace ID */
#define STIMULUS_DATA   0x004   /* write: send 4 bytes */
#define STIMULUS_BURST  0x008   /* write: send so many bytes 0, 1, 2 .. */
#define STIMULUS_HELD   0x00c   /* bytes that the fabric has not taken */

#define STIMULUS_FIFO   4096

struct StimulusState {
    CoreSightDevice parent_obj;

    ATBOutput out;
    ATBSource source;
    uint32_t id;
    uint32_t held;
    uint8_t count;
    uint8_t fifo[STIMULUS_FIFO];
};

static void stimulus_drain(ATBSource *source)
{
    StimulusState *s = container_of(source, StimulusState, source);
    size_t n = atb_write(&s->out, s->id, s->fifo, s->held);

    s->held -= n;
    memmove(s->fifo, s->fifo + n, s->held);
}

static bool stimulus_read(CoreSightDevice *d, hwaddr offset, uint32_t *value)
{
    StimulusState *s = CORESIGHT_STIMULUS(d);

    switch (offset) {
    case STIMULUS_ID:
        *value = s->id;
        break;
    case STIMULUS_DATA:
    case STIMULUS_BURST:
        *value = 0;
        break;
    case STIMULUS_HELD:
        *value = s->held;
        break;
    default:
        return false;
    }
    return true;
}

static bool stimulus_write(CoreSightDevice *d, hwaddr offset, uint32_t value)
{
    StimulusState *s = CORESIGHT_STIMULUS(d);
    uint32_t n;

    switch (offset) {
    case STIMULUS_ID:
        if (s->held) {
            coresight_guest_error(d, "ID changed while bytes are held");
            break;
        }
        s->id = value & 0x7f;
        break;
    case STIMULUS_DATA:
    case STIMULUS_BURST:
        n = offset == STIMULUS_DATA ? 4 : value;
        if (n > STIMULUS_FIFO - s->held) {
            coresight_guest_error(d, "overflow");
            break;
        }
        if (offset == STIMULUS_DATA) {
            stl_le_p(s->fifo + s->held, value);
            s->held += 4;
        } else {
            while (n--) {
                s->fifo[s->held++] = s->count++;
            }
        }
        stimulus_drain(&s->source);
        break;
    case STIMULUS_HELD:
        coresight_read_only_error(d, offset);
        break;
    default:
        return false;
    }
    return true;
}

static int stimulus_post_load(void *opaque, int version_id)
{
    StimulusState *s = opaque;

    return s->held > STIMULUS_FIFO ? -EINVAL : 0;
}

static const VMStateDescription vmstate_stimulus = {
    .name = TYPE_CORESIGHT_STIMULUS,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = stimulus_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_CORESIGHT_DEVICE(parent_obj, StimulusState),
        VMSTATE_UINT32(id, StimulusState),
        VMSTATE_UINT32(held, StimulusState),
        VMSTATE_UINT8(count, StimulusState),
        VMSTATE_UINT8_ARRAY(fifo, StimulusState, STIMULUS_FIFO),
        VMSTATE_END_OF_LIST()
    }
};

static void stimulus_reset(DeviceState *dev)
{
    StimulusState *s = CORESIGHT_STIMULUS(dev);

    coresight_device_reset(dev);
    s->id = 1;
    s->held = 0;
    s->count = 0;
}

static void stimulus_init(Object *obj)
{
    StimulusState *s = CORESIGHT_STIMULUS(obj);

    s->source.drain = stimulus_drain;
    atb_init_outputs(obj, &s->out, 1);
    atb_register_source(&s->source);
}

static void stimulus_finalize(Object *obj)
{
    atb_unregister_source(&CORESIGHT_STIMULUS(obj)->source);
}

static void stimulus_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->desc = "CoreSight trace source for tests";
    dc->reset = stimulus_reset;
    dc->vmsd = &vmstate_stimulus;
    c->devtype = CS_DEVTYPE_SW_TRACE;
    c->read = stimulus_read;
    c->write = stimulus_write;
}

static const TypeInfo stimulus_types[] = {
    {
        .name = TYPE_CORESIGHT_STIMULUS,
        .parent = TYPE_CORESIGHT_DEVICE,
        .instance_size = sizeof(StimulusState),
        .instance_init = stimulus_init,
        .instance_finalize = stimulus_finalize,
        .class_init = stimulus_class_init,
    },
};

DEFINE_TYPES(stimulus_types)
