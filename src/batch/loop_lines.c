#include "batch/loop_lines.h"

#include "syntax/json_write.h"

#include <string.h>

static void put_gates(struct json_writer *w, const struct gate_list *g,
                      bool blocking)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct gate *gate = gate_at(g->fired[i].gate);
        if ((gate->severity == GATE_BLOCK) != blocking)
            continue;
        json_object(w);
        json_put_string(w, "gate", gate->id);
        json_put_string(w, "citation", gate->citation);
        json_put_string(w, "what", gate->what);
        if (g->fired[i].detail[0] != '\0')
            json_put_string(w, "detail", g->fired[i].detail);
        json_put_string(w, "remedy", gate->remedy);
        json_object_end(w);
    }
}

status refusal_line(const struct gate_list *run, struct result *r,
                    const struct finding *f, struct error *e)
{
    struct json_writer w = json_start(&r->line, 0);
    json_object(&w);
    json_put_string(&w, "id", f->decision.id);
    json_put_int(&w, "row", f->decision.row);
    json_put_string(&w, "action", action_word(f->decision.action));
    json_key(&w, "gates");
    json_array(&w);
    put_gates(&w, run, true);
    put_gates(&w, &f->gates, true);
    json_array_end(&w);
    json_object_end(&w);
    for (size_t i = 0; i < f->gates.count; i++) {
        const struct gate *gate = gate_at(f->gates.fired[i].gate);
        if (gate->severity == GATE_BLOCK && r->note.length == 0)
            buf_puts(&r->note, gate->what);
    }
    return json_end(&w, e);
}

status decision_line(struct result *r, const struct finding *f,
                     struct error *e)
{
    struct json_writer w = json_start(&r->line, 0);
    json_object(&w);
    json_put_string(&w, "id", f->decision.id);
    json_put_int(&w, "row", f->decision.row);
    json_put_string(&w, "action", action_word(f->decision.action));
    if (f->decision.has_score)
        json_put_number(&w, "score", f->decision.score);
    json_put_string(&w, "folder", r->folder);
    json_key(&w, "documents");
    json_object(&w);
    for (size_t i = 0; i < r->files.count; i++) {
        const struct ledger_file *file = &r->files.file[i];
        json_put_string(&w, strrchr(file->path, '/') + 1, file->sha256);
    }
    json_object_end(&w);
    json_key(&w, "warnings");
    json_array(&w);
    for (size_t i = 0; i < f->gates.count; i++)
        json_string(&w, gate_at(f->gates.fired[i].gate)->id);
    json_array_end(&w);
    json_object_end(&w);
    return json_end(&w, e);
}

status bad_line(struct result *r, const struct row_error *bad,
                struct error *e)
{
    r->outcome = OUTCOME_BAD;
    struct json_writer w = json_start(&r->line, 0);
    json_object(&w);
    json_put_int(&w, "row", bad->row);
    json_put_int(&w, "line", bad->line);
    json_put_int(&w, "column", bad->column);
    if (bad->name != NULL)
        json_put_string(&w, "name", bad->name);
    json_put_string(&w, "error", bad->text);
    json_object_end(&w);
    return json_end(&w, e);
}
