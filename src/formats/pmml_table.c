/* Discretize and MapValues: numbers and words to other ones by a list. */
#include "base/num.h"
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

enum { CELLS_MAX = 1 << 22, KEYS_MAX = 16 };

/* Results as the file writes them; NULL is missing. */
struct results {
    const char **text;
    size_t count;
    double *value;
};

static bool all_numbers(const struct results *r)
{
    double x = 0.0;
    for (size_t i = 0; i < r->count; i++)
        if (r->text[i] != NULL &&
            !num_parse(r->text[i], strlen(r->text[i]), &x))
            return false;
    return true;
}

static bool known(const struct results *r, size_t before)
{
    for (size_t i = 0; i < before; i++)
        if (text_equal(r->text[i], r->text[before]))
            return true;
    return false;
}

/* The kind of the results, and the words among them. */
static status settle(struct pmml *p, const struct xml_node *n,
                     const char *type, const struct results *r,
                     struct pmml_value *out, struct error *e)
{
    *out = (struct pmml_value){.kind = all_numbers(r) ? PMML_NUMBER
                                                      : PMML_WORD};
    if (type != NULL && !pmml_kind_of(type, &out->kind, &out->single))
        return pmml_fault(p, n, e, ST_UNSUPPORTED,
                          "dataType=\"%.40s\" is not supported", type);
    struct pmml_words *w = arena_new_one(p->arena, struct pmml_words);
    const char **word = arena_new_array(p->arena, const char *, r->count + 1);
    if (w == NULL || word == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < r->count; i++) {
        r->value[i] = NAN;
        if (r->text[i] == NULL)
            continue;
        TRY(pmml_literal(p, out->kind, r->text[i], n, &r->value[i], e));
        if (out->single)
            r->value[i] = num_float(r->value[i]);
        /* A list of many words keeps its repeats: only its order matters. */
        if (out->kind == PMML_WORD && (i > 1000 || !known(r, i)))
            word[w->count++] = r->text[i];
    }
    w->word = word;
    out->words = out->kind == PMML_WORD ? w : NULL;
    return ST_OK;
}

static status results_room(struct pmml *p, size_t count, struct results *r,
                           struct error *e)
{
    r->text = arena_new_array(p->arena, const char *, count + 1);
    r->value = arena_new_array(p->arena, double, count + 1);
    r->count = count;
    return r->text == NULL || r->value == NULL ? arena_error(p->arena, e)
                                               : ST_OK;
}

/* The last two results are what other and missing values give. */
static void add_ends(const struct xml_node *n, struct results *r)
{
    r->text[r->count - 2] = xml_value(n, "defaultValue");
    r->text[r->count - 1] = xml_value(n, "mapMissingTo");
}

status pmml_discretize(struct pmml *p, struct pmml_scope *s,
                       const struct xml_node *n, const char *type,
                       struct pmml_value *out, struct error *e)
{
    size_t bins = xml_count(n, "DiscretizeBin"), i = 0;
    const char *name = NULL, *own = xml_value(n, "dataType");
    struct results r;
    struct pmml_value in;
    struct program_interval *of =
        arena_new_array(p->arena, struct program_interval, bins + 1);
    TRY(results_room(p, bins + 2, &r, e));
    if (of == NULL)
        return arena_error(p->arena, e);
    for (const struct xml_node *b = xml_child(n, "DiscretizeBin"); b != NULL;
         b = xml_sibling(b, "DiscretizeBin"), i++) {
        const struct xml_node *interval = xml_child(b, "Interval");
        if (interval == NULL)
            return pmml_fault(p, b, e, ST_FORMAT, "it has no Interval");
        TRY(pmml_text(p, b, "binValue", &r.text[i], e));
        TRY(pmml_interval(p, interval, &of[i], e));
    }
    add_ends(n, &r);
    TRY(pmml_text(p, n, "field", &name, e));
    TRY(pmml_field(p, s, name, n, &in, e));
    TRY(pmml_as(p, PMML_NUMBER, n, &in, e));
    TRY(settle(p, n, own == NULL ? type : own, &r, out, e));
    for (i = 0; i < bins; i++)
        of[i].value = r.value[i];
    return program_intervals(p->k, of, bins, r.value[bins], r.value[bins + 1],
                             in.r, &out->r, e);
}

