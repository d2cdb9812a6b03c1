/* Cells of a row into the block, and what is wrong with those that cannot. */
#include "table/inside.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Adds the error of the present row and returns false. */
static bool bad_row(struct table *t, const struct place *p, const char *name,
                    const char *format, ...) PRINTF(4, 5);
static bool bad_row(struct table *t, const struct place *p, const char *name,
                    const char *format, ...)
{
    if (t->errors == t->errors_room) {
        size_t room = t->errors_room == 0 ? 16 : 2 * t->errors_room;
        struct row_error *error = mem_grow(t->error, t->errors_room, room,
                                           sizeof *error);
        if (error == NULL)
            return false; /* table_take_row sees that none was added */
        t->error = error;
        t->errors_room = room;
    }
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

static bool bad_cell(struct table *t, void *self, size_t c,
                     const struct table_cell *cell, const char *wanted)
{
    struct place p = t->source->place(self, t->of[c]);
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

static bool in_bounds(const struct column_spec *spec, double x)
{
    bool bounded = spec->low != 0 || spec->high != 0;
    return !bounded || (!(x < spec->low) && !(x > spec->high));
}

static bool take_number(struct table *t, void *self, size_t c,
                        const struct table_cell *cell, double *out)
{
    const struct column_spec *spec = &t->spec.column[c];
    double x = cell->number;
    if (!cell->is_number && !table_number(cell->text, cell->length, &x))
        return bad_cell(t, self, c, cell,
                        number_advice(cell->text, cell->length));
    if (isinf(x))
        return bad_cell(t, self, c, cell,
                        " where a finite number was expected");
    *out = x;
    if (isnan(x) && spec->required)
        return bad_cell(t, self, c, cell, " where a value is required");
    if (in_bounds(spec, x))
        return true;
    char low[NUM_TEXT_MAX] = "", high[NUM_TEXT_MAX] = "", wanted[120];
    if (!isnan(spec->low))
        (void)num_shortest(spec->low, low);
    if (!isnan(spec->high))
        (void)num_shortest(spec->high, high);
    (void)snprintf(wanted, sizeof wanted, " is %s %s",
                   x < spec->low ? "below" : "above", x < spec->low ? low : high);
    return bad_cell(t, self, c, cell, wanted);
}

static double *number_at(struct table *t, size_t c)
{
    return t->number[c] + t->block.rows * t->step[c];
}

static void take_missing(struct table *t, size_t c)
{
    if (t->number[c] != NULL)
        *number_at(t, c) = (double)NAN;
    else
        t->text[c][t->block.rows] = NULL;
}

/* A word, as it is or as its number; false: no memory. */
static bool take_word(struct table *t, size_t c, const char *text,
                      size_t length)
{
    if (t->number[c] == NULL) {
        t->text[c][t->block.rows] = arena_copy(t->text_arena, text, length);
        return t->text[c][t->block.rows] != NULL;
    }
    const char *zero = memchr(text, 0, length); /* JSON can write one */
    if (zero != NULL)
        length = (size_t)(zero - text);
    *number_at(t, c) = t->form.code(t->form.self, c, text, length);
    return true;
}

static bool take_cell(struct table *t, void *self, size_t c, bool *no_memory)
{
    const struct column_spec *spec = &t->spec.column[c];
    struct table_cell cell;
    t->source->cell(self, t->of[c], &cell);
    bool number = spec->type == COLUMN_NUMBER;
    if (cell.fault != NULL) {
        struct place p = t->source->place(self, t->of[c]);
        return bad_row(t, &p, spec->name, "%s where %s was expected",
                       cell.fault, number ? "a number" : "a text");
    }
    if (cell.missing ||
        (!cell.is_number &&
         table_is_missing(&t->spec, spec, cell.text, cell.length))) {
        take_missing(t, c);
        if (!spec->required)
            return true;
        struct place p = t->source->place(self, t->of[c]);
        return bad_row(t, &p, spec->name, "no value where one is required");
    }
    if (number)
        return take_number(t, self, c, &cell, number_at(t, c));
    struct date date;
    if (spec->type == COLUMN_DATE &&
        (cell.is_number || !date_parse(cell.text, cell.length, &date)))
        return bad_cell(t, self, c, &cell,
                        " where a date was expected, as YYYY-MM-DD");
    char text[NUM_TEXT_MAX];
    if (cell.is_number) {
        cell.length = num_shortest(cell.number, text);
        cell.text = text;
    }
    *no_memory = !take_word(t, c, cell.text, cell.length);
    return !*no_memory;
}

status table_take_row(struct table *t, void *self, const struct table_row *r,
                      struct error *e)
{
    size_t row = t->block.rows, errors = t->errors;
    if (r->fault[0] != '\0') {
        (void)bad_row(t, &r->place, NULL, "%s", r->fault);
        return t->errors == errors ? error_memory(e) : ST_OK;
    }
    for (size_t c = 0; c < t->spec.columns; c++) {
        bool no_memory = false;
        if (take_cell(t, self, c, &no_memory))
            continue;
        if (no_memory)
            return arena_error(t->text_arena, e);
        return t->errors == errors ? error_memory(e) : ST_OK;
    }
    t->ordinal[row] = t->seen;
    t->line[row] = r->line;
    t->block.rows++;
    return ST_OK;
}

bool table_take_number(struct table *t, size_t c, double x)
{
    const struct column_spec *spec = &t->spec.column[c];
    if (isinf(x) || (isnan(x) && spec->required) || !in_bounds(spec, x))
        return false;
    *number_at(t, c) = x;
    return true;
}

bool table_take_text(struct table *t, size_t c, const char *text,
                     size_t length)
{
    const struct column_spec *spec = &t->spec.column[c];
    if (table_is_missing(&t->spec, spec, text, length)) {
        take_missing(t, c);
        return !spec->required;
    }
    double x;
    struct date date;
    if (spec->type == COLUMN_NUMBER)
        return table_number(text, length, &x) && table_take_number(t, c, x);
    if (spec->type == COLUMN_DATE && !date_parse(text, length, &date))
        return false;
    return take_word(t, c, text, length);
}
