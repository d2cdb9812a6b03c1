#include "table/table.h"

#include "base/arena.h"
#include "base/num.h"
#include "base/text.h"
#include "table/source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_DEFAULT = 1024, CELLS_MOST = 4 * 1024 * 1024 };
#define TEXT_CAP ((size_t)2 << 30)

struct table {
    struct table_spec spec;
    struct column_spec *columns; /* spec.column, our own copy */
    const struct table_source *source;
    void *self;
    size_t *of;              /* [columns] the source's column */
    size_t rows_most;
    struct arena *text_arena; /* of this block */
    struct block block;
    long long *ordinal;
    long *line;
    double **number;
    const char ***text;
    struct row_error *error;
    size_t errors;
    long long seen;
    bool ended;
};

/* "a, b, c and 20 more", for a name that is near none. */
static void list_names(const char *const *names, size_t count, char *out,
                       size_t room)
{
    size_t used = 0, i = 0;
    out[0] = '\0';
    for (; i < count && i < 6; i++) {
        int n = snprintf(out + used, room - used, "%s\"%.40s\"",
                         i == 0 ? "" : ", ", names[i]);
        if (n < 0 || (size_t)n >= room - used)
            return;
        used += (size_t)n;
    }
    if (i < count)
        (void)snprintf(out + used, room - used, " and %zu more", count - i);
}

static status no_column(const struct table *t, const char *name,
                        const char *const *names, size_t count,
                        struct error *e)
{
    struct place p = {t->spec.location, 0, 0, -1};
    const char *near = text_nearest(name, names, count);
    if (near != NULL)
        return error_at(e, ST_DATA, &p,
                        "the table has no column \"%.100s\" (did you mean "
                        "\"%.100s\"?)", name, near);
    char list[400];
    list_names(names, count, list, sizeof list);
    return error_at(e, ST_DATA, &p,
                    "the table has no column \"%.100s\"; it has %s", name,
                    list);
}

static status find_columns(struct table *t, struct error *e)
{
    size_t count;
    const char *const *names = t->source->names(t->self, &count);
    for (size_t c = 0; c < t->spec.columns; c++) {
        size_t i = 0;
        while (i < count && strcmp(names[i], t->spec.column[c].name) != 0)
            i++;
        if (i == count)
            return no_column(t, t->spec.column[c].name, names, count, e);
        t->of[c] = i;
    }
    return ST_OK;
}

static status make_block(struct table *t, struct error *e)
{
    size_t columns = t->spec.columns;
    t->rows_most = t->spec.block_rows == 0 ? ROWS_DEFAULT : t->spec.block_rows;
    if (columns > 0 && t->rows_most > CELLS_MOST / columns)
        t->rows_most = CELLS_MOST / columns > 0 ? CELLS_MOST / columns : 1;
    t->of = mem_array(columns, sizeof *t->of);
    t->ordinal = mem_array(t->rows_most, sizeof *t->ordinal);
    t->line = mem_array(t->rows_most, sizeof *t->line);
    t->number = mem_array(columns, sizeof *t->number);
    t->text = mem_array(columns, sizeof *t->text);
    t->error = mem_array(t->rows_most, sizeof *t->error);
    t->text_arena = arena_new(TEXT_CAP);
    if (t->of == NULL || t->ordinal == NULL || t->line == NULL ||
        t->number == NULL || t->text == NULL || t->error == NULL ||
        t->text_arena == NULL)
        return error_memory(e);
    for (size_t c = 0; c < columns; c++) {
        void *cells;
        if (t->spec.column[c].type == COLUMN_NUMBER)
            cells = t->number[c] = mem_array(t->rows_most, sizeof(double));
        else
            cells = t->text[c] = mem_array(t->rows_most, sizeof(char *));
        if (cells == NULL)
            return error_memory(e);
    }
    return ST_OK;
}

static status begin(struct table *t, struct error *e)
{
    TRY(make_block(t, e));
    TRY(t->source->open(&t->spec, &t->self, e));
    return find_columns(t, e);
}

