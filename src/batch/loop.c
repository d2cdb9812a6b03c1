#include "batch/loop_lines.h"

#include "base/arena.h"
#include "batch/ask.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_ROWS = 256, ASKED_BLOCK_ROWS = 4096, TASK_ROWS = 4,
       SCORE_ROWS = 256 /* of a local model, by one worker */, RESULT_BYTES_MAX = 4 << 20,
       GROUP_FILES = 1024 /* a sync costs the same for one file and for all */ };

struct hand { /* one thread's */
    struct decider *decider;
    struct desk *desk;
    struct sink_group *group;
};

struct floor {
    struct loop *l;
    const struct block *block;
    size_t id_column, rows;
    struct hand *hand;     /* [threads] */
    size_t block_rows;     /* most rows of a block */
    struct result *result; /* [block_rows] */
    double *fast;          /* [block_rows][decider_fast]; NULL: none */
    bool *wanted;          /* [block_rows] */
    double *margin;        /* [block_rows][outputs]; NULL: asked row by row */
};

static void note_gates(struct result *r, const struct gate_list *g)
{
    for (size_t i = 0; i < g->count; i++)
        r->gate[g->fired[i].gate] = true;
}

static status make_papers(struct floor *fl, struct hand *h, struct result *r,
                          struct finding *f, struct error *e)
{
    if (fl->l->ledger == NULL)
        return ST_OK;
    size_t before = sink_group_count(h->group);
    status st = desk_decision(h->desk, f, fl->l->root, r->folder, h->group,
                              &r->files, e);
    if (st != ST_DATA)
        return st;
    sink_group_cut(h->group, before);
    /* a character that no font has, or a fact the template cannot take: this
     * decision has no document, the others go on */
    struct row_error bad = {.row = f->decision.row, .line = f->decision.line};
    (void)snprintf(bad.text, sizeof bad.text, "%.*s",
                   (int)sizeof bad.text - 1, e->text);
    r->files.count = 0;
    buf_clear(&r->line);
    return bad_line(r, &bad, e);
}

static void note_contributions(struct result *r, const struct finding *f)
{
    const struct decision *d = &f->decision;
    r->estimated = f->facts.estimate[METHOD_A] != NULL ||
                   f->facts.estimate[METHOD_B] != NULL;
    r->explained = r->estimated || f->facts.phi[METHOD_A] != NULL ||
                   f->facts.phi[METHOD_B] != NULL;
    r->open_order = f->facts.reasons != NULL &&
                    !f->facts.reasons->order_certain;
    r->residual = fabs(d->residual);
    r->checked = d->checked;
    r->difference = d->difference;
    r->bound_share = d->bound > 0 ? d->difference / d->bound : 0;
}

static status one_row(struct floor *fl, struct hand *h, size_t i,
                      struct error *e)
{
    struct result *r = &fl->result[i];
    struct finding f;
    struct row_error bad = {0};
    bool usable = false;
    if (r->outcome == OUTCOME_SKIPPED || r->outcome == OUTCOME_BAD)
        return ST_OK;
    const double *fast =
        fl->fast == NULL ? NULL : fl->fast + i * decider_fast(fl->l->bench);
    const double *margin =
        fl->margin == NULL ? NULL
                           : fl->margin + i * fl->l->session->model->outputs;
    TRY(decider_row(h->decider, fl->block, i, margin, fast, &f, &bad, &usable,
                    e));
    if (!usable)
        return bad_line(r, &bad, e);
    r->action = f.decision.action;
    r->not_searched = f.facts.recourse != NULL && f.recourse.failed;
    note_gates(r, &f.gates);
    note_contributions(r, &f);
    buf_puts(&r->id, f.decision.id);
    if (f.refused) {
        r->outcome = OUTCOME_REFUSED;
        return refusal_line(&fl->l->bench->gates, r, &f, e);
    }
    r->outcome = OUTCOME_DONE;
    TRY(make_papers(fl, h, r, &f, e));
    return r->outcome == OUTCOME_DONE ? decision_line(r, &f, e) : ST_OK;
}

static status one_task(void *context, size_t worker, size_t index,
                       struct error *e)
{
    struct floor *fl = context;
    size_t to = (index + 1) * TASK_ROWS;
    for (size_t i = index * TASK_ROWS; i < to && i < fl->rows; i++) {
        status st = one_row(fl, &fl->hand[worker], i, e);
        if (st != ST_OK) {
            error_note(e, "working on row %lld (line %ld)",
                       fl->block->ordinal[i], fl->block->line[i]);
            return st;
        }
    }
    return ST_OK;
}

