/* PMML 3.2 to 4.4, in any namespace: one document, one model. */
#include "base/text.h"
#include "formats/pmml.h"
#include "formats/rows.h"

/* Names of model elements that candor does not read, so that a refusal names
 * them and not just that none was found. */
static const char *const others[] = {
    "AnomalyDetectionModel", "AssociationModel", "BayesianNetworkModel",
    "BaselineModel", "ClusteringModel", "GaussianProcessModel",
    "NaiveBayesModel", "NearestNeighborModel", "RuleSetModel",
    "SequenceModel", "SupportVectorMachineModel", "TextModel",
    "TimeSeriesModel", NULL};

static bool is_other(const struct xml_node *n)
{
    for (size_t i = 0; others[i] != NULL; i++)
        if (xml_is(n, others[i]))
            return true;
    return false;
}

static status find_model(struct pmml *p, struct error *e)
{
    if (!xml_is(p->root, "PMML"))
        return pmml_fault(p, p->root, e, ST_FORMAT,
                          "the root of a PMML file is <PMML>");
    for (const struct xml_node *n = p->root->child; n != NULL; n = n->next) {
        if (is_other(n))
            return pmml_refuse(p, n, e);
        if (pmml_is_model(n) && p->model != NULL)
            return pmml_fault(p, n, e, ST_UNSUPPORTED,
                              "a second model; one a file is read");
        if (pmml_is_model(n))
            p->model = n;
    }
    return p->model != NULL ? ST_OK
                            : pmml_fault(p, p->root, e, ST_FORMAT,
                                         "it holds no model");
}

static status tell(struct pmml *p, const char *name, const char *value,
                   struct error *e)
{
    return value == NULL || *value == '\0'
               ? ST_OK
               : builder_parameter(p->b, name, value, e);
}

/* What the file says of itself, for inspect and the card. */
static status tell_header(struct pmml *p, struct error *e)
{
    const struct xml_node *header = xml_child(p->root, "Header");
    const struct xml_node *by =
        header == NULL ? NULL : xml_child(header, "Application");
    const struct xml_node *when =
        header == NULL ? NULL : xml_child(header, "Timestamp");
    const char *version = xml_value(p->root, "version");
    const char *function = xml_value(p->model, "functionName");
    const struct pmml_data *target = pmml_target_field(p, p->model);
    const char *format = arena_format(p->arena, "PMML %.20s",
                                      version == NULL ? "" : version);
    const char *objective =
        arena_format(p->arena, "%s %.40s", p->model->name,
                     function == NULL ? "" : function);
    if (format == NULL || objective == NULL)
        return arena_error(p->arena, e);
    builder_library(p->b, LIBRARY_PMML, format,
                    by == NULL ? NULL : xml_value(by, "version"));
    builder_objective(p->b, objective);
    if (by != NULL)
        TRY(tell(p, "application", xml_value(by, "name"), e));
    if (by != NULL)
        TRY(tell(p, "application version", xml_value(by, "version"), e));
    if (when != NULL)
        TRY(tell(p, "timestamp", when->text, e));
    TRY(tell(p, "model name", xml_value(p->model, "modelName"), e));
    TRY(tell(p, "algorithm", xml_value(p->model, "algorithmName"), e));
    return target == NULL ? ST_OK : tell(p, "target", target->name, e);
}

static status compile(struct pmml *p, struct error *e)
{
    struct pmml_result r;
    bool done = false;
    TRY(pmml_dictionary(p, e));
    TRY(pmml_functions(p, e));
    TRY(pmml_scope_global(p, e));
    TRY(tell_header(p, e));
    if (!pmml_transformed(p))
        TRY(pmml_forest(p, &done, e));
    if (done)
        return ST_OK;
    TRY(pmml_model(p, p->model, NULL, &r, e));
    return pmml_outputs(p, &r, e);
}

static status read_file(struct pmml *p, struct stream in,
                        struct model **out, struct error *e)
{
    const struct xml_limits limits = {.depth = PMML_TREE_DEPTH};
    if (p->arena == NULL || p->b == NULL || p->k == NULL)
        return error_memory(e);
    TRY(xml_tree(in, &limits, "Extension", p->arena, &p->root, e));
    TRY(find_model(p, e));
    TRY(compile(p, e));
    TRY(builder_finish(p->b, 0, "", 0, out, e));
    status s = pmml_verify(p, *out, e);
    if (s != ST_OK) {
        model_free(*out);
        *out = NULL;
    }
    return s;
}

static status load(struct stream in, const struct format_options *options,
                   struct model **out, struct error *e)
{
    struct pmml p = {.source = in.name};
    p.arena = arena_new(options->memory_cap);
    p.b = builder_new(options->memory_cap);
    p.k = program_maker_new(options->memory_cap);
    status s = read_file(&p, in, out, e);
    pmml_scopes_free(&p);
    pmml_memo_free(&p);
    names_free(p.index);
    names_free(p.functions);
    mem_free(p.poison);
    program_maker_free(p.k);
    builder_free(p.b);
    arena_free(p.arena);
    return s;
}

static int sniff(const char *bytes, size_t length)
{
    size_t at = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < length && memchr(" \t\r\n", bytes[at], 4) != NULL)
        at++;
    if (at >= length || bytes[at] != '<')
        return 0;
    return memmem(bytes, length, "PMML", 4) != NULL ? 100 : 20;
}

const struct format format_pmml = {"pmml", "PMML", ".pmml .xml", sniff, load};
