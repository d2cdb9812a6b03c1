/* candor init: what a model and a table tell by themselves, and every gap by
 * name. Nothing is written that was not found. */
#include "project/reading.h"

#include "base/num.h"
#include "model/describe.h"
#include "model/scorecard.h"
#include "syntax/json_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_CAP = 8192 };

struct draft {
    struct buf *out;
    const struct model *m;
    const struct column_look *column;
    size_t columns;
    const struct column_look **of_input; /* [inputs]; NULL: no such column */
    const char *where; /* the keys of model that say where it is */
    bool elsewhere;
    bool scored; /* one output that is a probability: decisions can follow */
    bool by_place; /* the model's inputs have no names: input j is column j */
};

void init_string(struct buf *out, const char *text)
{
    struct json_writer w = json_start(out, 0);
    struct error e;
    if (utf8_check(text, strlen(text)) != strlen(text))
        text = "";
    json_string(&w, text);
    if (json_end(&w, &e) != ST_OK)
        out->failed = e.class;
}

void init_pair(struct buf *out, const char *key, const char *text)
{
    buf_printf(out, "\"%s\": ", key);
    init_string(out, text);
}

static void gap(struct draft *d, int indent, const char *text)
{
    buf_printf(d->out, "%*s// GAP: %s\n", indent, "", text);
}

/* LightGBM writes an underscore for each blank of a column's name. */
static bool is_name_of(const char *column, const char *input)
{
    while (*column != '\0' && (*column == *input ||
                               (*column == ' ' && *input == '_'))) {
        column++;
        input++;
    }
    return *column == '\0' && *input == '\0';
}

/* The column of that name, else the only one whose blanks became underscores. */
static const struct column_look *find_look(const struct draft *d,
                                           const char *input)
{
    const struct column_look *near = NULL;
    size_t found = 0;
    for (size_t i = 0; i < d->columns; i++) {
        if (strcmp(d->column[i].name, input) == 0)
            return &d->column[i];
        if (is_name_of(d->column[i].name, input)) {
            near = &d->column[i];
            found++;
        }
    }
    return found == 1 ? near : NULL;
}

/* Text that stands in a comment: one line, whatever a name holds. */
static void put_comment_name(struct buf *out, const char *name)
{
    for (; *name != '\0'; name++)
        buf_putc(out, (unsigned char)*name < 0x20 ? ' ' : *name);
}

static void put_words(struct draft *d, const struct model_feature *f,
                      const struct column_look *look)
{
    size_t n = f->words != NULL ? f->word_count
               : look != NULL   ? look->distinct
                                : 0;
    const char *const *word = f->words != NULL ? f->words
                              : look != NULL   ? look->words
                                               : NULL;
    if (n == 0 || word == NULL || (f->words == NULL && n >= 64))
        return;
    buf_puts(d->out, ", \"words\": [");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_puts(d->out, ", ");
        init_string(d->out, word[i]);
    }
    buf_putc(d->out, ']');
}

static void comment_look(struct draft *d, size_t j)
{
    const struct model_feature *f = &d->m->feature[j];
    const struct column_look *look = d->of_input[j];
    char low[NUM_TEXT_MAX], high[NUM_TEXT_MAX];
    const char *basis = basis_of_name(f->name);
    if (look == NULL)
        buf_puts(d->out, "    // GAP: the table has no such column: give "
                         "\"column\"\n");
    else if (f->kind != FEATURE_CATEGORY && look->all_numbers) {
        (void)num_shortest(look->low, low);
        (void)num_shortest(look->high, high);
        buf_printf(d->out, "    // seen: %s to %s, %zu missing\n", low, high,
                   look->missing);
        if (look->high > look->low)
            init_card_outside(d->out, d->m, j, look->low, look->high);
    } else if (f->kind != FEATURE_CATEGORY) {
        buf_puts(d->out, "    // GAP: not all of its cells are numbers: list "
                         "words that mean missing in \"missing\"\n");
    }
    if (d->elsewhere && look != NULL && look->all_integers &&
        look->distinct == 2)
        buf_puts(d->out, "    // GAP: two values: take it out if it is what "
                         "came true\n");
    if (basis != NULL)
        buf_printf(d->out,
                   "    // GAP: its name speaks of %s: say so in "
                   "\"prohibited\", or rename it\n",
                   basis);
}

