/* One characteristic as a tree that reads its input: nodes parents first, left
 * before right, which is the order the builder keeps, so that codes given leaf
 * by leaf stand where the scorecard wants them. */
#include "formats/table_card.h"

#include <math.h>

struct planting {
    struct table_card *c;
    struct builder *b;
    long feature, next; /* next: number of the node given next */
    uint32_t *bits;
    size_t words;
};

static status put_leaf(struct planting *p, size_t bin, bool first,
                       struct error *e)
{
    struct table_card *c = p->c;
    const struct card_bin *of = &c->bin[bin];
    p->next++;
    c->code[c->codes++] = (struct scorecard_code){of->reason, of->baseline};
    return builder_leaf(p->b, of->points, first ? of->cover : 0.0, e);
}

/* Rows of a bin are counted once, on its first leaf. */
static bool first_leaf(const struct table_card *c, size_t leaf)
{
    for (size_t i = 0; i < leaf; i++)
        if (c->leaf[i].bin == c->leaf[leaf].bin)
            return false;
    return c->leaf[leaf].bin != c->missing;
}

static double leaf_cover(const struct table_card *c, size_t from, size_t to)
{
    double sum = 0.0;
    for (size_t i = from; i < to; i++)
        sum += first_leaf(c, i) ? c->bin[c->leaf[i].bin].cover : 0.0;
    return sum;
}

static status put_ranges(struct planting *p, size_t from, size_t to,
                         struct error *e)
{
    const struct table_card *c = p->c;
    if (to - from == 1)
        return put_leaf(p, c->leaf[from].bin, first_leaf(c, from), e);
    size_t middle = from + (to - from) / 2;
    long left = p->next + 1, right = left + 2 * (long)(middle - from) - 1;
    p->next++;
    TRY(builder_split(p->b, p->feature, c->leaf[middle - 1].high, left, right,
                      true, MISSING_NAN, leaf_cover(c, from, to), e));
    TRY(put_ranges(p, from, middle, e));
    return put_ranges(p, middle, to, e);
}

/* Bins that hold words, and the one of all other words before them. */
static size_t word_leaf(const struct table_card *c, size_t i)
{
    if (c->other == SIZE_MAX)
        return c->leaf[i].bin;
    return i == 0 ? c->other : c->leaf[i - 1].bin;
}

static double word_cover(const struct table_card *c, size_t from, size_t to)
{
    double sum = 0.0;
    for (size_t i = from; i < to; i++)
        sum += c->bin[word_leaf(c, i)].cover;
    return sum;
}

static status put_words(struct planting *p, size_t from, size_t to,
                        struct error *e)
{
    const struct table_card *c = p->c;
    if (to - from == 1)
        return put_leaf(p, word_leaf(c, from),
                        word_leaf(c, from) != c->missing, e);
    size_t middle = from + (to - from) / 2;
    long left = p->next + 1, right = left + 2 * (long)(middle - from) - 1;
    memset(p->bits, 0, p->words * sizeof *p->bits);
    for (size_t code = 0; code < c->word_count; code++)
        for (size_t i = middle; i < to; i++)
            if (c->word_bin[code] == word_leaf(c, i))
                p->bits[code / 32] |= (uint32_t)1 << (code % 32);
    p->next++;
    TRY(builder_category_split(p->b, p->feature, p->bits, p->words, false, left,
                               right, true, MISSING_NAN,
                               word_cover(c, from, to), e));
    TRY(put_words(p, from, middle, e));
    return put_words(p, middle, to, e);
}

/* Bins of words in the order of their first word. */
static status list_word_bins(struct table_card *c, struct error *e)
{
    bool *seen = arena_new_array(c->arena, bool, c->bins);
    c->leaf = arena_new_array(c->arena, struct card_leaf, c->bins + 1);
    if (seen == NULL || c->leaf == NULL)
        return arena_error(c->arena, e);
    for (size_t code = 0; code < c->word_count; code++) {
        size_t bin = c->word_bin[code];
        if (bin != c->other && !seen[bin])
            c->leaf[c->leaves++] = (struct card_leaf){0.0, 0.0, bin};
        seen[bin] = true;
    }
    return ST_OK;
}

static status put_body(struct planting *p, size_t leaves, struct error *e)
{
    return p->c->words ? put_words(p, 0, leaves, e)
                       : put_ranges(p, 0, leaves, e);
}

/* The first split parts missing values from all others. */
static status put_tree(struct planting *p, size_t leaves, size_t missing,
                       struct error *e)
{
    struct table_card *c = p->c;
    if (missing == SIZE_MAX)
        return put_body(p, leaves, e);
    long right = 2 * (long)leaves;
    double cover = c->bin[missing].cover +
                   (c->words ? word_cover(c, 0, leaves)
                             : leaf_cover(c, 0, leaves));
    bool own = missing == c->missing;
    p->next++;
    if (c->words)
        TRY(builder_category_split(p->b, p->feature, NULL, 0, false, 1, right,
                                   false, MISSING_NAN, cover, e));
    else
        TRY(builder_split(p->b, p->feature, (double)INFINITY, 1, right, false,
                          MISSING_NAN, cover, e));
    TRY(put_body(p, leaves, e));
    return put_leaf(p, missing, own, e);
}

status table_card_tree(struct table_card *c, struct builder *b, size_t feature,
                       struct error *e)
{
    struct planting p = {.c = c, .b = b, .feature = (long)feature};
    /* Without a bin of its own a missing value is one of all others. */
    size_t missing = c->missing;
    if (missing == SIZE_MAX && !c->strict)
        missing = c->other;
    if (c->words)
        TRY(list_word_bins(c, e));
    size_t leaves = c->leaves + (c->words && c->other != SIZE_MAX);
    p.words = (c->word_count + 31) / 32;
    p.bits = arena_new_array(c->arena, uint32_t, p.words + 1);
    c->code = arena_new_array(c->arena, struct scorecard_code, leaves + 2);
    if (p.bits == NULL || c->code == NULL)
        return arena_error(c->arena, e);
    TRY(builder_feature(b, c->name, c->words ? FEATURE_CATEGORY
                                             : FEATURE_NUMBER, e));
    if (c->words && c->word_count > 0)
        TRY(builder_words(b, feature, c->word, c->word_count, e));
    builder_required(b, feature, missing == SIZE_MAX,
                     c->words && c->other == SIZE_MAX);
    TRY(builder_tree(b, 0, 1.0, e));
    if (leaves > 0)
        TRY(put_tree(&p, leaves, missing, e));
    else
        TRY(put_leaf(&p, missing, true, e));
    return builder_tree_end(b, e);
}
