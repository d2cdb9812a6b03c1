/* A row of the decisions table → a typed record. One table says which declared
 * column fills which member, so that a new column is one row more. */
#include "reasons/decision.h"

#include "base/arena.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum kind { AS_TEXT, AS_DATE, AS_NUMBER, AS_ITEMS };

struct column {
    enum kind kind;
    size_t from;  /* const char * in struct decision_columns */
    size_t to;    /* in struct decision; SIZE_MAX: read by hand */
    size_t has;   /* its flag or count; SIZE_MAX: none */
    const char *what;
};
#define FROM(m) offsetof(struct decision_columns, m)
#define TO(m) offsetof(struct decision, m)
#define NOWHERE SIZE_MAX
enum { BY_HAND_ACTION, BY_HAND_COMPONENT, BY_HAND_BUREAU, BY_HAND_THIRD };

static const struct column columns[] = {
    {AS_TEXT, FROM(id), TO(id), NOWHERE, "id"},
    {AS_TEXT, FROM(applicant_name), TO(applicant_name), NOWHERE, "name"},
    {AS_TEXT, FROM(applicant_address[0]), TO(applicant_address[0]), NOWHERE,
     "address"},
    {AS_TEXT, FROM(applicant_address[1]), TO(applicant_address[1]), NOWHERE,
     "address"},
    {AS_TEXT, FROM(applicant_address[2]), TO(applicant_address[2]), NOWHERE,
     "address"},
    {AS_TEXT, FROM(applicant_address[3]), TO(applicant_address[3]), NOWHERE,
     "address"},
    {AS_TEXT, FROM(action), NOWHERE, BY_HAND_ACTION, "action"},
    {AS_DATE, FROM(application_date), TO(application_date),
     TO(has_application_date), "application date"},
    {AS_DATE, FROM(decision_date), TO(decision_date), TO(has_decision_date),
     "decision date"},
    {AS_DATE, FROM(notice_date), TO(notice_date), TO(has_notice_date),
     "notice date"},
    {AS_TEXT, FROM(request), TO(request), NOWHERE, "request"},
    {AS_NUMBER, FROM(amount), TO(amount), TO(has_amount), "amount"},
    {AS_NUMBER, FROM(term), TO(term), TO(has_term), "term"},
    {AS_TEXT, FROM(failed_component), NOWHERE, BY_HAND_COMPONENT,
     "failed component"},
    {AS_NUMBER, FROM(score), TO(declared_score), TO(has_declared_score),
     "score"},
    {AS_TEXT, FROM(counteroffer), TO(counteroffer), NOWHERE, "counteroffer"},
    {AS_ITEMS, FROM(missing_items), TO(missing_item), TO(missing_items),
     "missing items"},
    {AS_DATE, FROM(reply_by), TO(reply_by), TO(has_reply_by), "reply date"},
    {AS_TEXT, FROM(bureau), NOWHERE, BY_HAND_BUREAU, "agency"},
    {AS_NUMBER, FROM(bureau_score), TO(bureau_score), TO(has_bureau_score),
     "agency's score"},
    {AS_DATE, FROM(bureau_score_date), TO(bureau_score_date),
     TO(has_bureau_score_date), "agency's score date"},
    {AS_NUMBER, FROM(bureau_score_low), TO(bureau_score_low),
     TO(has_bureau_low), "agency's lowest score"},
    {AS_NUMBER, FROM(bureau_score_high), TO(bureau_score_high),
     TO(has_bureau_high), "agency's highest score"},
    {AS_TEXT, FROM(bureau_score_provider), TO(bureau_score_provider), NOWHERE,
     "score's provider"},
    {AS_ITEMS, FROM(bureau_factors), TO(bureau_factor), TO(bureau_factors),
     "key factors"},
    {AS_TEXT, FROM(third_party), NOWHERE, BY_HAND_THIRD, "third party"},
    {AS_TEXT, FROM(reviewer), TO(reviewer), NOWHERE, "reviewer"},
    {AS_TEXT, FROM(language), TO(language), NOWHERE, "language"},
    {AS_NUMBER, FROM(age), TO(age), TO(has_age), "age"},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

struct decision_reader {
    const struct project *p;
    struct column_spec *spec;
    const struct column **of; /* NULL: a rule's column */
    size_t count, rules_at;
    bool *fired;
    char *items;              /* room for texts that were split */
    size_t items_room, items_used;
};

void decision_reader_free(struct decision_reader *r)
{
    if (r == NULL)
        return;
    mem_free(r->spec);
    mem_free(r->of);
    mem_free(r->fired);
    mem_free(r->items);
    mem_free(r);
}

static const char *name_at(const struct project *p, const struct column *c)
{
    const char *name;
    memcpy(&name, (const char *)&p->column + c->from, sizeof name);
    return name;
}

static void add_column(struct decision_reader *r, const char *name,
                       enum column_type type, const struct column *of)
{
    r->spec[r->count] = (struct column_spec){
        .name = name, .type = type, .low = NAN, .high = NAN};
    r->of[r->count++] = of;
}

status decision_reader_new(const struct project *p,
                           struct decision_reader **out, struct error *e)
{
    enum { ITEMS_ROOM = 64 * 1024 };
    struct decision_reader *r = mem_array(1, sizeof *r);
    if (r == NULL)
        return error_memory(e);
    r->p = p;
    r->spec = mem_array(COLUMNS + p->rules, sizeof *r->spec);
    r->of = mem_array(COLUMNS + p->rules, sizeof *r->of);
    r->fired = mem_array(p->rules + 1, sizeof *r->fired);
    r->items = mem_array(ITEMS_ROOM, 1);
    r->items_room = ITEMS_ROOM;
    if (r->spec == NULL || r->of == NULL || r->fired == NULL ||
        r->items == NULL) {
        decision_reader_free(r);
        return error_memory(e);
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *name = name_at(p, &columns[i]);
        enum column_type type = columns[i].kind == AS_DATE     ? COLUMN_DATE
                                : columns[i].kind == AS_NUMBER ? COLUMN_NUMBER
                                                               : COLUMN_TEXT;
        if (name != NULL)
            add_column(r, name, type, &columns[i]);
    }
    r->rules_at = r->count;
    for (size_t i = 0; i < p->rules; i++)
        add_column(r, p->rule[i].column,
                   p->rule[i].has_number ? COLUMN_NUMBER : COLUMN_TEXT, NULL);
    *out = r;
    return ST_OK;
}

size_t decision_reader_columns(const struct decision_reader *r,
                               const struct column_spec **spec)
{
    *spec = r->spec;
    return r->count;
}

struct row {
    struct decision_reader *r;
    struct decision *d;
    struct row_error *bad;
    const struct column *column;
    const char *name;
};

static bool refuse(struct row *w, const char *text, const char *expected)
{
    w->bad->name = w->name;
    (void)snprintf(w->bad->text, sizeof w->bad->text,
                   "the %s is \"%.60s\", expected %s", w->column->what, text,
                   expected);
    return false;
}

/* Items separated by |, blanks around them cut off, empty ones passed over. */
static bool split(struct row *w, const char *text, const char **item,
                  size_t *count)
{
    struct decision_reader *r = w->r;
    *count = 0;
    for (const char *at = text; *at != '\0';) {
        size_t n = strcspn(at, "|"), begin = 0, end = n;
        while (begin < end && at[begin] == ' ')
            begin++;
        while (end > begin && at[end - 1] == ' ')
            end--;
        if (end > begin) {
            size_t length = end - begin;
            if (*count == DECISION_ITEMS_MAX ||
                length + 1 > r->items_room - r->items_used)
                return refuse(w, text, "fewer or shorter items");
            char *copy = r->items + r->items_used;
            memcpy(copy, at + begin, length);
            copy[length] = '\0';
            r->items_used += length + 1;
            item[(*count)++] = copy;
        }
        at += n + (at[n] == '|');
    }
    return true;
}

const char *action_word(enum action a)
{
    static const char *const word[] = {
#define X(name, text) text,
        ACTION_LIST(X)
#undef X
    };
    return a < ACTIONS ? word[a] : "";
}

bool action_adverse(enum action a)
{
    return a != ACTION_APPROVED && a != ACTION_INCOMPLETE;
}

static bool read_action(struct row *w, const char *text)
{
    for (int a = 0; a < ACTIONS; a++)
        if (strcmp(text, action_word((enum action)a)) == 0) {
            w->d->action = (enum action)a;
            w->d->action_computed = false;
            return true;
        }
    return refuse(w, text,
                  "approved, denied, counteroffer, incomplete, terminated, "
                  "changed or limit refused");
}

static bool read_component(struct row *w, const char *text)
{
    for (int f = FAILED_SCORE; f <= FAILED_JUDGMENT; f++)
        if (strcmp(text, failed_component_word((enum failed_component)f)) ==
            0) {
            w->d->component = (enum failed_component)f;
            w->d->component_computed = false;
            return true;
        }
    return refuse(w, text, "score, rules, both, judgmental or nothing");
}

static bool read_bureaus(struct row *w, const char *text)
{
    const char *key[DECISION_ITEMS_MAX];
    const struct project *p = w->r->p;
    size_t count;
    if (!split(w, text, key, &count))
        return false;
    if (count > DECISION_BUREAUS_MAX)
        return refuse(w, text, "at most 8 agencies");
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < p->bureaus && strcmp(p->bureau[j].key, key[i]) != 0)
            j++;
        if (j == p->bureaus)
            return refuse(w, key[i], "a key of bureaus");
        w->d->bureau[w->d->bureaus++] = (long)j;
    }
    return true;
}

