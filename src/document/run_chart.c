/* c:chart: a list of facts becomes rows, the rows a scene, a table, or both. */
#include "document/run.h"

#include <math.h>
#include <string.h>

/* Text column and gutter of visual-design §1, in points. */
#define COLUMN_LETTER 475.9
#define COLUMN_A4 459.2
#define GUTTER 17.0
#define LARGE_TEXT 16.0 /* of labels in large print, as small text is there */

enum { ROWS_MAX = 100000, EXTRA_ARGS = 18, CELL_TEXT_MAX = 4096 };

struct rows {
    struct chart_row *row;
    const struct fact **fact; /* the items, for the table */
    size_t count;
};

/* A rough table of widths for callers without fonts. */
static double rough_width(void *self, const char *text, double size, bool bold)
{
    double letters = 0;
    (void)self;
    for (; *text != '\0'; text++)
        letters += ((unsigned char)*text & 0xc0) != 0x80;
    return letters * size * (bold ? 0.6 : 0.56);
}

static const char *keep(struct run *r, const char *text)
{
    return text == NULL ? NULL : arena_string(r->arena, text);
}

/* A role of one item: its printed text and its number. NULL: not given. */
static status read_role(struct run *r, const struct expr *x,
                        const struct fact *item, struct shown *out)
{
    const struct fact *outer = r->current;
    *out = (struct shown){NULL, NAN, false};
    if (x == NULL)
        return ST_OK;
    r->current = item;
    status s = show_expr(r, x, out);
    r->current = outer;
    if (s == ST_OK && out->text != NULL) {
        out->text = keep(r, out->text);
        if (out->text == NULL)
            return arena_error(r->arena, r->e);
    }
    reset_scratch(r);
    return s;
}

static const struct fact *fact_of(struct run *r, const struct expr *x,
                                  const struct fact *item)
{
    struct fact_ref ref;
    if (x == NULL || !x->plain || !expr_plain(x, r->in->facts, item, &ref))
        return NULL;
    return ref.attribute == ATTR_NONE ? ref.fact : NULL;
}

/* What the value's own fact knows: interval, count, mark. */
static void from_fact(struct run *r, const struct chart_use *u,
                      const struct fact *item, struct chart_row *row)
{
    const struct expr *x = u->roles[ROLE_VALUE] != NULL ? u->roles[ROLE_VALUE]
                                                        : u->roles[ROLE_Y];
    const struct fact *f = fact_of(r, x, item);
    if (f == NULL)
        return;
    row->marked = f->marked;
    if (f->has_interval && isnan(row->low))
        row->low = f->low;
    if (f->has_interval && isnan(row->high))
        row->high = f->high;
    if (f->has_n && isnan(row->n)) {
        row->n = f->n;
        row->count = f->printed_n;
    }
}

static status read_row(struct run *r, const struct chart_use *u,
                       const struct fact *item, struct chart_row *row)
{
    struct shown s[ROLE_BIN_X];
    for (int i = 0; i < ROLE_BIN_X; i++)
        TRY(read_role(r, u->roles[i], item, &s[i]));
    *row = (struct chart_row){.label = s[ROLE_LABEL].text,
                              .note = s[ROLE_NOTE].text,
                              .series = s[ROLE_SERIES].text,
                              .text = s[ROLE_VALUE].text,
                              .count = s[ROLE_N].text,
                              .value = s[ROLE_VALUE].number,
                              .low = s[ROLE_LOW].number,
                              .high = s[ROLE_HIGH].number,
                              .x = s[ROLE_X].number,
                              .y = s[ROLE_Y].number,
                              .n = s[ROLE_N].number};
    row->reference = row->series != NULL && strcmp(row->series, "reference") == 0;
    from_fact(r, u, item, row);
    return ST_OK;
}

static status list_items(struct run *r, const struct expr *x,
                         struct rows *out)
{
    struct value v;
    TRY(run_value(r, x, &v));
    if (v.kind != VALUE_NODES)
        return error_bug(r->e, "a chart of no list");
    if (v.count > ROWS_MAX)
        return error_set(r->e, ST_LIMIT, "a chart of more than %d rows",
                         ROWS_MAX);
    out->count = v.count;
    out->row = arena_new_array(r->arena, struct chart_row, v.count + 1);
    out->fact = arena_new_array(r->arena, const struct fact *, v.count + 1);
    if (out->row == NULL || out->fact == NULL)
        return arena_error(r->arena, r->e);
    for (size_t i = 0; i < v.count; i++)
        out->fact[i] = v.nodes[i].fact;
    reset_scratch(r);
    return ST_OK;
}

