/* Names of a model and what they stand for: compiled when first asked for. */
#include "base/text.h"
#include "formats/pmml.h"

enum entry_kind { ENTRY_DATA, ENTRY_MINING, ENTRY_DERIVED, ENTRY_VALUE };
enum entry_state { ENTRY_NEW, ENTRY_OPEN, ENTRY_DONE };

struct entry {
    enum entry_kind kind;
    enum entry_state state;
    const struct xml_node *node;
    const struct pmml_data *data;
    struct pmml_value value;
};

struct pmml_scope {
    struct pmml_scope *outer; /* NULL: nothing outside is seen */
    struct pmml_scope *older; /* in pmml.scopes */
    struct names *index;
    struct entry *entry;
    size_t room;
};

static status make(struct pmml *p, struct pmml_scope *outer,
                   struct pmml_scope **out, struct error *e)
{
    struct pmml_scope *s = arena_new_one(p->arena, struct pmml_scope);
    if (s == NULL)
        return arena_error(p->arena, e);
    s->outer = outer;
    s->older = p->scopes;
    p->scopes = s;
    s->index = names_new();
    *out = s;
    return s->index == NULL ? error_memory(e) : ST_OK;
}

void pmml_scopes_free(struct pmml *p)
{
    for (struct pmml_scope *s = p->scopes; s != NULL; s = s->older) {
        names_free(s->index);
        mem_free(s->entry);
    }
    p->scopes = NULL;
}

status pmml_scope_bare(struct pmml *p, struct pmml_scope **out,
                       struct error *e)
{
    return make(p, NULL, out, e);
}

/* A name given anew hides the older one, as output fields do. */
static status put(struct pmml_scope *s, const char *name, struct entry entry,
                  struct error *e)
{
    TRY(MEM_ROOM(s->entry, s->room, names_count(s->index) + 1, e));
    long at = names_add(s->index, name, strlen(name));
    if (at < 0)
        return error_memory(e);
    s->entry[at] = entry;
    return ST_OK;
}

static struct entry *find(struct pmml_scope *s, const char *name)
{
    long at = names_find(s->index, name, strlen(name));
    return at < 0 ? NULL : &s->entry[at];
}

status pmml_scope_add(struct pmml *p, struct pmml_scope *s, const char *name,
                      const struct pmml_value *v, struct error *e)
{
    (void)p;
    struct entry entry = {.kind = ENTRY_VALUE, .state = ENTRY_DONE,
                          .value = *v};
    return put(s, name, entry, e);
}

static status put_derived(struct pmml *p, struct pmml_scope *s,
                          const struct xml_node *parent, struct error *e)
{
    if (parent == NULL)
        return ST_OK;
    for (const struct xml_node *n = xml_child(parent, "DerivedField");
         n != NULL; n = xml_sibling(n, "DerivedField")) {
        const char *name = NULL;
        struct entry entry = {.kind = ENTRY_DERIVED, .node = n};
        TRY(pmml_text(p, n, "name", &name, e));
        TRY(put(s, name, entry, e));
    }
    return ST_OK;
}

status pmml_scope_global(struct pmml *p, struct error *e)
{
    TRY(make(p, NULL, &p->global, e));
    for (size_t i = 0; i < p->fields; i++) {
        struct entry entry = {.kind = ENTRY_DATA, .data = &p->data[i],
                              .node = p->data[i].node};
        TRY(put(p->global, p->data[i].name, entry, e));
    }
    return put_derived(p, p->global,
                       xml_child(p->root, "TransformationDictionary"), e);
}

static bool is_active(const struct xml_node *mining)
{
    const char *usage = xml_value(mining, "usageType");
    return usage == NULL || text_equal(usage, "active") ||
           text_equal(usage, "supplementary");
}

status pmml_scope_new(struct pmml *p, const struct xml_node *model,
                      struct pmml_scope *outer, struct pmml_scope **out,
                      struct error *e)
{
    const struct xml_node *schema = xml_child(model, "MiningSchema");
    if (schema == NULL)
        return pmml_fault(p, model, e, ST_FORMAT, "it has no MiningSchema");
    TRY(make(p, outer == NULL ? p->global : outer, out, e));
    for (const struct xml_node *n = xml_child(schema, "MiningField"); n != NULL;
         n = xml_sibling(n, "MiningField")) {
        const char *name = NULL;
        struct entry entry = {.kind = ENTRY_MINING, .node = n};
        TRY(pmml_text(p, n, "name", &name, e));
        if (is_active(n))
            TRY(put(*out, name, entry, e));
    }
    return put_derived(p, *out, xml_child(model, "LocalTransformations"), e);
}

static status derive(struct pmml *p, struct pmml_scope *s,
                     const struct xml_node *n, struct pmml_value *out,
                     struct error *e)
{
    const struct xml_node *body = n->child;
    while (body != NULL && !pmml_is_expression(body))
        body = body->next;
    if (body == NULL && n->child != NULL && !xml_is(n->child, "Value"))
        return pmml_refuse(p, n->child, e);
    if (body == NULL)
        return pmml_fault(p, n, e, ST_FORMAT, "it has no expression");
    /* Those of the whole file read the fields as the top model treats them. */
    return pmml_derived(p, s == p->global && p->top != NULL ? p->top : s, n,
                        body, out, e);
}

