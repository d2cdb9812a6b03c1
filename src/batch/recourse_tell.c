#include "batch/recourse_tell.h"

#include "model/evaluate.h"

static void tell_wrong(const struct session *s, const struct recourse_audit *a)
{
    const struct project *p = s->project;
    for (size_t i = 0; i < p->features; i++) {
        double wrong = audit_wrong(a, i);
        if (wrong <= 0)
            continue;
        bool higher = p->feature[i].expected == DIRECTION_HIGHER_BETTER;
        host_say(s->host, SEVERITY_WARNING,
                 "%.0f of %.0f plans that change %s move it %s, against its "
                 "declared direction (%s is better): a defect of the model",
                 wrong, audit_moved(a, i), p->feature[i].input,
                 higher ? "down" : "up", higher ? "higher" : "lower");
    }
}

void recourse_tell(const struct session *s, const struct recourse_told *t)
{
    const struct recourse_audit *a = t->audit;
    host_say(s->host, SEVERITY_NOTE,
             "recourse: %.0f searched: %.0f proven smallest, %.0f within a gap, "
             "%.0f found, %.0f proven impossible, %.0f not decided; %llu could "
             "not be searched; %.0f %s; the guard changed %.0f answers",
             audit_n(a, 0), audit_count(a, 0, AUDIT_PROVEN),
             audit_count(a, 0, AUDIT_WITHIN), audit_count(a, 0, AUDIT_FOUND),
             audit_count(a, 0, AUDIT_IMPOSSIBLE),
             audit_count(a, 0, AUDIT_UNDECIDED), t->failed, audit_boxes(a),
             model_is_local(s->model) ? "boxes"
                                      : "changes asked of the model",
             audit_guard_changed(a));
    if (t->met > 0)
        host_say(s->host, SEVERITY_NOTE, "%llu row%s %s the cutoff already",
                 t->met, t->met == 1 ? "" : "s", t->decline ? "missed" : "met");
    if (t->decline)
        host_say(s->host, SEVERITY_NOTE, "what would have made approved "
                 "decisions fail: for audit only, never for a letter");
    else
        tell_wrong(s, a);
}

static void put_count(struct json_writer *w, const char *key, double x)
{
    json_put_int(w, key, (long long)x);
}

static void put_reasons(struct json_writer *w, const struct recourse_audit *a)
{
    struct audit_reasons r = audit_reasons_all(a);
    json_key(w, "reasons");
    json_object(w);
    put_count(w, "given", r.given);
    put_count(w, "without_lever", r.unmovable);
    put_count(w, "proven_impossible", r.impossible);
    put_count(w, "where_a_plan_is", r.planned);
    put_count(w, "that_no_plan_uses", r.unused);
    put_count(w, "first", r.first);
    put_count(w, "first_without_recourse", r.first_without);
    json_object_end(w);
}

static void put_wrong(struct json_writer *w, const struct project *p,
                      const struct recourse_audit *a)
{
    json_key(w, "wrong_direction");
    json_array(w);
    for (size_t i = 0; i < p->features; i++) {
        if (audit_wrong(a, i) <= 0)
            continue;
        json_object(w);
        json_put_string(w, "input", p->feature[i].input);
        put_count(w, "plans", audit_moved(a, i));
        put_count(w, "wrong", audit_wrong(a, i));
        json_object_end(w);
    }
    json_array_end(w);
}

void recourse_tell_json(const struct session *s, const struct recourse_told *t,
                        struct json_writer *w)
{
    static const char *const words[] = {"proven_smallest", "within", "found",
                                        "impossible", "undecided"};
    const struct recourse_audit *a = t->audit;
    json_key(w, "recourse");
    json_object(w);
    for (int i = 0; i < AUDIT_ANSWERS; i++)
        put_count(w, words[i],
                  a == NULL ? 0 : audit_count(a, 0, (enum audit_answer)i));
    json_put_int(w, "not_searched", (long long)t->failed);
    if (a != NULL && audit_n(a, 0) > 0) {
        put_count(w, "guard_changed", audit_guard_changed(a));
        put_count(w, "boxes", audit_boxes(a));
        put_reasons(w, a);
        put_wrong(w, s->project, a);
    }
    json_object_end(w);
}
