/*
 * ETMv4 instruction trace packets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Section titles are those of the Embedded Trace Macrocell Architecture
 * Specification ETMv4 (ARM IHI 0064).  Not generated are packets of features
 * that TRCIDR0 and TRCIDR8 report absent: speculation (with MAXSPEC 0 every P0
 * element is committed when it is traced), conditional instructions, Q, data.
 */
#include <string.h>

#include "hw/coresight/etm4-encoder.h"

#define PKT_EXTENSION       0x00
#define PKT_EXT_OVERFLOW    0x05
#define PKT_TRACE_INFO      0x01
#define PKT_TIMESTAMP       0x02
#define PKT_TRACE_ON        0x04
#define PKT_EXCEPTION       0x06
#define PKT_CYCLES_F3       0x10
#define PKT_CYCLES_F1       0x0e
#define PKT_EVENT           0x70
#define PKT_CONTEXT         0x81
#define PKT_ADDR_CTXT_32    0x82
#define PKT_ADDR_CTXT_64    0x85
#define PKT_ADDR_MATCH      0x90
#define PKT_ADDR_SHORT      0x95
#define PKT_ADDR_32         0x9a
#define PKT_ADDR_64         0x9d
#define PKT_ATOM_F1         0xf6
#define PKT_ATOM_F2         0xd8
#define PKT_ATOM_F3         0xf8
#define PKT_ATOM_F6_E       0xc0
#define PKT_ATOM_F6_N       0xe0

static void put(ETM4Encoder *e, uint8_t byte)
{
    e->buf[e->len++] = byte;
}

/* Seven bits a byte, the top bit says that more follow */
static void put_continued(ETM4Encoder *e, uint64_t value)
{
    while (value >> 7) {
        put(e, value | 0x80);
        value >>= 7;
    }
    put(e, value);
}

void etm4_encoder_reset(ETM4Encoder *e)
{
    e->natoms = 0;
    e->atoms = 0;
    e->naddr = 0;
    e->context_valid = false;
    e->timestamp = 0;
}

/*
 * "Atom packets": one byte each. Formats 1 to 3 hold any one to three atoms,
 * format 4 and 5 some patterns of four and five, and format 6 three to
 * twenty-three E atoms and one of either kind.
 *
 * The packet that the oldest five atoms make, and how many of them it holds;
 * none if that depends on how many E atoms follow.
 */
#define F3(atoms) { PKT_ATOM_F3 | (atoms), 3 }
static const struct {
    uint8_t packet;
    uint8_t used;
} atom_packets[32] = {
    { 0xd5, 5 }, F3(1), F3(2),       F3(3), F3(4), { 0xdf, 4 }, F3(6),       { },
    F3(0),       F3(1), { 0xd6, 5 }, F3(3), F3(4), F3(5),       { 0xdc, 4 }, { },
    { 0xdd, 4 }, F3(1), F3(2),       F3(3), F3(4), { 0xd7, 5 }, F3(6),       { },
    F3(0),       F3(1), { 0xde, 4 }, F3(3), F3(4), F3(5),       { 0xf5, 5 }, { },
};

/*
 * Make a packet of the oldest of @n atoms; if @last, no atoms follow them.
 * Returns how many it takes: 0 if atoms that follow may have to be in it.
 */
static inline unsigned atom_packet(uint64_t atoms, unsigned n, bool last,
                                   uint8_t *packet)
{
    unsigned used = atom_packets[atoms & 0x1f].used;
    unsigned ones;

    if (n >= 5 && used) {
        *packet = atom_packets[atoms & 0x1f].packet;
        return used;
    }
    ones = atoms == UINT64_MAX ? 64 : __builtin_ctzll(~atoms);
    if (ones >= ETM4_ATOMS_MAX) {
        *packet = PKT_ATOM_F6_E | (ETM4_ATOMS_MAX - 4);
        return ETM4_ATOMS_MAX;
    }
    if (ones >= 3 && ones < n) {
        *packet = PKT_ATOM_F6_N | (ones - 3);
        return ones + 1;
    }
    if (!last) {
        return 0;
    }
    if (ones >= 4) {
        *packet = PKT_ATOM_F6_E | (n - 4);
        return n;
    }
    if (n == 4) {
        /* Format 4, whatever came fifth? */
        atoms |= atom_packets[atoms].used == 4 ? 0 : 0x10;
        if (atom_packets[atoms].used == 4) {
            *packet = atom_packets[atoms].packet;
            return 4;
        }
    }
    if (n >= 3) {
        *packet = PKT_ATOM_F3 | (atoms & 7);
        return 3;
    }
    *packet = n == 2 ? PKT_ATOM_F2 | atoms : PKT_ATOM_F1 | atoms;
    return n;
}

