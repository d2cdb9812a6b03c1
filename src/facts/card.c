/* The facts of a model card: its sections in their order, and what is missing
 * in them. */
#include "facts/card_parts.h"

#include <string.h>

/* Where sections stand in the tree; numbers are those of the card. */
static const struct {
    int number;
    const char *group;
} sections[] = {
    {1, "cover"},         {2, "summary"},     {3, "intended-use"},
    {4, "process"},       {5, "data"},        {6, "feature"},
    {7, "model"},         {8, "performance"}, {9, "stability"},
    {10, "explainability"}, {11, "fairness"}, {12, "robustness"},
    {13, "limits"},       {14, "oversight"},  {15, "monitoring"},
    {16, "validation"},   {17, "changes"},    {18, "regulation"},
    {19, "appendix"}};

static bool has_value(const struct fact *f)
{
    if (f->kind != FACT_GROUP)
        return f->kind != FACT_MISSING;
    for (const struct fact *x = f->first; x != NULL; x = x->next)
        if (has_value(x))
            return true;
    return false;
}

static void count_empty(struct card_maker *c, struct fact *g)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const struct fact *f = fact_child(c->m.root, sections[i].group);
        if (f != NULL && has_value(f))
            continue;
        c->counts.sections_empty++;
        (void)card_count(c, facts_item(&c->m, g, "empty"), "section",
                         sections[i].number);
    }
    (void)card_count(c, g, "sections-empty", (double)c->counts.sections_empty);
}

/* "intended_use.users" → "intended-use/users". */
static char *tree_path(struct card_maker *c, const char *path)
{
    char *s = arena_string(c->m.arena, path);
    for (char *p = s; p != NULL && *p != '\0'; p++)
        *p = *p == '.' ? '/' : *p == '_' ? '-' : *p;
    return s;
}

static int section_of(const char *path)
{
    size_t n = strcspn(path, "/");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strlen(sections[i].group) == n &&
            memcmp(sections[i].group, path, n) == 0)
            return sections[i].number;
    return 0;
}

static void add_statement(struct card_maker *c, struct fact *g,
                          const char *name, const char *key,
                          const struct statement *s)
{
    struct date d;
    struct fact *f;
    struct buf text = BUF_INIT(256);
    if (s->text != NULL && date_parse(s->text, strlen(s->text), &d)) {
        language_date(c->m.language, d, &text);
        f = facts_printed(&c->m, g, name, s->text, buf_text(&text));
    } else {
        f = facts_text(&c->m, g, name, s->text);
    }
    buf_free(&text);
    if (f->kind == FACT_MISSING)
        return;
    if (s->by != NULL)
        facts_attested(&c->m, f, s->by, s->at);
    else
        facts_declared(&c->m, f, arena_format(c->m.arena, "card.%s", key));
}

static bool in_section(const char *path, const char *section)
{
    size_t n = strlen(section);
    return strncmp(path, section, n) == 0 && path[n] == '/';
}

void card_declared(struct card_maker *c, const char *section)
{
    struct fact *g = facts_group(&c->m, c->m.root, section);
    for (size_t i = 0; i < c->p->cards; i++) {
        const struct card_statement *s = &c->p->card[i];
        const char *path = tree_path(c, s->path);
        if (path != NULL && in_section(path, section))
            add_statement(c, g, path + strlen(section) + 1, s->path, &s->s);
    }
    static const struct statement none;
    for (size_t i = 0; i < c->p->card_lists; i++) {
        const struct card_list *l = &c->p->card_list[i];
        const char *path = tree_path(c, l->path);
        if (path == NULL || !in_section(path, section))
            continue;
        struct fact *list =
            facts_group(&c->m, g, path + strlen(section) + 1);
        for (size_t k = 0; k < l->items || k == 0; k++)
            add_statement(c, facts_item(&c->m, list, "item"), "text", l->path,
                          k < l->items ? &l->item[k] : &none);
    }
}

/* --- completeness --- */

/* The words of the language where it has them; else those of the key table. */
static void add_title(struct card_maker *c, struct fact *item, const char *key,
                      const char *title)
{
    char *message = arena_format(c->m.arena, "card.part.%s", key);
    for (char *p = message; p != NULL && *p != '\0'; p++)
        *p = *p == '_' ? '-' : *p;
    if (message != NULL && language_find(c->m.language, message) >= 0)
        (void)facts_word(&c->m, item, "title", title, message);
    else
        (void)card_word(c, item, "title", title);
}

static void add_gap(struct card_maker *c, struct fact *g, const char *key,
                    const char *title)
{
    const char *path = tree_path(c, key);
    struct fact *item = facts_item(&c->m, g, "gap");
    if (path == NULL)
        return;
    (void)card_count(c, item, "section", section_of(path));
    (void)card_word(c, item, "path", path);
    (void)card_word(c, item, "key", arena_format(c->m.arena, "card.%s", key));
    add_title(c, item, key, title);
    c->counts.not_provided++;
}

