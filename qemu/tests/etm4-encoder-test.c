/*
 * ETMv4 and ETE packets that our encoder makes, judged by OpenCSD
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A random A64 program is "run" along a random path with exceptions, gaps,
 * context changes and overflows; what OpenCSD decodes from the packets must be
 * that path.  Prints TAP.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <opencsd/c_api/opencsd_c_api.h>

#include "hw/coresight/etm4-encoder.h"
#include "hw/coresight/etm4-insn.h"

#define TRACE_ID    0x10
#define CODE_WORDS  (256 * 1024)
#define CHUNK       4096

/* Two copies of the program, so that addresses differ in the upper half too */
static const uint64_t bases[] = { 0x0000aaaac0010000, 0xffff800080000000 };
static uint32_t code[CODE_WORDS];

typedef enum { RANGE, EXCEPTION, TRACE_ON, CONTEXT, TIMESTAMP, CYCLES } Kind;

typedef struct Element {
    Kind kind;
    uint64_t a, b;
    uint32_t c;
} Element;

typedef struct List {
    Element *e;
    size_t n, max;
} List;

static List want, got;
static uint64_t seed = 88172645463325252;

static uint32_t rnd(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 32) % below;
}

static bool same(const Element *x, const Element *y)
{
    return x->kind == y->kind && x->a == y->a && x->b == y->b && x->c == y->c;
}

static void add(List *l, Kind kind, uint64_t a, uint64_t b, uint32_t c)
{
    if (l->n == l->max) {
        l->max = l->max ? l->max * 2 : 1024;
        l->e = realloc(l->e, l->max * sizeof(*l->e));
        if (!l->e) {
            abort();
        }
    }
    l->e[l->n++] = (Element) { kind, a, b, c };
}

static void make_program(void)
{
    unsigned i;

    for (i = 0; i < CODE_WORDS; i++) {
        int32_t room = CODE_WORDS - 1 - i;
        int32_t to = rnd(2000) - 1000;

        if (to < -(int32_t)i || to > room) {
            to = 1;
        }
        switch (rnd(24)) {
        case 0:
            code[i] = 0x14000000 | (to & 0x3ffffff);            /* B */
            break;
        case 1:
            code[i] = 0x94000000 | (to & 0x3ffffff);            /* BL */
            break;
        case 2:
            code[i] = 0x54000000 | (to & 0x7ffff) << 5 | rnd(14);
            break;
        case 3:
            code[i] = 0xb4000000 | (to & 0x7ffff) << 5;         /* CBZ */
            break;
        case 4:
            code[i] = 0x37000000 | (to & 0x3fff) << 5;          /* TBNZ */
            break;
        case 5:
            code[i] = 0xd65f03c0;                               /* RET */
            break;
        case 6:
            code[i] = 0xd63f0100;                               /* BLR */
            break;
        case 7:
            code[i] = 0xd61f0200;                               /* BR */
            break;
        case 8:
            code[i] = 0xd5033fdf;                               /* ISB */
            break;
        case 9:
            code[i] = 0xd69f03e0;                               /* ERET */
            break;
        default:
            code[i] = 0xd503201f;                               /* NOP */
            break;
        }
    }
    code[CODE_WORDS - 1] = 0xd65f03c0;
}

static int64_t branch_offset(uint32_t insn)
{
    if ((insn & 0x7c000000) == 0x14000000) {
        return (int64_t)((uint64_t)insn << 38) >> 36;
    }
    if ((insn & 0x7e000000) == 0x36000000) {
        return (int64_t)((uint64_t)(insn & 0x7ffe0) << 45) >> 48 & ~3ull;
    }
    if ((insn & 0x7e000000) == 0x34000000 ||
        (insn & 0xff000000) == 0x54000000) {
        return (int64_t)((uint64_t)(insn & 0xffffe0) << 40) >> 43 & ~3ull;
    }
    return 4;
}

