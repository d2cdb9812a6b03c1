/* Splits, and trees that ask the same question on a whole level. Such a tree
 * goes to the builder as the full binary tree it stands for: its last split is
 * the root, so that the leaves stand in the file's order. */
#include "base/num.h"
#include "base/text.h"
#include "formats/catboost.h"

#include <math.h>

struct reading {
    long place[2]; /* float_feature_index, cat_feature_index */
    double border;
    double hash;
    char kind[40];
};

/* Slots of a split's single numbers. */
enum { SLOT_FLOAT, SLOT_CATEGORY, SLOT_BORDER, SLOT_VALUE };

static status read_split_number(struct token *token, int slot,
                                struct reading *r)
{
    if (token->kind != TOKEN_NUMBER)
        return ST_FORMAT;
    if (slot == SLOT_BORDER)
        r->border = token->number;
    else if (slot == SLOT_VALUE)
        r->hash = token->number;
    else if (token->is_integer && token->integer >= 0 &&
             token->integer < MODEL_FEATURES_MAX)
        r->place[slot] = (long)token->integer;
    else
        return ST_FORMAT;
    return ST_OK;
}

static status read_split_key(struct catboost *c, const char *key, int slot,
                             struct reading *r, struct error *e)
{
    struct token token;
    TRY(tokens_next(c->tokens, &token, e));
    if (read_split_number(&token, slot, r) != ST_OK)
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "%s of a split must be a number%s", key,
                            slot < SLOT_BORDER ? " of a feature" : "");
    return ST_OK;
}

static status read_kind(struct catboost *c, struct reading *r, struct error *e)
{
    char *text = NULL;
    TRY(catboost_text(c, "split_type", &text, e));
    size_t n = strlen(text);
    n = n < sizeof r->kind ? n : sizeof r->kind - 1;
    memcpy(r->kind, text, n);
    r->kind[n] = '\0';
    return ST_OK;
}

static status read_split(struct catboost *c, struct reading *r,
                         struct error *e)
{
    static const char *const keys[] = {"float_feature_index",
                                       "cat_feature_index", "border", "value"};
    for (;;) {
        struct token token;
        int slot = 0;
        TRY(tokens_next(c->tokens, &token, e));
        if (token.kind == TOKEN_END_OBJECT)
            return ST_OK;
        if (text_equal(token.text, "split_type")) {
            TRY(read_kind(c, r, e));
            continue;
        }
        while (slot < 4 && !text_equal(token.text, keys[slot]))
            slot++;
        TRY(slot < 4 ? read_split_key(c, keys[slot], slot, r, e)
                     : tokens_skip(c->tokens, e));
    }
}

static status find_input(struct catboost *c, const struct reading *r,
                         bool category, long *out, struct error *e)
{
    const struct catboost_places *p = &c->place[category];
    long place = r->place[category];
    if (place < 0 || (size_t)place >= p->count || p->input[place] < 0)
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "a split of tree %zu asks for an input that "
                            "features_info does not have", c->trees);
    *out = p->input[place];
    return ST_OK;
}

static status one_hot(struct catboost *c, const struct reading *r,
                      struct catboost_split *s, struct error *e)
{
    TRY(find_input(c, r, true, &s->input, e));
    s->category = true;
    const struct catboost_input *input = &c->input[s->input];
    if (r->hash != rint(r->hash) || !(r->hash >= (double)INT32_MIN) ||
        !(r->hash <= (double)UINT32_MAX))
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "value of a split must be a hash of 32 bits");
    long code = catboost_code(c, input, (uint32_t)(int64_t)r->hash);
    if (code < 0)
        return tokens_fault(c->tokens, e, ST_UNSUPPORTED,
                            "tree %zu asks for a category of \"%.60s\" whose "
                            "word is not in the file: save the model with "
                            "save_model(\"model.json\", format=\"json\", "
                            "pool=…), which writes the words", c->trees,
                            input->name);
    s->code = (uint32_t)code;
    return ST_OK;
}

status catboost_split(struct catboost *c, struct error *e)
{
    struct reading r = {.place = {-1, -1}, .border = NAN};
    struct catboost_split s = {0};
    TRY(read_split(c, &r, e));
    if (text_equal(r.kind, "FloatFeature")) {
        TRY(find_input(c, &r, false, &s.input, e));
        s.border = num_float(r.border);
        if (isnan(s.border))
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "a split of tree %zu has no border", c->trees);
    } else if (text_equal(r.kind, "OneHotFeature")) {
        TRY(one_hot(c, &r, &s, e));
    } else if (text_equal(r.kind, "OnlineCtr")) {
        return tokens_fault(c->tokens, e, ST_UNSUPPORTED,
                            "tree %zu splits by an OnlineCtr, a statistic of "
                            "categories that the file does not hold whole: "
                            "train with one_hot_max_size at least as large as "
                            "the number of categories, or encode the input "
                            "before", c->trees);
    } else {
        return tokens_fault(c->tokens, e, ST_UNSUPPORTED,
                            "tree %zu has a split of kind \"%s\", which is "
                            "not supported", c->trees, r.kind);
    }
    TRY(MEM_ROOM(c->split, c->splits_room, c->splits + 1, e));
    c->split[c->splits++] = s;
    return ST_OK;
}

status catboost_put_split(struct catboost *c, const struct catboost_split *s,
                          long left, long right, double cover, struct error *e)
{
    if (!s->category)
        return builder_split(c->b, s->input, s->border, left, right,
                             !c->input[s->input].nan_right, MISSING_NAN, cover,
                             e);
    size_t words = (size_t)s->code / 32 + 1;
    uint32_t *bits = mem_array(words, sizeof *bits);
    if (bits == NULL)
        return error_memory(e);
    bits[s->code / 32] = (uint32_t)1 << (s->code % 32);
    status st = builder_category_split(c->b, s->input, bits, words, false, left,
                                       right, true, MISSING_NAN, cover, e);
    mem_free(bits);
    return st;
}

