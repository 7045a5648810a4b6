/*
 * Trace Buffer Extension (TRBE)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the CPU's trace unit has to do with its trace buffer.  All of it is for
 * the CPU's own thread, without the ATB lock.
 */
#ifndef HW_CORESIGHT_TRBE_H
#define HW_CORESIGHT_TRBE_H

#include <stddef.h>
#include <stdint.h>

typedef struct TRBEState TRBEState;

/* The buffer is enabled: write to it what it takes, and discard the rest. */
void trbe_write(TRBEState *s, const uint8_t *buf, size_t len);

/* How many bytes fit until the limit or a trigger event; it is never 0. */
uint64_t trbe_room(TRBEState *s);

/* The trace unit detected a trigger. */
void trbe_trigger(TRBEState *s);

#endif
