/* Words of the fields that declare none, or let others be: whatever the model compares them with,
 * directly or through derived fields. */
#include "base/text.h"
#include "formats/pmml.h"

enum { ROUNDS = 8, WORDS_MAX = 1 << 20 };

/* The words that stand beside one name. */
struct heap {
    struct names *word;
};

struct gather {
    struct pmml *p;
    struct names *name;
    struct heap *heap;
    size_t room, words;
};

static status add(struct gather *g, const char *name, const char *word,
                  struct error *e)
{
    if (name == NULL || word == NULL || *word == '\0')
        return ST_OK;
    size_t before = names_count(g->name);
    TRY(MEM_ROOM(g->heap, g->room, before + 1, e));
    long at = names_add(g->name, name, strlen(name));
    if (at < 0)
        return error_memory(e);
    struct heap *h = &g->heap[at];
    if ((size_t)at == before)
        h->word = names_new();
    if (h->word == NULL)
        return error_memory(e);
    before = names_count(h->word);
    if (names_add(h->word, word, strlen(word)) < 0)
        return error_memory(e);
    g->words += names_count(h->word) - before;
    return g->words <= WORDS_MAX
               ? ST_OK
               : error_set(e, ST_LIMIT, "more than %d words in predicates",
                           WORDS_MAX);
}

static status add_array(struct gather *g, const struct xml_node *n,
                        struct error *e)
{
    const struct xml_node *array = xml_child(n, "Array");
    const char *const *word = NULL;
    size_t count = 0;
    if (array == NULL)
        return ST_OK;
    TRY(pmml_array(g->p, array, &word, &count, e));
    for (size_t i = 0; i < count; i++)
        TRY(add(g, xml_value(n, "field"), word[i], e));
    return ST_OK;
}

static status add_map(struct gather *g, const struct xml_node *n,
                      struct error *e)
{
    const struct xml_node *table = xml_child(n, "InlineTable");
    if (table == NULL)
        return ST_OK;
    for (const struct xml_node *pair = xml_child(n, "FieldColumnPair");
         pair != NULL; pair = xml_sibling(pair, "FieldColumnPair")) {
        const char *column = xml_value(pair, "column");
        for (const struct xml_node *row = xml_child(table, "row");
             row != NULL && column != NULL; row = xml_sibling(row, "row")) {
            const struct xml_node *cell = pmml_cell(row, column);
            if (cell != NULL)
                TRY(add(g, xml_value(pair, "field"), cell->text, e));
        }
    }
    return ST_OK;
}

/* Every field below an Apply with every constant beside it: more than is
 * compared, but a word too many does no harm. */
static status add_apply(struct gather *g, const struct xml_node *n,
                        struct error *e)
{
    for (const struct xml_node *c = xml_child(n, "Constant"); c != NULL;
         c = xml_sibling(c, "Constant")) {
        const char *type = xml_value(c, "dataType");
        if (type != NULL && !text_equal(type, "string"))
            continue;
        for (const struct xml_node *f = n->child; f != NULL; f = f->next) {
            if (xml_is(f, "FieldRef"))
                TRY(add(g, xml_value(f, "field"), c->text, e));
            for (const struct xml_node *in = xml_child(f, "FieldRef");
                 xml_is(f, "Apply") && in != NULL;
                 in = xml_sibling(in, "FieldRef"))
                TRY(add(g, xml_value(in, "field"), c->text, e));
        }
    }
    return ST_OK;
}

static status look(struct gather *g, const struct xml_node *n,
                   struct error *e)
{
    if (xml_is(n, "SimplePredicate") || xml_is(n, "NormDiscrete"))
        return add(g, xml_value(n, "field"), xml_value(n, "value"), e);
    if (xml_is(n, "CategoricalPredictor"))
        return add(g, xml_value(n, "name"), xml_value(n, "value"), e);
    if (xml_is(n, "PPCell"))
        return add(g, xml_value(n, "predictorName"), xml_value(n, "value"), e);
    if (xml_is(n, "SimpleSetPredicate"))
        return add_array(g, n, e);
    if (xml_is(n, "MapValues"))
        return add_map(g, n, e);
    if (xml_is(n, "Apply"))
        return add_apply(g, n, e);
    return ST_OK;
}

static status walk(struct gather *g, const struct xml_node *n,
                   struct error *e)
{
    TRY(look(g, n, e));
    for (n = n->child; n != NULL; n = n->next)
        TRY(walk(g, n, e));
    return ST_OK;
}

/* What a derived field is compared with, its fields may be, too. */
static status pass_down(struct gather *g, const struct xml_node *n,
                        const char *derived, struct error *e)
{
    if (xml_is(n, "DerivedField"))
        derived = xml_value(n, "name");
    long from = derived == NULL || !xml_is(n, "FieldRef")
                    ? -1
                    : names_find(g->name, derived, strlen(derived));
    for (size_t i = 0; from >= 0 && i < names_count(g->heap[from].word); i++)
        TRY(add(g, xml_value(n, "field"), names_at(g->heap[from].word, i), e));
    for (n = n->child; n != NULL; n = n->next)
        TRY(pass_down(g, n, derived, e));
    return ST_OK;
}

static bool wants_words(const struct pmml_data *d)
{
    return d->kind == PMML_WORD && (d->valid.open || d->as_is);
}

static status settle(struct gather *g, const bool *marked, struct error *e)
{
    struct pmml *p = g->p;
    for (size_t i = 0; i < p->fields; i++) {
        struct pmml_data *d = &p->data[i];
        if (!marked[i] || !wants_words(d))
            continue;
        long at = names_find(g->name, d->name, strlen(d->name));
        size_t more = at < 0 ? 0 : names_count(g->heap[at].word);
        size_t n = 0, declared = d->listed.count;
        const char **word =
            arena_new_array(p->arena, const char *, declared + more + 1);
        if (word == NULL)
            return arena_error(p->arena, e);
        for (; n < declared; n++)
            word[n] = d->listed.word[n];
        for (size_t k = 0; k < more; k++) {
            const char *w = names_at(g->heap[at].word, k);
            if (pmml_code(d, w) >= 0)
                continue;
            word[n] = arena_string(p->arena, w);
            if (word[n++] == NULL)
                return arena_error(p->arena, e);
        }
        d->listed = (struct pmml_words){word, n, d->valid.open};
    }
    return ST_OK;
}

static bool some_open(const struct pmml *p, const bool *marked)
{
    for (size_t i = 0; i < p->fields; i++)
        if (marked[i] && wants_words(&p->data[i]))
            return true;
    return false;
}

status pmml_gather(struct pmml *p, const bool *marked, struct error *e)
{
    if (!some_open(p, marked))
        return ST_OK;
    struct gather g = {.p = p, .name = names_new()};
    status s = g.name == NULL ? error_memory(e) : walk(&g, p->root, e);
    for (size_t round = 0, before = SIZE_MAX;
         s == ST_OK && round < ROUNDS && before != g.words; round++) {
        before = g.words;
        s = pass_down(&g, p->root, NULL, e);
    }
    if (s == ST_OK)
        s = settle(&g, marked, e);
    for (size_t i = 0; g.name != NULL && i < names_count(g.name); i++)
        names_free(g.heap[i].word);
    names_free(g.name);
    mem_free(g.heap);
    return s;
}
