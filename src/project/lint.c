/* Texts that are no reason, and names that speak of a prohibited basis: data
 * tables by language, matched on words, so that a new language is new rows. */
#include "project/reading.h"

#include <ctype.h>
#include <string.h>

/* 12 CFR 1002.9(b)(2): statements that the action was based on internal
 * standards or policies, or that a qualifying score was not reached, are
 * insufficient. Rows are lower case; a row is found anywhere in the text, a
 * row that begins with = must be the whole of it. */
struct phrase {
    const char *key, *text; /* language or basis */
};
static const struct phrase generic[] = {
#define GENERIC(language, text) {language, text},
#include "project/generic.def"
#undef GENERIC
};

static const struct phrase bases[] = {
#define BASIS(basis, word) {basis, word},
#include "project/bases.def"
#undef BASIS
};

/* Lower case letters and digits of any script, single blanks between words,
 * a blank at both ends. ASCII is folded; the tables hold the other letters as
 * they are written in the middle of a sentence. */
static void normal(const char *text, char *out, size_t room)
{
    size_t n = 0;
    out[n++] = ' ';
    for (; *text != '\0' && n + 2 < room; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x80 || isalnum(c))
            out[n++] = (char)tolower(c);
        else if (c != '\'' && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    if (out[n - 1] != ' ')
        out[n++] = ' ';
    out[n] = '\0';
}

static bool matches(const char *text, const char *words)
{
    char want[160];
    bool whole = words[0] == '=';
    normal(words + whole, want, sizeof want);
    return whole ? strcmp(text, want) == 0 : strstr(text, want) != NULL;
}

const char *reason_fault(const char *language, const char *text)
{
    char plain[1024];
    size_t primary = strcspn(language, "-");
    normal(text, plain, sizeof plain);
    if (plain[1] == '\0')
        return "it is empty";
    for (size_t i = 0; i < sizeof generic / sizeof *generic; i++) {
        const struct phrase *g = &generic[i];
        if (strlen(g->key) == primary &&
            strncmp(g->key, language, primary) == 0 && matches(plain, g->text))
            return g->text[0] == '='
                       ? "it names no factor at all"
                       : "it says that a standard was missed, not which "
                         "factor counted";
    }
    return NULL;
}

const char *basis_of_name(const char *name)
{
    char plain[512];
    normal(name, plain, sizeof plain);
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (matches(plain, bases[i].text))
            return bases[i].key;
    return NULL;
}

static void check_reason(struct project *p, struct fault_list *faults,
                         const char *kind, const char *key,
                         const struct translated *reason, const void *at,
                         struct place place)
{
    struct place where = place_of(p->places, at, place);
    for (size_t i = 0; i < p->languages; i++) {
        const char *text = translated_text(reason, i);
        const char *why =
            text == NULL ? NULL : reason_fault(p->language[i], text);
        if (text == NULL && p->documents.notice &&
            p->documents.variant == REASONS_GIVEN)
            fault_put(p->places, faults, FAULT_BLOCK, "reason-text", where,
                      "%s \"%s\" has no reason text in %s, and a notice needs "
                      "one",
                      kind, key, p->language[i]);
        if (why != NULL)
            fault_put(p->places, faults, FAULT_BLOCK, "reason-text", where,
                      "the reason text of %s \"%s\" in %s is not specific: %s",
                      kind, key, p->language[i], why);
    }
}

void project_check_texts(struct project *p, struct fault_list *faults)
{
    for (size_t i = 0; i < p->factors; i++)
        if (p->factor[i].key != NULL)
            check_reason(p, faults, "factor", p->factor[i].key,
                         &p->factor[i].reason, &p->factor[i].reason,
                         p->factor[i].place);
    for (size_t i = 0; i < p->rules; i++)
        if (p->rule[i].key != NULL)
            check_reason(p, faults, "rule", p->rule[i].key, &p->rule[i].reason,
                         &p->rule[i].reason, p->rule[i].place);
}
