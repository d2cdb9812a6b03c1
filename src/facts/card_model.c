/* The model as its file has it, and its place on the scale of scores. */
#include "facts/card_parts.h"

#include "model/program.h"
#include "model/scorecard.h"
#include "model/service.h"

#include <math.h>
#include <string.h>

static const char *const link_words[] = {
    [LINK_IDENTITY] = "identity",       [LINK_LOGISTIC] = "logistic",
    [LINK_EXP] = "exp",                 [LINK_SOFTMAX] = "softmax",
    [LINK_LOGISTIC_EACH] = "logistic-each",
    [LINK_SIGNED_SQUARE] = "signed-square",
    [LINK_STEP] = "step",               [LINK_ARGMAX] = "argmax",
    [LINK_LOG1P_EXP] = "log1p-exp",
    [LINK_SOFTPLUS_STEPS] = "softplus-steps",
    [LINK_PROBIT] = "probit",           [LINK_CLOGLOG] = "cloglog",
    [LINK_LOGLOG] = "loglog",           [LINK_CAUCHIT] = "cauchit",
    [LINK_INVERSE] = "inverse",         [LINK_POWER] = "power",
    [LINK_LOG_COMPLEMENT] = "log-complement",
    [LINK_NEGATIVE_BINOMIAL] = "negative-binomial",
    [LINK_ODDS_POWER] = "odds-power",   [LINK_SIMPLEMAX] = "simplemax"};

static const char *const library_words[] = {
    [LIBRARY_XGBOOST] = "xgboost",   [LIBRARY_LIGHTGBM] = "lightgbm",
    [LIBRARY_CATBOOST] = "catboost", [LIBRARY_ONNX] = "onnx",
    [LIBRARY_PMML] = "pmml",         [LIBRARY_TABLE] = "table",
    [LIBRARY_REMOTE] = "remote"};

static const char *const kind_words[] = {
    [MODEL_FOREST] = "forest", [MODEL_PROGRAM] = "program",
    [MODEL_REMOTE] = "remote", [MODEL_SCORES] = "scores"};

static const char *base_name(const char *path)
{
    const char *slash = path == NULL ? NULL : strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void add_identity(struct card_maker *c, struct fact *g)
{
    const struct model *m = c->f->model;
    const struct project_model *pm = &c->p->model;
    (void)facts_text(&c->m, g, "id", pm->id);
    (void)facts_text(&c->m, g, "name", pm->name);
    (void)facts_text(&c->m, g, "version", pm->version);
    (void)facts_text(&c->m, g, "owner", pm->owner);
    (void)facts_text(&c->m, g, "purpose", pm->purpose);
    (void)card_word(c, g, "sha256", m->sha256);
    (void)card_word(c, g, "hash", arena_copy(c->m.arena, m->sha256, 12));
    (void)facts_text(&c->m, g, "file", base_name(pm->file));
    (void)facts_number(&c->m, g, "bytes", (double)m->file_bytes,
                       AS_UNIT(0, "bytes"));
    (void)card_word(c, g, "format", m->format);
    (void)card_word(c, g, "library", library_words[m->library]);
    (void)card_word(c, g, "library-version", m->library_version);
    (void)card_word(c, g, "objective", m->objective);
    (void)card_word(c, g, "link", link_words[m->link]);
    if (m->kind != MODEL_FOREST) {
        card_na(c, g, "combine", "the model is no sum of trees");
        card_na(c, g, "compare", "the model is no sum of trees");
        return;
    }
    (void)card_word(c, g, "combine",
                    m->combine == COMBINE_SUM ? "sum" : "mean");
    (void)card_word(c, g, "compare",
                    m->compare == COMPARE_AT_MOST_DOUBLE ? "double" : "single");
}

static const char *through_word(const struct model_service *s)
{
    static const char *const word[][2] = {
        {"command", "command"}, {"open inference", "open-inference"},
        {"mlflow", "mlflow"}, {"ONNX Runtime", "onnx-runtime"}};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strcmp(s->kind, word[i][0]) == 0)
            return word[i][1];
    return "other";
}

/* What kind of model it is, as pages tell kinds apart. */
static void add_kind(struct card_maker *c, struct fact *g)
{
    const struct model *m = c->f->model;
    bool card = m->kind == MODEL_FOREST && m->scorecard != NULL;
    (void)card_word(c, g, "kind", card ? "scorecard" : kind_words[m->kind]);
    if (m->kind == MODEL_REMOTE)
        (void)card_word(c, g, "asked-through", through_word(m->service));
    if (m->kind == MODEL_PROGRAM)
        (void)card_count(c, g, "steps", (double)program_steps(m->program));
    if (!card)
        return;
    (void)card_count(c, g, "characteristics",
                     (double)m->scorecard->characteristics);
    (void)facts_number(&c->m, g, "initial", m->scorecard->initial,
                       AS_UNIT(-1, "margin"));
}

