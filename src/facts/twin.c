/* The JSON twin: the tree as it stands, numbers as numbers. */
#include "facts/build.h"

#include "syntax/json_write.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

static const char *const origin_letters[] = {NULL, "C", "D", "A"};

static void put_value(struct json_writer *w, const struct fact *f)
{
    json_key(w, "value");
    switch (f->kind) {
    case FACT_NUMBER:
        json_number(w, f->number);
        break;
    case FACT_BOOLEAN:
        json_bool(w, f->number != 0);
        break;
    case FACT_TEXT:
    case FACT_DATE:
        json_string(w, f->text);
        break;
    case FACT_MISSING:
    case FACT_GROUP:
        json_null(w);
        break;
    }
}

static void put_optional(struct json_writer *w, const char *key,
                         const char *text)
{
    if (text != NULL)
        json_put_string(w, key, text);
}

static void put_fact(struct json_writer *w, const struct fact *f)
{
    json_object(w);
    put_value(w, f);
    json_put_string(w, "printed", f->printed);
    put_optional(w, "unit", f->unit);
    put_optional(w, "kind", origin_letters[f->origin]);
    if (f->has_n)
        json_put_number(w, "n", f->n);
    if (f->has_interval) {
        json_key(w, "ci");
        json_array(w);
        json_number(w, f->low);
        json_number(w, f->high);
        json_array_end(w);
    }
    put_optional(w, "method", f->method);
    put_optional(w, "source", f->source);
    put_optional(w, "by", f->by);
    put_optional(w, "at", f->at);
    if (f->marked)
        json_put_bool(w, "marked", true);
    put_optional(w, f->kind == FACT_MISSING ? "missing_reason" : "mark_reason",
                 f->why);
    json_object_end(w);
}

static bool is_first_of_name(const struct fact *f)
{
    for (const struct fact *c = f->parent->first; c != f; c = c->next)
        if (strcmp(c->name, f->name) == 0)
            return false;
    return true;
}

static const struct fact *next_of_name(const struct fact *f)
{
    const struct fact *c = f->next;
    while (c != NULL && strcmp(c->name, f->name) != 0)
        c = c->next;
    return c;
}

static bool put_any(struct json_writer *w, const struct fact *f,
                    const struct schema_node *n, int depth);

static bool put_members(struct json_writer *w, const struct fact *f,
                        const struct schema_node *n, int depth)
{
    json_object(w);
    for (const struct fact *c = f->first; c != NULL; c = c->next) {
        if (!is_first_of_name(c))
            continue;
        json_key(w, c->name);
        const struct schema_node *below =
            n == NULL ? NULL : schema_child(n, c->name, strlen(c->name));
        bool list = below != NULL ? schema_is_list(below)
                                  : next_of_name(c) != NULL;
        if (list)
            json_array(w);
        for (const struct fact *x = c; x != NULL; x = list ? next_of_name(x) : NULL)
            if (!put_any(w, x, below, depth + 1))
                return false;
        if (list)
            json_array_end(w);
    }
    json_object_end(w);
    return true;
}

static bool put_any(struct json_writer *w, const struct fact *f,
                    const struct schema_node *n, int depth)
{
    if (depth > DEPTH_MAX)
        return false;
    if (f->kind == FACT_GROUP)
        return put_members(w, f, n, depth);
    put_fact(w, f);
    return true;
}

status facts_twin(const struct fact *root, const struct schema *schema,
                  struct buf *out, struct error *e)
{
    struct json_writer w = json_start(out, 0);
    if (!put_any(&w, root, schema == NULL ? NULL : schema_root(schema), 0))
        return error_set(e, ST_LIMIT, "facts nested more than %d deep",
                         DEPTH_MAX);
    return json_end(&w, e);
}

static void tally(const struct fact *f, struct facts_tally *t)
{
    for (const struct fact *c = f->first; c != NULL; c = c->next)
        tally(c, t);
    if (f->kind == FACT_GROUP)
        return;
    if (f->kind == FACT_MISSING) {
        if (f->method != NULL)
            t->not_applicable++;
        else
            t->missing++;
        return;
    }
    t->computed += f->origin == ORIGIN_COMPUTED;
    t->declared += f->origin == ORIGIN_DECLARED;
    t->attested += f->origin == ORIGIN_ATTESTED;
}

struct facts_tally facts_count(const struct fact *root)
{
    struct facts_tally t = {0, 0, 0, 0, 0};
    tally(root, &t);
    return t;
}
