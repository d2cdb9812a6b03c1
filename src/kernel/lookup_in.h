/* kernel/lookup_in.h: what the files of lookup share.
 *
 * A unit is a set of steps of one tree with at most 7 comparisons between them
 * (or the up to 8 of one path): every table of those steps is a function of
 * the unit's index, so tables of one target become one table a unit.
 *
 * Entries are four digits. How they lie is the level's own, since sums of
 * integers are the same whatever the digits:
 *   planes  base LOOKUP_BASE, a plane of bytes a digit: two entries' digits
 *           add up without leaving a byte;
 *   terms   of 6, 6, 7 and 8 bits, for byte shuffles, which look 16 entries up.
 *           A digit of the table is a sum, modulo 256, of terms: term M is an
 *           array of 16 by the four low bits of the index and counts where the
 *           index has all the bits M. Two leaves' paths of which either lacks
 *           a bit have no term with both of their own bits. Two entries' lower
 *           two digits, both halves counted, and one entry's upper two add up
 *           without leaving a byte. */
#ifndef CANDOR_KERNEL_LOOKUP_IN_H
#define CANDOR_KERNEL_LOOKUP_IN_H

#include "base/arena.h"
#include "kernel/lookup.h"

enum {
    LOOKUP_BASE = 128,            /* 2 * 127 = 254 */
    LOOKUP_HIGH = LOOKUP_BASE * LOOKUP_BASE,
    LOOKUP_MOST = (1 << 27) - 1,  /* largest entry */
    LOOKUP_DIGITS = 4,
    LOOKUP_NARROW = 7,            /* bits of a narrow unit */
    LOOKUP_WIDE = 8,
    LOOKUP_BLOCK = 64,            /* rows of a vector of indices */
    LOOKUP_STRIP = 6 * LOOKUP_BLOCK, /* rows of one pass over the steps */
    LOOKUP_ROWS = 12 * LOOKUP_STRIP, /* rows of one pass over all chunks */
    /* From one unit's indices to the next: an odd number of lines, so that
     * units keep out of each other's way in the caches. */
    LOOKUP_STRIDE = LOOKUP_ROWS + LOOKUP_BLOCK,
    LOOKUP_PIECE = 512,           /* bytes of a narrow table, half a wide one */
    LOOKUP_LINE = 64,             /* bytes of a term, an eighth of a piece */
    LOOKUP_HALF = 64,             /* entries of one of two halves */
    LOOKUP_UNITS = 256,           /* of a chunk, unless one tree has more */
    /* Entries of a group: tables and indices of a strip stay in the first
     * cache; up to 384 the sums would fit 15 bits. */
    LOOKUP_GROUP = 24,
    LOOKUP_FLUSH = 1 << 15        /* entries of a target: sums fit 31 bits */
};
#define LOOKUP_NONE UINT32_MAX

/* One comparison: the bit is set when the byte is not below the limit. */
struct lookup_test {
    uint32_t column;
    uint8_t limit, bit;
};

/* index[to] = index[from] | the bits of its tests. */
struct lookup_op {
    uint32_t from;        /* a slot, or LOOKUP_NONE: zero */
    uint32_t to;          /* a slot, or a unit of the chunk */
    bool unit;
    uint32_t first, count; /* tests */
};

/* Which terms a narrow table has, by the bits 4, 5 and 6 of the index. */
enum lookup_kind {
    LOOKUP_TWO_PATHS, /* none, 4, 5, 45, 6, 46 */
    LOOKUP_NO_6,      /* none, 4, 5, 45 */
    LOOKUP_NO_5,      /* none, 4, 6, 46 */
    LOOKUP_ALL,       /* all eight; in planes every table is of this kind */
    LOOKUP_KINDS
};

/* Tables of one target, one after the other, in the order of their kinds; a
 * multiple of the layout's `together` of each kind. */
struct lookup_group {
    uint32_t target; /* number among the used ones */
    uint32_t first, count; /* entries */
    uint32_t kind[LOOKUP_KINDS]; /* of which so many of each */
    uint32_t table;  /* the first one's, in lines from the chunk's first */
    bool wide;
};

struct lookup_chunk {
    struct lookup_op *op;
    struct lookup_test *test;
    uint32_t *entry;  /* its unit's first index: unit * LOOKUP_STRIDE */
    struct lookup_group *group;
    uint8_t *table;   /* planes: [DIGITS][128], or [DIGITS][256] when wide;
                         terms: [terms][DIGITS][16] */
    size_t lines;     /* of it; while building, one piece a table instead */
    void *table_memory;
    size_t ops, tests, entries, groups, units, slots;
    size_t bytes;
    bool flush;       /* sums must be handed out before this chunk */
};

struct lookup_target {
    uint32_t target;
    double base, unit;  /* sum += base + unit * (integer sum) */
    double bound, deviation;
};

struct lookup {
    struct lookup_chunk *chunk;
    size_t chunks;
    struct lookup_target *used;
    size_t used_count;
    uint32_t *number;   /* [targets] its place in used, or LOOKUP_NONE */
    const struct lookup_passes *passes; /* of the level it is packed for */
    size_t targets;
    size_t most_units, most_slots, bytes;
};

