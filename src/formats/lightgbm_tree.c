/* One tree of a LightGBM text file. Every line of it is a list of numbers; one
 * table says which lists are kept, how long each must be and when. */
#include "base/num.h"
#include "formats/lightgbm.h"

#include <math.h>

/* How long a list must be, given the tree's own counts. */
enum rule { RULE_ONE, RULE_SPLITS, RULE_LEAVES, RULE_SETS, RULE_WORDS,
            RULE_TERMS };
/* In which trees it must be there. */
enum when { ALWAYS, IF_SPLIT, IF_SETS, IF_LINEAR, OPTIONAL };

static const struct {
    const char *key;
    enum rule rule;
    enum when when;
} table[COLUMNS] = {
    [COL_LEAVES] = {"num_leaves", RULE_ONE, ALWAYS},
    [COL_SETS] = {"num_cat", RULE_ONE, OPTIONAL},
    [COL_FEATURE] = {"split_feature", RULE_SPLITS, IF_SPLIT},
    [COL_THRESHOLD] = {"threshold", RULE_SPLITS, IF_SPLIT},
    [COL_DECISION] = {"decision_type", RULE_SPLITS, IF_SPLIT},
    [COL_LEFT] = {"left_child", RULE_SPLITS, IF_SPLIT},
    [COL_RIGHT] = {"right_child", RULE_SPLITS, IF_SPLIT},
    [COL_LEAF_VALUE] = {"leaf_value", RULE_LEAVES, ALWAYS},
    [COL_LEAF_COUNT] = {"leaf_count", RULE_LEAVES, IF_SPLIT},
    [COL_NODE_COUNT] = {"internal_count", RULE_SPLITS, IF_SPLIT},
    [COL_BOUNDS] = {"cat_boundaries", RULE_SETS, IF_SETS},
    [COL_WORDS] = {"cat_threshold", RULE_WORDS, IF_SETS},
    [COL_LINEAR] = {"is_linear", RULE_ONE, OPTIONAL},
    [COL_CONSTANT] = {"leaf_const", RULE_LEAVES, IF_LINEAR},
    [COL_TERMS] = {"num_features", RULE_LEAVES, IF_LINEAR},
    [COL_TERM_FEATURE] = {"leaf_features", RULE_TERMS, IF_LINEAR},
    [COL_TERM_FACTOR] = {"leaf_coeff", RULE_TERMS, IF_LINEAR},
};

static status read_numbers(struct lightgbm *g, struct column *c,
                           const char *key, const char *text, struct error *e)
{
    while (*text != '\0') {
        size_t blank = strspn(text, " \t");
        text += blank;
        size_t n = strcspn(text, " \t");
        double x = 0.0;
        if (n == 0)
            break;
        if (!num_parse(text, n, &x))
            return lines_fault(&g->lines, e, ST_SYNTAX,
                               "tree %zu: %s, entry %zu is not a number: "
                               "\"%.40s\"", g->trees, key, c->count,
                               text);
        TRY(column_add(c, x, &g->cap, e));
        text += n;
    }
    return ST_OK;
}

status lightgbm_tree_line(struct lightgbm *g, struct error *e)
{
    const char *line = buf_text(&g->lines.line);
    const char *equals = strchr(line, '=');
    if (equals == NULL)
        return ST_OK;
    size_t length = (size_t)(equals - line);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (strlen(table[i].key) != length ||
            memcmp(table[i].key, line, length) != 0)
            continue;
        struct column *c = &g->column[i];
        if (c->given)
            return lines_fault(&g->lines, e, ST_FORMAT,
                               "tree %zu: %s is given twice", g->trees,
                               table[i].key);
        c->given = true;
        c->line = g->lines.number;
        return read_numbers(g, c, table[i].key, equals + 1, e);
    }
    return ST_OK; /* gains, weights: not needed */
}

void lightgbm_tree_free(struct lightgbm *g)
{
    columns_free(g->column, COLUMNS);
    mem_free(g->bits);
}

