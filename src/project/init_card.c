/* What candor init finds in a scorecard and in a model's splits: the scale of
 * points, factors with the card's own reasons, splits where the table has no
 * values. */
#include "project/reading.h"

#include "model/scorecard.h"
#include "syntax/json_write.h"

#include <math.h>
#include <stdlib.h>

static void put_text(struct buf *out, const char *key, const char *text)
{
    struct json_writer w = json_start(out, 0);
    struct error e;
    buf_printf(out, "\"%s\": ", key);
    json_string(&w, utf8_check(text, strlen(text)) == strlen(text) ? text : "");
    if (json_end(&w, &e) != ST_OK)
        out->failed = e.class;
}

static bool whole_points(const struct model *m)
{
    bool whole = m->base[0] == rint(m->base[0]);
    for (size_t t = 0; t < m->trees && whole; t++)
        for (uint32_t i = 0; i < m->tree[t].node_count; i++)
            whole &= m->tree[t].node[i].value == rint(m->tree[t].node[i].value);
    return whole;
}

static bool has_reasons(const struct model *m)
{
    return m->scorecard != NULL && m->scorecard->reasons &&
           m->scorecard->code != NULL;
}

void init_card_model(struct buf *out, const struct model *m)
{
    if (m->scorecard == NULL || m->link != LINK_IDENTITY)
        return;
    buf_printf(out, ",\n    // scores are the card's points\n    \"scale\": "
                    "{\"kind\": \"margin\"%s}",
               whole_points(m) ? ", \"decimals\": 0" : "");
    if (has_reasons(m))
        buf_printf(out, ",\n    // reasons are points %s the baseline\n"
                        "    \"orientation\": \"higher is %s\"",
                   m->scorecard->points == POINTS_BELOW ? "below" : "above",
                   m->scorecard->points == POINTS_BELOW ? "better" : "worse");
}

/* The reason that all bins of a characteristic have; NULL: they differ. */
static const char *reason_of(const struct model *m, size_t tree)
{
    const struct scorecard_code *code = m->scorecard->code[tree];
    for (uint32_t i = 0; i < m->tree[tree].leaf_count; i++)
        if (code == NULL || code[i].code == NULL ||
            strcmp(code[i].code, code[0].code) != 0)
            return NULL;
    return m->tree[tree].leaf_count == 0 ? NULL : code[0].code;
}

/* The one input that a characteristic reads; -1: none or several. */
static long input_of(const struct model *m, size_t tree)
{
    long input = -1;
    for (uint32_t i = 0; i < m->tree[tree].node_count; i++) {
        long f = m->tree[tree].node[i].feature;
        if (f >= 0 && input >= 0 && f != input)
            return -1;
        input = f >= 0 ? f : input;
    }
    return input;
}

/* The first characteristic with the same reason lends its input's name as the
 * factor's key. */
static long first_with(const struct model *m, size_t tree)
{
    const char *reason = reason_of(m, tree);
    for (size_t t = 0; reason != NULL && t < tree; t++) {
        const char *other = reason_of(m, t);
        if (other != NULL && strcmp(other, reason) == 0 && input_of(m, t) >= 0)
            return (long)t;
    }
    return (long)tree;
}

void init_card_factor(struct buf *out, const struct model *m, size_t input)
{
    for (size_t t = 0; has_reasons(m) && t < m->trees; t++) {
        if (input_of(m, t) != (long)input)
            continue;
        long f = input_of(m, (size_t)first_with(m, t));
        buf_puts(out, ", ");
        put_text(out, "factor", m->feature[f].name);
        return;
    }
}

void init_card_factors(struct buf *out, const struct model *m)
{
    bool any = false;
    for (size_t t = 0; has_reasons(m) && t < m->trees; t++) {
        long f = input_of(m, t);
        const char *reason = reason_of(m, t);
        if (f < 0 || first_with(m, t) != (long)t)
            continue;
        buf_puts(out, any ? ",\n" : "  // GAP: names in plain words; the "
                                    "reasons are the card's own\n"
                                    "  \"factors\": [\n");
        any = true;
        if (reason == NULL)
            buf_puts(out, "    // GAP: its bins have different reasons: say "
                          "one in \"reason\"\n");
        buf_puts(out, "    {");
        put_text(out, "key", m->feature[f].name);
        buf_puts(out, ", ");
        put_text(out, "name", m->scorecard->name[t]);
        if (reason != NULL) {
            buf_puts(out, ", ");
            put_text(out, "reason", reason);
        }
        buf_putc(out, '}');
    }
    if (any)
        buf_puts(out, "\n  ],\n");
}

void init_card_outside(struct buf *out, const struct model *m, size_t input,
                       double low, double high)
{
    size_t splits = 0, outside = 0;
    for (size_t t = 0; t < m->trees; t++)
        for (uint32_t i = 0; i < m->tree[t].node_count; i++) {
            const struct node *n = &m->tree[t].node[i];
            if (n->feature != (int32_t)input || n->categorical ||
                !isfinite(n->threshold))
                continue;
            splits++;
            outside += n->threshold < low || n->threshold >= high;
        }
    if (outside > 0)
        buf_printf(out, "    // %zu of the model's %zu splits lie outside of "
                        "what was seen\n", outside, splits);
}