/* The wanted rows of a run of rows, by the fast kernels. */
static status fast_task(void *context, size_t worker, size_t index,
                        struct error *e)
{
    struct floor *fl = context;
    size_t row[BLOCK_ROWS], n = 0; /* a step is no more */
    size_t step = decider_fast_block(fl->l->bench), to = (index + 1) * step;
    for (size_t i = index * step; i < to && i < fl->rows; i++)
        if (fl->result[i].outcome == OUTCOME_DONE)
            row[n++] = i;
    return n == 0 ? ST_OK
                  : decider_fast_rows(fl->hand[worker].decider, fl->block, row,
                                      n, fl->fast, e);
}

static status explain_fast(struct floor *fl, struct error *e)
{
    size_t step = decider_fast_block(fl->l->bench);
    if (fl->fast == NULL)
        return ST_OK;
    return pool_run(fl->l->session->pool, fast_task, fl,
                    (fl->rows + step - 1) / step, e);
}

/* A model elsewhere gets the block in one piece: whoever asks it cuts it. */
static size_t score_step(const struct floor *fl)
{
    return ask_is_remote(fl->l->session->model) ? fl->block_rows : SCORE_ROWS;
}

static status score_task(void *context, size_t worker, size_t index,
                         struct error *e)
{
    struct floor *fl = context;
    size_t from = index * score_step(fl), n = fl->rows - from;
    n = n < score_step(fl) ? n : score_step(fl);
    return decider_scores(fl->hand[worker].decider, fl->block, fl->wanted,
                          from, n, fl->margin, e);
}

static status ask_scores(struct floor *fl, struct error *e)
{
    size_t step = score_step(fl);
    if (fl->margin == NULL)
        return ST_OK;
    for (size_t i = 0; i < fl->rows; i++)
        fl->wanted[i] = fl->result[i].outcome == OUTCOME_DONE;
    return pool_run(fl->l->session->pool, score_task, fl,
                    (fl->rows + step - 1) / step, e);
}

/* Before the threads start, in the table's order: which rows are wanted, and a
 * folder for each. An id that has its folder already is met twice. */
static status claim(struct floor *fl, size_t i, struct error *e)
{
    struct result *r = &fl->result[i];
    buf_clear(&r->line);
    buf_clear(&r->id);
    buf_clear(&r->note);
    memset(r->gate, 0, sizeof r->gate);
    r->not_searched = r->explained = r->checked = false;
    r->estimated = r->open_order = false;
    r->folder[0] = '\0';
    paper_files_begin(&r->files);
    const char *id = fl->block->text[fl->id_column][i];
    r->outcome = session_wants(fl->l->session, id) ? OUTCOME_DONE
                                                   : OUTCOME_SKIPPED;
    if (r->outcome == OUTCOME_SKIPPED || id == NULL || fl->l->ledger == NULL)
        return ST_OK;
    char path[4096];
    TRY(ledger_folder(id, r->folder, e));
    (void)snprintf(path, sizeof path, "%s/%.12s", fl->l->root, r->folder);
    TRY(folder_make(path, e));
    (void)snprintf(path, sizeof path, "%s/%s", fl->l->root, r->folder);
    if (mkdir(path, 0777) == 0)
        return ST_OK;
    if (errno != EEXIST)
        return error_system(e, "cannot make the folder %s", path);
    struct row_error bad = {.row = fl->block->ordinal[i],
                            .line = fl->block->line[i]};
    (void)snprintf(bad.text, sizeof bad.text,
                   "the id \"%.60s\" stands in the table twice", id);
    return bad_line(r, &bad, e);
}

/* A folder claimed in vain; one that holds another row's files stays. */
static void give_back(const struct loop *l, const struct result *r)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", l->root, r->folder);
    if (r->folder[0] != '\0')
        (void)rmdir(path);
}

static void count_contributions(struct loop_counts *c, const struct result *r)
{
    c->explained += r->explained;
    c->estimated += r->estimated;
    c->open_order += r->open_order;
    if (r->explained)
        c->residual = fmax(c->residual, r->residual);
    if (!r->checked)
        return;
    c->checked++;
    c->difference = fmax(c->difference, r->difference);
    c->bound_share = fmax(c->bound_share, r->bound_share);
}

