#include "batch/recourse_pen.h"

#include "batch/line.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CELL_BYTES_MAX = 1 << 20 };

/* One nested part of a line: a value by its writer. */
struct part {
    const struct recourse_pen *pen;
    const struct recourse_found *found; /* NULL: nothing was searched */
    void (*write)(const struct part *part, struct json_writer *w);
};

static void put_part(struct line *l, const char *key, const struct part *part,
                     struct error *e)
{
    if (!l->csv) {
        json_key(&l->w, key);
        part->write(part, &l->w);
        return;
    }
    struct buf cell = BUF_INIT(CELL_BYTES_MAX);
    struct json_writer w = json_start(&cell, 0);
    part->write(part, &w);
    status st = json_end(&w, e);
    const char *text = st == ST_OK ? buf_text(&cell) : "";
    line_text(l, key, strcmp(text, "null") == 0 ? "" : text);
    buf_free(&cell);
    if (st != ST_OK)
        l->out->failed = st; /* sticks: line_end tells */
}

static void put_number(struct json_writer *w, const char *key, double x)
{
    json_key(w, key);
    if (isfinite(x))
        json_number(w, x);
    else
        json_null(w);
}

/* --- values --- */

static const struct lever *project_lever(const struct recourse_pen *p, size_t i)
{
    const struct seeking *k = p->seeking;
    return &k->session->project->lever[k->limits.lever_of[i]];
}

static const char *lever_name(const struct recourse_pen *p, size_t i)
{
    const struct lever *l = project_lever(p, i);
    return l->key != NULL ? l->key : l->input != NULL ? l->input : l->column;
}

/* The word of a category's value; NULL: print the number. */
static const char *word_of(const struct recourse_pen *p, size_t i, double x)
{
    const struct session *s = p->seeking->session;
    const struct recourse_lever *r = &p->seeking->limits.problem->lever[i];
    const struct lever *l = project_lever(p, i);
    for (size_t k = 0; r->code != NULL && k < r->codes && k < l->words; k++)
        if (r->code[k] >= x && r->code[k] <= x)
            return l->word[k];
    size_t at = r->quantity;
    if (at >= s->model->features || r->code == NULL ||
        s->model->feature[at].words == NULL || !(x >= 0) ||
        x >= (double)s->model->feature[at].word_count)
        return NULL;
    return s->model->feature[at].words[(size_t)x];
}

static void put_value(struct json_writer *w, const struct recourse_pen *p,
                      const char *key, size_t lever, double x)
{
    const struct recourse_lever *l =
        &p->seeking->limits.problem->lever[lever];
    const char *word = word_of(p, lever, x);
    if (l->code != NULL && x < 0) /* a word that the model has never met */
        x = (double)NAN;
    if (word != NULL)
        json_put_string(w, key, word);
    else
        put_number(w, key, x);
}

static const char *status_text(const struct recourse_plan *plan, char *room,
                               size_t size)
{
    if (plan->status != RECOURSE_WITHIN)
        return recourse_status_word(plan->status);
    (void)snprintf(room, size, "within %.0f%% of smallest",
                   ceil(plan->gap * 100));
    return room;
}

/* --- plans --- */

static void put_change(struct json_writer *w, const struct recourse_pen *p,
                       const struct recourse_change *c,
                       const struct region_stretch *around,
                       const double *nearest)
{
    json_object(w);
    json_put_string(w, "lever", lever_name(p, c->lever));
    put_value(w, p, "from", c->lever, c->from);
    put_value(w, p, "to", c->lever, c->to);
    put_number(w, "cost", recourse_cost_shown(c->cost));
    if (p->seeking->limits.problem->lever[c->lever].code == NULL) {
        put_number(w, "low", around->low);
        put_number(w, "high", around->high);
        if (nearest != NULL)
            put_number(w, "nearest", *nearest);
    }
    json_object_end(w);
}

static void put_changes(struct json_writer *w, const struct recourse_pen *p,
                        const struct recourse_plan *plan,
                        const struct recourse_stretches *around,
                        const struct region_slack *slack)
{
    json_array(w);
    for (size_t i = 0; i < plan->changes; i++)
        put_change(w, p, &plan->change[i], &around->of[i],
                   slack != NULL ? &slack->nearest[i] : NULL);
    json_array_end(w);
}

static void put_plan(struct json_writer *w, const struct recourse_pen *p,
                     const struct recourse_plan *plan,
                     const struct recourse_stretches *around)
{
    char room[64];
    const struct project *project = p->seeking->session->project;
    json_put_string(w, "status", status_text(plan, room, sizeof room));
    bool some = plan->changes > 0;
    put_number(w, "cost",
               some ? recourse_cost_shown(plan->cost) : (double)NAN);
    put_number(w, "lower", recourse_cost_shown(plan->lower));
    put_number(w, "gap", some ? plan->gap : (double)NAN);
    json_key(w, "changes");
    put_changes(w, p, plan, around, NULL);
    put_number(w, "score",
               some ? project_score(project, plan->margin) : (double)NAN);
    json_put_int(w, "nodes", plan->nodes);
}

static void write_changes(const struct part *part, struct json_writer *w)
{
    static const struct recourse_plan none;
    static const struct recourse_stretches nothing;
    const struct recourse_found *f = part->found;
    put_changes(w, part->pen, f == NULL ? &none : &f->result.plan,
                f == NULL ? &nothing : &f->plan,
                f != NULL && f->has_slack ? &f->slack : NULL);
}