static status tree_fault(const struct lightgbm *g, enum column_name c,
                         struct error *e, const char *what, double found)
{
    struct place place = {g->lines.in.name, g->column[c].line, 0, -1};
    char text[NUM_TEXT_MAX];
    (void)num_shortest(found, text);
    return error_at(e, ST_FORMAT, &place, "tree %zu: %s %s, found %s", g->trees,
                    table[c].key, what, text);
}

/* A whole number of a column, within what an index may be. */
static status whole(const struct lightgbm *g, enum column_name c, size_t at,
                    long low, long high, long *out, struct error *e)
{
    double x = g->column[c].value[at];
    if (!(x >= (double)low && x <= (double)high) || x != rint(x)) {
        char what[96];
        (void)snprintf(what, sizeof what,
                       "entry %zu must be a whole number from %ld to %ld", at,
                       low, high);
        return tree_fault(g, c, e, what, x);
    }
    *out = (long)x;
    return ST_OK;
}

static status one(const struct lightgbm *g, enum column_name c, long low,
                  long high, long *out, struct error *e)
{
    *out = low;
    if (!g->column[c].given || g->column[c].count == 0)
        return ST_OK;
    return whole(g, c, 0, low, high, out, e);
}

struct shape {
    long leaves, sets, linear;
    size_t words, terms;
};

static bool needed(enum when when, const struct shape *s)
{
    switch (when) {
    case ALWAYS:
        return true;
    case IF_SPLIT:
        return s->leaves > 1;
    case IF_SETS:
        return s->sets > 0;
    case IF_LINEAR:
        return s->linear != 0;
    case OPTIONAL:
        break;
    }
    return false;
}

static size_t expected(enum rule rule, const struct shape *s)
{
    switch (rule) {
    case RULE_SPLITS:
        return (size_t)s->leaves - 1;
    case RULE_LEAVES:
        return (size_t)s->leaves;
    case RULE_SETS:
        return (size_t)s->sets + 1;
    case RULE_WORDS:
        return s->words;
    case RULE_TERMS:
        return s->terms;
    case RULE_ONE:
        break;
    }
    return 1;
}

static status check_column(const struct lightgbm *g, size_t i,
                           const struct shape *s, struct error *e)
{
    const struct column *c = &g->column[i];
    if (!needed(table[i].when, s))
        return ST_OK;
    if (!c->given)
        return lines_fault(&g->lines, e, ST_FORMAT,
                           "tree %zu ends without %s", g->trees, table[i].key);
    size_t want = expected(table[i].rule, s);
    if (c->count == want)
        return ST_OK;
    struct place place = {g->lines.in.name, c->line, 0, -1};
    return error_at(e, ST_FORMAT, &place,
                    "tree %zu: %s has %zu entries, %zu were expected", g->trees,
                    table[i].key, c->count, want);
}

/* Counts first, then the lists whose length the counts give, in table order:
 * boundaries stand before words, and term counts before terms. */
static status check_shape(struct lightgbm *g, struct shape *s, struct error *e)
{
    const struct column *c = g->column;
    *s = (struct shape){.leaves = 1};
    for (size_t i = 0; i < COLUMNS; i++) {
        TRY(check_column(g, i, s, e));
        if (i == COL_LEAVES)
            TRY(one(g, COL_LEAVES, 1, MODEL_NODES_MAX, &s->leaves, e));
        else if (i == COL_SETS)
            TRY(one(g, COL_SETS, 0, s->leaves - 1, &s->sets, e));
        else if (i == COL_LINEAR)
            TRY(one(g, COL_LINEAR, 0, 1, &s->linear, e));
        for (size_t j = 0; i == COL_BOUNDS && s->sets > 0 && j < c[i].count;
             j++) {
            long bound = 0;
            TRY(whole(g, COL_BOUNDS, j, (long)s->words, MODEL_NODES_MAX,
                      &bound, e));
            s->words = (size_t)bound;
        }
        for (size_t j = 0; i == COL_TERMS && s->linear && j < c[i].count; j++) {
            long terms = 0;
            TRY(whole(g, COL_TERMS, j, 0, MODEL_FEATURES_MAX, &terms, e));
            s->terms += (size_t)terms;
        }
    }
    return ST_OK;
}