static status tell(struct floor *fl, struct result *r, struct error *e)
{
    struct loop *l = fl->l;
    struct loop_counts *c = &l->counts;
    if (r->outcome == OUTCOME_SKIPPED)
        return ST_OK;
    if (r->outcome == OUTCOME_BAD) {
        c->bad++;
        if (l->ledger == NULL)
            return ST_OK;
        give_back(l, r);
        return ledger_line(l->ledger, LEDGER_ERRORS, buf_text(&r->line),
                           r->line.length, e);
    }
    c->decisions++;
    c->action[r->action]++;
    c->not_searched += r->not_searched;
    for (int i = 0; i < GATES; i++)
        c->gate[i] += r->gate[i];
    count_contributions(c, r);
    bool refused = r->outcome == OUTCOME_REFUSED;
    c->refused += refused;
    c->made += !refused;
    if (l->ledger == NULL)
        return ST_OK;
    for (size_t i = 0; i < r->files.count; i++)
        TRY(ledger_file(l->ledger, &r->files.file[i], e));
    c->documents += r->files.count > 0 ? r->files.count - 1 : 0;
    TRY(ledger_line(l->ledger, refused ? LEDGER_REFUSED : LEDGER_DECISIONS,
                    buf_text(&r->line), r->line.length, e));
    struct ledger_row row = {
        buf_text(&r->id), refused ? "refused" : action_word(r->action),
        refused ? "" : r->folder, buf_text(&r->files.documents),
        refused ? buf_text(&r->note) : NULL};
    if (r->files.count == 0)
        give_back(l, r);
    return ledger_row(l->ledger, &row, e);
}

static status tell_bad_rows(struct loop *l, const struct table *t,
                            struct error *e)
{
    size_t n = 0;
    const struct row_error *errors = table_errors(t, &n);
    struct result r = {.line = BUF_INIT(65536)};
    status st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        l->counts.bad++;
        buf_clear(&r.line);
        st = bad_line(&r, &errors[i], e);
        if (st == ST_OK && l->ledger != NULL)
            st = ledger_line(l->ledger, LEDGER_ERRORS, buf_text(&r.line),
                             r.line.length, e);
    }
    buf_free(&r.line);
    return st;
}

/* Gives names to the files of those hands that hold at least so many. */
static status name_files(struct floor *fl, size_t least, struct error *e)
{
    for (size_t i = 0; i < pool_threads(fl->l->session->pool); i++)
        if (sink_group_count(fl->hand[i].group) >= least)
            TRY(sink_group_close(fl->hand[i].group, e));
    return ST_OK;
}

static status one_block(struct floor *fl, struct error *e)
{
    for (size_t i = 0; i < fl->rows; i++)
        TRY(claim(fl, i, e));
    TRY(ask_scores(fl, e));
    TRY(explain_fast(fl, e));
    TRY(pool_run(fl->l->session->pool, one_task, fl,
                 (fl->rows + TASK_ROWS - 1) / TASK_ROWS, e));
    TRY(name_files(fl, GROUP_FILES, e));
    for (size_t i = 0; i < fl->rows; i++)
        TRY(tell(fl, &fl->result[i], e));
    return ST_OK;
}

static status all_blocks(struct floor *fl, struct table *t, struct error *e)
{
    struct loop *l = fl->l;
    unsigned long long limit = l->session->request->limit;
    const struct host *host = l->session->host;
    for (;;) {
        TRY(table_next(t, &fl->block, e));
        TRY(tell_bad_rows(l, t, e));
        if (fl->block == NULL)
            break;
        fl->rows = fl->block->rows;
        if (limit > 0 && l->counts.rows + fl->rows > limit)
            fl->rows = (size_t)(limit - l->counts.rows);
        TRY(one_block(fl, e));
        l->counts.rows += fl->rows;
        if (host->progress != NULL)
            host->progress(host->self, "decisions", l->counts.rows, limit);
        if (limit > 0 && l->counts.rows >= limit)
            break;
    }
    TRY(name_files(fl, 1, e));
    const char *sha256 = table_sha256(t);
    if (sha256 != NULL)
        memcpy(l->data_sha256, sha256, SHA256_HEX);
    return ST_OK;
}