static ocsd_datapath_resp_t element(const void *context,
                                    const ocsd_trc_index_t index,
                                    const uint8_t id,
                                    const ocsd_generic_trace_elem *e)
{
    switch (e->elem_type) {
    case OCSD_GEN_TRC_ELEM_INSTR_RANGE:
        add(&got, RANGE, e->st_addr, e->en_addr, e->last_instr_exec);
        break;
    case OCSD_GEN_TRC_ELEM_EXCEPTION:
        add(&got, EXCEPTION, e->en_addr, e->exception_number, 0);
        break;
    case OCSD_GEN_TRC_ELEM_TRACE_ON:
        add(&got, TRACE_ON, e->trace_on_reason == TRACE_ON_OVERFLOW, 0, 0);
        break;
    case OCSD_GEN_TRC_ELEM_PE_CONTEXT:
        add(&got, CONTEXT, e->context.exception_level,
            e->context.ctxt_id_valid ? e->context.context_id : 0, 0);
        break;
    case OCSD_GEN_TRC_ELEM_TIMESTAMP:
        add(&got, TIMESTAMP, e->timestamp, 0, 0);
        break;
    case OCSD_GEN_TRC_ELEM_CYCLE_COUNT:
        add(&got, CYCLES, e->cycle_count, 0, 0);
        break;
    case OCSD_GEN_TRC_ELEM_NO_SYNC:
    case OCSD_GEN_TRC_ELEM_EO_TRACE:
    /* An ETE has this after an ERET */
    case OCSD_GEN_TRC_ELEM_EXCEPTION_RET:
        break;
    default:
        add(&got, (Kind)-1, e->elem_type, e->st_addr, 0);
        break;
    }
    return OCSD_RESP_CONT;
}

/* Drop contexts that repeat the one before: either side may repeat it. */
static void drop_same_contexts(List *l)
{
    Element last = { .kind = CONTEXT, .a = UINT64_MAX };
    size_t i, n = 0;

    for (i = 0; i < l->n; i++) {
        if (l->e[i].kind == CONTEXT) {
            if (same(&last, &l->e[i])) {
                continue;
            }
            last = l->e[i];
        }
        l->e[n++] = l->e[i];
    }
    l->n = n;
}

typedef struct Run {
    const char *name;
    uint32_t configr;
    unsigned blocks;
    bool gaps, exceptions, contexts, syncs;
} Run;

static dcd_tree_handle_t make_decoder(const Run *r, bool ete)
{
    ocsd_etmv4_cfg etm_cfg = {
        .reg_idr0 = 0x28000ea1, .reg_idr1 = 0x4100f400, .reg_idr2 = 0x488,
        .reg_configr = r->configr, .reg_traceidr = TRACE_ID,
        .arch_ver = ARCH_V8, .core_prof = profile_CortexA,
    };
    ocsd_ete_cfg ete_cfg = {
        .reg_idr0 = 0x280002a1, .reg_idr1 = 0x4100fff0, .reg_idr2 = 0x10000088,
        .reg_devarch = 0x47705a13, .reg_configr = r->configr,
        .reg_traceidr = TRACE_ID, .arch_ver = ARCH_AA64,
        .core_prof = profile_CortexA,
    };
    dcd_tree_handle_t tree = ocsd_create_dcd_tree(OCSD_TRC_SRC_SINGLE, 0);
    uint8_t unused;
    unsigned i;

    if (ocsd_dt_create_decoder(tree, ete ? OCSD_BUILTIN_DCD_ETE :
                               OCSD_BUILTIN_DCD_ETMV4I,
                               OCSD_CREATE_FLG_FULL_DECODER,
                               ete ? (void *)&ete_cfg : &etm_cfg, &unused) ||
        ocsd_dt_set_gen_elem_outfn(tree, element, NULL)) {
        return NULL;
    }
    for (i = 0; i < 2; i++) {
        ocsd_dt_add_buffer_mem_acc(tree, bases[i], OCSD_MEM_SPACE_ANY,
                                   (uint8_t *)code, sizeof(code));
    }
    return tree;
}

/* The current state of a run */
typedef struct Walk {
    const Run *r;
    bool ete;
    ETM4Encoder enc;
    ETM4Context ctx;
    bool cycles_known, overflow, need_on, need_addr, need_sync;
    uint64_t base, pc, ts;
} Walk;

