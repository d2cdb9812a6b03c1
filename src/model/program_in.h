/* model/program_in.h: what the files of programs share; no other room includes
 * it. A maker numbers registers one after the other; program_finish drops what no
 * output needs and gives the rest places (slots) that are used again. */
#ifndef CANDOR_MODEL_PROGRAM_IN_H
#define CANDOR_MODEL_PROGRAM_IN_H

#include "base/buf.h"
#include "base/hash.h"
#include "kernel/lanes.h"
#include "model/program.h"

enum {
    LANES = 64,  /* rows of one block at most, a multiple of LANES_STEP */
    LANES_STEP = LANES_GRAIN,
    CONSTANTS_KEPT = 256, /* of a program whose registers no other takes */
    BLOCK_SMALL = 4096, /* doubles of a block that needs no heap */
    NO_SLOT = 0x7fffffff
};

enum step_kind {
    STEP_CONSTANT, STEP_MAP, STEP_PAIR, STEP_CHOOSE, STEP_AFFINE, STEP_REDUCE,
    STEP_GROUP, STEP_LINES, STEP_INTERVALS, STEP_TABLE, STEP_WORDS, STEP_FOREST,
    STEP_TOKENS
};

struct affine_data {
    const double *weight; /* [outs][ins] */
    const double *bias;   /* [outs] or NULL */
    const float *weight_single, *bias_single; /* with single */
};

struct lines_data {
    const double *x, *y;
    size_t knots;
    enum program_beyond beyond;
    double if_missing;
};

struct intervals_data {
    const struct program_interval *of;
    size_t n;
    double otherwise, if_missing;
};

/* Rows sorted by key for the search; `at` says where a row stood. */
struct table_data {
    const double *keys, *values; /* as given */
    const uint32_t *order;       /* [rows], by key, equal keys by place */
    size_t rows, ins, outs;
    double otherwise, if_missing;
};

struct words_data {
    const double *number; /* [count] of each code */
    size_t count;
    double otherwise;
};

struct forest_data {
    struct model *forest;
    bool native;
    bool leaves; /* outs: margins, then a leaf index a tree */
};

/* A run of words to be counted, by the number of its first word. */
struct token_run {
    const uint32_t *word; /* [words], numbers in tokens_data.word */
    size_t words;
    uint32_t next;        /* 1 + the next run with that first word; 0: none */
    uint32_t out;         /* which of the step's outs */
    bool binary;
};
struct tokens_data {
    size_t feature;
    struct names *word;
    struct token_run *run;
    size_t runs, run_room;
    uint32_t *first;      /* [words]: 1 + the first run; 0: none */
    size_t first_room;
};

struct step {
    enum step_kind kind;
    uint8_t f;
    bool single, beyond;
    bool kept;        /* a constant that is written once a run of blocks */
    double p, q;
    size_t in, out;   /* in program.list: registers, after finish slots */
    uint32_t ins, outs;
    const void *data; /* the kind's own */
};

/* Coefficient × what a register or one tree of a forest step gives. */
struct term {
    double coefficient;
    uint32_t at;   /* 1 + step whose result it is; 0: an input */
    uint32_t slot; /* of the register (before slots are given: the register) */
    uint32_t tree; /* 1 + tree of that forest step; 0: a register */
    uint32_t set;
};

struct part {
    size_t term, terms; /* ascending by `at` */
    size_t step, steps; /* in program.part_step, ascending */
    struct program_part view;
};

struct parts {
    struct part *part;
    size_t count;
    double constant;
};

struct program {
    struct arena *arena;
    size_t features, outputs;
    struct step *step;
    size_t steps;
    uint32_t *list;       /* registers of all steps, one pool */
    uint32_t *input_slot; /* [features]; NO_SLOT: not read */
    uint32_t *output;     /* [outputs] slots */
    size_t slots;
    size_t scratch_ins;   /* most inputs of a step */
    size_t scratch_outs;
    struct parts *parts;  /* [outputs] */
    struct term *term;
    uint32_t *part_step;
    bool has_forest;
};