static status mined(struct pmml *p, struct pmml_scope *s, struct entry *found,
                    const char *name, struct pmml_value *out, struct error *e)
{
    struct pmml_scope *outer = s->outer;
    struct entry *data = outer == p->global ? find(outer, name) : NULL;
    const struct xml_node *mining = found->node;
    if (data != NULL && data->kind == ENTRY_DATA)
        return pmml_input(p, data->data, mining, out, e);
    TRY(pmml_field(p, outer, name, mining, out, e));
    return pmml_treat(p, mining, out, e);
}

static status compile(struct pmml *p, struct pmml_scope *s, const char *name,
                      struct entry *found, struct pmml_value *out,
                      struct error *e)
{
    switch (found->kind) {
    case ENTRY_DATA:
        return pmml_input(p, found->data, NULL, out, e);
    case ENTRY_MINING:
        return mined(p, s, found, name, out, e);
    case ENTRY_DERIVED:
        return derive(p, s, found->node, out, e);
    case ENTRY_VALUE:
        break;
    }
    *out = found->value;
    return ST_OK;
}

status pmml_field(struct pmml *p, struct pmml_scope *s, const char *name,
                  const struct xml_node *at, struct pmml_value *out,
                  struct error *e)
{
    struct entry *found = NULL;
    while (s != NULL && (found = find(s, name)) == NULL)
        s = s->outer;
    if (found == NULL)
        return pmml_fault(p, at, e, ST_FORMAT, "no field is named \"%.60s\"",
                          name);
    if (found->state == ENTRY_DONE) {
        *out = found->value;
        return ST_OK;
    }
    if (found->state == ENTRY_OPEN)
        return pmml_fault(p, at, e, ST_FORMAT,
                          "the field \"%.60s\" is defined by itself", name);
    if (found->kind == ENTRY_DATA && found->data->feature < 0)
        return pmml_fault(p, at, e, ST_FORMAT,
                          "\"%.60s\" is no active field of the MiningSchema",
                          name);
    if (p->calls >= PMML_CALLS_MAX)
        return pmml_fault(p, at, e, ST_LIMIT,
                          "more than %d fields or functions within each other",
                          PMML_CALLS_MAX);
    p->calls++;
    found->state = ENTRY_OPEN;
    size_t place = (size_t)(found - s->entry);
    struct pmml_value v;
    TRY(compile(p, s, name, found, &v, e));
    found = &s->entry[place]; /* the list may have grown */
    found->value = *out = v;
    found->state = ENTRY_DONE;
    p->calls--;
    return ST_OK;
}

/* The data field behind a name, and the MiningField where it comes in; NULL when
 * anything on the way changes a value that is there. */
static const struct pmml_data *behind(const struct pmml *p,
                                      const struct pmml_scope *s,
                                      const char *name,
                                      const struct xml_node **mining)
{
    *mining = NULL;
    for (; s != NULL; s = s->outer) {
        long at = names_find(s->index, name, strlen(name));
        const struct entry *found = at < 0 ? NULL : &s->entry[at];
        if (found == NULL)
            continue;
        if (found->kind == ENTRY_DATA)
            return found->data;
        if (found->kind != ENTRY_MINING)
            return NULL;
        const char *outliers = xml_value(found->node, "outliers");
        if (outliers != NULL && !text_equal(outliers, "asIs"))
            return NULL;
        *mining = found->node;
    }
    (void)p;
    return NULL;
}

const struct pmml_data *pmml_plain(const struct pmml *p,
                                   const struct pmml_scope *s,
                                   const char *name)
{
    const struct xml_node *mining = NULL;
    const struct pmml_data *d = behind(p, s, name, &mining);
    enum pmml_invalid treat;
    if (d == NULL || d->feature < 0 || d->refused != NULL)
        return NULL;
    if (pmml_invalid(p, mining, &treat, NULL) != ST_OK)
        return NULL;
    bool invalid = d->limited && treat != INVALID_AS_IS;
    if (d->kind == PMML_NUMBER && !d->categorical)
        return invalid || d->missing.count > 0 ? NULL : d;
    /* Missing and outside every set are two things in most trees. */
    if (treat == INVALID_AS_VALUE || (invalid && treat == INVALID_AS_MISSING))
        return NULL;
    return d->invalid.count > 0 ? NULL : d;
}

bool pmml_closed(const struct pmml *p, const struct pmml_scope *s,
                 const char *name)
{
    const struct xml_node *mining = NULL;
    const struct pmml_data *d = behind(p, s, name, &mining);
    enum pmml_invalid treat;
    return d != NULL && !d->valid.open &&
           pmml_invalid(p, mining, &treat, NULL) == ST_OK &&
           treat == INVALID_RETURN;
}

const struct xml_node *pmml_filled(const struct pmml_scope *s,
                                   const char *name)
{
    const struct xml_node *first = NULL;
    for (; s != NULL; s = s->outer) {
        long at = names_find(s->index, name, strlen(name));
        const struct entry *found = at < 0 ? NULL : &s->entry[at];
        if (found != NULL && found->kind == ENTRY_MINING &&
            xml_value(found->node, "missingValueReplacement") != NULL)
            first = found->node;
    }
    return first;
}

bool pmml_needed(const struct pmml *p, const struct pmml_scope *s,
                 const char *name)
{
    const struct xml_node *mining = NULL;
    return behind(p, s, name, &mining) != NULL && mining != NULL &&
           text_equal(xml_value(mining, "missingValueTreatment"),
                      "returnInvalid");
}
