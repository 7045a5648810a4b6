/*
 * CoreSight trace formatter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Arm CoreSight Architecture Specification v2.0 (ARM IHI 0029), chapter
 * "Trace Formatter".  A frame is 16 bytes.  Bytes 0, 2 .. 14 are either data
 * or, with bit 0 set, a new trace ID in bits [7:1]; bytes 1, 3 .. 13 are
 * data.  Byte 15 has an auxiliary bit for each even byte: the data's own bit 0,
 * or, for an ID, whether the data byte that follows it still belongs to the
 * previous ID.
 */
#include <string.h>

#include "hw/coresight/formatter.h"

#define AUX         15
#define ID_BYTE(id) ((id) << 1 | 1)

void cs_formatter_reset(CSFormatter *f)
{
    memset(f, 0, sizeof(*f));
}

static void emit(CSFormatter *f, uint8_t **out)
{
    memcpy(*out, f->frame, CS_FRAME_SIZE);
    *out += CS_FRAME_SIZE;
    f->frame[AUX] = 0;
    f->pos = 0;
    f->age++;
}

static inline uint64_t load_le64(const uint8_t *p)
{
    return (uint64_t)p[7] << 56 | (uint64_t)p[6] << 48 |
           (uint64_t)p[5] << 40 | (uint64_t)p[4] << 32 |
           (uint64_t)p[3] << 24 | (uint64_t)p[2] << 16 |
           (uint64_t)p[1] << 8 | p[0];
}

static inline void store_le64(uint8_t *p, uint64_t x)
{
    int i;

    for (i = 0; i < 8; i++) {
        p[i] = x >> 8 * i;
    }
}

/* Gather bit 0 of bytes 0, 2, 4 and 6 into four adjacent bits. */
static inline uint8_t even_lsbs(uint64_t x)
{
    x &= 0x0001000100010001ull;
    return x * 0x0001000200040008ull >> 48 & 0xf;
}

/* A frame of 15 data bytes that begins with no ID byte */
static void emit_data(const uint8_t *buf, uint8_t *out)
{
    uint64_t lo = load_le64(buf);
    uint64_t hi = load_le64(buf + CS_FRAME_DATA - 8) >> 8;
    uint8_t aux = even_lsbs(lo) | even_lsbs(hi) << 4;

    store_le64(out, lo & ~0x0001000100010001ull);
    store_le64(out + 8, (hi & ~0x0001000100010001ull) | (uint64_t)aux << 56);
}

/* Note the change to @id. False if the frame was completed by it. */
static bool change_id(CSFormatter *f, uint8_t id)
{
    f->id = id;
    f->age = 0;
    if (f->pos & 1) {
        /* The even byte is data of the old ID: it moves up, and is marked */
        uint8_t flag = 1 << (f->pos >> 1);
        uint8_t data = f->frame[f->pos - 1] | !!(f->frame[AUX] & flag);

        f->frame[f->pos - 1] = ID_BYTE(id);
        f->frame[f->pos] = data;
        f->frame[AUX] |= flag;
    } else {
        f->frame[f->pos] = ID_BYTE(id);
    }
    return ++f->pos != AUX;
}

size_t cs_formatter_write(CSFormatter *f, uint8_t id, const uint8_t *buf,
                          size_t len, uint8_t *out, size_t frames,
                          size_t *used)
{
    const uint8_t *p = buf, *end = buf + len;
    uint8_t *o = out, *limit = out + frames * CS_FRAME_SIZE;

    while (p < end && o < limit) {
        if (f->id != id || (f->pos == 0 && f->age >= CS_ID_REPEAT)) {
            if (!change_id(f, id)) {
                emit(f, &o);
                continue;
            }
        }
        if (f->pos == 0 && end - p >= CS_FRAME_DATA) {
            emit_data(p, o);
            p += CS_FRAME_DATA;
            o += CS_FRAME_SIZE;
            f->age++;
            continue;
        }
        while (p < end && f->pos < AUX) {
            if (f->pos & 1) {
                f->frame[f->pos] = *p;
            } else {
                f->frame[f->pos] = *p & ~1;
                f->frame[AUX] |= (*p & 1) << (f->pos >> 1);
            }
            p++;
            f->pos++;
        }
        if (f->pos == AUX) {
            emit(f, &o);
        }
    }
    *used = p - buf;
    return (o - out) / CS_FRAME_SIZE;
}

size_t cs_formatter_flush(CSFormatter *f, uint8_t *out)
{
    if (f->pos == 0) {
        return 0;
    }
    /* ARM DDI 0461, 2.2.3: "data with a value of 0x00 and an ID of 0x00" */
    change_id(f, 0);
    memset(f->frame + f->pos, 0, AUX - f->pos);
    emit(f, &out);
    return 1;
}
