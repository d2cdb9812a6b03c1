/* Gates that look at the run before any document, and at the card. */
#include "reasons/checks.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void gates_pack(const struct project *p, const struct pack_status *pack,
                struct gate_list *out)
{
    if (!p->documents.notice || pack == NULL)
        return;
    if (!pack->present) {
        gate_list_add(out, GATE_PACK_MISSING, "");
        return;
    }
    if (!pack->agency_known)
        gate_list_add(out, GATE_AGENCY,
                      p->institution.creditor_class == NULL
                          ? ""
                          : p->institution.creditor_class);
    if (pack->altered)
        gate_list_add(out, GATE_PACK_ALTERED, "");
    if (pack->expired)
        gate_list_add(out, GATE_PACK_EXPIRED, "");
}

static void gate_inputs(const struct project *p, struct gate_list *out)
{
    for (size_t i = 0; i < p->features; i++)
        if (p->feature[i].scored && p->feature[i].factor < 0) {
            gate_list_add(out, GATE_FACTOR_MAP, p->feature[i].input);
            return;
        }
}

static void gate_reference(const struct project *p, const struct run_facts *f,
                           struct gate_list *out)
{
    enum reasons_method m =
        text_equal(p->documents.method, "B") ? METHOD_B : METHOD_A;
    const struct project_table *t =
        m == METHOD_B ? &p->reference_b : &p->reference_a;
    char detail[GATE_DETAIL_MAX];
    if (p->reasons_by == REASONS_BY_POINTS)
        return; /* a scorecard has its own baselines */
    if (t->spec.location == NULL || t->name == NULL) {
        gate_list_add(out, GATE_REFERENCE_UNNAMED, p->documents.method);
        return;
    }
    (void)snprintf(detail, sizeof detail, "%s: %lld of at least %zu rows",
                   t->name, f->reference_rows[m], t->minimum_rows);
    if (f->reference_rows[m] == 0)
        gate_list_add(out, GATE_REFERENCE_EMPTY, t->name);
    else if (f->reference_rows[m] > 0 &&
             (unsigned long long)f->reference_rows[m] < t->minimum_rows)
        gate_list_add(out, GATE_REFERENCE_SMALL, detail);
}

static bool address_given(const char *const *line)
{
    return line[0] != NULL;
}

static const char *key_without_text(const struct project *p)
{
    for (size_t l = 0; l < p->languages; l++) {
        for (size_t i = 0; i < p->factors; i++)
            if (translated_text(&p->factor[i].reason, l) == NULL)
                return p->factor[i].key;
        for (size_t i = 0; i < p->rules; i++)
            if (translated_text(&p->rule[i].reason, l) == NULL)
                return p->rule[i].key;
    }
    return NULL;
}

static void gate_notice(const struct project *p, const struct run_facts *f,
                        struct gate_list *out)
{
    const struct institution *i = &p->institution;
    const struct project_documents *d = &p->documents;
    if (i->name == NULL || !address_given(i->address))
        gate_list_add(out, GATE_CREDITOR, "");
    gates_pack(p, &f->pack, out);
    const char *key = d->variant == REASONS_GIVEN ? key_without_text(p) : NULL;
    if (key != NULL)
        gate_list_add(out, GATE_REASON_TEXT, key);
    if (d->variant == REASONS_RIGHT_TO &&
        (i->contact_name == NULL || i->contact_telephone == NULL ||
         !address_given(i->contact_address)))
        gate_list_add(out, GATE_RIGHTS_CONTACT, "");
    if (p->column.bureau != NULL && d->disclosed == DISCLOSED_UNSAID)
        gate_list_add(out, GATE_SCORE_UNSAID, "");
    if (d->most_reasons > 4)
        gate_list_add(out,
                      d->reasons_override == NULL ? GATE_REASONS_MANY
                                                  : GATE_REASONS_OVERRIDE,
                      d->reasons_override == NULL ? "" : d->reasons_override);
}

void gates_run(const struct project *p, const struct run_facts *f,
               struct gate_list *out)
{
    bool decisions = p->documents.notice || p->documents.explanation;
    memset(out, 0, sizeof *out);
    if (decisions &&
        (p->decisions.spec.location == NULL || p->column.id == NULL))
        gate_list_add(out, GATE_DECISIONS, "");
    if ((decisions || p->documents.card) && p->documents.date == NULL)
        gate_list_add(out, GATE_DOCUMENT_DATE, "");
    if ((decisions || p->documents.card) && p->model.id == NULL)
        gate_list_add(out, GATE_MODEL_NAME, "");
    if (decisions)
        gate_inputs(p, out);
    if (p->model.sha256 != NULL &&
        !text_equal(p->model.sha256, f->model_sha256))
        gate_list_add(out, GATE_MODEL_HASH, f->model_sha256);
    if (decisions)
        gate_reference(p, f, out);
    if (p->documents.notice)
        gate_notice(p, f, out);
}

static bool reference_poor(const struct project_table *t, long long rows)
{
    return t->spec.location == NULL || t->name == NULL ||
           (rows >= 0 && (unsigned long long)rows < t->minimum_rows);
}

void gates_card(const struct project *p, const struct card_facts *f,
                struct gate_list *out)
{
    char detail[GATE_DETAIL_MAX];
    memset(out, 0, sizeof *out);
    if (f->personal_column != NULL)
        gate_list_add(out, GATE_CARD_PERSONAL, f->personal_column);
    (void)snprintf(detail, sizeof detail, "%zu", f->sections_empty);
    if (f->sections_empty > 0)
        gate_list_add(out, GATE_CARD_SECTION, detail);
    (void)snprintf(detail, sizeof detail, "%zu", f->intervals_missing);
    if (f->intervals_missing > 0)
        gate_list_add(out, GATE_CARD_INTERVAL, detail);
    (void)snprintf(detail, sizeof detail, "%zu", f->small_n);
    if (f->small_n > 0)
        gate_list_add(out, GATE_CARD_SMALL, detail);
    if (p->model.has_cutoff &&
        (reference_poor(&p->reference_a, f->reference_rows[METHOD_A]) ||
         reference_poor(&p->reference_b, f->reference_rows[METHOD_B])))
        gate_list_add(out, GATE_CARD_REFERENCE, "");
}

/* Words of a column's name, each whole: "name" is one, "surname_hash" is not. */
bool column_is_personal(const char *name)
{
    static const char *const personal[] = {
        "name",      "applicant name", "first name", "last name",
        "full name", "surname",        "given name", "ssn",
        "social security number", "email", "e mail", "email address",
        "phone",     "telephone",      "phone number", "mobile",
        "street",    "address",        "street address", "passport",
        "iban",      "account number", "date of birth", "dob",
        "birth date", "national id",   "tax id",     "ip address"};
    char plain[80];
    size_t n = 0;
    for (; *name != '\0' && n + 1 < sizeof plain; name++)
        plain[n++] = isalnum((unsigned char)*name)
                         ? (char)tolower((unsigned char)*name)
                         : ' ';
    plain[n] = '\0';
    for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
        if (strcmp(plain, personal[i]) == 0)
            return true;
    return false;
}
