/*
 * Frames that our formatter makes, judged by OpenCSD's deformatter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Random runs of bytes with random trace IDs are formatted; what OpenCSD
 * delivers to a decoder for each ID must be these bytes.  Prints TAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <opencsd/c_api/opencsd_c_api.h>

#include "hw/coresight/formatter.h"

#define IDS         4
#define MAX_BYTES   (1 << 20)
#define MAX_FRAMES  (MAX_BYTES / 2)

static const uint8_t ids[IDS] = { 0x01, 0x10, 0x3f, 0x6f };

typedef struct Stream {
    uint8_t id;
    size_t len;
    uint8_t bytes[MAX_BYTES];
} Stream;

static Stream sent[IDS], seen[IDS];
static uint8_t frames[MAX_FRAMES * CS_FRAME_SIZE];
static size_t nb_frames;
static CSFormatter formatter;
static uint64_t seed = 88172645463325252;
static int tests, failures;

static uint32_t rnd(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 32) % below;
}

static void result(int good, const char *what)
{
    printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
    failures += !good;
}

/*
 * A decoder that only keeps what the deformatter gives it
 */
static ocsd_datapath_resp_t keep(const void *handle, ocsd_datapath_op_t op,
                                 ocsd_trc_index_t index, uint32_t size,
                                 const uint8_t *data, uint32_t *used)
{
    Stream *s = (Stream *)handle;

    if (op == OCSD_OP_DATA) {
        if (s->len + size > MAX_BYTES) {
            return OCSD_RESP_FATAL_SYS_ERR;
        }
        memcpy(s->bytes + s->len, data, size);
        s->len += size;
        *used = size;
    }
    return OCSD_RESP_CONT;
}

static void no_monitor(const void *handle, int flags)
{
}

static ocsd_err_t create(int flags, const void *config,
                         const ocsd_extern_dcd_cb_fns *callbacks,
                         ocsd_extern_dcd_inst_t *inst)
{
    static char name[] = "KEEP";
    Stream *s = (Stream *)config;

    inst->fn_data_in = keep;
    inst->fn_update_pkt_mon = no_monitor;
    inst->decoder_handle = s;
    inst->p_decoder_name = name;
    inst->cs_id = s->id;
    return OCSD_OK;
}

static ocsd_err_t destroy(const void *handle)
{
    return OCSD_OK;
}

static ocsd_err_t get_id(const void *config, unsigned char *id)
{
    *id = ((const Stream *)config)->id;
    return OCSD_OK;
}

static ocsd_err_t to_string(const void *packet, char *buffer, int len)
{
    return OCSD_OK;
}

/* Deformat @from .. @to into seen[]. False if OpenCSD reports an error. */
static int deformat(size_t from, size_t to)
{
    dcd_tree_handle_t tree;
    uint32_t used;
    int i, good = 1;

    tree = ocsd_create_dcd_tree(OCSD_TRC_SRC_FRAME_FORMATTED,
                                OCSD_DFRMTR_FRAME_MEM_ALIGN |
                                OCSD_DFRMTR_RESET_ON_4X_FSYNC);
    for (i = 0; i < IDS; i++) {
        unsigned char id;

        seen[i].id = ids[i];
        seen[i].len = 0;
        good &= ocsd_dt_create_decoder(tree, "KEEP",
                                       OCSD_CREATE_FLG_FULL_DECODER, &seen[i],
                                       &id) == OCSD_OK;
    }
    while (good && from < to) {
        uint32_t n = (to - from) * CS_FRAME_SIZE;

        good = ocsd_dt_process_data(tree, OCSD_OP_DATA, from * CS_FRAME_SIZE,
                                    n, frames + from * CS_FRAME_SIZE,
                                    &used) == OCSD_RESP_CONT && used > 0;
        from += used / CS_FRAME_SIZE;
    }
    good &= ocsd_dt_process_data(tree, OCSD_OP_EOT, 0, 0, NULL, &used) ==
            OCSD_RESP_CONT;
    ocsd_destroy_dcd_tree(tree);
    return good;
}

static void start(void)
{
    int i;

    for (i = 0; i < IDS; i++) {
        sent[i].len = 0;
    }
    nb_frames = 0;
    cs_formatter_reset(&formatter);
}