static void put_feature(struct draft *d, size_t j)
{
    const struct model_feature *f = &d->m->feature[j];
    const struct column_look *look = d->of_input[j];
    comment_look(d, j);
    buf_puts(d->out, "    {");
    init_pair(d->out, "input", f->name);
    if (look != NULL && strcmp(look->name, f->name) != 0) {
        buf_puts(d->out, ", ");
        init_pair(d->out, "column", look->name);
    }
    if (f->kind == FEATURE_CATEGORY) {
        buf_puts(d->out, ", \"format\": \"word\"");
        put_words(d, f, look);
    } else if (d->elsewhere && f->kind == FEATURE_INTEGER) {
        buf_puts(d->out, ", \"kind\": \"integer\", \"format\": \"integer\"");
    } else if (f->kind != FEATURE_NUMBER ||
               (look != NULL && look->all_integers)) {
        buf_puts(d->out, ", \"format\": \"integer\"");
    }
    init_card_factor(d->out, d->m, j);
    buf_printf(d->out, "}%s\n", j + 1 < d->m->features ? "," : "");
}

static void put_features(struct draft *d)
{
    buf_puts(d->out, "  \"features\": [\n");
    if (d->elsewhere)
        gap(d, 4, "take out what the model does not read; the order here is "
                  "the order in which it is asked");
    if (d->by_place)
        gap(d, 4, "the model names no inputs: they are the table's columns in "
                  "their order; check each \"column\"");
    gap(d, 4, "each feature needs \"name\" (plain words), \"source\", and the "
              "\"factor\" it belongs to;");
    buf_puts(d->out, "    // \"unit\", \"low\", \"high\", \"expected\" and "
                     "\"format\" make documents better\n");
    for (size_t j = 0; j < d->m->features; j++)
        put_feature(d, j);
    buf_puts(d->out, "  ],\n");
}

static bool is_input(const struct draft *d, const struct column_look *column)
{
    for (size_t j = 0; j < d->m->features; j++)
        if (d->of_input[j] == column)
            return true;
    return false;
}

static bool looks_like_id(const char *name)
{
    char plain[128];
    size_t n = 0;
    for (const char *c = name; *c != '\0' && n + 1 < sizeof plain; c++)
        plain[n++] = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    plain[n] = '\0';
    return strcmp(plain, "id") == 0 || text_ends(plain, "_id") ||
           text_ends(plain, " id") || text_ends(plain, ".id");
}

/* Columns that no input reads, and what they may be: comments alone. */
static void put_other_columns(struct draft *d)
{
    for (size_t i = 0; i < d->columns; i++) {
        const struct column_look *c = &d->column[i];
        const char *basis = basis_of_name(c->name);
        if (is_input(d, c))
            continue;
        buf_puts(d->out, "    // not read by the model: ");
        put_comment_name(d->out, c->name);
        if (basis != NULL)
            buf_printf(d->out, " (may be a group for data.groups: %s)", basis);
        else if (c->distinct == 2)
            buf_puts(d->out, " (two values: may be a label)");
        else if (c->all_dates)
            buf_puts(d->out, " (dates)");
        buf_putc(d->out, '\n');
    }
}