struct program_maker {
    struct arena *arena;
    size_t cap, used;     /* bytes of what grew on the heap */
    struct step *step;
    size_t steps, step_room;
    uint32_t *list;
    size_t lists, list_room;
    uint32_t *maker_step; /* [registers]: 1 + the step that writes it */
    size_t registers, register_room;
    size_t features, constants;
    struct names *word;
    uint32_t *token_step; /* [features]: 1 + its step; NULL: none */
};

/* One block of rows while it runs. */
struct block {
    const struct program *p;
    const struct model_rows *rows;
    size_t first, n;  /* rows of this block */
    size_t width;     /* n rounded up to LANES_STEP */
    bool anew;        /* constants are to be written */
    double *slot;     /* [slots][width] */
    double *heap;     /* what slot and spare stand in; NULL: not the heap */
    double *spare;    /* [scratch_ins + scratch_outs + 4][width] */
};

static inline double *lane(const struct block *b, uint32_t slot)
{
    return b->slot + (size_t)slot * b->width;
}

/* A new step with its registers; data NULL where the kind has none. */
MUST_USE status maker_step(struct program_maker *k, const struct step *s,
                           const reg *in, size_t ins, size_t outs, reg *out,
                           struct error *e);
/* A copy that lives as long as the program. */
MUST_USE status maker_keep(struct program_maker *k, const void *from,
                           size_t count, size_t size, void *out,
                           struct error *e);
MUST_USE status maker_constants(struct program_maker *k, size_t count,
                                struct error *e);

/* Sets of inputs by number; set 0 is empty, set 1 is all of them. */
struct sets;
MUST_USE status sets_new(size_t features, struct sets **out, struct error *e);
void sets_free(struct sets *s);
MUST_USE status sets_one(struct sets *s, uint32_t feature, uint32_t *out,
                         struct error *e);
/* The union of n sets. */
MUST_USE status sets_union(struct sets *s, const uint32_t *of, size_t n,
                           uint32_t *out, struct error *e);
const uint32_t *sets_at(const struct sets *s, uint32_t set, size_t *n);
bool sets_within(const struct sets *s, uint32_t small, uint32_t large);

/* Before slots are given: opens each output into parts. set[register]. */
MUST_USE status parts_open(struct program *p, const uint32_t *writer,
                           size_t registers, const reg *outputs,
                           struct error *e);
/* After: registers of terms become slots, constant parts numbers. */
MUST_USE status parts_close(struct program *p, const uint32_t *slot_of,
                            struct error *e);

/* Runs steps (NULL: all) on a block whose slots are made; terms (NULL: none)
 * are added up to sum[width]. */
MUST_USE status block_run(const struct block *b, const uint32_t *steps,
                          size_t n, const struct term *term, size_t terms,
                          double *sum, struct error *e);
MUST_USE status part_run(const struct program *p, const struct part *part,
                         const struct model_rows *rows, double *out,
                         struct error *e);

void step_map(const struct block *b, const struct step *s);
void step_pair(const struct block *b, const struct step *s);
void step_choose(const struct block *b, const struct step *s);
void step_affine(const struct block *b, const struct step *s);
void step_reduce(const struct block *b, const struct step *s);
void step_group(const struct block *b, const struct step *s);
void step_lines(const struct block *b, const struct step *s);
void step_intervals(const struct block *b, const struct step *s);
void step_table(const struct block *b, const struct step *s);
void step_words(const struct block *b, const struct step *s);
void step_forest(const struct block *b, const struct step *s);
MUST_USE status step_tokens(const struct block *b, const struct step *s,
                            struct error *e);
void term_tree(const struct block *b, const struct step *s, uint32_t tree,
               double coefficient, double *sum);

/* A line a step; stops soon after `cap` bytes (0: none). */
void program_dump(const struct model *m, struct buf *out, size_t cap);

const char *program_map_word(enum program_map f);
const char *program_pair_word(enum program_pair f);
const char *program_reduce_word(enum program_reduce f);
const char *program_group_word(enum program_group f);

#endif
