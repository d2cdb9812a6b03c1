/* Blocks of a table → rows of the model. */
#include "project/project.h"

#include "base/arena.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

struct input_map {
    const struct model *m;
    size_t columns;
    struct column_spec *column;
    size_t *feature; /* model feature of each column */
};

void input_map_free(struct input_map *map)
{
    if (map == NULL)
        return;
    mem_free(map->column);
    mem_free(map->feature);
    mem_free(map);
}

static void fill_column(struct input_map *map, const struct project_feature *f,
                        size_t j)
{
    struct column_spec *c = &map->column[map->columns];
    *c = (struct column_spec){.name = f->column,
                              .type = map->m->feature[j].kind ==
                                              FEATURE_CATEGORY
                                          ? COLUMN_TEXT
                                          : COLUMN_NUMBER,
                              .missing = f->missing,
                              .missing_count = f->missing_count,
                              .low = f->low,
                              .high = f->high};
    map->feature[map->columns++] = j;
}

status input_map_new(const struct project *p, const struct model *m,
                     struct input_map **out, struct error *e)
{
    if (!p->bound)
        return error_bug(e, "input map of an unbound project");
    struct input_map *map = mem_array(1, sizeof *map);
    if (map == NULL)
        return error_memory(e);
    map->m = m;
    map->column = mem_array(m->features + 1, sizeof *map->column);
    map->feature = mem_array(m->features + 1, sizeof *map->feature);
    if (map->column == NULL || map->feature == NULL) {
        input_map_free(map);
        return error_memory(e);
    }
    for (size_t j = 0; j < m->features; j++)
        if (p->of_model[j] >= 0)
            fill_column(map, &p->feature[p->of_model[j]], j);
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
            row[j] = model_category_code(map->m, j, word, strlen(word));
    }
}

static double code_of(const void *self, size_t column, const char *text,
                      size_t length)
{
    const struct input_map *map = self;
    return model_category_code(map->m, map->feature[column], text, length);
}

status input_map_form(const struct input_map *map, size_t extras,
                      struct table_form *out, struct error *e)
{
    size_t *place = mem_array(map->columns + extras + 1, sizeof *place);
    if (place == NULL)
        return error_memory(e);
    for (size_t c = 0; c < map->columns + extras; c++)
        place[c] = c < map->columns ? map->feature[c] : SIZE_MAX;
    *out = (struct table_form){.width = map->m->features, .place = place,
                               .code = code_of, .self = map};
    return ST_OK;
}