static status set_split(struct lightgbm *g, const struct shape *s, size_t at,
                        long feature, const long child[2], struct error *e)
{
    long set = 0;
    TRY(whole(g, COL_THRESHOLD, at, 0, s->sets - 1, &set, e));
    size_t from = (size_t)g->column[COL_BOUNDS].value[set];
    size_t count = (size_t)g->column[COL_BOUNDS].value[set + 1] - from;
    if (count > g->bits_room) {
        uint32_t *grown = mem_grow(g->bits, g->bits_room, count, sizeof *grown);
        if (grown == NULL)
            return error_memory(e);
        g->bits = grown;
        g->bits_room = count;
    }
    for (size_t i = 0; i < count; i++) {
        long word = 0;
        TRY(whole(g, COL_WORDS, from + i, 0, UINT32_MAX, &word, e));
        g->bits[i] = (uint32_t)word;
    }
    return builder_category_split(g->b, feature, g->bits, count, true, child[0],
                                  child[1], false, MISSING_NAN,
                                  g->column[COL_NODE_COUNT].value[at], e);
}

static status child_of(const struct lightgbm *g, const struct shape *s,
                       enum column_name c, size_t at, long *out,
                       struct error *e)
{
    long child = 0;
    TRY(whole(g, c, at, -s->leaves, s->leaves - 2, &child, e));
    /* Splits come first in our numbering; −1 is leaf 0. */
    *out = child >= 0 ? child : s->leaves - 1 + (-1 - child);
    return ST_OK;
}

static status put_split(struct lightgbm *g, const struct shape *s, size_t at,
                        struct error *e)
{
    static const enum node_missing kinds[] = {MISSING_NONE, MISSING_ZERO,
                                              MISSING_NAN};
    long feature = 0, decision = 0, child[2] = {0, 0};
    TRY(whole(g, COL_FEATURE, at, 0, MODEL_FEATURES_MAX - 1, &feature, e));
    TRY(whole(g, COL_DECISION, at, 0, 11, &decision, e));
    TRY(child_of(g, s, COL_LEFT, at, &child[0], e));
    TRY(child_of(g, s, COL_RIGHT, at, &child[1], e));
    if ((decision & 1) != 0)
        return set_split(g, s, at, feature, child, e);
    return builder_split(g->b, feature, g->column[COL_THRESHOLD].value[at],
                         child[0], child[1], (decision & 2) != 0,
                         kinds[decision >> 2],
                         g->column[COL_NODE_COUNT].value[at], e);
}

static status put_leaf(struct lightgbm *g, const struct shape *s, size_t at,
                       size_t *term, struct error *e)
{
    const struct column *c = g->column;
    double cover = c[COL_LEAF_COUNT].count > at ? c[COL_LEAF_COUNT].value[at]
                                                : 0.0;
    double value = c[COL_LEAF_VALUE].value[at];
    size_t terms = s->linear ? (size_t)c[COL_TERMS].value[at] : 0;
    if (s->linear && terms == 0)
        value = c[COL_CONSTANT].value[at];
    TRY(builder_leaf(g->b, value, cover, e));
    for (size_t i = 0; i < terms; i++, ++*term) {
        long feature = 0;
        TRY(whole(g, COL_TERM_FEATURE, *term, 0, MODEL_FEATURES_MAX - 1,
                  &feature, e));
        TRY(builder_linear_term(g->b, feature,
                                c[COL_TERM_FACTOR].value[*term], e));
    }
    if (terms > 0)
        builder_linear_constant(g->b, c[COL_CONSTANT].value[at]);
    return ST_OK;
}

status lightgbm_tree_end(struct lightgbm *g, struct error *e)
{
    struct shape s;
    size_t term = 0;
    TRY(check_shape(g, &s, e));
    TRY(builder_tree(g->b, g->trees % g->outputs, 1.0, e));
    for (size_t i = 0; i + 1 < (size_t)s.leaves; i++)
        TRY(put_split(g, &s, i, e));
    for (size_t i = 0; i < (size_t)s.leaves; i++)
        TRY(put_leaf(g, &s, i, &term, e));
    TRY(builder_tree_end(g->b, e));
    g->trees++;
    columns_clear(g->column, COLUMNS);
    return ST_OK;
}
