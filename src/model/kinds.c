/* Models that are not made of trees, and cards of points: what the builder takes
 * and what it checks of each kind at the end. */
#include "model/describe.h"
#include "model/program.h"
#include "model/scorecard.h"
#include "model/service.h"
#include "model/state.h"

#include <math.h>

static status only_kind(const struct builder *b, struct error *e)
{
    if (b->tree_count > 0 || b->in_tree || b->m->kind != MODEL_FOREST)
        return error_bug(e, "a model of two kinds");
    return ST_OK;
}

status builder_program(struct builder *b, struct program *p, struct error *e)
{
    status s = only_kind(b, e);
    if (s != ST_OK) {
        program_free(p);
        return s;
    }
    b->m->kind = MODEL_PROGRAM;
    b->m->program = b->memory->program = p;
    return ST_OK;
}

status builder_service(struct builder *b, struct model_service *s,
                       struct error *e)
{
    status known = only_kind(b, e);
    if (known != ST_OK) {
        s->close(s->self);
        return known;
    }
    b->m->kind = MODEL_REMOTE;
    b->m->service = b->memory->service = s;
    return ST_OK;
}

void builder_scores(struct builder *b)
{
    b->m->kind = MODEL_SCORES;
}

/* Leaves are counted at the end: codes are copied for the trees there are. */
static status copy_codes(struct builder *b, const struct scorecard *from,
                         struct scorecard *to, struct error *e)
{
    struct arena *a = b->memory->arena;
    size_t n = from->characteristics;
    const struct scorecard_code **all =
        arena_new_array(a, const struct scorecard_code *, n + 1);
    if (all == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < n; i++) {
        size_t leaves = b->memory->trees[i].leaf_count;
        struct scorecard_code *code =
            arena_new_array(a, struct scorecard_code, leaves + 1);
        if (code == NULL)
            return arena_error(a, e);
        for (size_t l = 0; l < leaves; l++) {
            const char *text = from->code[i][l].code;
            code[l].baseline = from->code[i][l].baseline;
            code[l].code = text == NULL ? NULL : arena_string(a, text);
            if (text != NULL && code[l].code == NULL)
                return arena_error(a, e);
        }
        all[i] = code;
    }
    to->code = all;
    return ST_OK;
}

status builder_scorecard(struct builder *b, const struct scorecard *s,
                         struct error *e)
{
    struct arena *a = b->memory->arena;
    size_t n = s->characteristics;
    struct scorecard *to = arena_new_one(a, struct scorecard);
    const char **name = arena_new_array(a, const char *, n + 1);
    if (to == NULL || name == NULL)
        return arena_error(a, e);
    if (b->in_tree || n != b->tree_count)
        return error_bug(e, "a scorecard of other trees than there are");
    *to = *s;
    for (size_t i = 0; i < n; i++)
        if ((name[i] = arena_string(a, s->name[i])) == NULL)
            return arena_error(a, e);
    to->name = name;
    if (s->code != NULL)
        TRY(copy_codes(b, s, to, e));
    b->m->scorecard = to;
    return ST_OK;
}

static status check_trees(const struct builder *b, struct error *e)
{
    const struct model *m = b->m;
    if (b->tree_count == 0)
        return error_set(e, ST_FORMAT, "the model has no trees");
    for (size_t t = 0; t < b->tree_count; t++) {
        if (b->memory->trees[t].output >= m->outputs)
            return error_set(e, ST_FORMAT,
                             "tree %zu adds to output %u, but there are %zu", t,
                             b->memory->trees[t].output, m->outputs);
        if (b->reach[t].feature >= (int32_t)m->features)
            return error_set(e, ST_FORMAT,
                             "tree %zu, node %u reads input %d, but there are "
                             "%zu inputs", t, b->reach[t].node,
                             b->reach[t].feature, m->features);
    }
    if (m->scorecard != NULL && m->scorecard->characteristics != b->tree_count)
        return error_bug(e, "a scorecard of other trees than there are");
    return ST_OK;
}

static status check_program(const struct model *m, struct error *e)
{
    if (program_features(m->program) != m->features ||
        program_outputs(m->program) != m->outputs)
        return error_bug(e, "a program of other inputs or outputs than its "
                            "model");
    for (size_t o = 0; o < m->outputs; o++)
        if (m->base[o] != 0.0)
            return error_bug(e, "a program with a base score");
    return ST_OK;
}

/* Whether margins can be told from answers. */
static status check_service(const struct model *m, struct error *e)
{
    switch (m->link) {
    default:
        return ST_OK;
    case LINK_STEP:
    case LINK_ARGMAX:
    case LINK_SIMPLEMAX:
    case LINK_SOFTPLUS_STEPS:
        return error_set(e, ST_UNSUPPORTED,
                         "a model elsewhere must answer with probabilities, "
                         "margins, means or numbers, not by the link \"%s\"",
                         model_link_word(m->link));
    }
}

status builder_check_kind(struct builder *b, struct error *e)
{
    switch (b->m->kind) {
    case MODEL_PROGRAM:
        return check_program(b->m, e);
    case MODEL_REMOTE:
        return check_service(b->m, e);
    case MODEL_SCORES:
        return ST_OK;
    case MODEL_FOREST:
        break;
    }
    return check_trees(b, e);
}

void builder_note_use(struct builder *b)
{
    const struct model *m = b->m;
    for (size_t f = 0; f < m->features; f++) {
        struct model_feature *of = &b->feature[f];
        b->m->refuses |= of->missing_refused || of->unseen_refused;
        if (m->kind != MODEL_FOREST)
            of->used = m->kind != MODEL_PROGRAM ||
                       program_reads(m->program, f);
    }
}
