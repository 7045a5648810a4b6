/*
 * AMBA Trace Bus (ATB) between the models of one board
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ARM IHI 0032, AMBA 4 ATB Protocol Specification.
 */
#include "qemu/osdep.h"
#include "qemu/thread.h"
#include "qapi/error.h"
#include "qom/object.h"
#include "hw/coresight/atb.h"

static QemuMutex atb_mutex;
static QTAILQ_HEAD(, ATBSource) atb_sources =
    QTAILQ_HEAD_INITIALIZER(atb_sources);

void atb_lock(void)
{
    qemu_mutex_lock(&atb_mutex);
}

void atb_unlock(void)
{
    qemu_mutex_unlock(&atb_mutex);
}

size_t atb_write(ATBOutput *out, uint8_t trace_id, const uint8_t *buf,
                 size_t len)
{
    if (!out->dest || !len) {
        return len;
    }
    return ATB_RECEIVER_GET_CLASS(out->dest)->write(out->dest, out->port,
                                                    trace_id, buf, len);
}

void atb_register_source(ATBSource *s)
{
    atb_lock();
    QTAILQ_INSERT_TAIL(&atb_sources, s, next);
    atb_unlock();
}

void atb_unregister_source(ATBSource *s)
{
    atb_lock();
    QTAILQ_REMOVE(&atb_sources, s, next);
    atb_unlock();
}

void atb_flush_sources(void)
{
    ATBSource *s;

    QTAILQ_FOREACH(s, &atb_sources, next) {
        s->drain(s);
    }
}

void atb_init_outputs(Object *obj, ATBOutput *outputs, unsigned count)
{
    unsigned i;

    for (i = 0; i < count; i++) {
        g_autofree char *dest = g_strdup_printf("atb-out[%u]", i);
        g_autofree char *port = g_strdup_printf("atb-out-port[%u]", i);

        object_property_add_link(obj, dest, TYPE_ATB_RECEIVER,
                                 (Object **)&outputs[i].dest,
                                 object_property_allow_set_link,
                                 OBJ_PROP_LINK_STRONG);
        object_property_add_uint32_ptr(obj, port, &outputs[i].port,
                                       OBJ_PROP_FLAG_READWRITE);
    }
}

bool atb_connect(Object *src, unsigned out_port, Object *dst,
                 unsigned in_port, Error **errp)
{
    g_autofree char *dest = g_strdup_printf("atb-out[%u]", out_port);
    g_autofree char *port = g_strdup_printf("atb-out-port[%u]", out_port);

    return object_property_set_uint(src, port, in_port, errp) &&
           object_property_set_link(src, dest, dst, errp);
}

static const TypeInfo atb_receiver_info = {
    .name = TYPE_ATB_RECEIVER,
    .parent = TYPE_INTERFACE,
    .class_size = sizeof(ATBReceiverClass),
};

static void atb_register_types(void)
{
    qemu_mutex_init(&atb_mutex);
    type_register_static(&atb_receiver_info);
}

type_init(atb_register_types)