static bool read_yes(struct row *w, const char *text)
{
    size_t n = strlen(text);
    w->d->third_party = text_equal_fold(text, n, "yes") ||
                        text_equal_fold(text, n, "true") ||
                        strcmp(text, "1") == 0;
    if (w->d->third_party || text_equal_fold(text, n, "no") ||
        text_equal_fold(text, n, "false") || strcmp(text, "0") == 0)
        return true;
    return refuse(w, text, "yes or no");
}

static bool read_by_hand(struct row *w, const char *text)
{
    switch ((int)w->column->has) {
    case BY_HAND_ACTION: return read_action(w, text);
    case BY_HAND_COMPONENT: return read_component(w, text);
    case BY_HAND_BUREAU: return read_bureaus(w, text);
    default: return read_yes(w, text);
    }
}

static bool read_text(struct row *w, const char *text)
{
    const struct column *c = w->column;
    char *d = (char *)w->d;
    if (text == NULL)
        return true;
    if (c->to == NOWHERE)
        return read_by_hand(w, text);
    if (c->kind == AS_ITEMS)
        return split(w, text, (const char **)(void *)(d + c->to),
                     (size_t *)(void *)(d + c->has));
    if (c->kind == AS_DATE) {
        struct date date;
        if (!date_parse(text, strlen(text), &date))
            return refuse(w, text, "a date YYYY-MM-DD");
        memcpy(d + c->to, &date, sizeof date);
        *(bool *)(d + c->has) = true;
        return true;
    }
    memcpy(d + c->to, &text, sizeof text);
    return true;
}