static status open_hands(struct floor *fl, struct error *e)
{
    const struct model *m = fl->l->session->model;
    size_t threads = pool_threads(fl->l->session->pool);
    size_t fast = decider_fast(fl->l->bench);
    bool asks = decider_asks(fl->l->bench);
    fl->block_rows = ask_is_remote(m) ? ASKED_BLOCK_ROWS : BLOCK_ROWS;
    fl->hand = mem_array(threads, sizeof *fl->hand);
    fl->result = mem_array(fl->block_rows, sizeof *fl->result);
    fl->wanted = mem_array(fl->block_rows, sizeof *fl->wanted);
    if (fast > 0)
        fl->fast = mem_array(fl->block_rows * fast, sizeof *fl->fast);
    if (asks)
        fl->margin = mem_array(fl->block_rows * m->outputs, sizeof(double));
    if (fl->hand == NULL || fl->result == NULL || fl->wanted == NULL ||
        (fast > 0 && fl->fast == NULL) || (asks && fl->margin == NULL))
        return error_memory(e);
    for (size_t i = 0; i < fl->block_rows; i++) {
        fl->result[i].line = BUF_INIT(RESULT_BYTES_MAX);
        fl->result[i].id = BUF_INIT(RESULT_BYTES_MAX);
        fl->result[i].note = BUF_INIT(RESULT_BYTES_MAX);
    }
    for (size_t i = 0; i < threads; i++) {
        TRY(decider_new(fl->l->bench, &fl->hand[i].decider, e));
        TRY(desk_new(fl->l->kit, &fl->hand[i].desk, e));
        fl->hand[i].group = sink_group_new();
        if (fl->hand[i].group == NULL)
            return error_memory(e);
    }
    return ST_OK;
}

static void close_hands(struct floor *fl)
{
    size_t threads = pool_threads(fl->l->session->pool);
    for (size_t i = 0; fl->hand != NULL && i < threads; i++) {
        decider_free(fl->hand[i].decider);
        desk_free(fl->hand[i].desk);
        sink_group_free(fl->hand[i].group);
    }
    for (size_t i = 0; fl->result != NULL && i < fl->block_rows; i++) {
        buf_free(&fl->result[i].line);
        buf_free(&fl->result[i].id);
        buf_free(&fl->result[i].note);
        paper_files_free(&fl->result[i].files);
    }
    mem_free(fl->hand);
    mem_free(fl->result);
    mem_free(fl->fast);
    mem_free(fl->wanted);
    mem_free(fl->margin);
}

static status read_table(struct floor *fl, struct error *e)
{
    const struct session *s = fl->l->session;
    const struct column_spec *columns, *own;
    size_t first = input_map_columns(s->map, &own);
    size_t n = decider_columns(fl->hand[0].decider, &columns);
    const char *id = s->project->column.id != NULL
                         ? s->project->column.id
                         : s->project->decisions.id_column;
    fl->id_column = SIZE_MAX;
    for (size_t i = 0; id != NULL && i < n; i++)
        if (columns[i].type == COLUMN_TEXT && strcmp(columns[i].name, id) == 0) {
            fl->id_column = first + i;
            break;
        }
    if (fl->id_column == SIZE_MAX)
        return error_set(e, ST_ARGUMENT,
                         "documents need an id: set decisions.id to the "
                         "column that holds it");
    struct table *t;
    TRY(session_decisions(s, columns, n, fl->block_rows, &t, e));
    status st = all_blocks(fl, t, e);
    table_free(t);
    return st;
}

static void add_bill(struct estimate_bill *to, const struct estimate_bill *b)
{
    if (b == NULL)
        return;
    to->rows += b->rows;
    to->coalitions += b->coalitions;
    to->asked += b->asked;
    to->equal += b->equal;
}

/* The threads' searches together in one audit, and what they asked. */
static status gather(struct floor *fl, struct error *e)
{
    for (size_t i = 0; i < pool_threads(fl->l->session->pool); i++) {
        add_bill(&fl->l->bill, decider_bill(fl->hand[i].decider));
        struct recourse_audit *a = decider_audit(fl->hand[i].decider);
        if (a == NULL)
            continue;
        if (fl->l->recourse == NULL)
            TRY(seeking_audit(&fl->l->bench->seeking, 0, NULL,
                              &fl->l->recourse, e));
        TRY(recourse_audit_merge(fl->l->recourse, a, e));
    }
    return ST_OK;
}

status loop_run(struct loop *l, struct error *e)
{
    struct floor fl = {.l = l};
    status st = open_hands(&fl, e);
    if (st == ST_OK)
        st = read_table(&fl, e);
    if (st == ST_OK)
        st = gather(&fl, e);
    close_hands(&fl);
    if (st == ST_OK)
        session_tell_ids(l->session);
    return st;
}

void loop_close(struct loop *l)
{
    recourse_audit_free(l->recourse);
    l->recourse = NULL;
}