status table_open(const struct table_spec *spec, struct table **out,
                  struct error *e)
{
    struct table *t = mem_array(1, sizeof *t);
    if (t == NULL)
        return error_memory(e);
    t->spec = *spec;
    t->source = table_source_for(spec);
    t->columns = mem_array(spec->columns, sizeof *t->columns);
    if (t->columns != NULL && spec->columns > 0)
        memcpy(t->columns, spec->column, spec->columns * sizeof *t->columns);
    t->spec.column = t->columns;
    status s = t->columns == NULL ? error_memory(e) : begin(t, e);
    if (s != ST_OK) {
        table_free(t);
        return s;
    }
    *out = t;
    return ST_OK;
}

void table_free(struct table *t)
{
    if (t == NULL)
        return;
    if (t->self != NULL)
        t->source->close(t->self);
    for (size_t c = 0; c < t->spec.columns; c++) {
        if (t->number != NULL)
            mem_free(t->number[c]);
        if (t->text != NULL)
            mem_free(t->text[c]);
    }
    mem_free(t->number);
    mem_free(t->text);
    mem_free(t->columns);
    mem_free(t->of);
    mem_free(t->ordinal);
    mem_free(t->line);
    mem_free(t->error);
    arena_free(t->text_arena);
    mem_free(t);
}

/* Adds the error of the present row and returns false. */
static bool bad_row(struct table *t, const struct place *p, const char *name,
                    const char *format, ...) PRINTF(4, 5);
static bool bad_row(struct table *t, const struct place *p, const char *name,
                    const char *format, ...)
{
    struct row_error *r = &t->error[t->errors++];
    *r = (struct row_error){
        .row = t->seen, .line = p->line, .column = p->column, .name = name};
    va_list args;
    va_start(args, format);
    (void)vsnprintf(r->text, sizeof r->text, format, args);
    va_end(args);
    size_t whole = utf8_check(r->text, strlen(r->text));
    r->text[whole] = '\0'; /* what was cut inside a character */
    return false;
}

static bool bad_cell(struct table *t, size_t c, const struct table_cell *cell,
                     const char *wanted)
{
    struct place p = t->source->place(t->self, t->of[c]);
    char shown[NUM_TEXT_MAX] = "";
    if (cell->is_number)
        (void)num_shortest(cell->number, shown);
    int length = cell->length > 60 ? 60 : (int)cell->length;
    return bad_row(t, &p, t->spec.column[c].name, "\"%.*s%s\"%s", length,
                   cell->text, shown, wanted);
}

/* Why a text that looks like a number is none: 1,234 or 1 234 or 1'234, and
 * the decimal comma. */
static const char *number_advice(const char *text, size_t length)
{
    size_t digits = 0, marks = 0, last = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            digits++;
        } else if (text[i] == ',' || text[i] == '\'' || text[i] == ' ') {
            marks++;
            last = i;
        } else if (text[i] != '.' && text[i] != '-' && text[i] != '+') {
            return " where a number was expected";
        }
    }
    if (digits == 0 || marks == 0)
        return " where a number was expected";
    if (marks == 1 && text[last] == ',' && length - last != 4 &&
        memchr(text, '.', length) == NULL)
        return " has a decimal comma where a number with a point was expected";
    return " has thousands separators, which are not read: write the digits "
           "without them";
}

static bool take_number(struct table *t, size_t c, const struct table_cell *cell,
                        double *out)
{
    const struct column_spec *spec = &t->spec.column[c];
    double x = cell->number;
    if (!cell->is_number && !table_number(cell->text, cell->length, &x))
        return bad_cell(t, c, cell, number_advice(cell->text, cell->length));
    if (isinf(x))
        return bad_cell(t, c, cell, " where a finite number was expected");
    *out = x;
    bool bounded = spec->low != 0 || spec->high != 0;
    if (isnan(x) && spec->required)
        return bad_cell(t, c, cell, " where a value is required");
    if (!bounded || (!(x < spec->low) && !(x > spec->high)))
        return true;
    char low[NUM_TEXT_MAX] = "", high[NUM_TEXT_MAX] = "", wanted[120];
    if (!isnan(spec->low))
        (void)num_shortest(spec->low, low);
    if (!isnan(spec->high))
        (void)num_shortest(spec->high, high);
    (void)snprintf(wanted, sizeof wanted, " is %s %s",
                   x < spec->low ? "below" : "above", x < spec->low ? low : high);
    return bad_cell(t, c, cell, wanted);
}