static status read_rows(struct run *r, const struct chart_use *u,
                        struct rows *data, struct rows *bins)
{
    TRY(list_items(r, u->data, data));
    for (size_t i = 0; i < data->count; i++)
        TRY(read_row(r, u, data->fact[i], &data->row[i]));
    if (u->bins == NULL)
        return ST_OK;
    TRY(list_items(r, u->bins, bins));
    for (size_t i = 0; i < bins->count; i++) {
        struct shown x, n;
        TRY(read_role(r, u->roles[ROLE_BIN_X], bins->fact[i], &x));
        TRY(read_role(r, u->roles[ROLE_BIN_N], bins->fact[i], &n));
        bins->row[i] = (struct chart_row){.x = x.number, .n = n.number,
                                          .value = NAN, .low = NAN,
                                          .high = NAN, .y = NAN};
    }
    return ST_OK;
}

static status read_words(struct run *r, const struct chart_use *u,
                         struct chart_data *d)
{
    const char **to[WORD_COUNT] = {
#define X(field, word) &d->field,
        CHART_WORDS(X)
#undef X
    };
    for (int i = 0; i < WORD_COUNT; i++)
        if (u->words[i] != NULL)
            TRY(message_text(r, u->words[i], NULL, 0, to[i]));
    return ST_OK;
}

static status read_scalars(struct run *r, const struct chart_use *u,
                           struct chart_data *d, const char *text[SCALAR_COUNT])
{
    double *to[SCALAR_COUNT] = {&d->cutoff, &d->cutoff_y, &d->base,
                                &d->total,  &d->reference, &d->limit};
    for (int i = 0; i < SCALAR_COUNT; i++) {
        struct shown s;
        TRY(read_role(r, u->scalars[i], r->current, &s));
        *to[i] = s.number;
        text[i] = s.text;
    }
    return ST_OK;
}

/* --- alternative text ------------------------------------------------------ */

static double plotted(const struct chart_row *row)
{
    return isnan(row->value) ? row->y : row->value;
}

static const char *plotted_text(struct run *r, const struct chart_row *row)
{
    if (row->text != NULL && *row->text != '\0')
        return row->text;
    struct buf text = BUF_INIT(CELL_TEXT_MAX);
    double x = plotted(row);
    if (!isnan(x))
        language_number(r->in->language, x, fabs(x) < 10 ? 3 : 1, &text);
    const char *kept = arena_string(r->arena, buf_text(&text));
    buf_free(&text);
    return kept == NULL ? "" : kept;
}

static void extremes(const struct rows *data, size_t *least, size_t *most)
{
    *least = *most = 0;
    for (size_t i = 0; i < data->count; i++) {
        double x = plotted(&data->row[i]);
        double low = plotted(&data->row[*least]);
        double high = plotted(&data->row[*most]);
        if (isnan(low) || x < low)
            *least = i;
        if (isnan(high) || x > high)
            *most = i;
    }
}

static const char *label_of(const struct chart_row *row)
{
    return row->label != NULL ? row->label
           : row->series != NULL ? row->series
                                 : "";
}

/* At most ALT_MAX letters, cut at a word. */
static void cut_alt(char *text)
{
    size_t letters = 0, at = 0, blank = 0;
    for (; text[at] != '\0' && letters < ALT_MAX; at++) {
        letters += ((unsigned char)text[at] & 0xc0) != 0x80;
        if (text[at] == ' ')
            blank = at;
    }
    if (text[at] != '\0')
        text[blank > 0 ? blank : at] = '\0';
}

static status alt_text(struct run *r, const struct chart_use *u,
                       const struct rows *data, const char *scalar[SCALAR_COUNT],
                       char **out)
{
    static const char *const names[SCALAR_COUNT] = {"cutoff", "cutoff-y", "base",
                                                    "total", "reference",
                                                    "limit"};
    const struct chart_row none = {.value = NAN, .y = NAN};
    size_t least, most, n = 0;
    extremes(data, &least, &most);
    const struct chart_row *row[] = {
        data->count == 0 ? &none : &data->row[0],
        data->count == 0 ? &none : &data->row[data->count - 1],
        data->count == 0 ? &none : &data->row[least],
        data->count == 0 ? &none : &data->row[most]};
    static const char *const who[] = {"first", "last", "least", "most"};
    static const char *const value[] = {"first-value", "last-value",
                                        "least-value", "most-value"};
    struct message_arg args[EXTRA_ARGS];
    args[n++] = (struct message_arg){"count", NULL, (double)data->count};
    for (size_t i = 0; i < 4; i++) {
        args[n++] = (struct message_arg){who[i], label_of(row[i]), NAN};
        args[n++] = (struct message_arg){value[i], plotted_text(r, row[i]),
                                         plotted(row[i])};
    }
    for (int i = 0; i < SCALAR_COUNT; i++)
        args[n++] = (struct message_arg){names[i],
                                         scalar[i] != NULL ? scalar[i] : "", NAN};
    const char *text;
    TRY(message_text(r, u->alt, args, n, &text));
    *out = arena_string(r->arena, text);
    if (*out == NULL)
        return arena_error(r->arena, r->e);
    cut_alt(*out);
    return ST_OK;
}