/* What may come before a block: a gap, an overflow, the start of trace */
static void before_block(Walk *w)
{
    const Run *r = w->r;

    if (r->gaps && !rnd(50)) {
        w->need_on = true;
        if (!rnd(3)) {
            etm4_encoder_overflow(&w->enc);
            w->overflow = w->need_sync = true;
            w->cycles_known = !w->ete;
        }
        w->base = bases[rnd(2)];
        w->pc = w->base + rnd(CODE_WORDS) * 4;
    }
    if (w->need_sync || (r->syncs && !rnd(100))) {
        etm4_encoder_sync(&w->enc);
        w->need_addr = true;
        w->need_sync = false;
    }
    if (w->need_on) {
        etm4_encoder_trace_on(&w->enc);
        add(&want, TRACE_ON, w->overflow, 0, 0);
        w->overflow = w->need_on = false;
        w->need_addr = true;
    }
    if (r->contexts && !rnd(30)) {
        w->ctx.el = rnd(2);
        w->ctx.cid = w->enc.cid_on ? rnd(70000) : 0;
    }
}

/* Instructions from @start to before pc ran, and then an interrupt came. */
static void take_exception(Walk *w, uint64_t start)
{
    bool target = w->need_addr && w->pc == start;
    unsigned type = ETM4_EXC_IRQ;

    if (w->need_addr && !target) {
        etm4_encoder_address(&w->enc, start, 0, &w->ctx);
        add(&want, CONTEXT, w->ctx.el, w->ctx.cid, 0);
    }
    etm4_encoder_exception(&w->enc, type, w->pc, 0, target, &w->ctx);
    add(&want, CONTEXT, w->ctx.el, w->ctx.cid, 0);
    if (w->pc != start) {
        add(&want, RANGE, start, w->pc, 1);
    }
    add(&want, EXCEPTION, w->pc, type, 0);
    w->base = bases[1];
    w->pc = w->base + (rnd(16) << 7);
    w->need_addr = true;
}

/* The block from @start ends with the branch @insn at pc. */
static void branch(Walk *w, uint64_t start, uint32_t insn, uint32_t info)
{
    bool taken = info & ETM4_BRANCH_TAKEN;

    if (w->need_addr) {
        etm4_encoder_address(&w->enc, start, 0, &w->ctx);
    } else {
        etm4_encoder_context(&w->enc, &w->ctx);
    }
    add(&want, CONTEXT, w->ctx.el, w->ctx.cid, 0);
    etm4_encoder_atom(&w->enc, taken);
    add(&want, RANGE, start, w->pc + 4, taken);
    w->need_addr = info & ETM4_BRANCH_INDIRECT;
    if (w->need_addr) {
        w->base = bases[!rnd(8)];
        w->pc = w->base + rnd(CODE_WORDS) * 4;
        if (rnd(2)) {
            w->pc = w->base + rnd(8) * 64;
        }
    } else if (taken) {
        w->pc += branch_offset(insn);
    } else {
        w->pc += 4;
    }
}

static void count_cycles(Walk *w)
{
    uint32_t cycles = 0x100 + rnd(1 << rnd(11));

    if (w->cycles_known) {
        etm4_encoder_cycles(&w->enc, cycles);
        add(&want, CYCLES, cycles, 0, 0);
    } else {
        etm4_encoder_cycles_unknown(&w->enc);
        add(&want, CYCLES, 0, 0, 0);
        w->cycles_known = true;
    }
}

/* A block ends with a branch, or an exception in it. */
static void run_block(Walk *w)
{
    bool except = w->r->exceptions && !rnd(20);
    bool taken = rnd(3);
    unsigned limit = except ? rnd(20) : CODE_WORDS;
    uint32_t info = 0, insn = 0;
    uint64_t start;

    before_block(w);
    for (start = w->pc; limit; limit--) {
        insn = code[(w->pc - w->base) / 4];
        info = etm4_a64_branch(insn, taken, 0);
        if (info) {
            break;
        }
        w->pc += 4;
    }
    if (except && !info) {
        take_exception(w, start);
        return;
    }
    branch(w, start, insn, info);
    if (w->enc.cycles_on && !rnd(5)) {
        count_cycles(w);
    }
    if (w->r->configr >> 11 & 1 && !rnd(10)) {
        w->ts += (uint64_t)rnd(1 << rnd(20)) << rnd(20);
        etm4_encoder_timestamp(&w->enc, w->ts, 7);
        add(&want, TIMESTAMP, w->ts, 0, 0);
    }
}