status catboost_outputs(struct catboost *c, size_t outputs, struct error *e)
{
    if (c->outputs == outputs)
        return ST_OK;
    if (c->outputs != 0 || outputs == 0 || outputs > CATBOOST_OUTPUTS_MAX)
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "tree %zu has leaves of %zu numbers, %zu were "
                            "expected (at most %d)", c->trees, outputs,
                            c->outputs == 0 ? (size_t)1 : c->outputs,
                            CATBOOST_OUTPUTS_MAX);
    c->outputs = outputs;
    return builder_outputs(c->b, outputs, e);
}

/* --- symmetric trees ---------------------------------------------------------- */

/* c->cover[i]: cover of node i; children of i are 2i+1 and 2i+2. */
static status sum_covers(struct catboost *c, size_t leaves, struct error *e)
{
    size_t inner = leaves - 1;
    columns_clear(&c->cover, 1);
    for (size_t i = 0; i < inner + leaves; i++) {
        double own = 0.0;
        if (i >= inner && c->leaf_weights.count > 0)
            own = c->leaf_weights.value[i - inner];
        TRY(column_add(&c->cover, own, &c->cap, e));
    }
    for (size_t i = inner; i-- > 0;)
        c->cover.value[i] =
            c->cover.value[2 * i + 1] + c->cover.value[2 * i + 2];
    return ST_OK;
}

static status put_output(struct catboost *c, size_t output, size_t leaves,
                         struct error *e)
{
    size_t inner = leaves - 1, level = 0;
    TRY(builder_tree(c->b, output, 1.0, e));
    for (size_t i = 0; i < inner; i++) {
        if (i + 1 == (size_t)1 << (level + 1))
            level++;
        TRY(catboost_put_split(c, &c->split[c->splits - 1 - level],
                               (long)(2 * i + 1), (long)(2 * i + 2),
                               c->cover.value[i], e));
    }
    for (size_t i = 0; i < leaves; i++)
        TRY(builder_leaf(c->b, c->leaf_values.value[i * c->outputs + output],
                         c->cover.value[inner + i], e));
    return builder_tree_end(c->b, e);
}

static status put_tree(struct catboost *c, struct error *e)
{
    if (c->splits > CATBOOST_DEPTH_MAX)
        return tokens_fault(c->tokens, e, ST_LIMIT,
                            "tree %zu has %zu levels, at most %d are read",
                            c->trees, c->splits, CATBOOST_DEPTH_MAX);
    size_t leaves = (size_t)1 << c->splits, values = c->leaf_values.count;
    if (values == 0 || values % leaves != 0 ||
        (c->leaf_weights.count != 0 && c->leaf_weights.count != leaves))
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "tree %zu has %zu splits, %zu leaf values and %zu "
                            "leaf weights, which do not fit together", c->trees,
                            c->splits, values, c->leaf_weights.count);
    TRY(catboost_outputs(c, values / leaves, e));
    TRY(sum_covers(c, leaves, e));
    for (size_t k = 0; k < c->outputs; k++) {
        struct error fault = {0};
        status s = put_output(c, k, leaves, &fault);
        if (s != ST_OK)
            return tokens_fault(c->tokens, e, s, "%s", fault.text);
    }
    return ST_OK;
}

static status read_splits(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    struct token token;
    TRY(tokens_next(c->tokens, &token, e));
    if (token.kind == TOKEN_NULL)
        return ST_OK;
    if (token.kind != TOKEN_BEGIN_ARRAY)
        return tokens_fault(c->tokens, e, ST_FORMAT, "splits must be a list");
    for (;;) {
        bool more = true;
        TRY(catboost_entry(c, &token, &more, e));
        if (!more)
            return ST_OK;
        if (token.kind != TOKEN_BEGIN_OBJECT)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "a split must be an object, not %s",
                                token_word(token.kind));
        TRY(catboost_split(c, e));
    }
}

static status read_leaves(struct catboost *c, int slot, struct error *e)
{
    return slot == 0 ? catboost_numbers(c, &c->leaf_values, "leaf_values", e)
                     : catboost_numbers(c, &c->leaf_weights, "leaf_weights", e);
}

static const struct catboost_field tree_fields[] = {
    {"leaf_values", read_leaves, 0},
    {"leaf_weights", read_leaves, 1},
    {"splits", read_splits, 0},
    {NULL, NULL, 0}};

static status read_tree(struct catboost *c, struct error *e)
{
    c->splits = 0;
    columns_clear(&c->leaf_values, 1);
    columns_clear(&c->leaf_weights, 1);
    TRY(catboost_fields(c, tree_fields, e));
    return put_tree(c, e);
}

status catboost_each_tree(struct catboost *c, const char *name,
                          status (*read)(struct catboost *c, struct error *e),
                          struct error *e)
{
    if (!c->features || c->trees_given)
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "features_info must stand before the trees, and "
                            "trees of one kind only");
    c->trees_given = true;
    TRY(catboost_expect(c, TOKEN_BEGIN_ARRAY, name, e));
    for (;;) {
        bool more = true;
        struct token token;
        TRY(catboost_entry(c, &token, &more, e));
        if (!more)
            return ST_OK;
        if (token.kind != TOKEN_BEGIN_OBJECT)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "a tree must be an object, not %s",
                                token_word(token.kind));
        TRY(read(c, e));
        c->trees++;
    }
}

status catboost_symmetric(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    return catboost_each_tree(c, "oblivious_trees", read_tree, e);
}
