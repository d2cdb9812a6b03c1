/* The data dictionary: kinds of fields, their declared values, which of them are
 * the model's inputs. */
#include "base/num.h"
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

bool pmml_kind_of(const char *type, enum pmml_kind *kind, bool *single)
{
    static const struct {
        const char *type;
        enum pmml_kind kind;
        bool single;
    } types[] = {{"double", PMML_NUMBER, false}, {"float", PMML_NUMBER, true},
                 {"integer", PMML_NUMBER, false}, {"string", PMML_WORD, false},
                 {"boolean", PMML_TRUTH, false}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_equal(type, types[i].type)) {
            *kind = types[i].kind;
            *single = types[i].single;
            return true;
        }
    return false;
}

static status words_of(struct pmml *p, const struct xml_node *field,
                       const char *property, struct pmml_words *out,
                       struct error *e)
{
    size_t n = xml_count(field, "Value");
    const char **word = arena_new_array(p->arena, const char *, n + 1);
    if (word == NULL)
        return arena_error(p->arena, e);
    out->word = word;
    for (const struct xml_node *v = xml_child(field, "Value"); v != NULL;
         v = xml_sibling(v, "Value")) {
        const char *is = xml_value(v, "property");
        is = is == NULL ? "valid" : is;
        if (p->rapid && text_equal(xml_value(v, "value"), "MISSING_VALUE"))
            is = "missing"; /* it lists this word everywhere */
        if (!text_equal(is, property))
            continue;
        TRY(pmml_text(p, v, "value", &word[out->count++], e));
    }
    return ST_OK;
}

/* Numbers as the table's cells are looked up: in their shortest form. */
static const char *shortest(struct pmml *p, const char *word)
{
    double x = 0.0;
    char text[NUM_TEXT_MAX];
    if (!num_parse(word, strlen(word), &x))
        return word;
    (void)num_shortest(x, text);
    return arena_string(p->arena, text);
}

static status list_words(struct pmml *p, struct pmml_data *d, struct error *e)
{
    const struct pmml_words *from[] = {&d->valid, &d->missing, &d->invalid};
    size_t n = 0;
    for (size_t k = 0; k < 3; k++)
        n += from[k]->count;
    const char **word = arena_new_array(p->arena, const char *, n + 2);
    if (word == NULL)
        return arena_error(p->arena, e);
    n = 0;
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < from[k]->count; i++) {
            const char *w = from[k]->word[i];
            w = d->kind == PMML_NUMBER ? shortest(p, w) : w;
            if (w == NULL)
                return arena_error(p->arena, e);
            word[n++] = w;
        }
    if (d->kind == PMML_TRUTH && n == 0) {
        word[n++] = "false";
        word[n++] = "true";
    }
    d->listed = (struct pmml_words){word, n, d->valid.open};
    return ST_OK;
}

static status read_field(struct pmml *p, const struct xml_node *n,
                         struct pmml_data *d, struct error *e)
{
    const char *type = xml_value(n, "dataType");
    const char *form = xml_value(n, "optype");
    d->node = n;
    d->feature = -1;
    TRY(pmml_text(p, n, "name", &d->name, e));
    /* Old files leave the type out: words then, unless it is continuous. */
    if (type == NULL)
        type = text_equal(form, "continuous") ? "double" : "string";
    if (!pmml_kind_of(type, &d->kind, &d->single))
        d->refused = type;
    TRY(words_of(p, n, "valid", &d->valid, e));
    TRY(words_of(p, n, "missing", &d->missing, e));
    TRY(words_of(p, n, "invalid", &d->invalid, e));
    d->valid.open = d->valid.count == 0;
    bool interval = d->kind == PMML_NUMBER && xml_child(n, "Interval") != NULL;
    d->limited = !d->valid.open || d->invalid.count > 0 || interval;
    d->categorical = d->kind != PMML_NUMBER ||
                     (text_equal(form, "categorical") && !d->valid.open &&
                      !interval);
    return d->categorical ? list_words(p, d, e) : ST_OK;
}