/* --- figure and table ------------------------------------------------------ */

static status append(struct run *r, struct doc_node *parent,
                     enum node_kind kind, struct doc_node **out)
{
    struct doc_node *outer = r->at;
    r->at = parent;
    status s = run_node(r, kind, out);
    r->at = outer;
    return s;
}

static status put_figure(struct run *r, const struct chart_use *u,
                         struct chart_data *d, const struct rows *data,
                         const char *scalar[SCALAR_COUNT])
{
    struct doc_node *figure, *outer = r->at;
    struct scene *scene;
    char *alt;
    TRY(u->kind->draw(d, &scene, r->e));
    TRY(alt_text(r, u, data, scalar, &alt));
    TRY(append(r, r->at, NODE_FIGURE, &figure));
    figure->scene = scene;
    figure->alt = alt;
    if (u->id != NULL)
        TRY(show_pieces(r, u->id, &figure->id));
    r->at = figure;
    r->blank = true;
    TRY(run_ops(r, u->caption));
    r->at = outer;
    return ST_OK;
}

static status put_cell(struct run *r, struct doc_node *row,
                       enum node_kind kind, enum cell_scope scope, bool number,
                       const char *text)
{
    struct doc_node *cell, *node;
    TRY(append(r, row, kind, &cell));
    cell->scope = scope;
    cell->columns_spanned = 1;
    cell->classes = number ? "num" : NULL;
    if (text == NULL || *text == '\0')
        return ST_OK;
    TRY(append(r, cell, NODE_TEXT, &node));
    node->text = text;
    return ST_OK;
}

static bool is_number_role(int role)
{
    return role != ROLE_LABEL && role != ROLE_NOTE && role != ROLE_SERIES;
}

static status put_head(struct run *r, const struct chart_use *u,
                       struct doc_node *table)
{
    struct doc_node *head, *row;
    TRY(append(r, table, NODE_THEAD, &head));
    TRY(append(r, head, NODE_TR, &row));
    for (int i = 0; i < ROLE_BIN_X; i++) {
        const char *text;
        if (u->roles[i] == NULL || u->heads[i] == NULL)
            continue;
        TRY(message_text(r, u->heads[i], NULL, 0, &text));
        TRY(put_cell(r, row, NODE_TH, SCOPE_COLUMN, is_number_role(i), text));
    }
    return ST_OK;
}

static status put_table(struct run *r, const struct chart_use *u,
                        const struct rows *data)
{
    struct doc_node *table, *body, *row;
    TRY(append(r, r->at, NODE_TABLE, &table));
    TRY(put_head(r, u, table));
    TRY(append(r, table, NODE_TBODY, &body));
    for (size_t i = 0; i < data->count; i++) {
        bool first = true;
        TRY(append(r, body, NODE_TR, &row));
        for (int k = 0; k < ROLE_BIN_X; k++) {
            struct shown s;
            if (u->roles[k] == NULL || u->heads[k] == NULL)
                continue;
            TRY(read_role(r, u->roles[k], data->fact[i], &s));
            TRY(put_cell(r, row, first ? NODE_TH : NODE_TD,
                         first ? SCOPE_ROW : SCOPE_NONE,
                         is_number_role(k), s.text));
            first = false;
        }
    }
    return ST_OK;
}

status run_chart(struct run *r, const struct chart_use *u)
{
    struct rows data = {0}, bins = {0};
    const char *scalar[SCALAR_COUNT] = {NULL};
    struct chart_data d = {0};
    double column = r->in->letter_size ? COLUMN_LETTER : COLUMN_A4;
    TRY(read_rows(r, u, &data, &bins));
    if (data.count == 0)
        return error_set(r->e, ST_DATA, "a chart without data: put it in a c:if");
    TRY(read_scalars(r, u, &d, scalar));
    TRY(read_words(r, u, &d));
    d.rows = data.row;
    d.count = data.count;
    d.bins = bins.count > 0 ? bins.row : NULL;
    d.bin_count = bins.count;
    d.percent_x = u->percent_x;
    d.percent_y = u->percent_y;
    d.diagonal = u->diagonal;
    d.steps = u->steps;
    d.width = (column + GUTTER) * u->columns / 12 - GUTTER;
    d.text_size = r->in->large_print ? LARGE_TEXT : 0.0;
    d.language = r->in->language;
    d.measure = r->in->width != NULL ? r->in->width : rough_width;
    d.measure_self = r->in->width_self;
    d.arena = r->arena;
    if (u->figure)
        TRY(put_figure(r, u, &d, &data, scalar));
    return u->table ? put_table(r, u, &data) : ST_OK;
}