static bool decode(dcd_tree_handle_t tree, unsigned at, ETM4Encoder *enc)
{
    uint32_t used = 0;

    if (ocsd_dt_process_data(tree, OCSD_OP_DATA, at, enc->len, enc->buf,
                             &used) != OCSD_RESP_CONT || used != enc->len) {
        return false;
    }
    enc->len = 0;
    return true;
}

static bool got_what_was_wanted(void)
{
    unsigned i;

    drop_same_contexts(&want);
    drop_same_contexts(&got);
    for (i = 0; i < want.n && i < got.n; i++) {
        const Element *w = &want.e[i], *g = &got.e[i];

        if (!same(w, g)) {
            printf("# element %u: want %d %" PRIx64 " %" PRIx64 " %x, "
                   "got %d %" PRIx64 " %" PRIx64 " %x\n", i,
                   w->kind, w->a, w->b, w->c, g->kind, g->a, g->b, g->c);
            return false;
        }
    }
    printf("# %zu elements\n", got.n);
    if (want.n != got.n) {
        printf("# want %zu elements, got %zu\n", want.n, got.n);
        return false;
    }
    return true;
}

static bool run(const Run *r, bool ete)
{
    static uint8_t buf[CHUNK + ETM4_ENCODER_MARGIN];
    Walk w = {
        .r = r, .ete = ete,
        .enc = {
            .buf = buf, .cid_on = r->configr >> 6 & 1,
            .cycles_on = r->configr >> 4 & 1, .cc_threshold = 0x100,
        },
        .ctx = { .el = 0, .nonsecure = true, .aarch64 = true },
        .cycles_known = !ete,
        .need_on = true, .need_addr = true, .need_sync = true,
        .base = bases[0], .pc = bases[0], .ts = 1000,
    };
    dcd_tree_handle_t tree;
    bool ok = true;
    unsigned i;

    want.n = got.n = 0;
    ocsd_def_errlog_init(OCSD_ERR_SEV_WARN, 1);
    ocsd_def_errlog_config_output(C_API_MSGLOGOUT_FLG_STDERR, NULL);
    tree = make_decoder(r, ete);
    if (!tree) {
        return false;
    }
    for (i = 0; i < r->blocks && ok; i++) {
        run_block(&w);
        if (w.enc.len > CHUNK - ETM4_ENCODER_MARGIN) {
            ok = decode(tree, i, &w.enc);
        }
    }
    etm4_encoder_flush(&w.enc);
    ok = ok && decode(tree, i, &w.enc);
    ocsd_dt_process_data(tree, OCSD_OP_EOT, 0, 0, NULL, NULL);
    ocsd_destroy_dcd_tree(tree);
    return got_what_was_wanted() && ok;
}

int main(void)
{
    static const Run runs[] = {
        { "branches", 0, 200000 },
        { "exceptions", 0, 200000, .exceptions = true },
        { "gaps and overflows", 0, 200000, .gaps = true },
        { "Context ID", 1 << 6, 200000, .contexts = true },
        { "synchronisation", 0, 200000, .syncs = true },
        { "timestamps", 1 << 11, 200000 },
        { "cycle counts", 1 << 4, 200000 },
        { "all at once", 1 << 11 | 1 << 6 | 1 << 4, 2000000,
          .gaps = true, .exceptions = true, .contexts = true, .syncs = true },
    };
    unsigned i, n = sizeof(runs) / sizeof(runs[0]), failed = 0;

    make_program();
    printf("1..%u\n", 2 * n);
    for (i = 0; i < 2 * n; i++) {
        bool ete = i >= n, ok = run(&runs[i % n], ete);

        failed += !ok;
        printf("%sok %u - %s: %s\n", ok ? "" : "not ", i + 1,
               ete ? "ETE" : "ETMv4", runs[i % n].name);
    }
    return failed != 0;
}