/* Write packets until no atoms are left or, unless @last, the next may grow. */
static inline void put_atoms(ETM4Encoder *e, bool last)
{
    uint64_t atoms = e->atoms;
    unsigned n = e->natoms;
    uint8_t *to = e->buf + e->len;
    unsigned used;

    while (n && (used = atom_packet(atoms, n, last, to))) {
        atoms >>= used;
        n -= used;
        to++;
    }
    e->atoms = atoms;
    e->natoms = n;
    e->len = to - e->buf;
}

void etm4_encoder_flush(ETM4Encoder *e)
{
    put_atoms(e, true);
}

void etm4_encoder_atoms(ETM4Encoder *e, uint64_t atoms, unsigned n)
{
    e->atoms |= atoms << e->natoms;
    e->natoms += n;
    put_atoms(e, false);
}

/*
 * "Alignment Synchronization packet", "Trace Info packet".  After a Trace Info
 * packet the address history and the timestamp count as zero and the context
 * as unknown, so that a decoder can begin here.
 */
void etm4_encoder_sync(ETM4Encoder *e)
{
    unsigned i;

    etm4_encoder_flush(e);
    for (i = 0; i < 11; i++) {
        put(e, 0x00);
    }
    put(e, 0x80);

    put(e, PKT_TRACE_INFO);
    if (e->cycles_on) {
        put(e, 0x09);           /* PLCTL: INFO and CYCT follow */
        put(e, 0x01);           /* INFO.cc_enabled */
        put_continued(e, e->cc_threshold);
    } else {
        put(e, 0x01);
        put(e, 0x00);
    }
    etm4_encoder_reset(e);
}

void etm4_encoder_trace_on(ETM4Encoder *e)
{
    etm4_encoder_flush(e);
    put(e, PKT_TRACE_ON);
}

void etm4_encoder_overflow(ETM4Encoder *e)
{
    etm4_encoder_flush(e);
    put(e, PKT_EXTENSION);
    put(e, PKT_EXT_OVERFLOW);
    etm4_encoder_reset(e);
}

void etm4_encoder_event(ETM4Encoder *e, unsigned events)
{
    etm4_encoder_flush(e);
    put(e, PKT_EVENT | (events & 0xf));
}

static bool context_known(ETM4Encoder *e, const ETM4Context *c)
{
    const ETM4Context *k = &e->context;

    return e->context_valid && k->el == c->el &&
           k->nonsecure == c->nonsecure && k->aarch64 == c->aarch64 &&
           (!e->vmid_on || k->vmid == c->vmid) &&
           (!e->cid_on || k->cid == c->cid);
}

/* "Context packet": information byte, then VMID and Context ID if traced */
static void put_context(ETM4Encoder *e, const ETM4Context *c)
{
    put(e, c->el | c->aarch64 << 4 | c->nonsecure << 5 |
           e->vmid_on << 6 | e->cid_on << 7);
    if (e->vmid_on) {
        put(e, c->vmid);
    }
    if (e->cid_on) {
        put(e, c->cid);
        put(e, c->cid >> 8);
        put(e, c->cid >> 16);
        put(e, c->cid >> 24);
    }
    e->context = *c;
    e->context_valid = true;
}

void etm4_encoder_context(ETM4Encoder *e, const ETM4Context *context)
{
    if (!context_known(e, context)) {
        etm4_encoder_flush(e);
        put(e, PKT_CONTEXT);
        put_context(e, context);
    }
}

/* Instruction set 0 aligns to words and 1 to halfwords. */
static void put_address(ETM4Encoder *e, uint64_t addr, unsigned is,
                        unsigned bytes)
{
    unsigned i;

    if (is) {
        put(e, addr >> 1 & 0x7f);
        put(e, addr >> 8);
    } else {
        put(e, addr >> 2 & 0x7f);
        put(e, addr >> 9 & 0x7f);
    }
    for (i = 2; i < bytes; i++) {
        put(e, addr >> (8 * i));
    }
}

