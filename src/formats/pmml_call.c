/* DefineFunction: the file's own functions, compiled once for each list of
 * arguments, so that functions that call each other twice stay small. */
#include "base/text.h"
#include "formats/pmml.h"

enum { KEY_ARGUMENTS = 64 };

status pmml_functions(struct pmml *p, struct error *e)
{
    const struct xml_node *all = xml_child(p->root, "TransformationDictionary");
    size_t n = all == NULL ? 0 : xml_count(all, "DefineFunction");
    p->functions = names_new();
    p->function = arena_new_array(p->arena, const struct xml_node *, n + 1);
    if (p->functions == NULL)
        return error_memory(e);
    if (p->function == NULL)
        return arena_error(p->arena, e);
    for (const struct xml_node *f =
             all == NULL ? NULL : xml_child(all, "DefineFunction");
         f != NULL; f = xml_sibling(f, "DefineFunction")) {
        const char *name = NULL;
        TRY(pmml_text(p, f, "name", &name, e));
        long at = names_add(p->functions, name, strlen(name));
        if (at < 0)
            return error_memory(e);
        p->function[at] = f;
    }
    return ST_OK;
}

static status bind(struct pmml *p, const struct xml_node *f,
                   const struct xml_node *at, const struct pmml_value *in,
                   size_t ins, struct pmml_scope *s, struct error *e)
{
    size_t i = 0;
    for (const struct xml_node *a = xml_child(f, "ParameterField"); a != NULL;
         a = xml_sibling(a, "ParameterField"), i++) {
        const char *name = NULL, *type = xml_value(a, "dataType");
        enum pmml_kind kind = PMML_NUMBER;
        bool single = false;
        if (i >= ins)
            break;
        struct pmml_value v = in[i];
        TRY(pmml_text(p, a, "name", &name, e));
        if (type != NULL && pmml_kind_of(type, &kind, &single))
            TRY(pmml_as(p, kind, a, &v, e));
        TRY(pmml_scope_add(p, s, name, &v, e));
    }
    if (i != ins || xml_count(f, "ParameterField") != ins)
        return pmml_fault(p, at, e, ST_FORMAT,
                          "%zu arguments, %zu parameters", ins,
                          xml_count(f, "ParameterField"));
    return ST_OK;
}

static status run(struct pmml *p, const struct xml_node *f,
                  const struct xml_node *at, const struct pmml_value *in,
                  size_t ins, struct pmml_value *out, struct error *e)
{
    struct pmml_scope *s = NULL;
    const struct xml_node *body = f->child;
    while (body != NULL && !pmml_is_expression(body))
        body = body->next;
    if (body == NULL)
        return pmml_fault(p, f, e, ST_FORMAT, "it has no expression");
    if (p->calls >= PMML_CALLS_MAX)
        return pmml_fault(p, at, e, ST_LIMIT,
                          "more than %d fields or functions within each other",
                          PMML_CALLS_MAX);
    p->calls++;
    TRY(pmml_scope_bare(p, &s, e));
    TRY(bind(p, f, at, in, ins, s, e));
    TRY(pmml_derived(p, s, f, body, out, e));
    p->calls--;
    return ST_OK;
}

status pmml_call(struct pmml *p, const struct xml_node *at, const char *name,
                 const struct pmml_value *in, size_t ins, bool *is,
                 struct pmml_value *out, struct error *e)
{
    struct {
        char tag[8];
        uint64_t function;
        reg r[KEY_ARGUMENTS];
    } key;
    long index = names_find(p->functions, name, strlen(name));
    *is = index >= 0;
    if (!*is)
        return ST_OK;
    if (ins > KEY_ARGUMENTS)
        return pmml_fault(p, at, e, ST_LIMIT, "more than %d arguments",
                          KEY_ARGUMENTS);
    memset(&key, 0, sizeof key);
    memcpy(key.tag, "function", sizeof key.tag);
    key.function = (uint64_t)index;
    for (size_t i = 0; i < ins; i++)
        key.r[i] = in[i].r;
    if (pmml_recall(p, &key, sizeof key, out))
        return ST_OK;
    TRY(run(p, p->function[index], at, in, ins, out, e));
    return pmml_remember(p, &key, sizeof key, out, e);
}