/* Both tables in one order: that of the card's sections. */
static void add_gaps(struct card_maker *c, struct fact *g)
{
    for (size_t k = 0; k < sizeof sections / sizeof *sections; k++) {
        for (size_t i = 0; i < c->p->cards; i++) {
            const struct card_statement *s = &c->p->card[i];
            const char *path = tree_path(c, s->path);
            if (path != NULL && s->s.text == NULL &&
                section_of(path) == sections[k].number)
                add_gap(c, g, s->path, s->title);
        }
        for (size_t i = 0; i < c->p->card_lists; i++) {
            const struct card_list *l = &c->p->card_list[i];
            const char *path = tree_path(c, l->path);
            if (path != NULL && l->items == 0 &&
                section_of(path) == sections[k].number)
                add_gap(c, g, l->path, l->title);
        }
    }
}

static void add_part(struct card_maker *c, struct fact *g, const char *word,
                     const char *message, size_t count)
{
    struct fact *item = facts_item(&c->m, g, "share");
    card_said_word(c, item, "name", word, message);
    (void)card_count(c, item, "count", (double)count);
}

void card_completeness(struct card_maker *c)
{
    struct fact *g = facts_group(&c->m, c->m.root, "completeness");
    struct facts_tally t = facts_count(c->m.root);
    double parts = (double)(c->p->cards + c->p->card_lists);
    (void)card_count(c, g, "computed", (double)t.computed);
    (void)card_count(c, g, "declared", (double)t.declared);
    (void)card_count(c, g, "attested", (double)t.attested);
    (void)card_count(c, g, "missing", (double)t.missing);
    (void)card_count(c, g, "not-applicable", (double)t.not_applicable);
    add_part(c, g, "computed", "card.share.computed", t.computed);
    add_part(c, g, "declared", "card.share.declared", t.declared);
    add_part(c, g, "attested", "card.share.attested", t.attested);
    add_part(c, g, "missing", "card.share.missing", t.missing);
    add_gaps(c, g);
    double missing = (double)c->counts.not_provided;
    (void)card_count(c, g, "parts", parts);
    (void)card_count(c, g, "parts-given", parts - missing);
    (void)card_count(c, g, "parts-missing", missing);
    count_empty(c, g);
    (void)card_count(c, g, "intervals-missing",
                     (double)c->counts.intervals_missing);
    (void)card_count(c, g, "small-n", (double)c->counts.small_n);
    (void)card_count(c, g, "limit", (double)c->p->documents.small_n);
}

void card_gates(struct card_maker *c)
{
    const struct gate_list *g = c->f->gates;
    for (size_t i = 0; g != NULL && i < g->count; i++) {
        const struct gate *gate = gate_at(g->fired[i].gate);
        struct fact *item = facts_item(&c->m, c->m.root, "gate");
        (void)card_word(c, item, "id", gate->id);
        (void)card_word(c, item, "severity",
                        gate_severity_word(gate->severity));
        (void)card_word(c, item, "citation", gate->citation);
        if (g->fired[i].detail[0] != '\0')
            (void)card_word(c, item, "detail", g->fired[i].detail);
    }
    for (size_t i = 0; i < c->f->packs; i++) {
        const struct pack_info *pack = &c->f->pack[i];
        struct fact *item = facts_item(&c->m, c->m.root, "pack");
        (void)facts_text(&c->m, item, "key", pack->key);
        (void)facts_text(&c->m, item, "sha256", pack->sha256);
        (void)facts_text(&c->m, item, "from", pack->from);
    }
}

status facts_card(const struct card_findings *f, size_t language,
                  const struct language *l, struct arena *a, struct fact **out,
                  struct card_counts *counts, struct error *e)
{
    struct card_maker c = {.f = f, .p = f->project, .language = language};
    facts_begin(&c.m, a, l, f->schema);
    card_cover(&c);
    card_summary(&c);
    (void)facts_group(&c.m, c.m.root, "completeness"); /* filled at the end */
    card_declared(&c, "intended-use");
    card_yes(&c, facts_group(&c.m, c.m.root, "intended-use"), "automated",
             c.p->documents.automated);
    card_process(&c);
    card_data(&c);
    card_features(&c);
    card_model(&c);
    card_performance(&c);
    card_stability(&c);
    card_explainability(&c);
    card_fairness(&c);
    card_robustness(&c);
    static const char *const declared[] = {"limits", "oversight", "monitoring",
                                           "validation", "changes"};
    for (size_t i = 0; i < sizeof declared / sizeof *declared; i++)
        card_declared(&c, declared[i]);
    card_regulation(&c);
    card_appendix(&c);
    card_completeness(&c);
    card_gates(&c);
    TRY(facts_finish(&c.m, e));
    *out = c.m.root;
    if (counts != NULL)
        *counts = c.counts;
    return ST_OK;
}