static void read_number(struct row *w, double x)
{
    char *d = (char *)w->d;
    memcpy(d + w->column->to, &x, sizeof x);
    *(bool *)(d + w->column->has) = !isnan(x);
}

static void read_rules(struct decision_reader *r, const struct block *b,
                       size_t i, size_t first, struct decision *d)
{
    const struct project *p = r->p;
    d->fired = r->fired;
    for (size_t k = 0; k < p->rules; k++) {
        size_t c = first + r->rules_at + k;
        bool number = p->rule[k].has_number;
        r->fired[k] = rule_fires(&p->rule[k], number,
                                 number ? b->number[c][i] : 0,
                                 number ? NULL : b->text[c][i]);
        d->rules_fired += r->fired[k];
    }
}

bool decision_read(struct decision_reader *r, const struct block *b, size_t i,
                   size_t first, struct decision *out, struct row_error *bad)
{
    struct row w = {.r = r, .d = out, .bad = bad};
    *out = (struct decision){.row = b->ordinal[i],
                             .line = b->line[i],
                             .action_computed = true,
                             .component_computed = true};
    *bad = (struct row_error){.row = b->ordinal[i], .line = b->line[i]};
    r->items_used = 0;
    for (size_t c = 0; c < r->rules_at; c++) {
        w.column = r->of[c];
        w.name = r->spec[c].name;
        if (w.column->kind == AS_NUMBER)
            read_number(&w, b->number[first + c][i]);
        else if (!read_text(&w, b->text[first + c][i]))
            return false;
    }
    read_rules(r, b, i, first, out);
    return true;
}