static void add_iterations(struct card_maker *c, struct fact *g)
{
    const struct model *m = c->f->model;
    if (m->kind != MODEL_FOREST) {
        card_na(c, g, "trees", "the model is no sum of trees");
        return;
    }
    bool named = m->best_iteration >= 0;
    (void)card_count(c, g, "trees", (double)m->trees);
    (void)card_count(c, g, "trees-in-file", (double)m->trees_in_file);
    struct fact *f = card_word(c, g, "trees-used",
                               c->p->model.trees == TREES_ALL ? "all" : "best");
    facts_declared(&c->m, f, "model.trees");
    card_yes(c, g, "best-named", named);
    if (named)
        (void)card_count(c, g, "best-iteration", (double)m->best_iteration);
    else
        card_na(c, g, "best-iteration", "the file names none");
    if (m->best_trees > 0)
        (void)card_count(c, g, "best-trees", (double)m->best_trees);
    else
        card_na(c, g, "best-trees", "the file names none");
    card_yes(c, g, "cut", m->cut_at_best);
}

static void add_size(struct card_maker *c, struct fact *g)
{
    const struct model *m = c->f->model;
    size_t used = 0, words = 0, output = c->p->model.output;
    for (size_t j = 0; j < m->features; j++) {
        used += m->feature[j].used;
        words += m->feature[j].kind == FEATURE_CATEGORY;
    }
    if (m->kind == MODEL_FOREST) {
        (void)card_count(c, g, "depth", (double)m->max_depth);
        (void)card_count(c, g, "leaves", (double)m->leaves);
    }
    (void)card_count(c, g, "inputs", (double)m->features);
    (void)card_count(c, g, "inputs-used", (double)used);
    (void)card_count(c, g, "categories", (double)words);
    card_yes(c, g, "linear-leaves", m->has_linear_leaves);
    (void)card_count(c, g, "outputs", (double)m->outputs);
    if (m->outputs > 1)
        (void)card_word(c, g, "output",
                        m->class_names != NULL
                            ? m->class_names[output]
                            : arena_format(c->m.arena, "%zu", output));
    else
        card_na(c, g, "output", "the model has one output");
    for (size_t k = 0; m->class_names != NULL && k < m->outputs; k++)
        (void)card_word(c, facts_item(&c->m, g, "class"), "name",
                        m->class_names[k]);
    if (m->kind == MODEL_FOREST)
        (void)facts_number(&c->m, g, "base", m->base[output],
                           AS_UNIT(4, "margin"));
    else
        card_na(c, g, "base", "the model is no sum of trees");
}

static void declared_number(struct card_maker *c, struct fact *g,
                            const char *name, double x,
                            struct number_form form, const char *key)
{
    struct fact *f = facts_number(&c->m, g, name, x, form);
    if (f->kind == FACT_NUMBER)
        facts_declared(&c->m, f, key);
}

static void add_scale(struct card_maker *c, struct fact *g)
{
    static const char *const kind[] = {"margin", "probability", "points"};
    const struct project_scale *s = &c->p->model.scale;
    (void)facts_text(&c->m, g, "kind", kind[s->kind]);
    declared_number(c, g, "decimals", s->decimals, AS_COUNT,
                    "model.scale.decimals");
    if (s->kind != SCALE_POINTS) {
        card_na(c, g, "pdo", "not a scale of points");
        return;
    }
    declared_number(c, g, "pdo", s->pdo, AS_DECIMAL(-1), "model.scale.pdo");
    declared_number(c, g, "at-score", s->at_score, AS_DECIMAL(-1),
                    "model.scale.at_score");
    declared_number(c, g, "at-odds", s->at_odds, AS_DECIMAL(-1),
                    "model.scale.at_odds");
    (void)facts_number(&c->m, g, "factor", s->factor, AS_DECIMAL(4));
    (void)facts_number(&c->m, g, "offset", s->offset, AS_DECIMAL(4));
}

static void add_orientation(struct card_maker *c, struct fact *g)
{
    const struct project_model *pm = &c->p->model;
    if (pm->orientation == ORIENTATION_UNSAID) {
        if (c->f->kind == CARD_BINARY)
            (void)facts_missing(&c->m, g, "orientation", "not declared");
        else
            card_na(c, g, "orientation", "the output is an amount or a class");
    } else {
        (void)facts_text(&c->m, g, "orientation",
                         pm->orientation == ORIENTATION_BETTER ? "better"
                                                               : "worse");
        card_yes(c, g, "higher-is-better", pm->decides == DECIDES_AT_LEAST);
    }
    if (!pm->has_cutoff) {
        card_na(c, g, "cutoff", "the project has none");
        return;
    }
    declared_number(c, g, "cutoff", pm->cutoff, card_score_form(c),
                    "model.cutoff");
    (void)card_word(c, g, "cutoff-rule",
                    pm->decides == DECIDES_AT_LEAST ? "least" : "most");
}

void card_model(struct card_maker *c)
{
    const struct model *m = c->f->model;
    struct fact *g = facts_group(&c->m, c->m.root, "model");
    add_identity(c, g);
    add_kind(c, g);
    add_iterations(c, g);
    add_size(c, g);
    add_orientation(c, g);
    add_scale(c, facts_group(&c->m, g, "scale"));
    for (size_t i = 0; i < m->parameters; i++) {
        struct fact *item = facts_item(&c->m, g, "parameter");
        (void)card_word(c, item, "name", m->parameter_name[i]);
        (void)card_word(c, item, "value", m->parameter_value[i]);
    }
    card_declared(c, "model");
}
