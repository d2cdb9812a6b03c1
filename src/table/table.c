#include "table/inside.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define TEXT_CAP ((size_t)2 << 30)

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

/* Would the word be taken for a number, and so not be looked for? */
static bool has_number(const char *const *words, size_t count)
{
    double x;
    for (size_t i = 0; i < count; i++)
        if (num_scan(words[i], words[i] + strlen(words[i]), &x) > 0)
            return true;
    return false;
}

/* From the source's columns to the ones asked for. */
static status find_uses(struct table *t, struct error *e)
{
    t->use = mem_array(t->source_columns + 1, sizeof *t->use);
    t->also = mem_array(t->spec.columns + 1, sizeof *t->also);
    if (t->use == NULL || t->also == NULL)
        return error_memory(e);
    for (size_t i = 0; i < t->source_columns; i++)
        t->use[i].column = SIZE_MAX;
    bool odd = has_number(t->spec.missing,
                          t->spec.missing == NULL ? 0 : t->spec.missing_count);
    for (size_t c = t->spec.columns; c-- > 0;) {
        const struct column_spec *spec = &t->spec.column[c];
        struct table_use *use = &t->use[t->of[c]];
        t->also[c] = use->column;
        use->column = c;
        use->quick = spec->type == COLUMN_NUMBER && t->also[c] == SIZE_MAX &&
                     !odd && !has_number(spec->missing, spec->missing_count);
    }
    return ST_OK;
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
    t->source_columns = count;
    return find_uses(t, e);
}

static status make_columns(struct table *t, struct error *e)
{
    size_t width = t->form.width;
    if (width > 0) {
        t->row = mem_array(t->rows_most * width, sizeof *t->row);
        if (t->row == NULL)
            return error_memory(e);
        for (size_t i = 0; i < t->rows_most * width; i++)
            t->row[i] = (double)NAN;
    }
    for (size_t c = 0; c < t->spec.columns; c++) {
        void *cells;
        t->step[c] = 1;
        if (width > 0 && t->form.place[c] != SIZE_MAX) {
            t->step[c] = width;
            cells = t->number[c] = t->row + t->form.place[c];
        } else if (t->spec.column[c].type == COLUMN_NUMBER) {
            cells = t->number[c] = mem_array(t->rows_most, sizeof(double));
        } else {
            cells = t->text[c] = mem_array(t->rows_most, sizeof(char *));
        }
        if (cells == NULL)
            return error_memory(e);
    }
    return ST_OK;
}

static status make_block(struct table *t, size_t rows, struct error *e)
{
    size_t columns = t->spec.columns;
    t->rows_most = rows == 0 ? TABLE_ROWS_DEFAULT : rows;
    if (columns > 0 && t->rows_most > TABLE_CELLS_MOST / columns)
        t->rows_most = TABLE_CELLS_MOST / columns > 0
                           ? TABLE_CELLS_MOST / columns : 1;
    t->ordinal = mem_array(t->rows_most, sizeof *t->ordinal);
    t->line = mem_array(t->rows_most, sizeof *t->line);
    t->number = mem_array(columns, sizeof *t->number);
    t->step = mem_array(columns, sizeof *t->step);
    t->text = mem_array(columns, sizeof *t->text);
    t->text_arena = arena_new(TEXT_CAP);
    if (t->ordinal == NULL || t->line == NULL || t->number == NULL ||
        t->step == NULL || t->text == NULL || t->text_arena == NULL)
        return error_memory(e);
    return make_columns(t, e);
}

