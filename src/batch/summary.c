#include "batch/summary.h"

#include "batch/recourse_tell.h"
#include "model/service.h"

#include <string.h>

/* Members only: the object's own braces are the manifest's. */
static status members(struct buf *b, struct json_writer *w, struct error *e)
{
    json_object_end(w);
    TRY(json_end(w, e));
    if (b->length < 2)
        return ST_OK;
    /* drop the outer braces, keep the members */
    memmove(b->data, b->data + 1, b->length - 2);
    b->length -= 2;
    b->data[b->length] = '\0';
    return buf_status(b, e);
}

static void put_reference(struct json_writer *w, const struct summary *s, int k)
{
    const struct reference_info *r = &s->bench->info[k];
    if (r->name == NULL)
        return;
    json_object(w);
    json_put_string(w, "method", k == METHOD_A ? "A" : "B");
    json_put_string(w, "name", r->name);
    json_put_int(w, "rows", (long long)r->rows);
    json_put_number(w, "mean_margin", r->mean_margin);
    json_put_string(w, "sha256", r->sha256);
    json_object_end(w);
}

static void put_inputs(struct json_writer *w, const struct summary *s)
{
    const struct project *p = s->session->project;
    json_key(w, "project");
    json_object(w);
    json_put_string(w, "sha256", p->sha256);
    json_object_end(w);
    json_key(w, "model");
    json_object(w);
    json_put_string(w, "id", p->model.id);
    json_put_string(w, "version", p->model.version);
    json_put_string(w, "format", s->session->model->format);
    json_put_string(w, "sha256", s->session->model->sha256);
    json_put_int(w, "bytes", (long long)s->session->model->file_bytes);
    json_object_end(w);
    json_key(w, "references");
    json_array(w);
    for (int k = 0; k < METHODS; k++)
        put_reference(w, s, k);
    json_array_end(w);
    json_key(w, "packs");
    json_array(w);
    for (size_t i = 0; i < s->kit->packs; i++) {
        json_object(w);
        json_put_string(w, "key", s->kit->pack_info[i].key);
        json_put_string(w, "sha256", s->kit->pack_info[i].sha256);
        json_put_string(w, "effective_from", s->kit->pack_info[i].from);
        json_object_end(w);
    }
    json_array_end(w);
    json_key(w, "languages");
    json_array(w);
    for (size_t i = 0; i < s->kit->languages; i++)
        json_string(w, language_tag(s->kit->language[i]));
    json_array_end(w);
}

status summary_head(const struct summary *s, struct buf *out, struct error *e)
{
    struct json_writer w = json_start(out, 2);
    json_object(&w);
    json_put_string(&w, "schema", "candor-run/1");
    json_put_string(&w, "candor", CANDOR_VERSION);
    put_inputs(&w, s);
    TRY(members(out, &w, e));
    while (out->length > 0 && (out->data[out->length - 1] == '\n' ||
                               out->data[out->length - 1] == ' '))
        out->data[--out->length] = '\0';
    buf_puts(out, ",\n  ");
    return buf_status(out, e);
}

static void put_counts(struct json_writer *w, const struct summary *s)
{
    const struct loop_counts *c = &s->loop->counts;
    const struct recourse_told told = {.audit = s->loop->recourse,
                                       .failed = c->not_searched};
    json_key(w, "counts");
    json_object(w);
    json_put_int(w, "rows", (long long)c->rows);
    json_put_int(w, "bad_rows", (long long)c->bad);
    json_put_int(w, "decisions", (long long)c->decisions);
    json_put_int(w, "refused", (long long)c->refused);
    json_put_int(w, "documents", (long long)c->documents);
    json_key(w, "actions");
    json_object(w);
    for (int i = 0; i < ACTIONS; i++)
        if (c->action[i] > 0)
            json_put_int(w, action_word((enum action)i), (long long)c->action[i]);
    json_object_end(w);
    recourse_tell_json(s->session, &told, w);
    json_object_end(w);
}

