#include "batch/texts_in.h"

#include "base/arena.h"
#include "batch/ask.h"
#include "shapley/estimate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct texts {
    const struct session *s;
    struct text_input *input;
    struct decision_text *told;  /* [inputs] */
    size_t inputs;
    struct estimate_scratch *scratch;
    struct estimate_bill bill;
    uint32_t *fixed;             /* [features] UINT32_MAX: not players */
    double *row;                 /* [features] texts by their place in `text` */
    const char **text;           /* [features] */
    size_t texts;
    char why[200];
};

static bool shows(const struct session *s, const struct project_feature *f)
{
    return f->text_players != TEXT_SHOWN_NONE && f->model_feature >= 0 &&
           s->model->feature[f->model_feature].used;
}

static status add_input(struct texts *x, const struct project_feature *f,
                        struct error *e)
{
    const struct model *m = x->s->model;
    struct text_input *in = &x->input[x->inputs++];
    *in = (struct text_input){.of = f, .feature = (size_t)f->model_feature};
    if (m->feature[in->feature].kind != FEATURE_TEXT)
        return error_set(e, ST_ARGUMENT,
                         "the input \"%.80s\" is no text, so it has no words "
                         "to show: leave text_players out", f->input);
    if (m->kind == MODEL_PROGRAM)
        TRY(program_text(m->program, x->s->project->model.output, in->feature,
                         &in->added, e));
    return ST_OK;
}

static status make(struct texts *x, struct error *e)
{
    const struct project *p = x->s->project;
    size_t features = x->s->model->features + 1;
    x->scratch = estimate_scratch_new();
    x->fixed = mem_array(features, sizeof *x->fixed);
    x->row = mem_array(features, sizeof *x->row);
    x->text = mem_array(features, sizeof *x->text);
    x->input = mem_array(features, sizeof *x->input);
    x->told = mem_array(features, sizeof *x->told);
    if (x->scratch == NULL || x->fixed == NULL || x->row == NULL ||
        x->text == NULL || x->input == NULL || x->told == NULL)
        return error_memory(e);
    for (size_t j = 0; j < features; j++)
        x->fixed[j] = UINT32_MAX;
    for (size_t i = 0; i < p->features; i++)
        if (shows(x->s, &p->feature[i]))
            TRY(add_input(x, &p->feature[i], e));
    return ST_OK;
}

status texts_new(const struct session *s, struct texts **out, struct error *e)
{
    const struct project *p = s->project;
    bool some = false;
    *out = NULL;
    for (size_t i = 0; i < p->features; i++)
        some = some || shows(s, &p->feature[i]);
    if (!some || !p->documents.explanation || s->model->kind == MODEL_SCORES)
        return ST_OK;
    struct texts *x = mem_array(1, sizeof *x);
    if (x == NULL)
        return error_memory(e);
    x->s = s;
    status st = make(x, e);
    if (st != ST_OK) {
        texts_free(x);
        return st;
    }
    *out = x;
    return ST_OK;
}

void texts_free(struct texts *x)
{
    if (x == NULL)
        return;
    for (size_t i = 0; i < x->inputs; i++) {
        program_text_free(&x->input[i].added);
        mem_free(x->input[i].piece);
        mem_free(x->input[i].found);
        mem_free(x->input[i].weight);
    }
    estimate_scratch_free(x->scratch);
    mem_free(x->fixed);
    mem_free(x->row);
    mem_free(x->text);
    mem_free(x->input);
    mem_free(x->told);
    mem_free(x);
}

void texts_bill(const struct texts *x, struct estimate_bill *to)
{
    if (x == NULL)
        return;
    to->coalitions += x->bill.coalitions;
    to->asked += x->bill.asked;
    to->equal += x->bill.equal;
}

/* The row's own texts in a list of their own: the session's may be long. */
static void take_row(struct texts *x, const double *row)
{
    const struct model *m = x->s->model;
    const char *const *all;
    size_t count = input_map_texts(x->s->map, &all);
    memcpy(x->row, row, m->features * sizeof *row);
    x->texts = 0;
    for (size_t j = 0; j < m->features; j++) {
        if (m->feature[j].kind != FEATURE_TEXT || isnan(row[j]) ||
            row[j] >= (double)count)
            continue;
        x->text[x->texts] = all[(size_t)row[j]];
        x->row[j] = (double)x->texts++;
    }
}

/* Words where they are few enough, else sentences. */
static status cut(struct texts *x, struct text_input *in, const char *text,
                  bool *exact, struct decision_text *out, struct error *e)
{
    const struct project *p = x->s->project;
    const char *instead = in->of->text_instead != NULL ? in->of->text_instead
                                                       : "";
    bool fits = strlen(text) <= TEXT_BYTES_MAX;
    out->sentences = in->of->text_players == TEXT_SHOWN_SENTENCES;
    size_t most = in->added.whole ? TEXT_PIECES_MAX : p->estimate.text_words;
    if (fits)
        TRY(text_cut(in, text, out->sentences,
                     out->sentences ? TEXT_PIECES_MAX : most, &out->pieces,
                     &fits, e));
    if (!fits && !out->sentences && strlen(text) <= TEXT_BYTES_MAX) {
        out->sentences = true;
        TRY(text_cut(in, text, true, TEXT_PIECES_MAX, &out->pieces, &fits, e));
    }
    if (!fits)
        (void)snprintf(x->why, sizeof x->why,
                       "the text of \"%.60s\" is too long to be explained: at "
                       "most %d sentences and %d bytes", in->of->input,
                       TEXT_PIECES_MAX, TEXT_BYTES_MAX);
    *exact = in->added.whole && fits && text_parted(in, text, out->pieces,
                                                   instead);
    return ST_OK;
}

