/* Times the documents of samples/credit on one thread: `notice TASK SECONDS`.
 * A run warms up first, then prints the rate a second, the mean bytes of what
 * was made, and how many were made. Tasks:
 *   pdf, html  facts → template → the notice in one output, in memory
 *   attached   the same in PDF with its twin made and attached
 *   whole      a whole declined decision, in memory
 *   files      the same as files below the folder given as the third word
 *   twins      no timing: the twins of all notices, for the peers
 *   page       no timing: the HTML of the first notice */
#include "base/arena.h"
#include "base/hash.h"
#include "batch/decide.h"
#include "batch/papers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(call)                                                            \
    do {                                                                       \
        if ((call) != ST_OK) {                                                 \
            fprintf(stderr, "notice: %s\n", e.text);                           \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

enum { LETTERS_MAX = 512, WORDS_MAX = 96, FILES_A_GROUP = 1024 };

/* A letter is a finding with a decider of its own, which keeps what the facts
 * point to. */
struct letter {
    struct decider *decider;
    struct finding finding;
    size_t row;
};

struct office {
    struct session session;
    struct kit kit;
    struct bench bench;
    struct table *table;
    const struct block *block;
    struct letter letter[LETTERS_MAX];
    size_t letters;
    const struct paper *notice;
    struct renderer *renderer;
    struct arena *arena;
    struct desk *desk;
    struct decider *decider;
    struct sink_group *group;
    const char *root;
    struct buf out, twin;
    struct paper_files files;
};

struct tally {
    unsigned long long made, bytes;
};

/* Processor time, so that what else the machine does is not counted; files
 * are timed by the wall clock, because a disk makes one wait. */
static double now(bool wall)
{
    struct timespec t;
    (void)clock_gettime(wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool quiet_write(void *self, const char *bytes, size_t length)
{
    (void)self;
    (void)bytes;
    (void)length;
    return true;
}

static void tell(void *self, enum severity severity, const char *text)
{
    (void)self;
    if (severity == SEVERITY_ERROR)
        fputs(text, stderr);
}

/* Declined on the score: what gets reasons, a search and both documents. */
static bool is_letter(const struct finding *f)
{
    const struct decision *d = &f->decision;
    return !f->refused && d->action == ACTION_DENIED && d->has_score &&
           (d->component == FAILED_SCORE || d->component == FAILED_BOTH);
}

static void read_letters(struct office *o)
{
    struct error e;
    for (size_t i = 0; i < o->block->rows && o->letters < LETTERS_MAX; i++) {
        struct letter *l = &o->letter[o->letters];
        struct row_error bad;
        bool usable;
        if (l->decider == NULL)
            CHECK(decider_new(&o->bench, &l->decider, &e));
        CHECK(decider_row(l->decider, o->block, i, NULL, &l->finding, &bad,
                          &usable, &e));
        l->row = i;
        o->letters += usable && is_letter(&l->finding);
    }
    if (o->letters == 0) {
        fprintf(stderr, "notice: no decision of the sample is declined\n");
        exit(1);
    }
}

static void open_office(struct office *o, const struct host *host,
                        const struct request *request)
{
    struct error e;
    const struct column_spec *columns;
    if (session_open(host, request, true, &o->session) != EXIT_DONE)
        exit(1);
    CHECK(kit_open(&o->session, &o->kit, &e));
    CHECK(bench_open(&o->session, &o->kit, &o->bench, &e));
    CHECK(decider_new(&o->bench, &o->decider, &e));
    size_t n = decider_columns(o->decider, &columns);
    CHECK(session_decisions(&o->session, columns, n, 4096, &o->table, &e));
    CHECK(table_next(o->table, &o->block, &e));
    for (size_t i = 0; i < o->kit.papers; i++)
        if (o->kit.paper[i].kind == PAPER_NOTICE)
            o->notice = &o->kit.paper[i];
    o->renderer = renderer_new(o->kit.fonts);
    o->arena = arena_new((size_t)256 << 20);
    (void)arena_alloc(o->arena, (size_t)256 * 1024); /* as a desk's */
    o->group = sink_group_new();
    o->out = BUF_INIT((size_t)64 << 20);
    o->twin = BUF_INIT((size_t)64 << 20);
    CHECK(desk_new(&o->kit, &o->desk, &e));
    paper_files_begin(&o->files);
    read_letters(o);
}

static void close_office(struct office *o)
{
    for (size_t i = 0; i < LETTERS_MAX; i++)
        decider_free(o->letter[i].decider);
    decider_free(o->decider);
    desk_free(o->desk);
    sink_group_free(o->group);
    paper_files_free(&o->files);
    buf_free(&o->out);
    buf_free(&o->twin);
    arena_free(o->arena);
    renderer_free(o->renderer);
    table_free(o->table);
    bench_close(&o->bench);
    kit_close(&o->kit);
    session_close(&o->session);
}

/* No two letters of a run go to the same person or place. */
struct addressee {
    char name[WORDS_MAX], street[WORDS_MAX];
};

static void address(struct finding *f, struct addressee *a,
                    unsigned long long n)
{
    static const char *const first[] = {"Ellis", "Marguerite", "Tomas", "Ana",
                                        "Wei", "Josephine", "Kofi"};
    static const char *const last[] = {"Kilbride", "Okonkwo", "Lindqvist",
                                       "Yamada", "Fitzgerald", "Moreau"};
    (void)snprintf(a->name, sizeof a->name, "%s %c. %s", first[n % 7],
                   (char)('A' + n / 42 % 26), last[n % 6]);
    (void)snprintf(a->street, sizeof a->street, "%llu Foundry Row", n + 1);
    f->decision.applicant_name = a->name;
    f->decision.applicant_address[0] = a->street;
}

static struct document *letter_tree(struct office *o, struct letter *l,
                                    unsigned long long n, struct buf *twin)
{
    struct error e;
    struct addressee to;
    struct fact *facts;
    struct document *doc;
    const struct language *language = o->kit.language[0];
    arena_reset(o->arena);
    address(&l->finding, &to, n);
    l->finding.facts.language = o->kit.text_of[0];
    CHECK(facts_decision(&l->finding.facts, language, o->arena, &facts, &e));
    if (twin != NULL)
        CHECK(facts_twin(facts, o->kit.schema, twin, &e));
    struct template_inputs in = {
        .facts = facts,
        .language = language,
        .width = shaper_text_width,
        .width_self = renderer_shaper(o->renderer),
        .letter_size = o->session.project->documents.letter_size};
    CHECK(template_run(o->notice->template, &in, o->arena, &doc, &e));
    return doc;
}

/* The letter alone has no twin attached, as the peers attach none. */
static void one_letter(struct office *o, unsigned long long n, bool html,
                       bool attached, struct tally *t)
{
    struct error e;
    buf_clear(&o->out);
    buf_clear(&o->twin);
    struct document *doc = letter_tree(o, &o->letter[n % o->letters], n,
                                       attached ? &o->twin : NULL);
    if (attached) {
        doc->twin_name = "decision.json";
        doc->twin = buf_text(&o->twin);
        doc->twin_length = o->twin.length;
    }
    if (!html)
        CHECK(render_pdf(o->renderer, doc, &o->out, &e));
    else
        CHECK(render_html(doc, &o->out, &e));
    CHECK(buf_status(&o->out, &e));
    t->bytes += o->out.length;
}

/* From the table's row to all its documents; a group that is NULL keeps them
 * in memory. */
static void one_decision(struct office *o, unsigned long long n, bool files,
                         struct tally *t)
{
    struct error e;
    struct finding f;
    struct row_error bad;
    struct addressee to;
    bool usable;
    size_t row = o->letter[n % o->letters].row;
    CHECK(decider_row(o->decider, o->block, row, NULL, &f, &bad, &usable,
                      &e));
    address(&f, &to, n);
    char folder[64] = "";
    if (files) {
        char path[4096];
        (void)snprintf(folder, sizeof folder, "%02llx/%llu", n % 256, n);
        (void)snprintf(path, sizeof path, "%s/%s", o->root, folder);
        CHECK(folder_make(path, &e));
    }
    CHECK(desk_decision(o->desk, &f, o->root, folder, files ? o->group : NULL,
                        &o->files, &e));
    if (files && sink_group_count(o->group) >= FILES_A_GROUP)
        CHECK(sink_group_close(o->group, &e));
    for (size_t i = 0; i < o->files.count; i++)
        t->bytes += o->files.file[i].bytes;
}

static void one(struct office *o, const char *task, unsigned long long n,
                struct tally *t)
{
    bool html = strcmp(task, "html") == 0;
    bool attached = strcmp(task, "attached") == 0;
    if (html || attached || strcmp(task, "pdf") == 0)
        one_letter(o, n, html, attached, t);
    else
        one_decision(o, n, strcmp(task, "files") == 0, t);
    t->made++;
}

static void measure(struct office *o, const char *task, double seconds)
{
    struct error e;
    struct tally warm = {0, 0}, t = {0, 0};
    unsigned long long n = 0;
    bool wall = strcmp(task, "files") == 0;
    double from = now(wall), to = from;
    while (to - from < seconds / 4.0) {
        one(o, task, n++, &warm);
        to = now(wall);
    }
    CHECK(sink_group_close(o->group, &e));
    from = to = now(wall);
    while (to - from < seconds) {
        one(o, task, n++, &t);
        to = now(wall);
    }
    CHECK(sink_group_close(o->group, &e));
    to = now(wall);
    printf("%.1f %.0f %llu\n", (double)t.made / (to - from),
           (double)t.bytes / (double)t.made, t.made);
}

static void show(struct office *o, bool twins)
{
    struct error e;
    for (size_t i = 0; i < (twins ? o->letters : 1); i++) {
        buf_clear(&o->out);
        struct document *doc =
            letter_tree(o, &o->letter[i], i, twins ? &o->out : NULL);
        if (!twins)
            CHECK(render_html(doc, &o->out, &e));
        (void)fwrite(buf_text(&o->out), 1, o->out.length, stdout);
    }
}

int main(int argc, char **argv)
{
    struct host host = {.write = quiet_write, .message = tell};
    struct request request = {.project = "samples/credit",
                              .only = "notice,explanation",
                              .share = ".",
                              .jobs = 1};
    const char *task = argc > 1 ? argv[1] : "pdf";
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 1.0;
    struct office *o = calloc(1, sizeof *o);
    if (o == NULL)
        return 1;
    open_office(o, &host, &request);
    o->root = argc > 3 ? argv[3] : "/nowhere";
    if (strcmp(task, "twins") == 0 || strcmp(task, "page") == 0)
        show(o, strcmp(task, "twins") == 0);
    else
        measure(o, task, seconds);
    close_office(o);
    free(o);
    return 0;
}
