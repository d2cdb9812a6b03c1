#include "batch/card.h"

#include "base/arena.h"
#include "batch/evaluate.h"
#include "batch/papers.h"

#include <stdio.h>
#include <string.h>

enum { CARD_BYTES_MAX = 256 << 20, TWIN_BYTES_MAX = 256 << 20 };

struct making {
    const struct session *s;
    const struct kit *kit;
    const struct bench *bench;
    const char *root;          /* NULL: nothing is written */
    struct evaluation evaluation;
    struct arena *arena;       /* one language's facts */
    struct buf twin;
    struct desk *desk;
    struct sink_group *group;
    struct paper_files files;
};

/* A card is read by many: it may print no column that tells persons apart. A
 * name that sounds personal is not enough ("telephone: yes or no" is none):
 * more values than a short list must have been met, or none looked at. */
static bool tells_persons_apart(const struct card_findings *f, size_t input)
{
    enum { SHORT_LIST = 20 };
    if (f->lead < 0)
        return true;
    const struct card_column *x = &f->split[f->lead].column[input];
    double distinct = x->category ? x->words.distinct : x->number.distinct;
    return distinct > SHORT_LIST;
}

static const char *personal_column(const struct card_findings *f)
{
    const struct project *p = f->project;
    for (size_t i = 0; i < p->features; i++) {
        const struct project_feature *x = &p->feature[i];
        const char *name = x->column != NULL ? x->column : x->input;
        if (x->model_feature >= 0 &&
            (column_is_personal(name) || column_is_personal(x->input)) &&
            tells_persons_apart(f, (size_t)x->model_feature))
            return name;
    }
    for (size_t g = 0; g < f->groups; g++)
        if (column_is_personal(p->group[g].column) &&
            f->group[g].fairness.rows > 20)
            return p->group[g].column;
    return NULL;
}

static status make_facts(struct making *m, size_t language, struct fact **out,
                         struct card_counts *counts, struct error *e)
{
    return facts_card(&m->evaluation.findings, m->kit->text_of[language],
                      m->kit->language[language], m->arena, out, counts, e);
}

static void refuse_gaps(const struct making *m, struct card_outcome *out)
{
    bool strict = m->s->request->strict || m->s->project->documents.strict;
    if (!strict || (out->gates.count == 0 && out->not_provided == 0))
        return;
    out->gates.blocked = true;
    host_say(m->s->host, SEVERITY_ERROR,
             "the card would show gaps (%zu declared parts not provided, %zu "
             "gates marked), and strict forbids that", out->not_provided,
             out->gates.count);
}

/* The facts tell the gates what they lack; the facts made after show which
 * gates fired. */
static status run_gates(struct making *m, struct card_outcome *out,
                        struct error *e)
{
    struct fact *facts;
    struct card_counts counts = {0};
    TRY(make_facts(m, 0, &facts, &counts, e));
    arena_reset(m->arena);
    struct card_facts f = {
        .sections_empty = counts.sections_empty,
        .intervals_missing = counts.intervals_missing,
        .small_n = counts.small_n,
        .personal_column = personal_column(&m->evaluation.findings)};
    for (int k = 0; k < METHODS; k++) {
        const struct reference *r = &m->bench->references.of[k];
        f.reference_rows[k] = r->table == NULL ? -1 : (long long)r->count;
    }
    gates_card(m->s->project, &f, &out->gates);
    out->not_provided = counts.not_provided;
    m->evaluation.findings.gates = &out->gates;
    refuse_gaps(m, out);
    return ST_OK;
}

static status save_twin(struct making *m, struct ledger *ledger,
                        struct error *e)
{
    char path[4096];
    struct ledger_file file = {.path = "card/card.json",
                               .bytes = m->twin.length};
    (void)snprintf(path, sizeof path, "%s/card/card.json", m->root);
    TRY(sha256_of(buf_text(&m->twin), m->twin.length, file.sha256, e));
    TRY(sink_group_save(m->group, path, SINK_PUBLIC, buf_text(&m->twin),
                        m->twin.length, e));
    return ledger == NULL ? ST_OK : ledger_file(ledger, &file, e);
}

static status make_language(struct making *m, size_t language,
                            struct ledger *ledger, struct card_outcome *out,
                            struct error *e)
{
    struct fact *facts;
    arena_reset(m->arena);
    TRY(make_facts(m, language, &facts, NULL, e));
    if (language == 0) {
        TRY(facts_twin(facts, m->kit->schema, &m->twin, e));
        TRY(buf_status(&m->twin, e));
        TRY(save_twin(m, ledger, e));
    }
    size_t before = m->files.count;
    TRY(desk_document(m->desk, m->kit->card, facts,
                      m->kit->language[language], m->s->project, "card.json",
                      &m->twin, m->root, "card", m->group, &m->files, e));
    out->documents += m->files.count - before;
    return ST_OK;
}

static status make_all(struct making *m, struct ledger *ledger,
                       struct card_outcome *out, struct error *e)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/card", m->root);
    TRY(folder_make(path, e));
    TRY(desk_new(m->kit, &m->desk, e));
    m->group = sink_group_new();
    if (m->group == NULL)
        return error_memory(e);
    paper_files_begin(&m->files);
    for (size_t i = 0; i < m->kit->languages; i++)
        TRY(make_language(m, i, ledger, out, e));
    TRY(sink_group_close(m->group, e));
    for (size_t i = 0; ledger != NULL && i < m->files.count; i++)
        TRY(ledger_file(ledger, &m->files.file[i], e));
    return ST_OK;
}

static void close_making(struct making *m)
{
    evaluate_free(&m->evaluation);
    arena_free(m->arena);
    buf_free(&m->twin);
    desk_free(m->desk);
    sink_group_free(m->group);
    paper_files_free(&m->files);
}

status card_make(const struct session *s, const struct kit *kit,
                 const struct bench *bench, const char *root,
                 struct ledger *ledger, struct card_outcome *out,
                 struct error *e)
{
    memset(out, 0, sizeof *out);
    if (kit->card == NULL)
        return ST_OK;
    struct making m = {.s = s, .kit = kit, .bench = bench, .root = root,
                       .arena = arena_new(CARD_BYTES_MAX),
                       .twin = BUF_INIT(TWIN_BYTES_MAX)};
    status st = m.arena == NULL ? error_memory(e)
                                : evaluate(s, bench, &m.evaluation, e);
    if (st == ST_OK)
        st = run_gates(&m, out, e);
    if (st == ST_OK && root != NULL && !out->gates.blocked)
        st = make_all(&m, ledger, out, e);
    close_making(&m);
    return st;
}
