/* A first look at every column of a table, for a first project file. */
#include "base/arena.h"
#include "base/num.h"
#include "base/text.h"
#include "table/source.h"

#include <math.h>
#include <string.h>

enum { WORDS = 64, WORD_LONGEST = 200 };
#define LOOK_CAP ((size_t)1 << 30)

struct table_look {
    struct arena *arena;
    struct column_look *column;
    bool *some;          /* a value was met */
    size_t columns;
    long long rows;
};

void table_look_free(struct table_look *l)
{
    if (l == NULL)
        return;
    arena_free(l->arena);
    mem_free(l);
}

static status add_word(struct table_look *l, struct column_look *c,
                       const char *text, size_t length, struct error *e)
{
    if (c->distinct == WORDS)
        return ST_OK;
    if (length > WORD_LONGEST) {
        length = WORD_LONGEST;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    for (size_t i = 0; i < c->distinct; i++)
        if (strncmp(c->words[i], text, length) == 0 &&
            c->words[i][length] == '\0')
            return ST_OK;
    char *word = arena_copy(l->arena, text, length);
    if (word == NULL)
        return arena_error(l->arena, e);
    c->words[c->distinct++] = word;
    return ST_OK;
}

static void take_number(struct column_look *c, bool first, double x)
{
    if (x != floor(x))
        c->all_integers = false;
    if (first || x < c->low)
        c->low = x;
    if (first || x > c->high)
        c->high = x;
}

static status take_cell(struct table_look *l, size_t i,
                        const struct table_spec *spec,
                        const struct table_cell *cell, struct error *e)
{
    struct column_look *c = &l->column[i];
    char shown[NUM_TEXT_MAX];
    const char *text = cell->text;
    size_t length = cell->length;
    double x = cell->number;
    if (cell->is_number) {
        length = num_shortest(x, shown);
        text = shown;
    }
    if (cell->missing || cell->fault != NULL ||
        table_is_missing(spec, NULL, text, length)) {
        c->missing++;
        return ST_OK;
    }
    struct date date;
    if (!date_parse(text, length, &date))
        c->all_dates = false;
    if (!c->all_numbers || (!cell->is_number && !table_number(text, length, &x)) ||
        !isfinite(x))
        c->all_numbers = false;
    else
        take_number(c, !l->some[i], x);
    l->some[i] = true;
    return add_word(l, c, text, length, e);
}

static status make_columns(struct table_look *l, const char *const *names,
                           size_t count, struct error *e)
{
    l->columns = count;
    l->column = arena_new_array(l->arena, struct column_look, count);
    l->some = arena_new_array(l->arena, bool, count);
    if (l->column == NULL || l->some == NULL)
        return arena_error(l->arena, e);
    for (size_t i = 0; i < count; i++) {
        struct column_look *c = &l->column[i];
        c->name = arena_string(l->arena, names[i]);
        if (c->name == NULL)
            return arena_error(l->arena, e);
        c->all_numbers = c->all_integers = c->all_dates = true;
    }
    return ST_OK;
}

/* A column without a value, or with a number that is none, is not "all". */
static void settle(struct table_look *l)
{
    for (size_t i = 0; i < l->columns; i++) {
        struct column_look *c = &l->column[i];
        if (!l->some[i])
            c->all_numbers = c->all_dates = false;
        if (!c->all_numbers) {
            c->all_integers = false;
            c->low = c->high = (double)NAN;
        }
    }
}

static status look_at_rows(struct table_look *l, const struct table_spec *spec,
                           const struct table_source *source, void *self,
                           size_t rows, struct error *e)
{
    size_t count;
    const char *const *names = source->names(self, &count);
    TRY(make_columns(l, names, count, e));
    for (; (size_t)l->rows < rows; l->rows++) {
        struct table_row row = {0};
        TRY(source->next(self, &row, e));
        if (!row.got)
            break;
        for (size_t i = 0; i < count && row.fault[0] == '\0'; i++) {
            struct table_cell cell;
            source->cell(self, i, &cell);
            TRY(take_cell(l, i, spec, &cell, e));
        }
    }
    settle(l);
    return ST_OK;
}

status table_look(const struct table_spec *spec, size_t rows,
                  struct table_look **out, struct error *e)
{
    const struct table_source *source = table_source_for(spec);
    void *self = NULL;
    TRY(source->open(spec, &self, e));
    struct table_look *l = mem_array(1, sizeof *l);
    if (l != NULL)
        l->arena = arena_new(LOOK_CAP);
    status s = l == NULL || l->arena == NULL
                   ? error_memory(e)
                   : look_at_rows(l, spec, source, self, rows, e);
    source->close(self);
    if (s != ST_OK) {
        table_look_free(l);
        return s;
    }
    *out = l;
    return ST_OK;
}

const struct column_look *table_look_columns(const struct table_look *l,
                                             size_t *count, long long *rows)
{
    *count = l->columns;
    *rows = l->rows;
    return l->column;
}