/* What the tables of one unit and target come to: one table over the unit's
 * index or, where they belong to two paths of at most six comparisons, two
 * halves of LOOKUP_HALF entries, over the bits of either path. Entries are
 * fractions of the half's range, 2^32 - 1 being all of it. */
struct lookup_merged {
    uint32_t unit, target;
    uint32_t count;   /* tables of the caller in it */
    bool wide;
    uint8_t halves;   /* 1 or 2 */
    uint8_t mask[2];  /* bits of the unit's index that it depends on */
    double low, range, most; /* of all; most: of absolute values */
    double half[2];   /* range of each half */
    size_t at;        /* its entries in the part's value */
};

/* A tree's program and tables, before they join a chunk. */
struct lookup_part {
    struct lookup_op *op;
    struct lookup_test *test;
    struct lookup_merged *merged;
    uint32_t *value;
    size_t ops, tests, merged_count, values, units, slots;
};

/* A unit as planned: its steps, bit k belonging to step[k]. */
struct lookup_unit {
    uint32_t step[LOOKUP_WIDE];
    uint8_t bits;      /* steps in it */
    uint8_t chain;     /* of which the first so many are one path */
    uint32_t home;     /* first of the steps that have tables */
};

struct lookup_plan {
    struct lookup_unit *unit;
    size_t units;
    uint32_t *next;    /* [steps] the next home of its unit, or NONE */
};

MUST_USE status lookup_plan_make(const struct lookup_step *step, size_t steps,
                                 const uint8_t *has_table,
                                 struct lookup_plan *out, struct error *e);
void lookup_plan_free(struct lookup_plan *p);
MUST_USE status lookup_program(const struct lookup_step *step, size_t steps,
                               const struct lookup_plan *plan,
                               struct lookup_part *out, struct error *e);
MUST_USE status lookup_merge(const struct lookup_step *step, size_t steps,
                             const struct lookup_table *table, size_t tables,
                             const struct lookup_plan *plan,
                             struct lookup_part *out, struct error *e);
void lookup_part_free(struct lookup_part *p);

/* A table of a chunk whose scale is not yet known. */
struct lookup_raw {
    uint32_t number;  /* of its target among the used ones */
    uint32_t table;   /* in pieces from the chunk's first, while building */
    uint32_t line;    /* in lines, when packed */
    enum lookup_kind kind;
    bool wide;
    uint8_t halves, mask[2];
    double half[2];
};

/* Joins parts to a chunk; raw[] goes with its tables, in their order. Tables
 * hold fractions until lookup_pack. */
MUST_USE status lookup_chunk_make(struct lookup_part *part, size_t parts,
                                  const uint32_t *number,
                                  const struct lookup_passes *passes,
                                  struct lookup_chunk *out,
                                  struct lookup_raw **raw, size_t *raws,
                                  struct error *e);
void lookup_chunk_free(struct lookup_chunk *c);
MUST_USE status lookup_table_room(size_t bytes, struct lookup_chunk *c,
                                  struct error *e);
/* Fractions → digits of the layout; entry = round(fraction * range / unit),
 * for each half by itself, so that the sum is the same in every layout. */
MUST_USE status lookup_pack(struct lookup_chunk *c,
                            const struct lookup_raw *raw, size_t raws,
                            const struct lookup_target *used, bool terms,
                            struct error *e);
enum lookup_kind lookup_kind_of(uint8_t halves, const uint8_t mask[2]);
uint32_t lookup_lines(bool terms, bool wide, enum lookup_kind kind);

/* Tables of a large model come from the third-level cache once a pass; what the
 * next group needs is asked for while this one works. */
static inline void lookup_ask(const struct lookup_chunk *c, size_t line,
                              size_t lines)
{
    size_t end = line + lines < c->lines ? line + lines : c->lines;
    for (; line < end; line++)
        __builtin_prefetch(c->table + line * LOOKUP_LINE);
}

/* The three passes of one level, over blocks of 64 rows. */
struct lookup_passes {
    bool terms;      /* the layout of tables */
    size_t together; /* entries whose digits are added as bytes */
    void (*steps)(const struct lookup_chunk *c, uint8_t *slot,
                  const uint8_t *tile, size_t tile_stride, size_t blocks,
                  uint8_t *index);
    void (*group)(const struct lookup_chunk *c, const struct lookup_group *g,
                  const uint8_t *index, size_t blocks, int32_t *sum);
    void (*finish)(const struct lookup_target *t, const int32_t *sum,
                   size_t blocks, double *out);
};
const struct lookup_passes *lookup_passes_here(void); /* of this level */
/* sum: for each block of 64 rows 64 sums of the two low digits and 64 of the
 * two high ones, in an order of the level's own. */
extern const struct lookup_passes lookup_scalar;
#if defined(__x86_64__)
extern const struct lookup_passes lookup_avx2, lookup_avx512;
#endif

#endif
