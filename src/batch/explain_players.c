/* Who plays: each input by itself, the project's factors, or the groups that a
 * table names. */
#include "batch/explain.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

enum { GROUPS_MAX = 100000 };

void explain_players_close(struct explain_players *p)
{
    mem_free(p->of);
    mem_free(p->name);
    names_free(p->groups);
    memset(p, 0, sizeof *p);
}

/* group[features]: its number, -1 none → players in the order of the inputs. */
static status number(const struct model *m, struct explain_players *p,
                     const long *group, const char *const *name, size_t groups,
                     struct error *e)
{
    long *given = mem_array(groups + 1, sizeof *given);
    if (given == NULL)
        return error_memory(e);
    for (size_t f = 0; f < m->features; f++) {
        long g = group[f];
        if (g >= 0 && given[g] > 0) {
            p->of[f] = (uint32_t)(given[g] - 1);
            continue;
        }
        p->of[f] = (uint32_t)p->count;
        p->name[p->count++] = g < 0 ? m->feature[f].name : name[g];
        if (g >= 0)
            given[g] = (long)p->count;
    }
    mem_free(given);
    return ST_OK;
}

/* An input that plays alone and a group of the same name would be one key. */
static status check_names(const struct model *m, const long *group,
                          const char *const *name, size_t groups,
                          struct error *e)
{
    for (size_t g = 0; g < groups; g++) {
        long f = model_find_feature(m, name[g]);
        if (f >= 0 && group[f] != (long)g)
            return error_set(e, ST_ARGUMENT,
                             "the group \"%s\" has the name of an input that "
                             "is not in it: give it another name",
                             name[g]);
    }
    return ST_OK;
}

static status by_factor(const struct session *s, long *group,
                        const char **name, struct error *e)
{
    const struct project *p = s->project;
    if (p->factors == 0)
        return error_set(e, ST_ARGUMENT,
                         "the project has no factors: declare factors, or give "
                         "--groups a table with the columns input and group");
    for (size_t f = 0; f < s->model->features; f++)
        group[f] = p->of_model[f] < 0 ? -1 : p->feature[p->of_model[f]].factor;
    for (size_t i = 0; i < p->factors; i++)
        name[i] = p->factor[i].key;
    return ST_OK;
}

static status unknown_input(const struct model *m, const char *input,
                            const char *location, long line, struct error *e)
{
    const char **all = mem_array(m->features + 1, sizeof *all);
    if (all == NULL)
        return error_memory(e);
    for (size_t f = 0; f < m->features; f++)
        all[f] = m->feature[f].name;
    const char *near = text_nearest(input, all, m->features);
    mem_free(all);
    struct place at = {.source = location, .line = line, .offset = -1};
    return error_at(e, ST_DATA, &at,
                    "the model has no input \"%.100s\"%s%.100s%s", input,
                    near != NULL ? " (did you mean \"" : "",
                    near != NULL ? near : "", near != NULL ? "\"?)" : "");
}

static status take_group(const struct session *s, const struct block *b,
                         size_t i, struct names *names, long *group,
                         struct error *e)
{
    const char *input = b->text[0][i], *word = b->text[1][i];
    const char *location = s->request->groups;
    long f = model_find_feature(s->model, input);
    if (f < 0)
        return unknown_input(s->model, input, location, b->line[i], e);
    struct place at = {.source = location, .line = b->line[i], .offset = -1};
    if (group[f] >= 0)
        return error_at(e, ST_DATA, &at, "the input \"%s\" has a group already",
                        input);
    group[f] = names_add(names, word, strlen(word));
    if (group[f] < 0)
        return error_memory(e);
    return group[f] < GROUPS_MAX
               ? ST_OK
               : error_at(e, ST_LIMIT, &at, "more than %d groups", GROUPS_MAX);
}

static status take_groups(const struct session *s, struct table *t,
                          struct names *names, long *group, struct error *e)
{
    const struct block *b;
    for (;;) {
        TRY(table_next(t, &b, e));
        size_t bad = 0;
        const struct row_error *error = table_errors(t, &bad);
        if (bad > 0) {
            struct place at = {.source = s->request->groups,
                               .line = error[0].line, .offset = -1};
            return error_at(e, ST_DATA, &at, "%s%s%s",
                            error[0].name != NULL ? error[0].name : "",
                            error[0].name != NULL ? ": " : "", error[0].text);
        }
        if (b == NULL)
            return ST_OK;
        for (size_t i = 0; i < b->rows; i++)
            TRY(take_group(s, b, i, names, group, e));
    }
}

static status by_table(const struct session *s, struct names *names,
                       long *group, struct error *e)
{
    static const struct column_spec column[] = {
        {.name = "input", .type = COLUMN_TEXT, .required = true},
        {.name = "group", .type = COLUMN_TEXT, .required = true}};
    struct table_spec spec = {.location = s->request->groups,
                              .format = TABLE_BY_NAME,
                              .column = column,
                              .columns = 2};
    struct table *t;
    TRY(table_open(&spec, &t, e));
    for (size_t f = 0; f < s->model->features; f++)
        group[f] = -1;
    status st = take_groups(s, t, names, group, e);
    table_free(t);
    return st;
}

static status open_groups(const struct session *s, struct explain_players *p,
                          long *group, struct error *e)
{
    const char **name = NULL;
    size_t groups = s->project->factors;
    status st = ST_OK;
    bool factors = strcmp(s->request->groups, "factors") == 0;
    if (!factors) {
        p->groups = names_new();
        st = p->groups == NULL ? error_memory(e)
                               : by_table(s, p->groups, group, e);
        groups = st == ST_OK ? names_count(p->groups) : 0;
    }
    if (st == ST_OK) {
        name = mem_array(groups + 1, sizeof *name);
        st = name == NULL ? error_memory(e) : ST_OK;
    }
    if (st == ST_OK && factors)
        st = by_factor(s, group, name, e);
    for (size_t i = 0; st == ST_OK && !factors && i < groups; i++)
        name[i] = names_at(p->groups, i);
    if (st == ST_OK)
        st = check_names(s->model, group, name, groups, e);
    if (st == ST_OK)
        st = number(s->model, p, group, name, groups, e);
    mem_free(name);
    return st;
}

status explain_players_open(const struct session *s,
                            struct explain_players *p, struct error *e)
{
    const struct model *m = s->model;
    p->name = mem_array(m->features + 1, sizeof *p->name);
    if (p->name == NULL)
        return error_memory(e);
    if (s->request->groups == NULL) {
        p->count = m->features;
        for (size_t f = 0; f < m->features; f++)
            p->name[f] = m->feature[f].name;
        return ST_OK;
    }
    p->of = mem_array(m->features + 1, sizeof *p->of);
    long *group = mem_array(m->features + 1, sizeof *group);
    status st = p->of == NULL || group == NULL ? error_memory(e)
                                               : open_groups(s, p, group, e);
    mem_free(group);
    if (st != ST_OK)
        error_note(e, "reading the groups of inputs (--groups %s)",
                   s->request->groups);
    return st;
}