/* "Address packets": the shortest that gives @addr from what was sent before */
void etm4_encoder_address(ETM4Encoder *e, uint64_t addr, unsigned is,
                          const ETM4Context *context)
{
    bool with_context = !context_known(e, context);
    uint64_t differs = e->naddr ? e->addr[0] ^ addr : UINT64_MAX;
    unsigned shift = is ? 8 : 9;
    unsigned i;

    etm4_encoder_flush(e);
    if (with_context) {
        bool wide = differs >> 32;

        put(e, (wide ? PKT_ADDR_CTXT_64 : PKT_ADDR_CTXT_32) + is);
        put_address(e, addr, is, wide ? 8 : 4);
        put_context(e, context);
    } else {
        for (i = 0; i < e->naddr; i++) {
            if (e->addr[i] == addr && e->is[i] == is) {
                break;
            }
        }
        if (i < e->naddr) {
            put(e, PKT_ADDR_MATCH + i);
        } else if (!(differs >> shift)) {
            put(e, PKT_ADDR_SHORT + is);
            put(e, addr >> (shift - 7) & 0x7f);
        } else if (!(differs >> (shift + 8))) {
            put(e, PKT_ADDR_SHORT + is);
            put(e, (addr >> (shift - 7) & 0x7f) | 0x80);
            put(e, addr >> shift);
        } else if (!(differs >> 32)) {
            put(e, PKT_ADDR_32 + is);
            put_address(e, addr, is, 4);
        } else {
            put(e, PKT_ADDR_64 + is);
            put_address(e, addr, is, 8);
        }
    }
    /* Every address packet, whatever its form, enters the history. */
    e->addr[2] = e->addr[1];
    e->is[2] = e->is[1];
    e->addr[1] = e->addr[0];
    e->is[1] = e->is[0];
    e->addr[0] = addr;
    e->is[0] = is;
    if (e->naddr < 3) {
        e->naddr++;
    }
}

/* "Exception packet": E1:E0 0b01, or 0b10 if the address is also a target */
void etm4_encoder_exception(ETM4Encoder *e, unsigned type, uint64_t ret,
                            unsigned is, bool target,
                            const ETM4Context *context)
{
    etm4_encoder_flush(e);
    put(e, PKT_EXCEPTION);
    put(e, type << 1 | (target ? 0x40 : 0x01));
    etm4_encoder_address(e, ret, is, context);
}

/*
 * "Cycle Count packets", with TRCIDR0.COMMOPT 1: no commit field.  Format 3
 * holds counts within 3 of the threshold.
 */
void etm4_encoder_cycles(ETM4Encoder *e, uint32_t cycles)
{
    uint32_t above = cycles - e->cc_threshold;

    etm4_encoder_flush(e);
    if (above < 4) {
        put(e, PKT_CYCLES_F3 | above);
    } else {
        put(e, PKT_CYCLES_F1);
        put_continued(e, above);
    }
}

/*
 * "Cycle Count Format 1 packet" with U 1: the count is unknown.  The first Cycle
 * Count packet of an ETE has to be this one (ARM DDI 0487, "Cycle Count element").
 */
void etm4_encoder_cycles_unknown(ETM4Encoder *e)
{
    etm4_encoder_flush(e);
    put(e, PKT_CYCLES_F1 | 1);
}

/*
 * "Timestamp packet": the low-order groups of seven bits down from the highest
 * that changed; the ninth byte holds eight.  OpenCSD takes seven bytes or more
 * for all 64 bits, so then they all are sent.
 */
void etm4_encoder_timestamp(ETM4Encoder *e, uint64_t value, uint32_t cycles)
{
    uint64_t differs = value ^ e->timestamp;
    unsigned bytes = 1, i;

    while (bytes < 7 && differs >> (7 * bytes)) {
        bytes++;
    }
    if (bytes == 7) {
        bytes = 9;
    }
    etm4_encoder_flush(e);
    put(e, PKT_TIMESTAMP | e->cycles_on);
    for (i = 0; i < bytes - 1; i++) {
        put(e, value >> (7 * i) | 0x80);
    }
    put(e, bytes == 9 ? value >> 56 : value >> (7 * i) & 0x7f);
    e->timestamp = value;
    if (e->cycles_on) {
        put_continued(e, cycles);
    }
}