void decision_settle(const struct project *p, struct decision *d, double margin,
                     double score)
{
    d->margin = margin;
    d->score = score;
    d->has_score = p->model.has_cutoff && !isnan(score);
    bool failed = d->has_score && !project_approves(p, score);
    if (d->action_computed)
        d->action = failed || d->rules_fired > 0 ? ACTION_DENIED
                                                 : ACTION_APPROVED;
    if (!d->component_computed)
        return;
    d->component = FAILED_NONE;
    if (action_adverse(d->action))
        d->component = d->rules_fired > 0 ? failed ? FAILED_BOTH : FAILED_RULES
                       : failed           ? FAILED_SCORE
                                          : FAILED_NONE;
}

static struct date days_after(struct date d, long days)
{
    return date_from_days(date_days(d) + days);
}

bool decision_due(const struct decision *d, struct date *due)
{
    enum { DAYS = 30 };
    bool from_decision =
        d->action == ACTION_TERMINATED || d->action == ACTION_CHANGED;
    if (from_decision ? !d->has_decision_date : !d->has_application_date)
        return false;
    *due = days_after(from_decision ? d->decision_date : d->application_date,
                      DAYS);
    return true;
}

bool decision_counteroffer_due(const struct decision *d, struct date *due)
{
    enum { DAYS = 90 };
    if (d->action != ACTION_COUNTEROFFER || !d->has_decision_date)
        return false;
    *due = days_after(d->decision_date, DAYS);
    return true;
}

bool decision_notice_date(const struct project *p, const struct decision *d,
                          struct date *out)
{
    const char *date = p->documents.date;
    if (d->has_notice_date) {
        *out = d->notice_date;
        return true;
    }
    return date != NULL && date_parse(date, strlen(date), out);
}

bool decision_retain_until(const struct project *p, const struct decision *d,
                           struct date *until)
{
    struct date notice;
    if (!decision_notice_date(p, d, &notice))
        return false;
    const char *business = p->documents.business;
    *until = text_equal(business, "large")   ? days_after(notice, 60)
             : text_equal(business, "small") ? date_add_months(notice, 12)
                                             : date_add_months(notice, 25);
    return true;
}

enum { KEY_FACTORS = 4 };

static void own_key_factors(const struct project *p, struct decision *d,
                            const struct reasons *r, size_t language)
{
    d->bureau_factors = 0;
    for (size_t i = 0; i < r->adverse[r->method]; i++) {
        const struct factor *f = &p->factor[r->ranked[r->method][i]];
        const char *text = translated_text(&f->reason, language);
        bool room = d->bureau_factors < KEY_FACTORS ||
                    (f->inquiries && d->bureau_factors == KEY_FACTORS);
        if (room && text != NULL)
            d->bureau_factor[d->bureau_factors++] = text;
    }
}

void decision_disclose_own(const struct project *p, struct decision *d,
                           const struct reasons *r, size_t language)
{
    const struct project_documents *doc = &p->documents;
    bool by_score = d->component == FAILED_SCORE || d->component == FAILED_BOTH;
    if (doc->disclosed != DISCLOSED_OWN)
        return;
    d->has_bureau_score = d->has_bureau_score_date = false;
    d->bureau_factors = 0;
    if (d->bureaus == 0 || !d->has_score || !by_score)
        return;
    d->has_bureau_score = true;
    d->bureau_score = d->score;
    d->has_bureau_low = doc->has_own_score_low;
    d->has_bureau_high = doc->has_own_score_high;
    d->bureau_score_low = doc->own_score_low;
    d->bureau_score_high = doc->own_score_high;
    d->has_bureau_score_date = d->has_decision_date;
    d->bureau_score_date = d->decision_date;
    d->bureau_score_provider = p->institution.name;
    own_key_factors(p, d, r, language);
}
