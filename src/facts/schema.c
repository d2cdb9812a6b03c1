#include "facts/schema.h"

#include "base/buf.h"
#include "base/text.h"

#include <string.h>

enum { ARENA_CAP = 16 * 1024 * 1024, CHILDREN_MAX = 4096 };

struct schema_node {
    const char *name;
    size_t length;
    bool list;
    const struct schema_row *row; /* NULL: a group */
    struct schema_node *parent, *first, *last, *next;
};

struct schema {
    struct arena *arena;
    struct schema_node root;
    const struct schema_row **rows;
    size_t count;
};

static struct schema_node *child_of(const struct schema_node *n,
                                    const char *name, size_t length)
{
    for (struct schema_node *c = n->first; c != NULL; c = c->next)
        if (c->length == length && memcmp(c->name, name, length) == 0)
            return c;
    return NULL;
}

static bool name_is_plain(const char *s, size_t n)
{
    if (n == 0 || *s < 'a' || *s > 'z')
        return false;
    for (size_t i = 0; i < n; i++)
        if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') ||
              s[i] == '_' || s[i] == '-'))
            return false;
    return true;
}

/* One step of a row's path. */
static status add_step(struct schema *s, struct schema_node **at,
                       const char *step, size_t n, const char *path,
                       struct error *e)
{
    bool list = n > 2 && memcmp(step + n - 2, "[]", 2) == 0;
    if (list)
        n -= 2;
    if (!name_is_plain(step, n))
        return error_set(e, ST_BUG, "schema row \"%s\": a name is a-z, 0-9, "
                         "'-' and '_'", path);
    struct schema_node *c = child_of(*at, step, n);
    if (c == NULL) {
        c = arena_new_one(s->arena, struct schema_node);
        if (c == NULL)
            return arena_error(s->arena, e);
        *c = (struct schema_node){.name = arena_copy(s->arena, step, n),
                                  .length = n, .list = list, .parent = *at};
        if (c->name == NULL)
            return arena_error(s->arena, e);
        if ((*at)->last == NULL)
            (*at)->first = c;
        else
            (*at)->last->next = c;
        (*at)->last = c;
    } else if (c->list != list) {
        return error_set(e, ST_BUG, "schema row \"%s\": \"%s\" is a list in "
                         "one row and not in another", path, c->name);
    }
    *at = c;
    return ST_OK;
}

static status add_row(struct schema *s, const struct schema_row *row,
                      struct error *e)
{
    struct schema_node *at = &s->root;
    for (const char *p = row->path; *p != '\0';) {
        size_t n = strcspn(p, "/");
        if (at->row != NULL)
            return error_set(e, ST_BUG, "schema row \"%s\" goes on below the "
                             "value \"%s\"", row->path, at->row->path);
        TRY(add_step(s, &at, p, n, row->path, e));
        p += n + (p[n] == '/');
    }
    if (at->first != NULL)
        return error_set(e, ST_BUG, "schema row \"%s\" is a value, but other "
                         "rows go on below it", row->path);
    if (at->row != NULL) {
        /* both documents may share a fact; it must be the same one */
        if (at->row->kind != row->kind || !text_equal(at->row->unit, row->unit))
            return error_set(e, ST_BUG, "schema row \"%s\" stands twice with "
                             "another kind or unit", row->path);
        return ST_OK;
    }
    at->row = row;
    s->rows[s->count++] = row;
    return ST_OK;
}

static struct schema *schema_blank(size_t count)
{
    struct schema *s = mem_array(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->arena = arena_new(ARENA_CAP);
    s->rows = mem_array(count + 1, sizeof *s->rows);
    s->root.name = "facts";
    s->root.length = 5;
    if (s->arena == NULL || s->rows == NULL) {
        schema_free(s);
        return NULL;
    }
    return s;
}

status schema_new(const struct schema_row *rows, size_t count,
                  struct schema **out, struct error *e)
{
    struct schema *s = schema_blank(count);
    if (s == NULL)
        return error_memory(e);
    for (size_t i = 0; i < count; i++) {
        status st = add_row(s, &rows[i], e);
        if (st != ST_OK) {
            schema_free(s);
            return st;
        }
    }
    *out = s;
    return ST_OK;
}

void schema_free(struct schema *s)
{
    if (s == NULL)
        return;
    arena_free(s->arena);
    mem_free(s->rows);
    mem_free(s);
}

status schema_builtin(struct schema **out, struct error *e)
{
    struct schema *s = schema_blank(schema_card_count + schema_decision_count);
    if (s == NULL)
        return error_memory(e);
    status st = ST_OK;
    for (size_t i = 0; i < schema_card_count && st == ST_OK; i++)
        st = add_row(s, &schema_card_rows[i], e);
    for (size_t i = 0; i < schema_decision_count && st == ST_OK; i++)
        st = add_row(s, &schema_decision_rows[i], e);
    if (st != ST_OK) {
        schema_free(s);
        return st;
    }
    *out = s;
    return ST_OK;
}

size_t schema_count(const struct schema *s)
{
    return s->count;
}

const struct schema_row *schema_row_at(const struct schema *s, size_t i)
{
    return i < s->count ? s->rows[i] : NULL;
}

const struct schema_node *schema_root(const struct schema *s)
{
    return &s->root;
}

const struct schema_node *schema_child(const struct schema_node *n,
                                       const char *name, size_t length)
{
    return child_of(n, name, length);
}

const struct schema_node *schema_child_near(const struct schema_node *n,
                                            const struct schema_node *last,
                                            const char *name)
{
    const struct schema_node *c = last == NULL ? n->first : last;
    for (int tries = 0; c != NULL && tries < 3; c = c->next, tries++)
        if (strcmp(c->name, name) == 0)
            return c;
    return child_of(n, name, strlen(name));
}

const char *schema_name(const struct schema_node *n)
{
    return n->name;
}

const struct schema_node *schema_parent(const struct schema_node *n)
{
    return n->parent;
}

bool schema_is_list(const struct schema_node *n)
{
    return n->list;
}

enum fact_kind schema_kind(const struct schema_node *n)
{
    return n->row == NULL ? FACT_GROUP : n->row->kind;
}

const char *schema_nearest(const struct schema_node *n, const char *name)
{
    const char *names[CHILDREN_MAX];
    size_t count = 0;
    for (const struct schema_node *c = n->first; c != NULL && count < CHILDREN_MAX;
         c = c->next)
        names[count++] = c->name;
    return text_nearest(name, names, count);
}