/* The text of this block's cell; NULL: no memory. */
static const char *keep_text(struct table *t, const struct table_cell *cell)
{
    if (!cell->is_number)
        return arena_copy(t->text_arena, cell->text, cell->length);
    char text[NUM_TEXT_MAX];
    size_t n = num_shortest(cell->number, text);
    return arena_copy(t->text_arena, text, n);
}

static bool take_cell(struct table *t, size_t c, size_t row, bool *no_memory)
{
    const struct column_spec *spec = &t->spec.column[c];
    struct table_cell cell;
    t->source->cell(t->self, t->of[c], &cell);
    bool number = spec->type == COLUMN_NUMBER;
    if (cell.fault != NULL) {
        struct place p = t->source->place(t->self, t->of[c]);
        return bad_row(t, &p, spec->name, "%s where %s was expected",
                       cell.fault, number ? "a number" : "a text");
    }
    if (cell.missing ||
        (!cell.is_number &&
         table_is_missing(&t->spec, spec, cell.text, cell.length))) {
        if (number)
            t->number[c][row] = (double)NAN;
        else
            t->text[c][row] = NULL;
        if (!spec->required)
            return true;
        struct place p = t->source->place(t->self, t->of[c]);
        return bad_row(t, &p, spec->name, "no value where one is required");
    }
    if (number)
        return take_number(t, c, &cell, &t->number[c][row]);
    struct date date;
    if (spec->type == COLUMN_DATE &&
        (cell.is_number || !date_parse(cell.text, cell.length, &date)))
        return bad_cell(t, c, &cell,
                        " where a date was expected, as YYYY-MM-DD");
    t->text[c][row] = keep_text(t, &cell);
    *no_memory = t->text[c][row] == NULL;
    return !*no_memory;
}

static status take_row(struct table *t, const struct table_row *r,
                       struct error *e)
{
    size_t row = t->block.rows;
    if (r->fault[0] != '\0') {
        (void)bad_row(t, &r->place, NULL, "%s", r->fault);
        return ST_OK;
    }
    for (size_t c = 0; c < t->spec.columns; c++) {
        bool no_memory = false;
        if (take_cell(t, c, row, &no_memory))
            continue;
        return no_memory ? arena_error(t->text_arena, e) : ST_OK;
    }
    t->ordinal[row] = t->seen;
    t->line[row] = r->line;
    t->block.rows++;
    return ST_OK;
}

status table_next(struct table *t, const struct block **out, struct error *e)
{
    *out = NULL;
    t->errors = 0;
    t->block = (struct block){
        .first = t->seen + 1,
        .ordinal = t->ordinal,
        .line = t->line,
        .number = (const double *const *)t->number,
        .text = (const char *const *const *)t->text,
    };
    arena_reset(t->text_arena);
    size_t taken = 0;
    while (!t->ended && taken < t->rows_most) {
        struct table_row row = {0};
        TRY(t->source->next(t->self, &row, e));
        t->ended = !row.got;
        if (t->ended)
            break;
        t->seen++;
        taken++;
        TRY(take_row(t, &row, e));
    }
    if (taken > 0)
        *out = &t->block;
    return ST_OK;
}

const struct row_error *table_errors(const struct table *t, size_t *count)
{
    *count = t->errors;
    return t->error;
}

long long table_rows_seen(const struct table *t)
{
    return t->seen;
}

const char *table_sha256(const struct table *t)
{
    return t->ended && t->spec.hash ? t->source->sha256(t->self) : NULL;
}
