/* Blocks of a table → rows of the model. */
#include "project/project.h"

#include "base/arena.h"
#include "project/input_texts.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

struct input_map {
    const struct project *p;
    const struct model *m;
    size_t columns;
    struct column_spec *column;
    size_t *feature; /* model feature of each column */
    size_t further;  /* columns behind them, of rows of quantities */
    size_t *at;      /* [further] in such a row */
    struct input_texts *texts; /* NULL: the model reads none */
};

static bool is_word(const struct model *m, size_t j)
{
    return m->feature[j].kind == FEATURE_CATEGORY ||
           m->feature[j].kind == FEATURE_TEXT;
}

/* A text's place, or a word's code. */
static double word_value(const struct input_map *map, size_t j,
                         const char *text, size_t length)
{
    if (map->m->feature[j].kind != FEATURE_TEXT)
        return model_category_code(map->m, j, text, length);
    return (double)input_texts_add(map->texts, text, length);
}

size_t input_map_texts(const struct input_map *map, const char *const **text)
{
    *text = NULL;
    return map->texts == NULL ? 0 : input_texts_all(map->texts, text);
}

void input_map_free(struct input_map *map)
{
    if (map == NULL)
        return;
    input_texts_free(map->texts);
    mem_free(map->column);
    mem_free(map->feature);
    mem_free(map->at);
    mem_free(map);
}

static void fill_column(struct input_map *map, const struct project_feature *f,
                        size_t j)
{
    struct column_spec *c = &map->column[map->columns];
    *c = (struct column_spec){.name = f->column,
                              .type = is_word(map->m, j) ? COLUMN_TEXT
                                                         : COLUMN_NUMBER,
                              .missing = f->missing,
                              .missing_count = f->missing_count,
                              .low = f->low,
                              .high = f->high};
    map->feature[map->columns++] = j;
}

static void add_further(struct input_map *map, const struct project *p)
{
    for (size_t i = p->features; i < p->quantities; i++) {
        const struct project_feature *f = &p->feature[i];
        if (f->quantity != QUANTITY_COLUMN)
            continue;
        map->column[map->columns + map->further] =
            (struct column_spec){.name = f->column, .type = COLUMN_NUMBER};
        map->at[map->further++] = f->at;
    }
}

status input_map_new(const struct project *p, const struct model *m,
                     struct input_map **out, struct error *e)
{
    if (!p->bound)
        return error_bug(e, "input map of an unbound project");
    struct input_map *map = mem_array(1, sizeof *map);
    if (map == NULL)
        return error_memory(e);
    size_t more = p->quantities - p->features;
    map->p = p;
    map->m = m;
    map->column = mem_array(m->features + more + 1, sizeof *map->column);
    map->feature = mem_array(m->features + 1, sizeof *map->feature);
    map->at = mem_array(more + 1, sizeof *map->at);
    bool texts = false;
    for (size_t j = 0; j < m->features; j++)
        texts = texts || m->feature[j].kind == FEATURE_TEXT;
    if (texts)
        map->texts = input_texts_new();
    if (map->column == NULL || map->feature == NULL || map->at == NULL ||
        (texts && map->texts == NULL)) {
        input_map_free(map);
        return error_memory(e);
    }
    for (size_t j = 0; j < m->features; j++)
        if (p->of_model[j] >= 0)
            fill_column(map, &p->feature[p->of_model[j]], j);
    add_further(map, p);
    *out = map;
    return ST_OK;
}

size_t input_map_columns(const struct input_map *map,
                         const struct column_spec **columns)
{
    *columns = map->column;
    return map->columns;
}

void input_map_row(const struct input_map *map, const struct block *b,
                   size_t i, double *row)
{
    for (size_t j = 0; j < map->m->features; j++)
        row[j] = NAN;
    for (size_t c = 0; c < map->columns; c++) {
        size_t j = map->feature[c];
        if (map->column[c].type == COLUMN_NUMBER) {
            row[j] = b->number[c][i];
            continue;
        }
        const char *word = b->text[c][i];
        if (word != NULL)
            row[j] = word_value(map, j, word, strlen(word));
    }
}

size_t input_map_further(const struct input_map *map,
                         const struct column_spec **columns)
{
    *columns = map->column + map->columns;
    return map->further;
}

void input_map_quantities(const struct input_map *map, const struct block *b,
                          size_t i, size_t first, double *row)
{
    input_map_row(map, b, i, row);
    for (size_t k = map->m->features; k < map->p->recourse.width; k++)
        row[k] = NAN;
    for (size_t k = 0; k < map->further; k++)
        row[map->at[k]] = b->number[first + k][i];
    input_map_complete(map, row);
}

static double word_of(const struct project *p, const struct lever *l,
                      const double *row)
{
    double code = NAN;
    size_t ones = 0;
    for (size_t i = 0; i < l->indicators; i++) {
        const struct indicator *x = &l->indicator[i];
        if (x->input == NULL) {
            code = ones == 0 ? (double)i : code;
            continue;
        }
        double value = row[p->feature[x->quantity].at];
        if (value == 1 && ones++ == 0)
            code = (double)i;
        else if (value != 0)
            return NAN;
    }
    return code;
}

void input_map_complete(const struct input_map *map, double *row)
{
    const struct project *p = map->p;
    for (size_t i = 0; i < p->levers; i++) {
        const struct lever *l = &p->lever[i];
        if (l->indicators > 0)
            row[p->feature[l->feature].at] = word_of(p, l, row);
    }
}

static double code_of(const void *self, size_t column, const char *text,
                      size_t length)
{
    const struct input_map *map = self;
    return word_value(map, map->feature[column], text, length);
}

status input_map_form(const struct input_map *map, bool quantities,
                      size_t extras, struct table_form *out, struct error *e)
{
    size_t further = quantities ? map->further : 0;
    size_t own = map->columns, all = own + further + extras;
    size_t *place = mem_array(all + 1, sizeof *place);
    if (place == NULL)
        return error_memory(e);
    for (size_t c = 0; c < all; c++)
        place[c] = c < own             ? map->feature[c]
                   : c < own + further ? map->at[c - own]
                                       : SIZE_MAX;
    *out = (struct table_form){.width = quantities ? map->p->recourse.width
                                                   : map->m->features,
                               .place = place,
                               .code = code_of,
                               .self = map};
    return ST_OK;
}