static void put_data(struct draft *d, const char *table)
{
    const char *id = NULL;
    for (size_t i = 0; id == NULL && i < d->columns; i++)
        if (!is_input(d, &d->column[i]) &&
            looks_like_id(d->column[i].name) && d->column[i].missing == 0)
            id = d->column[i].name;
    buf_puts(d->out, "  \"data\": {\n");
    gap(d, 4, "\"reference\": {\"A\": …, \"B\": …} with \"name\" and "
              "\"file\": reasons compare with named populations");
    gap(d, 4, "\"evaluation\": tables with \"key\", \"file\", \"label\": the "
              "card measures them");
    put_other_columns(d);
    buf_puts(d->out, "    \"decisions\": {");
    init_pair(d->out, "file", table);
    buf_puts(d->out, "}");
    if (id != NULL) {
        buf_puts(d->out, ",\n    // guessed from its name\n"
                         "    \"columns\": {");
        init_pair(d->out, "id", id);
        buf_puts(d->out, "}\n");
    } else {
        buf_putc(d->out, '\n');
        gap(d, 4, "\"columns\": {\"id\": …}: no column looks like an "
                  "identifier");
    }
    if (d->scored)
        gap(d, 4, "\"columns\": applicant_name, applicant_address, "
                  "application_date and more for notices");
    buf_puts(d->out, "  },\n");
}

static void put_model(struct draft *d)
{
    buf_puts(d->out, "  \"model\": {\n");
    buf_puts(d->out, d->where);
    if (d->m->best_iteration >= 0)
        buf_printf(d->out,
                   "    // the file names a best iteration, %ld: \"trees\": "
                   "\"best iteration\" uses it\n",
                   d->m->best_iteration);
    if (d->m->outputs > 1)
        gap(d, 4, "\"output\": which class documents speak of");
    gap(d, 4, "\"id\", \"name\", \"version\", \"owner\", \"purpose\"");
    if (d->m->scorecard == NULL || !d->m->scorecard->reasons)
        gap(d, 4, "\"orientation\": \"higher is better\" or \"higher is "
                  "worse\" for the person");
    if (d->scored)
        gap(d, 4, "\"cutoff\", and \"scale\" when it is not a probability");
    buf_puts(d->out, "  },\n");
}

static void put_documents(struct draft *d)
{
    if (d->scored) {
        gap(d, 2, "\"institution\": name, address, telephone, "
                  "creditor_class, contact");
        if (d->m->scorecard == NULL || !d->m->scorecard->reasons)
            gap(d, 2, "\"factors\": reason factors, each with \"key\", "
                      "\"name\" and \"reason\"");
        init_card_factors(d->out, d->m);
        gap(d, 2, "\"rules\": automatic denials; \"bureaus\": agencies used");
        init_levers(d->out);
    }
    gap(d, 2, "\"card\": the declared parts of the model card (candor help "
              "config.card)");
    buf_puts(d->out, "  \"documents\": {\n");
    gap(d, 4, "\"date\": the date that documents bear");
    if (d->scored)
        gap(d, 4, "\"packs\": legal packs, like \"us-ecoa-fcra\"; "
                  "\"currency\", like \"USD\"");
    buf_printf(d->out,
               "    \"languages\": [\"en-US\"],\n%s    \"card\": true\n  }\n",
               d->scored ? "    \"notice\": true,\n    \"explanation\": true,\n"
                         : "");
}

/* The folder's part of a path, "" for none. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path);
}

/* path as it must be written into a file below the folder of out_path. */
static status relative(const char *path, const char *out_path, struct buf *to,
                       struct error *e)
{
    size_t n = folder_length(out_path);
    if (strncmp(path, out_path, n) == 0 && n > 0 && path[n] == '/') {
        buf_puts(to, path + n + 1);
    } else if (n == 0 || path[0] == '/') {
        buf_puts(to, path);
    } else {
        char *whole = realpath(path, NULL);
        if (whole == NULL)
            return error_system(e, "cannot find %s", path);
        buf_puts(to, whole);
        free(whole);
    }
    return buf_status(to, e);
}

static status is_a_file(const char *location, struct error *e)
{
    if (strcmp(location, "-") != 0)
        return ST_OK;
    return error_set(e, ST_ARGUMENT,
                     "standard input cannot be a project's table: give a "
                     "file");
}

