#include "project/reading.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

/* The parsed tree dies before the project: places keep the project's name. */
static struct place named(const struct reading *r, struct place place)
{
    if (place.line > 0)
        place.source = r->source;
    return place;
}

struct place node_place(const struct reading *r, const cJSON *node)
{
    if (r->sheet != NULL) {
        /* nodes are asked for nearly in the order they were made */
        struct sheet *sheet = r->sheet;
        for (size_t i = 0; i < sheet->places; i++) {
            size_t at = (sheet->cursor + i) % sheet->places;
            if (sheet->place[at].node == node) {
                sheet->cursor = at;
                return named(r, sheet->place[at].place);
            }
        }
        return PLACE_NONE;
    }
    return r->config != NULL ? named(r, config_place(r->config, node))
                             : PLACE_NONE;
}

struct place node_key_place(const struct reading *r, const cJSON *node)
{
    if (r->sheet != NULL || r->config == NULL)
        return node_place(r, node);
    return named(r, config_key_place(r->config, node));
}

void node_fault(struct reading *r, const cJSON *node, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fault_put(r->p->places, r->faults, FAULT_ERROR, NULL, node_place(r, node),
              "%s", text);
}

const char *node_kind(const cJSON *node)
{
    return cJSON_IsString(node)   ? "a text"
           : cJSON_IsNumber(node) ? "a number"
           : cJSON_IsBool(node)   ? "true or false"
           : cJSON_IsArray(node)  ? "an array"
           : cJSON_IsObject(node) ? "an object"
                                  : "null";
}

const char *nearest_of(const char *word, const char *const *known, size_t count,
                       char out[160])
{
    const char *near = text_nearest(word, known, count);
    out[0] = '\0';
    if (near != NULL)
        (void)snprintf(out, 160, " (did you mean \"%s\"?)", near);
    return out;
}

/* The next step of a dotted name below a prefix, or NULL when the key does not
 * stand below it. */
static const char *step_below(const struct key *k, const char *prefix,
                              size_t *length)
{
    size_t n = strlen(prefix);
    if (strncmp(k->name, prefix, n) != 0)
        return NULL;
    *length = strcspn(k->name + n, ".");
    return k->name + n;
}

/* Keys of earlier versions, and where they stand now. */
static const struct {
    const char *was, *is;
} moved[] = {
    {"order", "recourse.order"},
    {"documents.most_changes", "recourse.most_changes"},
    {"documents.node_budget", "recourse.node_budget"},
};

static bool fault_moved(struct reading *r, enum key_group group,
                        const char *prefix, const cJSON *child)
{
    size_t n = strlen(prefix);
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        const char *was = moved[i].was;
        if (group != GROUP_PROJECT || strncmp(was, prefix, n) != 0 ||
            strcmp(was + n, child->string) != 0)
            continue;
        fault_put(r->p->places, r->faults, FAULT_ERROR, NULL,
                  node_key_place(r, child),
                  "%s has moved: it is %s now", was, moved[i].is);
        return true;
    }
    return false;
}

static void fault_unknown(struct reading *r, enum key_group group,
                          const char *prefix, const cJSON *child)
{
    if (fault_moved(r, group, prefix, child))
        return;
    char names[KEYS_MAX][40], hint[160];
    const char *known[KEYS_MAX];
    size_t count = 0, length;
    for (size_t i = 0; i < key_count() && count < KEYS_MAX; i++) {
        const char *step =
            keys[i].in == group ? step_below(&keys[i], prefix, &length) : NULL;
        if (step == NULL || length >= sizeof names[0])
            continue;
        memcpy(names[count], step, length);
        names[count][length] = '\0';
        known[count] = names[count];
        count++;
    }
    (void)nearest_of(child->string, known, count, hint);
    fault_put(r->p->places, r->faults, FAULT_ERROR, NULL,
              node_key_place(r, child), "unknown key \"%s\" in %s%s",
              child->string, r->path[0] == '\0' ? "the project" : r->path, hint);
}

static bool has_below(enum key_group group, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < key_count(); i++)
        if (keys[i].in == group && strncmp(keys[i].name, name, n) == 0 &&
            keys[i].name[n] == '.')
            return true;
    return false;
}

static void parse_object(struct reading *r, enum key_group group,
                         const cJSON *object, void *base, const char *prefix,
                         bool seen[KEYS_MAX]);

static void parse_member(struct reading *r, enum key_group group,
                         const cJSON *child, void *base, const char *prefix,
                         bool seen[KEYS_MAX])
{
    char name[128];
    int n = snprintf(name, sizeof name, "%s%s", prefix, child->string);
    const struct key *k = NULL;
    if (n < (int)sizeof name)
        k = key_find(group, name, strlen(name));
    bool below = n < (int)sizeof name - 1 && has_below(group, name);
    if (k == NULL && !below) {
        fault_unknown(r, group, prefix, child);
        return;
    }
    size_t before = strlen(r->path);
    (void)snprintf(r->path + before, sizeof r->path - before, "%s%s",
                   before == 0 ? "" : ".", child->string);
    if (k != NULL) {
        seen[k - keys] = true;
        key_value(r, k, child, base);
    } else if (!cJSON_IsObject(child)) {
        node_fault(r, child, "%s must be an object, not %s", r->path,
                   node_kind(child));
    } else {
        (void)snprintf(name + n, sizeof name - (size_t)n, ".");
        parse_object(r, group, child, base, name, seen);
    }
    r->path[before] = '\0';
}

static void parse_object(struct reading *r, enum key_group group,
                         const cJSON *object, void *base, const char *prefix,
                         bool seen[KEYS_MAX])
{
    const cJSON *child;
    cJSON_ArrayForEach(child, object)
        parse_member(r, group, child, base, prefix, seen);
}

void key_group_read(struct reading *r, enum key_group group, const cJSON *object,
                 void *base)
{
    bool seen[KEYS_MAX] = {false};
    if (!cJSON_IsObject(object)) {
        node_fault(r, object, "%s must be an object, not %s",
                   r->path[0] == '\0' ? "the project" : r->path,
                   node_kind(object));
        return;
    }
    parse_object(r, group, object, base, "", seen);
    for (size_t i = 0; i < key_count(); i++) {
        const struct key *k = &keys[i];
        if (k->in != group || seen[i])
            continue;
        if (k->flags & KEY_REQUIRED)
            node_fault(r, object, "%s%s%s is missing: %s", r->path,
                       r->path[0] == '\0' ? "" : ".", k->name, k->help);
        apply_default(r, k, base);
    }
}