/* Format @len random bytes, in pieces of at most @room frames. */
static void send(int stream, size_t len, size_t room)
{
    Stream *s = &sent[stream];
    uint8_t *from = s->bytes + s->len;
    size_t i;

    for (i = 0; i < len; i++) {
        /* Bytes that look like ID bytes and like synchronization, too */
        static const uint8_t odd[] = { 0x00, 0x01, 0x7f, 0xff, 0xfe, 0x80 };

        from[i] = rnd(4) ? rnd(256) : odd[rnd(sizeof(odd))];
    }
    s->len += len;
    while (len) {
        size_t used;

        nb_frames += cs_formatter_write(&formatter, ids[stream], from, len,
                                        frames + nb_frames * CS_FRAME_SIZE,
                                        room, &used);
        from += used;
        len -= used;
    }
}

static void flush(void)
{
    nb_frames += cs_formatter_flush(&formatter,
                                    frames + nb_frames * CS_FRAME_SIZE);
}

static int same(void)
{
    int i;

    for (i = 0; i < IDS; i++) {
        if (sent[i].len != seen[i].len ||
            memcmp(sent[i].bytes, seen[i].bytes, sent[i].len)) {
            return 0;
        }
    }
    return 1;
}

static void test_mix(uint32_t max_run, uint32_t max_room, int flush_one_in,
                     const char *what)
{
    int good = 1, round;

    for (round = 0; round < 50; round++) {
        uint32_t runs = rnd(2000);

        start();
        while (runs--) {
            send(rnd(IDS), 1 + rnd(max_run), 1 + rnd(max_room));
            if (flush_one_in && !rnd(flush_one_in)) {
                flush();
            }
        }
        flush();
        good &= deformat(0, nb_frames) && same();
    }
    result(good, what);
}

/* Every position in a frame for a change of ID, and every length before it */
static void test_positions(void)
{
    int good = 1, first, second;

    for (first = 0; first < 34; first++) {
        for (second = 1; second < 34; second++) {
            start();
            if (first) {
                send(0, first, 1);
            }
            send(1, second, 1);
            send(2, 1, 1);
            flush();
            good &= deformat(0, nb_frames) && same();
        }
    }
    result(good, "a change of ID at every position in a frame");
}

/* A buffer that wrapped begins anywhere: its ID must turn up soon. */
static void test_repeat(void)
{
    size_t from, most = (CS_ID_REPEAT + 1) * CS_FRAME_DATA;
    int good = 1;

    start();
    send(1, 4096, 8);
    flush();
    for (from = 1; from < nb_frames - CS_ID_REPEAT; from++) {
        size_t tail = (nb_frames - from) * CS_FRAME_DATA;

        good &= deformat(from, nb_frames);
        good &= seen[1].len && seen[1].len + most >= tail - CS_FRAME_DATA;
        good &= !memcmp(sent[1].bytes + sent[1].len - seen[1].len,
                        seen[1].bytes, seen[1].len);
    }
    result(good, "the ID is repeated, so decoding can begin at any frame");
}

/* The driver puts a barrier packet over the first frame of lost trace. */
static void test_barrier(void)
{
    static const uint8_t barrier[CS_FRAME_SIZE] = {
        0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f,
        0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f,
    };
    int good;

    start();
    send(0, 1000, 8);
    send(3, 3000, 8);
    flush();
    memcpy(frames + 5 * CS_FRAME_SIZE, barrier, CS_FRAME_SIZE);
    good = deformat(5, nb_frames) && seen[0].len && seen[3].len;
    good &= !memcmp(sent[3].bytes + sent[3].len - seen[3].len, seen[3].bytes,
                    seen[3].len);
    result(good, "decoding goes on after a barrier packet");
}

static void test_flush(void)
{
    int good;

    start();
    flush();
    good = nb_frames == 0;
    send(2, 1, 1);
    flush();
    good &= nb_frames == 1 && deformat(0, 1) && same();
    flush();
    good &= nb_frames == 1;
    result(good, "a flush completes a frame, and only if one has begun");
}

int main(void)
{
    ocsd_extern_dcd_fact_t factory = {
        .createDecoder = create,
        .destroyDecoder = destroy,
        .csidFromConfig = get_id,
        .pktToString = to_string,
    };

    if (ocsd_register_custom_decoder("KEEP", &factory) != OCSD_OK) {
        printf("Bail out! OpenCSD does not accept our decoder\n");
        return 1;
    }
    test_flush();
    test_positions();
    test_mix(1, 1, 0, "single bytes");
    test_mix(3, 4, 0, "short runs");
    test_mix(100, 2, 0, "runs longer than a frame, little room for frames");
    test_mix(100, 64, 10, "runs and flushes");
    test_repeat();
    test_barrier();
    printf("1..%d\n", tests);
    return failures != 0;
}
