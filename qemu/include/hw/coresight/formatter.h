/*
 * CoreSight trace formatter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_CORESIGHT_FORMATTER_H
#define HW_CORESIGHT_FORMATTER_H

/* No header of QEMU's: qemu/tests compiles the formatter for itself */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CS_FRAME_SIZE 16
#define CS_FRAME_DATA 15

/*
 * Frames between two ID bytes: "If the trace source has not changed in eight
 * formatter frames, an ID change is indicated" (ARM DDI 0314H, 8.12.1), so that
 * a buffer that wrapped can still be read.
 */
#define CS_ID_REPEAT 8

/**
 * struct CSFormatter - packs bytes with trace IDs into 16-byte frames
 * @frame: the frame being filled
 * @pos: where its next byte goes, 0..14
 * @id: the trace ID in force; 0 before the first byte
 * @age: frames completed since an ID byte was last written
 */
typedef struct CSFormatter {
    uint8_t frame[CS_FRAME_SIZE];
    uint8_t pos;
    uint8_t id;
    uint8_t age;
} CSFormatter;

void cs_formatter_reset(CSFormatter *f);

/**
 * cs_formatter_write: format as much of @buf as fits
 * @out: receives whole frames
 * @frames: how many frames there is room for at @out, at least one
 * @used: set to the number of bytes of @buf that were taken
 *
 * Returns the number of frames written to @out.  Fewer than @len bytes are
 * taken only if all @frames were written.
 */
size_t cs_formatter_write(CSFormatter *f, uint8_t id, const uint8_t *buf,
                          size_t len, uint8_t *out, size_t frames,
                          size_t *used);

/**
 * cs_formatter_flush: if a frame has begun, complete it with null bytes
 *
 * Returns the number of frames, 0 or 1, written to @out.
 */
size_t cs_formatter_flush(CSFormatter *f, uint8_t *out);

#endif
