/* Help topics, each made from the table that makes the checks. */
#include "batch/setup.h"

#include "base/buf.h"
#include "facts/schema.h"
#include "formats/formats.h"
#include "project/project.h"
#include "reasons/gates.h"
#include "shapley/estimate.h"
#include "shapley/estimators.h"

#include <string.h>

static void tell_gates(struct buf *out)
{
    for (int i = 0; i < GATES; i++) {
        const struct gate *g = gate_at((enum gate_id)i);
        buf_printf(out, "%s [%s]\n  %s\n  to do: %s\n  %s\n", g->id,
                   gate_severity_word(g->severity), g->what, g->remedy,
                   g->citation);
    }
    buf_puts(out, "\nThe checklist that every notice is held against:\n");
    for (int i = 0; i < CHECKS; i++) {
        const struct check *c = check_at((enum check_id)i);
        buf_printf(out, "%-4s %s (%s)\n", c->id, c->text, c->citation);
    }
}

static void tell_estimators(struct buf *out)
{
    for (size_t i = 0; i < estimator_count(); i++) {
        const struct estimator *x = estimator_at(i);
        buf_printf(out, "%s\n    %s%s%s%s\n", x->name, x->title,
                   x->exact ? "; exact" : "",
                   x->has_interactions ? "; --interactions" : "",
                   x->needs_reference ? "; needs --reference" : "");
    }
    buf_puts(out, "estimate\n    the interventional game, estimated with an "
                  "interval for each value, where\n    the model can only be "
                  "asked; --evaluations, --until; the best of these:\n");
    for (size_t i = 0; i < estimation_count(); i++) {
        const struct estimation *x = estimation_at(i);
        buf_printf(out, "    %-12s %s\n", x->name, x->title);
    }
}

static void tell_formats(struct buf *out)
{
    for (size_t i = 0; formats[i] != NULL; i++)
        buf_printf(out, "%-18s %s (%s)\n", formats[i]->name, formats[i]->title,
                   formats[i]->suffixes);
}

static const char *kind_word(enum fact_kind k)
{
    switch (k) {
    case FACT_NUMBER:
        return "number";
    case FACT_DATE:
        return "date";
    case FACT_BOOLEAN:
        return "boolean";
    case FACT_TEXT:
        return "text";
    case FACT_GROUP:
    case FACT_MISSING:
        break;
    }
    return "group";
}

static void tell_rows(struct buf *out, const struct schema_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%-44s %-8s %s%s%s\n", rows[i].path,
                   kind_word(rows[i].kind), rows[i].what,
                   rows[i].unit != NULL ? "; unit: " : "",
                   rows[i].unit != NULL ? rows[i].unit : "");
}

static void tell_facts(struct buf *out)
{
    buf_puts(out, "Facts of a decision\n");
    tell_rows(out, schema_decision_rows, schema_decision_count);
    buf_puts(out, "\nFacts of a model card\n");
    tell_rows(out, schema_card_rows, schema_card_count);
}

static const struct {
    const char *name, *what;
    void (*tell)(struct buf *out);
} topics[] = {
    {"gates", "what blocks, marks or warns, with citations", tell_gates},
    {"estimators", "how contributions are computed", tell_estimators},
    {"formats", "model files that are read", tell_formats},
    {"facts", "every name that a template may use", tell_facts},
};

static bool tell_topic(const char *topic, struct buf *out)
{
    if (strcmp(topic, "config") == 0)
        return project_help(NULL, out, false);
    if (strcmp(topic, "config-markdown") == 0)
        return project_help(NULL, out, true);
    if (strncmp(topic, "config.", 7) == 0)
        return project_help(topic + 7, out, false);
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        if (strcmp(topic, topics[i].name) == 0) {
            topics[i].tell(out);
            return true;
        }
    buf_printf(out, "There is no topic \"%s\". Topics:\n", topic);
    buf_printf(out, "  %-12s %s\n", "config", "every key of candor.json; "
               "config.KEY shows one");
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        buf_printf(out, "  %-12s %s\n", topics[i].name, topics[i].what);
    return false;
}

int setup_help(const struct host *host, const char *topic)
{
    struct buf out = BUF_INIT(16 << 20);
    struct error e = {.class = ST_OK};
    bool known = tell_topic(topic != NULL ? topic : "", &out);
    int code = known ? EXIT_DONE : EXIT_USAGE;
    if (!known)
        host->message(host->self, SEVERITY_ERROR, buf_text(&out));
    else if (buf_status(&out, &e) != ST_OK ||
             host_write(host, buf_text(&out), out.length, &e) != ST_OK)
        code = EXIT_IO;
    buf_free(&out);
    return code;
}