/* What estimates were, and what they asked of the model. */
static void put_estimates(struct json_writer *w, const struct summary *s)
{
    const struct estimating *x = &s->bench->references.estimating;
    const struct estimate_bill *b = &s->loop->bill;
    const struct project_estimate *own = &s->session->project->estimate;
    json_put_string(w, "estimator", "estimate");
    json_put_string(w, "players", own->players == PLAYERS_FACTORS ? "factors"
                                                                  : "inputs");
    json_put_int(w, "player_count", (long long)x->players->count);
    json_put_number(w, "confidence", x->confidence);
    json_put_int(w, "explained", (long long)s->loop->counts.explained);
    json_put_int(w, "order_uncertain", (long long)s->loop->counts.open_order);
    json_put_number(w, "largest_residual", s->loop->counts.residual);
    json_put_int(w, "coalitions", (long long)b->coalitions);
    json_put_int(w, "rows_asked", (long long)b->asked);
    json_put_int(w, "rows_equal", (long long)b->equal);
}

/* How the contributions of documents were made, and how the fast kernels stood
 * beside them. */
static void put_contributions(struct json_writer *w, const struct summary *s)
{
    const struct loop_counts *c = &s->loop->counts;
    const struct explainer *x = s->bench->references.explainer;
    if ((x == NULL && !s->bench->references.estimated) || c->explained == 0)
        return;
    json_key(w, "contributions");
    json_object(w);
    if (x == NULL) {
        put_estimates(w, s);
        json_object_end(w);
        return;
    }
    json_put_string(w, "estimator", shapley_estimator(x)->name);
    json_put_string(w, "precision", "strict");
    json_put_int(w, "explained", (long long)c->explained);
    json_put_number(w, "largest_residual", c->residual);
    json_put_int(w, "checked", (long long)c->checked);
    if (c->checked > 0) {
        json_put_number(w, "largest_difference", c->difference);
        json_put_number(w, "largest_share_of_bound", c->bound_share);
    }
    json_object_end(w);
}

/* What a model elsewhere was asked: told, and in no file, since how often a
 * server was busy is no property of a run. */
static void put_asked(struct json_writer *w, const struct summary *s)
{
    const struct model *m = s->session->model;
    struct service_bill b = {0};
    if (m->kind != MODEL_REMOTE)
        return;
    m->service->bill(m->service->self, &b);
    json_key(w, "asked");
    json_object(w);
    json_put_string(w, "kind", m->service->kind);
    json_put_string(w, "where", m->service->where);
    json_put_int(w, "rows", (long long)b.rows);
    json_put_int(w, "repeated", (long long)b.repeated);
    json_put_int(w, "requests", (long long)b.requests);
    json_put_int(w, "retries", (long long)b.retries);
    json_put_int(w, "restarts", (long long)b.restarts);
    json_object_end(w);
}

static void tell_asked(const struct summary *s)
{
    const struct model *m = s->session->model;
    struct service_bill b = {0};
    if (m->kind != MODEL_REMOTE)
        return;
    m->service->bill(m->service->self, &b);
    host_say(s->session->host, SEVERITY_NOTE,
             "the model (%s, %s) was asked %llu rows in %llu requests; %llu "
             "equal rows were not asked again; %llu retries, %llu restarts",
             m->service->kind, m->service->where, b.rows, b.requests,
             b.repeated, b.retries, b.restarts);
}

static void put_gates(struct json_writer *w, const struct summary *s)
{
    const struct loop_counts *c = &s->loop->counts;
    const struct gate_list *lists[] = {
        &s->bench->gates, s->card != NULL ? &s->card->gates : NULL};
    json_key(w, "gates");
    json_object(w);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; lists[k] != NULL && i < lists[k]->count; i++)
            json_put_int(w, gate_at(lists[k]->fired[i].gate)->id, 1);
    for (int i = 0; i < GATES; i++)
        if (gate_at((enum gate_id)i)->scope == SCOPE_DECISION && c->gate[i] > 0)
            json_put_int(w, gate_at((enum gate_id)i)->id, (long long)c->gate[i]);
    json_object_end(w);
}

