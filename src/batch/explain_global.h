/* batch/explain_global.h: what `candor explain --global` adds up. */
#ifndef CANDOR_BATCH_EXPLAIN_GLOBAL_H
#define CANDOR_BATCH_EXPLAIN_GLOBAL_H

#include "batch/explain.h"
#include "batch/portfolio.h"

enum { GLOBAL_WORDS = 64, GLOBAL_TASKS = 16 };

/* A group column that the table has. */
struct global_column {
    const struct group_column *column;
    struct names *word;        /* values met, in the table's order; no bands */
    size_t codes;
    bool beyond;               /* more than GLOBAL_WORDS values */
};

/* A worker's own: merging is exact, so that who added what does not show. */
struct global_hand {
    struct global *game[EXPLAIN_GAMES_MAX];
    struct global_reasons *reasons;
    double *row;               /* [task rows][features] */
    long long *ordinal;
    const char **id;
    long *line;
    uint16_t *group;           /* [task rows][columns] */
};

struct globaling {
    struct explaining *x;
    struct arena *arena;
    struct global_player *player; /* [players] */
    struct global_column column[GLOBAL_COLUMNS];
    size_t columns;
    struct global_hand *hand;  /* [threads] */
    struct explain_reasoning reasoning;
    bool reasons;              /* the games are methods, players inputs */
    const struct block *block;
    size_t first_extra;        /* place of the id column, then of the groups */
    bool has_id;
    uint16_t *group;           /* [block rows][columns] */
    unsigned long long bad;
};

MUST_USE status global_open(struct globaling *g, struct error *e);
void global_close(struct globaling *g);

/* The document of hand 0, which holds all. */
MUST_USE status global_document(const struct globaling *g, struct buf *out,
                                struct error *e);

#endif