static status table_path(const char *location, const char *out_path,
                         struct buf *to, struct error *e)
{
    static const char SQLITE[] = "sqlite:";
    TRY(is_a_file(location, e));
    if (!text_starts(location, SQLITE))
        return relative(location, out_path, to, e);
    const char *file = location + strlen(SQLITE), *mark = strrchr(file, '?');
    size_t n = mark == NULL ? strlen(file) : (size_t)(mark - file);
    char *copy = mem_array(n + 1, 1);
    if (copy == NULL)
        return error_memory(e);
    memcpy(copy, file, n);
    buf_puts(to, SQLITE);
    status s = relative(copy, out_path, to, e);
    buf_puts(to, file + n);
    mem_free(copy);
    return s;
}

static bool probability(enum model_link link)
{
    return link == LINK_LOGISTIC || link == LINK_STEP || link == LINK_PROBIT ||
           link == LINK_CLOGLOG || link == LINK_LOGLOG || link == LINK_CAUCHIT;
}

static status write_draft(struct draft *d, const char *table, struct error *e)
{
    d->of_input = mem_array(d->m->features + 1, sizeof *d->of_input);
    if (d->of_input == NULL)
        return error_memory(e);
    for (size_t j = 0; j < d->m->features; j++)
        d->of_input[j] = find_look(d, d->m->feature[j].name);
    d->by_place = !d->elsewhere && d->columns == d->m->features &&
                  model_is_nameless(d->m) && d->of_input[0] == NULL;
    for (size_t j = 0; d->by_place && j < d->m->features; j++)
        d->of_input[j] = &d->column[j];
    d->scored = d->m->outputs == 1 &&
                (probability(d->m->link) || d->m->scorecard != NULL);
    buf_puts(d->out,
             "// A first project, written by candor init: all that the model "
             "and the table tell.\n"
             "// Lines with GAP name what only you can say. candor check lists "
             "what documents\n"
             "// still need; candor score and candor explain work as it is.\n"
             "{\n");
    put_model(d);
    put_data(d, table);
    put_features(d);
    put_documents(d);
    buf_puts(d->out, "}\n");
    mem_free(d->of_input);
    return buf_status(d->out, e);
}

status init_write(const struct model *m, const char *where, bool elsewhere,
                  const struct table_look *look, const char *table_location,
                  const char *out_path, struct buf *text, struct error *e)
{
    struct buf table = BUF_INIT(PATH_CAP);
    long long rows;
    status s = table_path(table_location, out_path, &table, e);
    if (s == ST_OK) {
        struct draft d = {.out = text, .m = m, .where = where,
                          .elsewhere = elsewhere};
        d.column = table_look_columns(look, &d.columns, &rows);
        s = write_draft(&d, buf_text(&table), e);
    }
    buf_free(&table);
    return s;
}

status project_init(const char *model_path, const struct model *m,
                    const char *table_location, const char *out_path,
                    struct buf *text, struct error *e)
{
    struct table_spec spec = {.location = table_location};
    struct table_look *look = NULL;
    struct buf model = BUF_INIT(PATH_CAP), where = BUF_INIT(4 * PATH_CAP);
    status s = is_a_file(table_location, e);
    if (s == ST_OK)
        s = relative(model_path, out_path, &model, e);
    if (s == ST_OK)
        s = table_look(&spec, INIT_ROWS, &look, e);
    if (s == ST_OK) {
        buf_puts(&where, "    ");
        init_pair(&where, "file", buf_text(&model));
        buf_puts(&where, ",\n    ");
        init_pair(&where, "sha256", m->sha256);
        init_card_model(&where, m);
        buf_puts(&where, "\n");
        s = buf_status(&where, e);
    }
    if (s == ST_OK)
        s = init_write(m, buf_text(&where), false, look, table_location,
                       out_path, text, e);
    table_look_free(look);
    buf_free(&model);
    buf_free(&where);
    return s;
}