static void write_alternatives(const struct part *part, struct json_writer *w)
{
    const struct recourse_found *f = part->found;
    json_array(w);
    for (size_t i = 0; f != NULL && i < f->result.alternatives; i++) {
        json_object(w);
        json_put_bool(w, "disjoint", f->result.disjoint[i]);
        json_put_bool(w, "another", f->another[i]);
        put_plan(w, part->pen, &f->result.alternative[i], &f->alternative[i]);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_safer(const struct part *part, struct json_writer *w)
{
    const struct recourse_found *f = part->found;
    if (f == NULL || !f->result.safer_asked) {
        json_null(w);
        return;
    }
    const struct recourse_plan *safer = &f->result.safer;
    bool both = safer->changes > 0 && f->result.plan.changes > 0;
    json_object(w);
    put_plan(w, part->pen, safer, &f->safer);
    put_number(w, "more", both ? recourse_cost_shown(safer->cost -
                                                     f->result.plan.cost)
                               : (double)NAN);
    json_object_end(w);
}

static void write_nearest(const struct part *part, struct json_writer *w)
{
    const struct recourse_found *f = part->found;
    if (f == NULL || f->result.nearest_lever < 0) {
        json_null(w);
        return;
    }
    const struct recourse_result *r = &f->result;
    size_t lever = (size_t)r->nearest_lever;
    json_object(w);
    json_put_string(w, "lever", lever_name(part->pen, lever));
    put_value(w, part->pen, "to", lever, r->nearest_value);
    put_number(w, "score", project_score(part->pen->seeking->session->project,
                                         r->nearest_margin));
    json_put_bool(w, "enough", r->nearest_enough);
    json_object_end(w);
}

static void write_radius(const struct part *part, struct json_writer *w)
{
    const struct recourse_found *f = part->found;
    if (f == NULL || !f->has_radius) {
        json_null(w);
        return;
    }
    json_object(w);
    put_number(w, "lower", f->radius.lower);
    put_number(w, "upper", f->radius.upper);
    json_put_bool(w, "proven", f->radius.proven);
    json_put_bool(w, "never", f->radius.never);
    json_object_end(w);
}

static void write_slack(const struct part *part, struct json_writer *w)
{
    const struct recourse_found *f = part->found;
    const struct recourse_problem *p = part->pen->seeking->limits.problem;
    if (f == NULL || !f->has_slack) {
        json_null(w);
        return;
    }
    json_array(w);
    for (size_t i = 0; i < p->scores; i++)
        json_number(w, f->slack.score[i]);
    json_array_end(w);
}

static void write_missing(const struct part *part, struct json_writer *w)
{
    const struct recourse_found *f = part->found;
    const struct recourse_problem *p = part->pen->seeking->limits.problem;
    json_array(w);
    for (size_t i = 0; f != NULL && i < p->levers; i++)
        if (f->result.missing[i])
            json_string(w, lever_name(part->pen, i));
    json_array_end(w);
}

/* --- the line --- */

static const char *const columns[] = {
    "row", "id", "target", "status", "cost", "lower", "gap", "changes",
    "score", "slack", "alternatives", "safer", "nearest", "radius", "nodes",
    "guard_changed", "missing", "note"};

void recourse_head(struct buf *head)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        head_name(head, columns[i]);
    buf_putc(head, '\n');
}

static const char *status_of(const struct recourse_pen *p,
                             const struct recourse_found *f, char *room,
                             size_t size)
{
    if (f == NULL)
        return p->decline ? "cutoff missed" : "cutoff met";
    return f->failed ? "not searched"
                     : status_text(&f->result.plan, room, size);
}

static const char *note_of(const struct recourse_pen *p,
                           const struct recourse_found *f)
{
    if (f != NULL && f->failed)
        return f->why;
    return p->decline ? "for audit only: never in a letter or explanation"
                      : NULL;
}

static void put_parts(struct line *l, const struct recourse_pen *p,
                      const struct recourse_found *f, struct error *e)
{
    static const struct {
        const char *key;
        void (*write)(const struct part *, struct json_writer *);
    } parts[] = {{"slack", write_slack},
                 {"alternatives", write_alternatives},
                 {"safer", write_safer},
                 {"nearest", write_nearest},
                 {"radius", write_radius}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        put_part(l, parts[i].key, &(struct part){p, f, parts[i].write}, e);
}

status recourse_line(const struct recourse_pen *p, const struct row_in *in,
                     double score, const struct recourse_found *found, bool csv,
                     struct buf *out, struct error *e)
{
    char room[64];
    const double none = (double)NAN;
    const struct recourse_plan *plan =
        found != NULL && !found->failed ? &found->result.plan : NULL;
    bool some = plan != NULL && plan->changes > 0;
    struct line l;
    line_begin(&l, out, csv);
    line_int(&l, "row", in->ordinal);
    line_text(&l, "id", in->id);
    line_text(&l, "target", p->decline ? "decline" : "approve");
    line_text(&l, "status", status_of(p, found, room, sizeof room));
    line_number(&l, "cost", some ? recourse_cost_shown(plan->cost) : none);
    line_number(&l, "lower",
                plan != NULL ? recourse_cost_shown(plan->lower) : none);
    line_number(&l, "gap", some ? plan->gap : none);
    put_part(&l, "changes", &(struct part){p, found, write_changes}, e);
    line_number(&l, "score",
                some ? project_score(p->seeking->session->project, plan->margin)
                     : score);
    put_parts(&l, p, found, e);
    line_int(&l, "nodes", plan != NULL ? plan->nodes : 0);
    line_flag(&l, "guard_changed", plan != NULL && plan->guard_changed);
    put_part(&l, "missing", &(struct part){p, found, write_missing}, e);
    line_text(&l, "note", note_of(p, found));
    return line_end(&l, e);
}