static size_t versions_of(const struct texts *x, size_t pieces, bool *every)
{
    long own = x->s->project->estimate.text_evaluations;
    size_t n = own > 0 ? (size_t)own : ESTIMATE_PER_PLAYER * pieces;
    n = n < 2 * pieces + 2 ? 2 * pieces + 2 : n;
    size_t most = model_is_local(x->s->model) && n < TEXT_VERSIONS_LOCAL
                      ? TEXT_VERSIONS_LOCAL : n;
    *every = pieces <= ENUMERATED_PLAYERS_MAX && ((size_t)1 << pieces) <= most;
    return *every ? (size_t)1 << pieces : n;
}

static status estimate(struct texts *x, struct text_input *in,
                       const char *text, struct decision_text *out,
                       struct error *e)
{
    const struct project *p = x->s->project;
    const char *instead = in->of->text_instead;
    const struct text_players players = {
        .feature = in->feature, .text = text, .piece = in->piece,
        .pieces = out->pieces, .instead = instead != NULL ? instead : ""};
    const struct mixed_request r = {
        .model = x->s->model, .output = p->model.output, .row = x->row,
        .reference = x->row, .samples = 1, .population = 1,
        .player = x->fixed, .players = 0, .text = &players, .texts = x->text,
        .text_count = x->texts};
    bool every;
    struct estimate_request ask = {
        .evaluations = versions_of(x, out->pieces, &every),
        .confidence = p->estimate.confidence,
        .seed = (uint64_t)p->estimate.seed};
    ask.method = every ? estimation_find("enumeration") : NULL;
    struct mixed_game *game;
    struct estimated_game v;
    TRY(mixed_game_new(&r, &game, e));
    status st = estimate_game(mixed_game_asked(game), &ask, x->scratch, &v, e);
    size_t asked, equal;
    mixed_game_bill(game, &asked, &equal);
    mixed_game_free(game);
    TRY(st);
    x->bill.asked += asked;
    x->bill.equal += equal;
    x->bill.coalitions += v.evaluations;
    for (size_t i = 0; i < out->pieces; i++) {
        in->found[i].value = v.value[i];
        in->found[i].low = v.low[i];
        in->found[i].high = v.high[i];
    }
    out->method = v.method != NULL ? v.method->name : NULL;
    out->exact = v.exact;
    out->evaluations = v.evaluations;
    out->all = v.all;
    out->none = v.base;
    return ST_OK;
}

/* The margin as it is; without its words the text adds nothing. */
static status add_up(struct texts *x, struct text_input *in, const char *text,
                     struct decision_text *out, struct error *e)
{
    const struct model *m = x->s->model;
    struct model_rows one = {x->row, 1, x->text, x->texts};
    double *margin = mem_array(m->outputs + 1, sizeof *margin);
    if (margin == NULL)
        return error_memory(e);
    status st = model_evaluate(m, &one, false, margin, e);
    out->all = out->none = margin[x->s->project->model.output];
    mem_free(margin);
    TRY(st);
    TRY(text_add_up(in, text, out->pieces, e));
    for (size_t i = 0; i < out->pieces; i++) {
        in->found[i].low = in->found[i].high = in->found[i].value;
        out->none -= in->found[i].value;
    }
    out->exact = true;
    return ST_OK;
}

static void orient(const struct texts *x, struct text_input *in,
                   struct decision_text *out)
{
    if (x->s->project->model.higher_is_better)
        return;
    for (size_t i = 0; i < out->pieces; i++) {
        struct decision_text_piece *p = &in->found[i];
        double low = -p->high;
        p->value = 0 - p->value;
        p->high = 0 - p->low;
        p->low = low;
    }
    out->all = -out->all;
    out->none = -out->none;
}

static status find(struct texts *x, struct text_input *in, const char *text,
                   struct decision_text *out, struct error *e)
{
    bool exact;
    *out = (struct decision_text){
        .feature = in->feature, .text = text,
        .confidence = x->s->project->estimate.confidence};
    TRY(cut(x, in, text, &exact, out, e));
    if (x->why[0] != '\0')
        return ST_OK;
    TRY(MEM_ROOM(in->found, in->found_room, out->pieces + 1, e));
    memset(in->found, 0, out->pieces * sizeof *in->found);
    for (size_t i = 0; i < out->pieces; i++) {
        in->found[i].first = in->piece[i].first;
        in->found[i].end = in->piece[i].end;
    }
    if (out->pieces > 0)
        TRY(exact ? add_up(x, in, text, out, e)
                  : estimate(x, in, text, out, e));
    orient(x, in, out);
    out->piece = in->found;
    return ST_OK;
}

status texts_row(struct texts *x, const double *row,
                 struct decision_findings *facts, const char **why,
                 struct error *e)
{
    size_t n = 0;
    *why = NULL;
    if (x == NULL)
        return ST_OK;
    take_row(x, row);
    x->why[0] = '\0';
    for (size_t i = 0; i < x->inputs; i++) {
        struct text_input *in = &x->input[i];
        if (isnan(row[in->feature]))
            continue;
        const char *text = x->text[(size_t)x->row[in->feature]];
        status st = find(x, in, text, &x->told[n++], e);
        if (st != ST_OK) {
            error_note(e, "asking for versions of the text of \"%.60s\"",
                       in->of->input);
            return st;
        }
        if (x->why[0] != '\0') {
            *why = x->why;
            return ST_OK;
        }
    }
    facts->text = x->told;
    facts->texts = n;
    return ST_OK;
}
