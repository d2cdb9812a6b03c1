/* What was asked, checked and read: estimator, populations, players. */
#include "batch/explain.h"

#include "base/arena.h"
#include "io/source.h"

#include <string.h>

#define TABLES_LEAST ((size_t)96 << 20)

static status say_empty(const struct session *s, const struct reference *r,
                        const char *name, bool near_cutoff, struct error *e)
{
    if (r->bad_rows > 0)
        return error_set(e, ST_DATA,
                         "the reference population %s is empty: all its %lld "
                         "rows have errors; the first: line %ld column %ld: %s",
                         name, r->bad_rows, r->first_bad.line,
                         r->first_bad.column, r->first_bad.text);
    if (near_cutoff)
        return error_set(e, ST_DATA,
                         "the reference population %s is empty: no row is at "
                         "or slightly above the cutoff; set "
                         "documents.near_cutoff_width wider (it is %g), or "
                         "name a table with more rows",
                         name, s->project->documents.near_cutoff_width);
    return error_set(e, ST_DATA,
                     "the reference population %s is empty: name a table with "
                     "at least one row", name);
}

/* The population: "A", "B", or any table with the project's columns. */
static status load(struct session *s, struct explain_setting *x, size_t i,
                   const char *word, struct error *e)
{
    const struct project *p = s->project;
    bool a = strcmp(word, "A") == 0, b = strcmp(word, "B") == 0;
    const struct project_table *t = a ? &p->reference_a : &p->reference_b;
    if (!a && !b) {
        struct project_table *other = &x->table[i];
        *other = p->decisions;
        other->name = word;
        other->key = "reference";
        other->spec.location = word;
        other->spec.format = TABLE_BY_NAME;
        t = other;
    }
    if (t->spec.location == NULL)
        return error_set(e, ST_ARGUMENT,
                         "the project names no reference population %s: set "
                         "data.reference, or give --reference a table", word);
    x->word[i] = word;
    struct reference *r = &x->population[i];
    bool near_cutoff = a && p->model.has_cutoff;
    TRY(reference_load(s, t, near_cutoff, r, e));
    const char *name = t->name != NULL ? t->name : word;
    if (r->count == 0)
        return say_empty(s, r, name, near_cutoff, e);
    if (r->bad_rows > 0)
        host_say(s->host, SEVERITY_WARNING,
                 "%lld rows of the reference population %s are left out; the "
                 "first: line %ld column %ld: %s", r->bad_rows, name,
                 r->first_bad.line, r->first_bad.column, r->first_bad.text);
    x->reference[i] = (struct explain_reference){name, r->rows, r->count};
    return ST_OK;
}

static status load_all(struct session *s, struct explain_setting *x,
                       const char *list, struct error *e)
{
    x->words = mem_string(list);
    if (x->words == NULL)
        return error_memory(e);
    for (char *word = x->words; word != NULL;) {
        char *comma = strchr(word, ',');
        if (comma != NULL)
            *comma = '\0';
        if (*word == '\0')
            return error_set(e, ST_ARGUMENT,
                             "--reference %s has an empty name", list);
        if (x->games == EXPLAIN_GAMES_MAX)
            return error_set(e, ST_ARGUMENT,
                             "--reference takes at most %d names: run candor "
                             "again for the others", EXPLAIN_GAMES_MAX);
        TRY(load(s, x, x->games, word, e));
        x->games++;
        word = comma != NULL ? comma + 1 : NULL;
    }
    return ST_OK;
}

/* Reasons are a comparison with the populations that the project names. */
static const char *populations_of_reasons(const struct session *s)
{
    const struct project *p = s->project;
    bool a = p->reference_a.spec.location != NULL;
    bool b = p->reference_b.spec.location != NULL;
    return a && b ? "A,B" : a ? "A" : b ? "B" : NULL;
}

static status check_reasons(const struct session *s, const char *list,
                            struct error *e)
{
    const struct request *r = s->request;
    if (list == NULL)
        return error_set(e, ST_ARGUMENT,
                         "reasons compare with the populations A and B and the "
                         "project names neither: set data.reference, or ask "
                         "for --top K");
    if (r->groups != NULL || r->interactions > 0 || r->top > 0)
        return error_set(e, ST_ARGUMENT,
                         "--reasons adds contributions up by the project's "
                         "factors; it goes without --groups, --top and "
                         "--interactions");
    if (strcmp(list, "A") != 0 && strcmp(list, "B") != 0 &&
        strcmp(list, "A,B") != 0)
        return error_set(e, ST_ARGUMENT,
                         "--reasons takes --reference A, B or A,B: a method is "
                         "a population of the project");
    if (r->estimator != NULL && strcmp(r->estimator, "interventional") != 0)
        return error_set(e, ST_ARGUMENT,
                         "reasons are made of interventional contributions: "
                         "leave --estimator out");
    return ST_OK;
}

