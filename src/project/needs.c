/* What documents need and score, explain and recourse do not: gaps that block
 * documents alone. One table says when each is owed. */
#include "project/reading.h"

#include <string.h>

enum owed { OWED_NOTICE, OWED_DECISIONS, OWED_DOCUMENTS };

struct need {
    enum owed owed;
    const char *gate, *key, *why;
    size_t offset; /* of a const char * in struct project */
};
#define AT(m) offsetof(struct project, m)
static const struct need needs[] = {
    {OWED_NOTICE, "creditor", "institution.name",
     "a notice names the creditor (12 CFR 1002.9(a)(2))", AT(institution.name)},
    {OWED_NOTICE, "creditor", "institution.address",
     "a notice gives the creditor's address (12 CFR 1002.9(a)(2))",
     AT(institution.address)},
    {OWED_NOTICE, "agency", "institution.creditor_class",
     "it selects the Federal agency (12 CFR 1002.9(b)(1))",
     AT(institution.creditor_class)},
    {OWED_NOTICE, "pack-missing", "documents.packs",
     "a notice takes its legal text from a pack (\"us-ecoa-fcra\")",
     AT(documents.pack)},
    {OWED_DECISIONS, "decisions", "data.decisions",
     "documents are made for its rows", AT(decisions.spec.location)},
    {OWED_DECISIONS, "decisions", "data.columns.id",
     "each document bears the decision's identifier", AT(column.id)},
    {OWED_NOTICE, "applicant", "data.columns.applicant_name",
     "a notice is addressed to the applicant (12 CFR 1002.9(f))",
     AT(column.applicant_name)},
    {OWED_NOTICE, "applicant", "data.columns.applicant_address",
     "a notice is addressed to the applicant (12 CFR 1002.9(f))",
     AT(column.applicant_address)},
    {OWED_NOTICE, "dates-missing", "data.columns.application_date",
     "the time limit runs from it (12 CFR 1002.9(a)(1))",
     AT(column.application_date)},
    {OWED_DOCUMENTS, "document-date", "documents.date",
     "documents bear a date, and candor reads no clock", AT(documents.date)},
    {OWED_DOCUMENTS, "model-name", "model.id",
     "every document names the model", AT(model.id)},
};

static bool owed(const struct project *p, enum owed o)
{
    const struct project_documents *d = &p->documents;
    switch (o) {
    case OWED_NOTICE: return d->notice;
    case OWED_DECISIONS: return d->notice || d->explanation;
    case OWED_DOCUMENTS: return d->notice || d->explanation || d->card;
    }
    return false;
}

static void block(struct project *p, struct fault_list *faults,
                  const char *gate, const void *at, const char *text)
{
    fault_put(p->places, faults, FAULT_BLOCK, gate,
              place_of(p->places, at, PLACE_NONE), "%s", text);
}

static void check_methods(struct project *p, struct fault_list *faults)
{
    const struct project_documents *d = &p->documents;
    bool a = text_equal(d->method, "A");
    const struct project_table *own = a ? &p->reference_a : &p->reference_b,
                               *other = a ? &p->reference_b : &p->reference_a;
    if (own->spec.location == NULL)
        fault_put(p->places, faults, FAULT_BLOCK, "reference-unnamed",
                  PLACE_NONE,
                  "data.reference.%s is missing: reasons by method %s need "
                  "their named population (comment 9(b)(2)-5)",
                  d->method, d->method);
    if (other->spec.location == NULL)
        fault_put(p->places, faults, FAULT_WARN, "one-method", PLACE_NONE,
                  "data.reference.%s is missing: without it the two methods "
                  "cannot be compared",
                  a ? "B" : "A");
    if (!p->model.has_cutoff)
        block(p, faults, "score-missing", NULL,
              "model.cutoff is missing: without it nobody is approved or "
              "declined by score");
    if (p->model.orientation == ORIENTATION_UNSAID)
        block(p, faults, "score-missing", NULL,
              "model.orientation is missing: whether a higher output is better "
              "for the person cannot be guessed");
}

static void check_notice(struct project *p, struct fault_list *faults)
{
    const struct project_documents *d = &p->documents;
    const struct institution *i = &p->institution;
    if (d->variant == REASONS_RIGHT_TO &&
        (i->contact_name == NULL || i->contact_telephone == NULL ||
         i->contact_address[0] == NULL))
        block(p, faults, "rights-contact", &d->variant,
              "a notice of the right to reasons needs institution.contact's "
              "name, address and telephone (12 CFR 1002.9(a)(2)(ii))");
    if (d->most_reasons > 4 && d->reasons_override == NULL)
        block(p, faults, "reasons-many", &d->most_reasons,
              "documents.most_reasons is above 4: say why in "
              "documents.reasons_override (comment 9(b)(2)-1)");
    else if (d->most_reasons > 4)
        fault_put(p->places, faults, FAULT_WARN, "reasons-override",
                  place_of(p->places, &d->most_reasons, PLACE_NONE),
                  "documents.most_reasons is above 4 by a declared override");
    if (p->column.bureau != NULL && d->disclosed == DISCLOSED_UNSAID)
        block(p, faults, "score-unsaid", &p->column.bureau,
              "documents.score_disclosed is missing: say bureau, own or none "
              "(15 USC 1681m(a)(2))");
    for (size_t k = 0; k < p->bureaus; k++) {
        const struct bureau *b = &p->bureau[k];
        if (b->name == NULL || b->telephone == NULL || b->address[0] == NULL)
            fault_put(p->places, faults, FAULT_BLOCK, "bureau", b->place,
                      "agency \"%s\" needs name, address and telephone "
                      "(15 USC 1681m(a)(3)(A))",
                      b->key == NULL ? "" : b->key);
    }
}

void project_check_documents(struct project *p, struct fault_list *faults)
{
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        const struct need *n = &needs[i];
        const char *text;
        memcpy(&text, (const char *)p + n->offset, sizeof text);
        if (owed(p, n->owed) && text == NULL)
            fault_put(p->places, faults, FAULT_BLOCK, n->gate, PLACE_NONE,
                      "%s is missing: %s", n->key, n->why);
    }
    if (p->documents.notice || p->documents.explanation)
        check_methods(p, faults);
    if (p->documents.notice)
        check_notice(p, faults);
    if (p->documents.card && p->evaluations == 0)
        fault_put(p->places, faults, FAULT_MARK, "card-section", PLACE_NONE,
                  "data.evaluation is missing: the card measures its tables");
}
