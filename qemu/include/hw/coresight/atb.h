/*
 * AMBA Trace Bus (ATB) between the models of one board
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The bus is modelled at the level of byte streams: a master offers bytes
 * that share one trace ID, the slave says how many it took.  A short count is
 * ATREADY held low (ARM IHI 0032, AMBA 4 ATB Protocol, "Data transfer").
 * There is no cycle timing, and the flush handshake (AFVALID/AFREADY) is a
 * call that asks every trace source to drain what it holds.
 *
 * Locking: one mutex for the whole fabric.  The order is BQL, then ATB lock;
 * code that holds the ATB lock never takes the BQL.
 */
#ifndef HW_CORESIGHT_ATB_H
#define HW_CORESIGHT_ATB_H

#include "qom/object.h"
#include "qemu/queue.h"

#define TYPE_ATB_RECEIVER "atb-receiver"

typedef struct ATBReceiver ATBReceiver;
typedef struct ATBReceiverClass ATBReceiverClass;
DECLARE_CLASS_CHECKERS(ATBReceiverClass, ATB_RECEIVER, TYPE_ATB_RECEIVER)
#define ATB_RECEIVER(obj) INTERFACE_CHECK(ATBReceiver, (obj), TYPE_ATB_RECEIVER)

/* Trace IDs 0x00 and 0x70..0x7f are reserved (IHI 0029, "Trace IDs") */
#define ATB_ID_NULL     0x00
#define ATB_ID_TRIGGER  0x7d
#define ATB_ID_MAX      0x6f

/**
 * struct ATBReceiverClass - anything with an ATB slave port
 * @write: take @len bytes of trace with @trace_id on slave port @port.
 *
 * @write returns how many bytes it accepted; fewer than @len is
 * back-pressure, and the source keeps the rest or overflows.  It is called
 * with the ATB lock held, from a vCPU thread or under the BQL.
 */
struct ATBReceiverClass {
    InterfaceClass parent_class;

    size_t (*write)(ATBReceiver *r, unsigned port, uint8_t trace_id,
                    const uint8_t *buf, size_t len);
};

/* A master port: where it leads. An unconnected port discards. */
typedef struct ATBOutput {
    ATBReceiver *dest;
    unsigned port;
} ATBOutput;

/**
 * struct ATBSource - a trace source, as a sink's flush sees it
 * @drain: write out everything held, as far as the fabric takes it.  Called
 *         with the ATB lock held.
 */
typedef struct ATBSource ATBSource;
struct ATBSource {
    void (*drain)(ATBSource *s);
    QTAILQ_ENTRY(ATBSource) next;
};

/* The fabric's one lock; not recursive. */
void atb_lock(void);
void atb_unlock(void);

/**
 * atb_write: offer bytes to whatever @out is connected to
 *
 * The ATB lock must be held.  Returns the number of bytes accepted.
 */
size_t atb_write(ATBOutput *out, uint8_t trace_id, const uint8_t *buf,
                 size_t len);

/* Sources register at realize and unregister at unrealize, under the BQL. */
void atb_register_source(ATBSource *s);
void atb_unregister_source(ATBSource *s);

/* Ask every source to drain. The ATB lock must be held. */
void atb_flush_sources(void);

/**
 * atb_init_outputs: give @obj, in its instance_init, @count master ports
 *
 * They show as the properties "atb-out[N]" and "atb-out-port[N]".
 */
void atb_init_outputs(Object *obj, ATBOutput *outputs, unsigned count);

/**
 * atb_connect: lead master port @out_port of @src to @in_port of @dst
 *
 * For the machine, before the guest runs.
 */
bool atb_connect(Object *src, unsigned out_port, Object *dst,
                 unsigned in_port, Error **errp);

#endif
