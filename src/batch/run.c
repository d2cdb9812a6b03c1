#include "batch/run.h"

#include "base/arena.h"
#include "batch/card.h"
#include "batch/loop.h"
#include "batch/summary.h"

#include <string.h>

struct run {
    struct session session;
    struct kit kit;
    struct bench bench;
    struct loop loop;
    struct card_outcome card;
    bool card_made, decisions_made;
    size_t blocks; /* faults of the project that block documents */
};

static int fail(struct run *r, const struct error *e)
{
    const struct host *host = r->session.host;
    host_error(host, e);
    int code = exit_of_data(e);
    return code;
}

static void close_run(struct run *r)
{
    ledger_free(r->loop.ledger);
    loop_close(&r->loop);
    bench_close(&r->bench);
    kit_close(&r->kit);
    session_close(&r->session);
}

/* Faults and gates that keep every notice from being made. */
static bool run_is_blocked(const struct run *r)
{
    return r->blocks > 0 || r->bench.gates.blocked;
}

static void tell_gates(const struct host *host, const struct gate_list *g)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct gate *gate = gate_at(g->fired[i].gate);
        host_say(host,
                 gate->severity == GATE_BLOCK ? SEVERITY_ERROR
                                              : SEVERITY_WARNING,
                 "%s [%s]: %s%s%s; %s (%s)", gate->id,
                 gate_severity_word(gate->severity), gate->what,
                 g->fired[i].detail[0] != '\0' ? ": " : "", g->fired[i].detail,
                 gate->remedy, gate->citation);
    }
}

static bool wants_decisions(const struct run *r)
{
    return r->kit.papers > 0 ||
           ((r->session.project->documents.notice ||
             r->session.project->documents.explanation) &&
            (kit_wants(&r->session, "notice") ||
             kit_wants(&r->session, "explanation")));
}

static status open_run(struct run *r, struct error *e)
{
    TRY(kit_open(&r->session, &r->kit, e));
    TRY(bench_open(&r->session, &r->kit, &r->bench, e));
    r->loop.session = &r->session;
    r->loop.bench = &r->bench;
    r->loop.kit = &r->kit;
    return ST_OK;
}

static status work(struct run *r, struct error *e)
{
    const struct session *s = &r->session;
    r->card_made = r->kit.card != NULL;
    r->decisions_made = wants_decisions(r) && !run_is_blocked(r);
    if (wants_decisions(r) && run_is_blocked(r))
        host_say(s->host, SEVERITY_ERROR,
                 "no notice or explanation is made while the gates above "
                 "block the run");
    if (r->decisions_made)
        TRY(loop_run(&r->loop, e));
    if (r->card_made)
        TRY(card_make(s, &r->kit, &r->bench, r->loop.root, r->loop.ledger,
                      &r->card, e));
    return ST_OK;
}

static int exit_of(const struct run *r)
{
    const struct loop_counts *c = &r->loop.counts;
    long allowed = r->session.project->errors_allowed;
    if (allowed >= 0 && c->bad > (unsigned long long)allowed)
        return EXIT_DATA;
    bool gated = c->refused > 0 || r->card.gates.blocked ||
                 (wants_decisions(r) && run_is_blocked(r));
    return gated ? EXIT_GATED : EXIT_DONE;
}

static int begin(struct run *r, const struct host *host,
                 const struct request *request)
{
    memset(r, 0, sizeof *r);
    int code = session_open(host, request, true, &r->session);
    if (code != EXIT_DONE)
        return code;
    r->blocks = session_tell_faults(&r->session, true);
    struct error e = {.class = ST_OK};
    if (open_run(r, &e) == ST_OK)
        return EXIT_DONE;
    code = fail(r, &e);
    close_run(r);
    return code;
}

static struct summary summary_of(const struct run *r)
{
    return (struct summary){.session = &r->session,
                            .bench = &r->bench,
                            .kit = &r->kit,
                            .loop = &r->loop,
                            .card = r->card_made ? &r->card : NULL,
                            .blocked = run_is_blocked(r)};
}

static status write_run(struct run *r, struct error *e)
{
    struct summary sum = summary_of(r);
    struct buf head = BUF_INIT(1 << 20), tail = BUF_INIT(1 << 20),
               page = BUF_INIT(1 << 20);
    const char *root = r->session.request->out;
    status st = summary_head(&sum, &head, e);
    if (st == ST_OK)
        st = ledger_open(root, buf_text(&head), &r->loop.ledger, e);
    r->loop.root = root;
    if (st == ST_OK)
        st = work(r, e);
    sum = summary_of(r);
    if (st == ST_OK)
        st = summary_tail(&sum, &tail, e);
    if (st == ST_OK)
        st = summary_page(&sum, &page, e);
    if (st == ST_OK)
        st = ledger_close(r->loop.ledger, buf_text(&tail),
                          r->session.project->model.name != NULL
                              ? r->session.project->model.name
                              : "candor run",
                          buf_text(&page), e);
    buf_free(&head);
    buf_free(&tail);
    buf_free(&page);
    return st;
}

int run_project(const struct host *host, const struct request *request)
{
    struct run r;
    if (request->out == NULL) {
        host_say(host, SEVERITY_ERROR,
                 "run needs --out FOLDER, a new or empty one");
        return EXIT_USAGE;
    }
    int code = begin(&r, host, request);
    if (code != EXIT_DONE)
        return code;
    tell_gates(host, &r.bench.gates);
    struct error e = {.class = ST_OK};
    if (write_run(&r, &e) != ST_OK) {
        code = fail(&r, &e);
        if (code == EXIT_DATA && e.class == ST_LIMIT)
            code = EXIT_IO;
    } else {
        tell_gates(host, &r.card.gates);
        struct summary sum = summary_of(&r);
        code = exit_of(&r);
        if (summary_tell(&sum, request->json, &e) != ST_OK)
            code = fail(&r, &e);
    }
    close_run(&r);
    return code;
}

static void tell_counts(const struct run *r)
{
    const struct loop_counts *c = &r->loop.counts;
    for (int i = 0; i < GATES; i++) {
        const struct gate *gate = gate_at((enum gate_id)i);
        if (gate->scope == SCOPE_DECISION && c->gate[i] > 0)
            host_say(r->session.host,
                     gate->severity == GATE_BLOCK ? SEVERITY_ERROR
                                                  : SEVERITY_WARNING,
                     "%s [%s] on %llu decisions: %s; %s (%s)", gate->id,
                     gate_severity_word(gate->severity), c->gate[i],
                     gate->what, gate->remedy, gate->citation);
    }
}

int check_project(const struct host *host, const struct request *request)
{
    struct run r;
    int code = begin(&r, host, request);
    if (code != EXIT_DONE)
        return code;
    tell_gates(host, &r.bench.gates);
    struct error e = {.class = ST_OK};
    if (work(&r, &e) != ST_OK) {
        code = fail(&r, &e);
    } else {
        tell_counts(&r);
        tell_gates(host, &r.card.gates);
        struct summary sum = summary_of(&r);
        code = exit_of(&r);
        if (summary_tell(&sum, request->json, &e) != ST_OK)
            code = fail(&r, &e);
    }
    close_run(&r);
    return code;
}
