/* batch/evaluate_reading.h: one evaluation table while it is read; shared by
 * evaluate_read.c (opens, describes, measures) and evaluate_rows.c (rows). */
#ifndef CANDOR_BATCH_EVALUATE_READING_H
#define CANDOR_BATCH_EVALUATE_READING_H

#include "batch/evaluate_in.h"

enum { EVALUATE_TASK = 128 }; /* rows scored at a time by one worker */

struct scored { /* a block's rows */
    double *row, *score, *probability, *target, *answer;
    double *margin;              /* [block rows][outputs] */
    uint8_t *label;
    uint16_t *period, *slot, *actual;
    uint64_t *hash;
};

struct reading {
    struct evaluating *v;
    struct card_split *split;
    const struct project_table *t;
    struct table *table;
    const struct block *block;
    size_t further;              /* first column that recourse alone reads;
                                    SIZE_MAX: none is audited */
    size_t label, date, id;      /* columns of the block; SIZE_MAX: none */
    size_t given;                /* scores, where only they are known */
    size_t group[SAMPLE_GROUPS_MAX];
    size_t block_rows, task;     /* of a block; scored by one worker */
    struct scored b;
    struct tallying *tally;      /* [features]; NULL: not wanted */
    struct sample *sample;
    struct row_set *rows, *ids;
    long first_day, last_day;
    uint16_t *slots;             /* [EVALUATE_SLOTS] periods in order met */
    /* amounts or classes, by row */
    double *predicted, *actual;
    double *class_answer;
    uint16_t *class_actual;
    size_t known, room;
};

/* Reads all blocks: rows scored, columns tallied, sample filled. */
MUST_USE status evaluate_blocks(struct reading *r, struct error *e);

#endif