static status check_form(const struct request *r, struct error *e)
{
    if (r->npy && r->top > 0)
        return error_set(e, ST_ARGUMENT,
                         "arrays hold all contributions: leave --top out, or "
                         "take --format jsonl or csv");
    if (r->npy && r->reasons > 0)
        return error_set(e, ST_ARGUMENT,
                         "reasons are words: take --format jsonl or csv");
    if (r->npy && r->interactions > 0 && r->interactions != SIZE_MAX)
        return error_set(e, ST_ARGUMENT,
                         "arrays hold all pairs: give --interactions without a "
                         "number, or take --format jsonl or csv");
    if (r->npy && !r->plan && (r->out == NULL || strcmp(r->out, "-") == 0))
        return error_set(e, ST_ARGUMENT,
                         "--format npy writes several files: give --out FOLDER");
    if (r->global && (r->npy || r->csv || r->top > 0 || r->reasons > 0))
        return error_set(e, ST_ARGUMENT,
                         "--global makes one JSON document: it goes without "
                         "--format, --top and --reasons");
    return ST_OK;
}

/* A quarter of what is asked for is for rows and text, an eighth for the rest.
 * With less than the floor strict values could not be made. */
static size_t table_memory(const struct request *r)
{
    size_t own = (size_t)(r->memory / 8 * 5);
    return r->memory == 0 ? 0 : own > TABLES_LEAST ? own : TABLES_LEAST;
}

static status find_estimator(const struct session *s, const char **list,
                             const struct estimator **out, struct error *e)
{
    const struct request *r = s->request;
    const char *name = r->estimator;
    *list = r->reference;
    bool other = name != NULL && strcmp(name, "interventional") != 0;
    if ((r->reasons > 0 || (r->global && !other)) && *list == NULL)
        *list = populations_of_reasons(s);
    if (*list == NULL && s->project->reference_a.spec.location != NULL &&
        (name == NULL || strcmp(name, "path-dependent") != 0))
        *list = "A";
    if (r->reasons > 0)
        TRY(check_reasons(s, *list, e));
    if (explain_is_estimated(s)) {
        name = "interventional"; /* the game that estimates are of */
        *list = *list == NULL && s->project->reference_b.spec.location != NULL
                    ? "B" : *list;
    }
    if (name == NULL)
        name = *list != NULL ? "interventional" : "path-dependent";
    *out = estimator_find(name);
    if (*out == NULL)
        return error_set(e, ST_ARGUMENT,
                         "there is no estimator \"%s\"; candor help estimators "
                         "lists them", name);
    if (!(*out)->needs_reference && r->reference != NULL)
        return error_set(e, ST_ARGUMENT,
                         "%s compares with no population: leave --reference "
                         "out, or take --estimator interventional", name);
    if ((*out)->needs_reference && *list == NULL)
        return error_set(e, ST_ARGUMENT,
                         "%s compares with a reference population: give "
                         "--reference A, B or a table", name);
    if (r->interactions > 0 && !(*out)->has_interactions)
        return error_set(e, ST_ARGUMENT,
                         "%s has no interactions: take --estimator "
                         "path-dependent", name);
    return ST_OK;
}

enum { FEW = 1024 };

/* How many rows a small file has, which may spare it tables; 0: many, or a
 * source that can be read only once. */
static status rows_of_file(struct session *s, size_t *rows, struct error *e)
{
    const struct request *r = s->request;
    const char *file = r->data != NULL ? r->data
                                       : s->project->decisions.spec.location;
    struct table *t;
    const struct block *b;

    *rows = 0;
    if (file == NULL || !file_exists(file))
        return ST_OK;
    TRY(session_decisions(s, NULL, 0, FEW, &t, e));
    status st = table_next(t, &b, e);
    size_t first = st == ST_OK && b != NULL ? b->rows : 0;
    if (st == ST_OK && b != NULL)
        st = table_next(t, &b, e);
    if (st == ST_OK && b == NULL)
        *rows = first;
    table_free(t);
    return st;
}

status explain_set(struct session *s, struct explain_setting *x,
                   struct error *e)
{
    const struct request *r = s->request;
    const char *list;
    TRY(check_form(r, e));
    TRY(find_estimator(s, &list, &x->estimator, e));
    if (x->estimator->needs_reference)
        TRY(load_all(s, x, list, e));
    TRY(explain_players_open(s, &x->players, e));
    bool strict = r->precision != NULL && strcmp(r->precision, "strict") == 0;
    x->request = (struct explain_request){
        .model = s->model,
        .estimator = x->estimator,
        .reference = x->reference,
        .references = x->games,
        .player = x->players.of,
        .players = x->players.count,
        .mode = strict ? EXPLAIN_STRICT : EXPLAIN_FLOAT,
        .interactions = r->interactions > 0,
        .memory = table_memory(r),
        .rows = (size_t)(r->limit > 0 ? r->limit : r->rows)};
    return x->request.rows > 0 ? ST_OK
                               : rows_of_file(s, &x->request.rows, e);
}

void explain_unset(struct explain_setting *x)
{
    for (size_t i = 0; i < EXPLAIN_GAMES_MAX; i++)
        reference_free(&x->population[i]);
    explain_players_close(&x->players);
    mem_free(x->words);
    memset(x, 0, sizeof *x);
}