static status begin(struct table *t, struct error *e)
{
    t->of = mem_array(t->spec.columns, sizeof *t->of);
    if (t->of == NULL)
        return error_memory(e);
    TRY(make_block(t, t->spec.block_rows, e));
    TRY(t->source->open(&t->spec, &t->self, e));
    TRY(find_columns(t, e));
    return t->source->branch == NULL
               ? ST_OK
               : t->source->branch(t->self, &t->reader, e);
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

status table_branch(struct table *root, size_t rows_most,
                    const struct table_form *form, struct table **out,
                    struct error *e)
{
    struct table *t = mem_array(1, sizeof *t);
    if (t == NULL)
        return error_memory(e);
    *t = (struct table){.spec = root->spec, .columns = root->columns,
                        .source = root->source, .self = root->self,
                        .root = root, .of = root->of, .use = root->use,
                        .also = root->also,
                        .source_columns = root->source_columns};
    if (form != NULL)
        t->form = *form;
    status s = make_block(t, rows_most, e);
    if (s == ST_OK && root->reader != NULL)
        s = t->source->branch(t->self, &t->reader, e);
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
    if (t->reader != NULL)
        t->source->close(t->reader);
    for (size_t c = 0; c < t->spec.columns; c++) {
        if (t->number != NULL &&
            (t->form.width == 0 || t->form.place[c] == SIZE_MAX))
            mem_free(t->number[c]);
        if (t->text != NULL)
            mem_free(t->text[c]);
    }
    mem_free(t->number);
    mem_free(t->step);
    mem_free(t->text);
    mem_free(t->row);
    mem_free(t->ordinal);
    mem_free(t->line);
    mem_free(t->error);
    mem_free(t->bytes);
    arena_free(t->text_arena);
    if (t->root == NULL) {
        if (t->self != NULL)
            t->source->close(t->self);
        mem_free(t->columns);
        mem_free(t->of);
        mem_free(t->use);
        mem_free(t->also);
    }
    mem_free(t);
}

const double *table_rows(const struct table *branch)
{
    return branch->row;
}

static void clear_block(struct table *t)
{
    t->errors = 0;
    t->block = (struct block){
        .first = t->seen + 1,
        .ordinal = t->ordinal,
        .line = t->line,
        .number = (const double *const *)t->number,
        .text = (const char *const *const *)t->text,
    };
    arena_reset(t->text_arena);
}

/* Rows as the source gives them one by one. */
static status read_rows(struct table *t, void *self, size_t rows, size_t *taken,
                        struct error *e)
{
    bool quick = self == t->reader && t->source->quick != NULL;
    for (*taken = 0; *taken < rows; ++*taken) {
        t->seen++;
        size_t at = t->block.rows;
        if (quick && t->source->quick(self, t, &t->line[at])) {
            t->ordinal[at] = t->seen;
            t->block.rows++;
            continue;
        }
        struct table_row row = {0};
        status s = t->source->next(self, &row, e);
        if (s != ST_OK || !row.got) {
            t->seen--;
            t->ended = s == ST_OK;
            return s;
        }
        TRY(table_take_row(t, self, &row, e));
    }
    return ST_OK;
}

static status keep_piece(struct table *t, const struct table_cut *piece,
                         struct error *e)
{
    size_t room = piece->length + TABLE_PAD;
    if (room > t->bytes_room) {
        mem_free(t->bytes);
        t->bytes_room = room + room / 8;
        t->bytes = mem_array(t->bytes_room, 1);
        if (t->bytes == NULL) {
            t->bytes_room = 0;
            return error_memory(e);
        }
    }
    t->piece = *piece;
    t->piece.bytes = t->bytes;
    memcpy(t->bytes, piece->bytes, piece->length);
    memset(t->bytes + piece->length, 0, TABLE_PAD);
    return ST_OK;
}

status table_begin(struct table *t, size_t rows, bool *got, struct error *e)
{
    struct table *root = t->root == NULL ? t : t->root;
    *got = false;
    t->seen = root->seen;
    t->ended = root->ended;
    t->parsed = t->reader == NULL;
    t->piece = (struct table_cut){0};
    clear_block(t);
    if (t->ended)
        return ST_OK;
    rows = rows < t->rows_most ? rows : t->rows_most;
    if (t->parsed) {
        size_t taken;
        TRY(read_rows(t, t->self, rows, &taken, e));
        *got = taken > 0;
    } else {
        struct table_cut piece = {0};
        do /* only blank lines: on to the next */
            TRY(t->source->cut(t->self, rows, &piece, e));
        while (piece.rows == 0 && piece.length > 0);
        *got = piece.length > 0;
        t->ended = !*got;
        if (*got)
            TRY(keep_piece(t, &piece, e));
        if (root != t)
            root->seen += (long long)piece.rows;
    }
    if (root != t) {
        root->ended = t->ended;
        root->seen = t->parsed ? t->seen : root->seen;
    }
    return ST_OK;
}

status table_finish(struct table *t, const struct block **out, struct error *e)
{
    *out = &t->block;
    if (t->parsed)
        return ST_OK;
    bool ended = t->ended;
    size_t taken;
    t->source->feed(t->reader, &t->piece);
    status s = read_rows(t, t->reader, t->piece.rows, &taken, e);
    if (s == ST_OK && taken < t->piece.rows)
        s = error_bug(e, "fewer rows in a piece than were counted");
    t->ended = ended;
    return s;
}

status table_next(struct table *t, const struct block **out, struct error *e)
{
    bool got;
    *out = NULL;
    TRY(table_begin(t, t->rows_most, &got, e));
    return got ? table_finish(t, out, e) : ST_OK;
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