static void put_results(struct json_writer *w, const struct summary *s)
{
    json_key(w, "decisions_sha256");
    json_string(w, s->loop->data_sha256[0] != '\0' ? s->loop->data_sha256
                                                   : NULL);
    put_counts(w, s);
    put_contributions(w, s);
    put_gates(w, s);
    if (s->card == NULL)
        return;
    json_key(w, "card");
    json_object(w);
    json_put_int(w, "documents", (long long)s->card->documents);
    json_put_int(w, "not_provided", (long long)s->card->not_provided);
    json_object_end(w);
}

status summary_tail(const struct summary *s, struct buf *out, struct error *e)
{
    struct json_writer w = json_start(out, 2);
    json_object(&w);
    put_results(&w, s);
    return members(out, &w, e);
}

static void escape(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<')
            buf_puts(out, "&lt;");
        else if (*text == '&')
            buf_puts(out, "&amp;");
        else
            buf_putc(out, *text);
    }
}

status summary_page(const struct summary *s, struct buf *out, struct error *e)
{
    const struct project *p = s->session->project;
    const struct loop_counts *c = &s->loop->counts;
    buf_puts(out, "<p class=\"muted\">");
    escape(out, p->institution.name != NULL ? p->institution.name : "");
    buf_printf(out, " · model %.12s · candor " CANDOR_VERSION "</p>\n<p>",
               s->session->model->sha256);
    buf_printf(out, "%llu decisions, %llu documents, %llu refused, "
               "%llu rows that could not be read.", c->decisions, c->documents,
               c->refused, c->bad);
    if (s->blocked)
        buf_puts(out, " <strong>Gates block this run: no notice or explanation "
                      "was made.</strong>");
    buf_puts(out, "</p>\n");
    if (s->card != NULL)
        for (size_t i = 0; i < s->kit->languages; i++)
            buf_printf(out, "<p>Model card: <a href=\"card/card.%s.pdf\">PDF</a> "
                       "<a href=\"card/card.%s.html\">HTML</a> "
                       "<a href=\"card/card.json\">JSON</a></p>\n",
                       language_tag(s->kit->language[i]),
                       language_tag(s->kit->language[i]));
    buf_puts(out, "<p><a href=\"refused.jsonl\">refused.jsonl</a> · "
                  "<a href=\"errors.jsonl\">errors.jsonl</a> · "
                  "<a href=\"manifest.json\">manifest.json</a></p>\n");
    return buf_status(out, e);
}

status summary_tell(const struct summary *s, bool json, struct error *e)
{
    const struct host *host = s->session->host;
    const struct loop_counts *c = &s->loop->counts;
    if (json) {
        struct buf out = BUF_INIT(1 << 20);
        struct json_writer w = json_start(&out, 2);
        json_object(&w);
        json_put_string(&w, "candor", CANDOR_VERSION);
        put_inputs(&w, s);
        put_results(&w, s);
        put_asked(&w, s);
        json_object_end(&w);
        status st = json_end(&w, e);
        buf_putc(&out, '\n');
        if (st == ST_OK)
            st = host_write(host, buf_text(&out), out.length, e);
        buf_free(&out);
        return st;
    }
    host_say(host, SEVERITY_NOTE,
             "%llu decisions, %llu documents, %llu refused, %llu bad rows%s",
             c->decisions, c->documents, c->refused, c->bad,
             s->card != NULL ? ", one model card" : "");
    tell_asked(s);
    if (c->estimated > 0)
        host_say(host, SEVERITY_NOTE,
                 "%llu decisions explained by estimates: %llu rows asked of "
                 "the model for them (%llu equal ones once); the reasons of "
                 "%llu stand in no certain order", c->estimated,
                 s->loop->bill.asked, s->loop->bill.equal, c->open_order);
    if (s->loop->recourse != NULL && audit_n(s->loop->recourse, 0) > 0)
        recourse_tell(s->session,
                      &(struct recourse_told){.audit = s->loop->recourse,
                                              .failed = c->not_searched});
    if (s->loop->root != NULL)
        host_say(host, SEVERITY_NOTE, "open %s/index.html", s->loop->root);
    return ST_OK;
}