static status read_fields(struct pmml *p, struct error *e)
{
    const struct xml_node *dictionary = xml_child(p->root, "DataDictionary");
    if (dictionary == NULL)
        return pmml_fault(p, p->root, e, ST_FORMAT,
                          "it has no DataDictionary");
    size_t n = xml_count(dictionary, "DataField");
    p->data = arena_new_array(p->arena, struct pmml_data, n + 1);
    p->index = names_new();
    if (p->data == NULL)
        return arena_error(p->arena, e);
    if (p->index == NULL)
        return error_memory(e);
    for (const struct xml_node *f = xml_child(dictionary, "DataField");
         f != NULL; f = xml_sibling(f, "DataField")) {
        struct pmml_data *d = &p->data[p->fields];
        TRY(read_field(p, f, d, e));
        long at = names_add(p->index, d->name, strlen(d->name));
        if (at < 0)
            return error_memory(e);
        if ((size_t)at < p->fields)
            return pmml_fault(p, f, e, ST_FORMAT,
                              "the field \"%.60s\" stands twice", d->name);
        p->fields++;
    }
    return ST_OK;
}

/* Usage types whose fields a model reads. */
static bool is_input(const struct xml_node *mining)
{
    const char *usage = xml_value(mining, "usageType");
    return usage == NULL || text_equal(usage, "active");
}

static status mark_inputs(struct pmml *p, bool *marked, struct error *e)
{
    const struct xml_node *schema = xml_child(p->model, "MiningSchema");
    if (schema == NULL)
        return pmml_fault(p, p->model, e, ST_FORMAT, "it has no MiningSchema");
    for (const struct xml_node *f = xml_child(schema, "MiningField"); f != NULL;
         f = xml_sibling(f, "MiningField")) {
        const char *name = NULL;
        TRY(pmml_text(p, f, "name", &name, e));
        long at = names_find(p->index, name, strlen(name));
        if (at < 0 || !is_input(f))
            continue;
        marked[at] = true;
        p->data[at].as_is =
            text_equal(xml_value(f, "invalidValueTreatment"), "asIs");
    }
    return ST_OK;
}

static status tell_feature(struct pmml *p, struct pmml_data *d,
                           struct error *e)
{
    enum feature_kind kind = d->categorical ? FEATURE_CATEGORY
                             : text_equal(xml_value(d->node, "dataType"),
                                          "integer") ? FEATURE_INTEGER
                                                     : FEATURE_NUMBER;
    d->feature = (long)p->features++;
    TRY(builder_feature(p->b, d->name, kind, e));
    /* Words that the file never names are all one to it. */
    if (!d->categorical || d->listed.count == 0)
        return ST_OK;
    return builder_words(p->b, (size_t)d->feature, d->listed.word,
                         d->listed.count, e);
}

static bool by_rapidminer(const struct pmml *p)
{
    const struct xml_node *header = xml_child(p->root, "Header");
    const struct xml_node *by =
        header == NULL ? NULL : xml_child(header, "Application");
    const char *name = by == NULL ? NULL : xml_value(by, "name");
    return name != NULL && text_starts(name, "RapidMiner");
}

status pmml_dictionary(struct pmml *p, struct error *e)
{
    p->rapid = by_rapidminer(p);
    TRY(read_fields(p, e));
    bool *marked = arena_new_array(p->arena, bool, p->fields + 1);
    if (marked == NULL)
        return arena_error(p->arena, e);
    TRY(mark_inputs(p, marked, e));
    TRY(pmml_gather(p, marked, e));
    for (size_t i = 0; i < p->fields; i++)
        if (marked[i])
            TRY(tell_feature(p, &p->data[i], e));
    if (p->features == 0)
        return pmml_fault(p, p->model, e, ST_FORMAT,
                          "its MiningSchema names no active field of the "
                          "DataDictionary");
    return program_inputs(p->k, p->features, e);
}

long pmml_code(const struct pmml_data *d, const char *word)
{
    double x = 0.0, y = 0.0;
    bool number = num_parse(word, strlen(word), &x);
    for (size_t i = 0; i < d->listed.count; i++) {
        const char *w = d->listed.word[i];
        if (text_equal(w, word) ||
            (number && d->kind == PMML_NUMBER && num_parse(w, strlen(w), &y) &&
             x == y))
            return (long)i;
    }
    return -1;
}