struct key {
    reg r;
    enum pmml_kind kind;
    const char *column;
};

static status read_keys(struct pmml *p, struct pmml_scope *s,
                        const struct xml_node *n, struct key *key,
                        size_t *keys, struct error *e)
{
    *keys = 0;
    for (const struct xml_node *f = xml_child(n, "FieldColumnPair"); f != NULL;
         f = xml_sibling(f, "FieldColumnPair")) {
        const char *name = NULL;
        struct pmml_value v;
        if (*keys == KEYS_MAX)
            return pmml_fault(p, f, e, ST_LIMIT, "more than %d columns",
                              KEYS_MAX);
        struct key *k = &key[(*keys)++];
        TRY(pmml_text(p, f, "field", &name, e));
        TRY(pmml_text(p, f, "column", &k->column, e));
        TRY(pmml_field(p, s, name, f, &v, e));
        k->r = v.r;
        k->kind = v.kind;
    }
    return *keys > 0 ? ST_OK
                     : pmml_fault(p, n, e, ST_FORMAT,
                                  "it has no FieldColumnPair");
}

/* One row's keys. A cell that is no number can never equal one. */
static status read_row(struct pmml *p, const struct xml_node *row,
                       const struct key *key, size_t keys, double *out,
                       bool *usable, struct error *e)
{
    *usable = true;
    for (size_t k = 0; k < keys && *usable; k++) {
        const struct xml_node *cell = pmml_cell(row, key[k].column);
        double x = 0.0;
        *usable = cell != NULL;
        if (!*usable)
            break;
        if (key[k].kind == PMML_NUMBER &&
            !num_parse(cell->text, strlen(cell->text), &x)) {
            *usable = false;
            break;
        }
        TRY(pmml_literal(p, key[k].kind, cell->text, cell, &out[k], e));
        *usable = !isnan(out[k]);
    }
    return ST_OK;
}

static status read_rows(struct pmml *p, const struct xml_node *n,
                        const struct xml_node *table, const struct key *key,
                        size_t keys, double *cells, struct results *r,
                        struct error *e)
{
    const char *column = NULL;
    size_t at = 0;
    TRY(pmml_text(p, n, "outputColumn", &column, e));
    for (const struct xml_node *row = xml_child(table, "row"); row != NULL;
         row = xml_sibling(row, "row")) {
        bool usable = false;
        const struct xml_node *cell = pmml_cell(row, column);
        TRY(read_row(p, row, key, keys, cells + at * keys, &usable, e));
        if (!usable)
            continue;
        r->text[at++] = cell == NULL ? NULL : cell->text;
    }
    r->count = at + 2;
    return ST_OK;
}

status pmml_map_values(struct pmml *p, struct pmml_scope *s,
                       const struct xml_node *n, const char *type,
                       struct pmml_value *out, struct error *e)
{
    const struct xml_node *table = xml_child(n, "InlineTable");
    const char *own = xml_value(n, "dataType");
    struct key key[KEYS_MAX];
    reg in[KEYS_MAX];
    struct results r;
    size_t keys = 0;
    if (table == NULL)
        return pmml_fault(p, n, e, ST_UNSUPPORTED,
                          "only an InlineTable can hold the values");
    size_t rows = xml_count(table, "row");
    TRY(read_keys(p, s, n, key, &keys, e));
    if (rows > CELLS_MAX / keys)
        return pmml_fault(p, table, e, ST_LIMIT, "more than %d cells",
                          CELLS_MAX);
    double *cells = arena_new_array(p->arena, double, rows * keys + 1);
    if (cells == NULL)
        return arena_error(p->arena, e);
    TRY(results_room(p, rows + 2, &r, e));
    TRY(read_rows(p, n, table, key, keys, cells, &r, e));
    add_ends(n, &r);
    TRY(settle(p, n, own == NULL ? type : own, &r, out, e));
    rows = r.count - 2;
    for (size_t k = 0; k < keys; k++)
        in[k] = key[k].r;
    return program_table(p->k, cells, rows, keys, r.value, 1, r.value[rows],
                         r.value[rows + 1], in, &out->r, e);
}
