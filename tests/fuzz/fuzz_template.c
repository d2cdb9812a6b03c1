/* A template's bytes: compiled against a small world, and run when it compiles. */
#include "document/template.h"
#include "facts/build.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct schema_row rows[] = {
    {"id", FACT_TEXT, NULL, ""},
    {"when", FACT_DATE, NULL, ""},
    {"score", FACT_NUMBER, NULL, ""},
    {"owner", FACT_TEXT, NULL, ""},
    {"reasons/reason[]/text", FACT_TEXT, NULL, ""},
    {"reasons/reason[]/points", FACT_NUMBER, NULL, ""},
};

static const char catalogue[] =
    "{\"format.missing\":\"-\",\"format.yes\":\"y\",\"format.no\":\"n\","
    "\"format.not-applicable\":\"-\",\"format.months\":\"{count}\","
    "\"format.years\":\"{count}\",\"format.years-months\":\"{years}{months}\","
    "\"format.ordinal\":\"{count}\",\"page.count\":\"{page} {pages}\","
    "\"table.continued\":\"c\",\"t\":\"T\",\"n\":\"{count, plural, one {# a} other "
    "{# b}}\",\"who\":\"{name}!\",\"alt\":\"{count} {first}\"}";

static struct fact *facts(struct arena *a, const struct language *l,
                          const struct schema *s)
{
    struct facts_maker m;
    facts_begin(&m, a, l, s);
    facts_text(&m, m.root, "id", "A-17");
    facts_date(&m, m.root, "when", (struct date){2026, 10, 14});
    facts_number(&m, m.root, "score", 612.5, AS_DECIMAL(1));
    facts_text(&m, m.root, "owner", NULL);
    struct fact *reasons = facts_group(&m, m.root, "reasons");
    for (int i = 0; i < 3; i++) {
        struct fact *r = facts_item(&m, reasons, "reason");
        facts_text(&m, r, "text", "because");
        facts_number(&m, r, "points", 5 - 4 * i, AS_SIGNED(0));
    }
    return facts_finish(&m, NULL) == ST_OK ? m.root : NULL;
}

static void try_template(const struct template_world *w, const uint8_t *bytes,
                         size_t length)
{
    struct template *t = NULL;
    struct document *d = NULL;
    struct error e;
    struct arena *a = arena_new((size_t)64 << 20);
    if (a == NULL)
        return;
    if (template_compile(w, "fuzz", (const char *)bytes, length, "fuzz", &t,
                         &e) == ST_OK) {
        struct template_inputs in = {.facts = facts(a, w->languages[0], w->schema),
                                     .language = w->languages[0]};
        if (in.facts != NULL && template_run(t, &in, a, &d, &e) == ST_OK &&
            d->body == NULL)
            __builtin_trap();
    }
    template_free(t);
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct schema *s = NULL;
    struct language *l = NULL;
    if (schema_new(rows, sizeof rows / sizeof *rows, &s, NULL) == ST_OK &&
        language_read("en", catalogue, sizeof catalogue - 1, "c", &l, NULL) ==
            ST_OK) {
        const struct language *const languages[] = {l};
        struct template_world w = {NULL, 0, s, languages, 1, NULL, 0};
        try_template(&w, bytes, length);
    }
    language_free(l);
    schema_free(s);
    return 0;
}
