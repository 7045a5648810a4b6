/*
 * ETMv4 instruction trace packets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The encoder turns trace elements into packets, ARM IHI 0064, chapter
 * "Descriptions of Trace Protocol Packets".  It knows nothing of QEMU, so that
 * a host test can feed what it makes to a decoder.
 */
#ifndef HW_CORESIGHT_ETM4_ENCODER_H
#define HW_CORESIGHT_ETM4_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exception types of an ARMv8-A PE ("Exception packet", TYPE field) */
enum {
    ETM4_EXC_RESET          = 0x00,
    ETM4_EXC_DEBUG_HALT     = 0x01,
    ETM4_EXC_CALL           = 0x02,
    ETM4_EXC_TRAP           = 0x03,
    ETM4_EXC_SYSTEM_ERROR   = 0x04,
    ETM4_EXC_INST_DEBUG     = 0x06,
    ETM4_EXC_DATA_DEBUG     = 0x07,
    ETM4_EXC_ALIGNMENT      = 0x0a,
    ETM4_EXC_INST_FAULT     = 0x0b,
    ETM4_EXC_DATA_FAULT     = 0x0c,
    ETM4_EXC_IRQ            = 0x0e,
    ETM4_EXC_FIQ            = 0x0f,
};

/* The atoms that one Atom packet can hold; fewer than these wait for one. */
#define ETM4_ATOMS_MAX 24

/* No call of the encoder writes more than this many bytes. */
#define ETM4_ENCODER_MARGIN 64

/**
 * struct ETM4Context - the context of an instruction
 * @el: Exception level
 * @nonsecure: Security state
 * @aarch64: 64-bit instruction set state
 * @vmid, @cid: as traced, if the encoder's @vmid_on and @cid_on say so
 */
typedef struct ETM4Context {
    uint8_t el;
    bool nonsecure;
    bool aarch64;
    uint8_t vmid;
    uint32_t cid;
} ETM4Context;

/**
 * struct ETM4Encoder - state that compression depends on
 * @buf: where bytes go; the caller sees to room for ETM4_ENCODER_MARGIN
 * @len: bytes in @buf
 * @cid_on, @vmid_on: Context packets carry Context ID, VMID
 * @cycles_on: Cycle Count packets are enabled (TRCCONFIGR.CCI)
 * @cc_threshold: TRCCCCTLR.THRESHOLD
 * @atoms: atoms not yet in a packet, the oldest in bit 0, 1 for E
 * @natoms: how many
 * @addr: the last addresses, the newest first, with @is their instruction set
 * @naddr: how many of them are valid
 * @context: the context the decoder knows of, if @context_valid
 * @timestamp: the last one, or 0
 */
typedef struct ETM4Encoder {
    uint8_t *buf;
    size_t len;
    bool cid_on;
    bool vmid_on;
    bool cycles_on;
    uint16_t cc_threshold;

    uint64_t atoms;
    unsigned natoms;
    uint64_t addr[3];
    uint8_t is[3];
    unsigned naddr;
    ETM4Context context;
    bool context_valid;
    uint64_t timestamp;
} ETM4Encoder;

/* Forget everything; what is set up by the caller stays. */
void etm4_encoder_reset(ETM4Encoder *e);

/* Write out the atoms that are waiting. All functions but those for atoms begin so. */
void etm4_encoder_flush(ETM4Encoder *e);

/* A point where decoding can begin: Async, Trace Info. */
void etm4_encoder_sync(ETM4Encoder *e);

void etm4_encoder_trace_on(ETM4Encoder *e);
void etm4_encoder_overflow(ETM4Encoder *e);

/* @n atoms, at most 40 at a time: the oldest in bit 0 of @atoms, 1 for E */
void etm4_encoder_atoms(ETM4Encoder *e, uint64_t atoms, unsigned n);

static inline void etm4_encoder_atom(ETM4Encoder *e, bool taken)
{
    etm4_encoder_atoms(e, taken, 1);
}

void etm4_encoder_event(ETM4Encoder *e, unsigned events);

/* A Context packet, if @context is not what the decoder knows already. */
void etm4_encoder_context(ETM4Encoder *e, const ETM4Context *context);

/* @is: 0 for A64 and A32, 1 for T32. @context: as above, in the same packet. */
void etm4_encoder_address(ETM4Encoder *e, uint64_t addr, unsigned is,
                          const ETM4Context *context);

/**
 * etm4_encoder_exception: an exception was taken
 * @ret: preferred exception return address
 * @target: @ret is also the target of the last P0 element, for which there
 *          was no address yet
 */
void etm4_encoder_exception(ETM4Encoder *e, unsigned type, uint64_t ret,
                            unsigned is, bool target,
                            const ETM4Context *context);

void etm4_encoder_cycles(ETM4Encoder *e, uint32_t cycles);
void etm4_encoder_cycles_unknown(ETM4Encoder *e);

/* @cycles: since the last Cycle Count packet; for trace with @cycles_on. */
void etm4_encoder_timestamp(ETM4Encoder *e, uint64_t value, uint32_t cycles);

#endif
