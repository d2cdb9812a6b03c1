#include "support/oracle.h"

#include "base/num.h"
#include "check.h"

#include <dirent.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

size_t oracle_names(const char *prefix, char ***names)
{
    char path[1024];
    size_t count = 0;
    *names = NULL;
    if (shared_data() == NULL)
        return 0;
    DIR *d = opendir(path_join(path, sizeof path, shared_data(), "models"));
    if (d == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        *names = realloc(*names, (count + 1) * sizeof **names);
        (*names)[count++] = strdup(entry->d_name);
    }
    closedir(d);
    if (count > 0)
        qsort(*names, count, sizeof **names, by_name);
    return count;
}

void oracle_names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* The next cell of a line, quotes taken off in place; *at moves past it. */
static char *next_cell(char **at, bool *last)
{
    char *from = *at, *to = from, *read = from;
    bool quoted = *read == '"';
    if (quoted)
        read++;
    for (;; read++) {
        if (*read == '\0' || (!quoted && (*read == ',' || *read == '\n')))
            break;
        if (quoted && *read == '"') {
            if (read[1] != '"') {
                quoted = false;
                continue;
            }
            read++;
        }
        *to++ = *read;
    }
    *last = *read != ',';
    *at = *read == '\0' ? read : read + 1;
    *to = '\0';
    return from;
}

static void add_cell(struct grid *g, size_t *count, double value)
{
    if ((*count & (*count - 1)) == 0)
        g->value = realloc(g->value, (*count ? *count * 2 : 1) * sizeof value);
    g->value[(*count)++] = value;
}

static double cell_value(const struct model *m, size_t column, const char *cell)
{
    double number = 0.0;
    if (cell[0] == '\0')
        return (double)NAN;
    if (m != NULL && m->feature[column].kind == FEATURE_CATEGORY)
        return model_category_code(m, column, cell, strlen(cell));
    if (!num_parse(cell, strlen(cell), &number))
        fail_msg("no number: %s", cell);
    return number;
}

static void read_grid(struct grid *g, const struct model *m, char *text)
{
    bool last = false;
    size_t count = 0;
    while (!last) {
        g->head = realloc(g->head, (g->columns + 1) * sizeof *g->head);
        g->head[g->columns++] = strdup(next_cell(&text, &last));
    }
    while (*text != '\0') {
        for (size_t column = 0; column < g->columns; column++)
            add_cell(g, &count,
                     cell_value(m, column, next_cell(&text, &last)));
        assert_true(last);
        g->rows++;
    }
    assert_int_equal(count, g->rows * g->columns);
}

void oracle_grid(struct grid *g, const char *path)
{
    size_t length = 0;
    *g = (struct grid){0};
    char *text = slurp(path, &length);
    if (text != NULL)
        read_grid(g, NULL, text);
    free(text);
}

void oracle_rows(struct grid *g, const struct model *m, const char *path)
{
    size_t length = 0;
    *g = (struct grid){0};
    char *text = slurp(path, &length);
    if (text != NULL) {
        read_grid(g, m, text);
        assert_int_equal(g->columns, m->features);
    }
    free(text);
}

/* Column → input, −1: not read. */
static long *place_columns(const struct grid *g, const struct model *m)
{
    long *place = calloc(g->columns, sizeof *place);
    size_t found = 0;
    for (size_t i = 0; i < g->columns; i++) {
        place[i] = model_find_feature(m, g->head[i]);
        found += place[i] >= 0;
    }
    if (found < m->features && m->features == g->columns)
        for (size_t i = 0; i < g->columns; i++)
            place[i] = (long)i;
    else if (found < m->features)
        fail_msg("the table has %zu of %zu inputs", found, m->features);
    return place;
}

void oracle_inputs(struct grid *g, const struct model *m, const char *path)
{
    size_t length = 0, count = 0;
    bool last = false;
    *g = (struct grid){0};
    char *text = slurp(path, &length), *at = text;
    if (text == NULL)
        return;
    while (!last) {
        g->head = realloc(g->head, (g->columns + 1) * sizeof *g->head);
        g->head[g->columns++] = strdup(next_cell(&at, &last));
    }
    long *place = place_columns(g, m);
    for (; *at != '\0'; g->rows++) {
        for (size_t i = 0; i < m->features; i++)
            add_cell(g, &count, (double)NAN);
        double *row = g->value + g->rows * m->features;
        for (size_t i = 0; i < g->columns; i++) {
            const char *cell = next_cell(&at, &last);
            if (place[i] >= 0)
                row[place[i]] = cell_value(m, (size_t)place[i], cell);
        }
        assert_true(last);
    }
    for (size_t i = m->features; i < g->columns; i++)
        free(g->head[i]);
    g->columns = m->features;
    free(place);
    free(text);
}

void grid_free(struct grid *g)
{
    for (size_t i = 0; i < g->columns; i++)
        free(g->head[i]);
    free(g->head);
    free(g->value);
    *g = (struct grid){0};
}

const double *grid_row(const struct grid *g, size_t i)
{
    return g->value + i * g->columns;
}

struct model *oracle_model(const char *path, enum trees_used trees)
{
    size_t length = 0;
    struct error e = {0};
    struct model *m = NULL;
    char *bytes = slurp(path, &length);
    if (bytes == NULL)
        fail_msg("cannot read %s", path);
    struct memory_stream memory = {bytes, length, 0};
    struct format_options options = {.trees = trees};
    check_ok(model_load(stream_of_memory(&memory, path), &options, &m, &e), &e);
    free(bytes);
    return m;
}

void oracle_load(struct oracle *o, const char *name, const char *file)
{
    char path[2048];
    *o = (struct oracle){0};
    (void)snprintf(o->name, sizeof o->name, "%s", name);
    (void)snprintf(o->folder, sizeof o->folder, "%s/models/%s", shared_data(),
                   name);
    if (file == NULL)
        file = strncmp(name, "lgb_", 4) == 0 ? "model.txt" : "model.json";
    o->model = oracle_model(path_join(path, sizeof path, o->folder, file),
                            TREES_ALL);
    oracle_rows(&o->rows, o->model,
                path_join(path, sizeof path, o->folder, "rows.csv"));
    oracle_rows(&o->background, o->model,
                path_join(path, sizeof path, o->folder, "background.csv"));
    oracle_grid(&o->predictions,
                path_join(path, sizeof path, o->folder, "predictions.csv"));
    oracle_grid(&o->path, path_join(path, sizeof path, o->folder,
                                    "contributions_path.csv"));
    oracle_grid(&o->against, path_join(path, sizeof path, o->folder,
                                       "contributions_background.csv"));
}

void oracle_free(struct oracle *o)
{
    model_free(o->model);
    grid_free(&o->rows);
    grid_free(&o->background);
    grid_free(&o->predictions);
    grid_free(&o->path);
    grid_free(&o->against);
}
