/* The proof log: lines with their marks, then records. */
#include "check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINE_MOST = 1 << 20, ITEMS_MOST = 1 << 24 };

struct log {
    FILE *file;
    char hex[65], *text, *at; /* of the present line, its mark taken off */
    size_t room;
    bool open; /* text is yet to be used */
    long long bytes, decisions;
};

/* The next line, its mark checked, in l->text. */
static void next_line(struct run *r, struct log *l)
{
    size_t n = 0;
    int c;
    if (l->open)
        return;
    r->line++;
    while ((c = getc(l->file)) != EOF && c != '\n') {
        if (n + 2 > l->room) {
            if (l->room > LINE_MOST)
                refuse(r, "the line is too long");
            l->room = 2 * l->room + 512;
            l->text = grow(r, l->text, l->room);
        }
        l->text[n++] = (char)c;
    }
    if (c == EOF && n == 0)
        refuse(r, "the log ends without its closing line");
    if (c == EOF)
        refuse(r, "the last line is cut short");
    l->bytes += (long long)n + 1;
    if (n < 11 || memcmp(l->text + n - 10, " #", 2) != 0)
        refuse(r, "the line has no mark");
    sha256_text(l->hex, 64, l->text, n - 10, l->hex);
    if (memcmp(l->hex, l->text + n - 8, 8) != 0)
        refuse(r, "the mark does not go with this line and those before it");
    l->text[n - 10] = '\0';
    if (strlen(l->text) != n - 10)
        refuse(r, "a byte 0 in the line");
    l->at = l->text;
    l->open = true;
}

/* The rest of the line if it begins with the word and a blank, else NULL. */
static char *line_of(struct run *r, struct log *l, const char *word)
{
    size_t n = strlen(word);
    next_line(r, l);
    if (strncmp(l->text, word, n) != 0 || l->text[n] != ' ')
        return NULL;
    l->open = false;
    return l->text + n + 1;
}

static char *must(struct run *r, struct log *l, const char *word)
{
    char *at = line_of(r, l, word);
    if (at == NULL)
        refuse(r, "a line that begins with \"%s\" was expected", word);
    return at;
}

/* Cuts one word off; NULL at the end. Words are parted by single blanks. */
static char *word(char **at)
{
    char *w = *at;
    if (w == NULL)
        return NULL;
    char *end = strchr(w, ' ');
    if (end != NULL)
        *end++ = '\0';
    *at = end;
    return w;
}

static bool whole_number(const char *text, long long most, long long *out)
{
    char *end;
    if (*text < '0' || *text > '9' || (*text == '0' && text[1] != '\0'))
        return false;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return *end == '\0' && errno == 0 && *out <= most;
}

bool log_value(const char *text, double *out)
{
    *out = (double)NAN;
    return strcmp(text, "?") == 0 || (number(text, out) && isfinite(*out));
}

/* "text in quotes" → the text, in place; *at moves behind it. */
static char *quoted(struct run *r, char **at)
{
    char *from = *at, *to = *at, *start;
    if (from == NULL || *from++ != '"')
        refuse(r, "a name in quotes was expected");
    start = to;
    for (; *from != '"'; from++) {
        char hex[3] = {0};
        if (*from == '\0')
            refuse(r, "a quote is not closed");
        if (*from != '\\') {
            *to++ = *from;
        } else if (from[1] == 'x' && from[2] != '\0' && from[3] != '\0') {
            hex[0] = from[2], hex[1] = from[3];
            *to++ = (char)strtol(hex, NULL, 16);
            from += 3;
        } else {
            *to++ = *++from;
            if (*from == '\0')
                refuse(r, "a quote is not closed");
        }
    }
    from++;
    *to = '\0';
    *at = *from == ' ' ? from + 1 : NULL;
    if (*from != ' ' && *from != '\0')
        refuse(r, "a blank was expected behind a name");
    return start;
}

/* --- head -------------------------------------------------------------- */

static bool same(double a, double b)
{
    return fabs(a - b) <= 1e-13 * fmax(fabs(a), fabs(b));
}

static void head(struct run *r, struct log *l, const struct problem *p)
{
    char *at = must(r, l, "candor-proof");
    if (strcmp(at, "1") != 0)
        refuse(r, "version 1 was expected");
    if (strcmp(must(r, l, "model"), p->score[0].model->sha) != 0)
        refuse(r, "the proofs are of another model file");
    if (strcmp(must(r, l, "project"), p->sha) != 0)
        refuse(r, "the proofs are of another project file");
    for (int i = 0; i < p->scores; i++) {
        const struct score *k = &p->score[i];
        long long index;
        double cutoff, guard;
        at = must(r, l, "limit");
        char *no = word(&at), *op = word(&at), *cut = word(&at), *g = word(&at);
        if (at == NULL || strcmp(g, "guard") != 0 ||
            !whole_number(no, SCORES, &index) || !log_value(cut, &cutoff) ||
            !log_value(at, &guard))
            refuse(r, "\"limit NUMBER <= CUTOFF guard GUARD\" was expected");
        if (index != i || strcmp(op, k->sign > 0 ? "<=" : ">=") != 0 ||
            !same(cutoff, k->cutoff) || !same(guard, k->guard))
            refuse(r,
                   "the project's limit %d is %s %.17g with a guard of %.17g",
                   i, k->sign > 0 ? "<=" : ">=", k->cutoff, k->guard);
    }
    for (int i = 0; i < p->levers; i++) {
        long long index;
        at = must(r, l, "lever");
        char *no = word(&at), *key = quoted(r, &at);
        if (!whole_number(no, LEVERS, &index) || index != i || at != NULL ||
            strcmp(key, p->lever[i].key) != 0)
            refuse(r, "the project's lever %d is \"%s\"", i, p->lever[i].key);
    }
    long long changes;
    if (!whole_number(must(r, l, "changes"), LEVERS, &changes) ||
        changes != p->changes)
        refuse(r, "the project allows %d changes", p->changes);
}

struct log *log_open(struct run *r, const char *path, const struct problem *p)
{
    struct log *l = r->log = NEW(r, r->files, 1, struct log);
    l->file = fopen(path, "rb");
    if (l->file == NULL)
        refuse(r, "cannot open %s: %s", path, strerror(errno));
    memset(l->hex, '0', 64);
    r->file = path;
    r->line = 0;
    head(r, l, p);
    return l;
}

void log_close(struct log *l)
{
    if (l == NULL || l->file == NULL)
        return;
    fclose(l->file);
    free(l->text);
    l->file = NULL;
    l->text = NULL;
}

long long log_bytes(const struct log *l)
{
    return l->bytes;
}

/* --- a decision -------------------------------------------------------- */

/* Items of a list that may go over several lines. */
static char *item(struct run *r, struct log *l, const char *kind, char **at)
{
    if (*at == NULL)
        *at = line_of(r, l, kind);
    return *at == NULL ? NULL : word(at);
}

static void *room_for(struct run *r, void *list, int n, size_t size)
{
    if (n > ITEMS_MOST)
        refuse(r, "too many items");
    if (n > 0 && (n & (n - 1)) != 0)
        return list;
    void *more = take(r, r->row, n == 0 ? 1 : 2L * n, size);
    if (n > 0)
        memcpy(more, list, (size_t)n * size);
    return more;
}

static void groups(struct run *r, struct log *l, const struct problem *p,
                   struct decision *d)
{
    char *at = NULL, *w;
    while ((w = item(r, l, "G", &at)) != NULL) {
        d->group = room_for(r, d->group, d->groups, sizeof *d->group);
        struct group *g = &d->group[d->groups++];
        char *list = strchr(w, ':');
        long long score, tree;
        if (list != NULL)
            *list++ = '\0';
        if (list == NULL || !whole_number(w, p->scores - 1, &score))
            refuse(r, "\"SCORE:TREE,TREE…\" was expected");
        *g = (struct group){.score = (int)score};
        while (list != NULL) {
            char *next = strchr(list, ',');
            if (next != NULL)
                *next++ = '\0';
            if (!whole_number(list, INT32_MAX - 1, &tree))
                refuse(r, "\"%s\" is no tree", list);
            g->tree = room_for(r, g->tree, g->trees, sizeof *g->tree);
            g->tree[g->trees++] = (int)tree;
            list = next;
        }
    }
}

static void shares(struct run *r, struct log *l, const struct problem *p,
                   const struct decision *d, struct price *k)
{
    char *at = NULL, *w;
    while ((w = item(r, l, "S", &at)) != NULL) {
        k->share = room_for(r, k->share, k->shares, sizeof *k->share);
        struct share *s = &k->share[k->shares++];
        char *lever = strchr(w, '/'), *value = NULL, *add = NULL;
        long long group, which;
        if (lever != NULL) {
            *lever++ = '\0';
            value = strchr(lever, '/');
        }
        if (value != NULL) {
            *value++ = '\0';
            for (char *c = strchr(value, '+'); c != NULL && add == NULL;
                 c = strchr(c + 1, '+'))
                add = c > value && c[-1] != 'e' ? c : NULL;
        }
        if (add != NULL)
            *add++ = '\0';
        if (add == NULL || !whole_number(w, d->groups - 1, &group) ||
            !whole_number(lever, p->levers - 1, &which) ||
            !log_value(value, &s->value) || !log_value(add, &s->add) ||
            !(s->add >= 0))
            refuse(r, "\"GROUP/LEVER/VALUE+SHARE\" was expected");
        s->group = (int)group;
        s->lever = (int)which;
    }
}

static void prices(struct run *r, struct log *l, const struct problem *p,
                   struct decision *d)
{
    char *at;
    while ((at = line_of(r, l, "M")) != NULL) {
        d->price = room_for(r, d->price, d->prices, sizeof *d->price);
        struct price *k = &d->price[d->prices++];
        *k = (struct price){.shares = 0};
        for (int i = 0; i < p->scores; i++) {
            char *w = word(&at);
            if (w == NULL || !log_value(w, &k->mu[i]) || !(k->mu[i] >= 0))
                refuse(r, "a price of at least 0 for each score was expected");
        }
        if (at != NULL)
            refuse(r, "there are more prices than scores");
        shares(r, l, p, d, k);
    }
}

static void plan(struct run *r, const struct problem *p, struct decision *d,
                 char *at)
{
    char *w = word(&at);
    d->plan = true;
    if (w == NULL || !log_value(w, &d->cost) || !(d->cost > 0))
        refuse(r, "a cost above 0 was expected");
    while ((w = word(&at)) != NULL) {
        char *to = strchr(w, '=');
        long long lever;
        if (to != NULL)
            *to++ = '\0';
        if (to == NULL || !whole_number(w, p->levers - 1, &lever) ||
            d->changes == LEVERS || !log_value(to, &d->to[d->changes]) ||
            (d->changes > 0 && lever <= d->lever[d->changes - 1]))
            refuse(r, "\"LEVER=VALUE\" was expected, levers ascending");
        d->lever[d->changes++] = (int)lever;
    }
}

bool log_decision(struct run *r, struct log *l, const struct problem *p,
                  struct decision *d)
{
    long long n;
    char *at = line_of(r, l, "end");
    if (at != NULL) {
        if (!whole_number(at, INT64_MAX, &n) || n != l->decisions)
            refuse(r, "the log has %lld decisions", l->decisions);
        if (getc(l->file) != EOF)
            refuse(r, "something follows the closing line");
        return false;
    }
    *d = (struct decision){.proven = true};
    l->decisions++;
    at = must(r, l, "D");
    char *w = word(&at);
    if (!whole_number(w, INT64_MAX, &d->ordinal))
        refuse(r, "a row number was expected");
    w = quoted(r, &at);
    d->id = take(r, r->row, (long)strlen(w) + 1, 1);
    strcpy(d->id, w);
    char *digest = word(&at), *status = word(&at);
    if (at == NULL || strlen(digest) != 16 ||
        strlen(status) >= sizeof d->status || strchr(at, ' ') != NULL)
        refuse(r, "\"D ROW NAME DIGEST STATUS CLAIM\" was expected");
    strcpy(d->digest, digest);
    strcpy(d->status, status);
    if (strcmp(at, "-") == 0)
        d->proven = false;
    else if (strcmp(at, "none") == 0)
        d->claim = INFINITY;
    else if (!log_value(at, &d->claim) || !(d->claim >= 0))
        refuse(r, "a claim was expected: a cost, none or -");
    at = line_of(r, l, "P");
    if (at != NULL)
        plan(r, p, d, at);
    groups(r, l, p, d);
    prices(r, l, p, d);
    if ((d->groups > 0 || d->prices > 0) && !d->proven)
        refuse(r, "groups without a claim");
    l->at = NULL;
    return true;
}

const char *log_token(struct run *r, struct log *l)
{
    char *w = item(r, l, "T", &l->at);
    if (w == NULL || *w == '\0')
        refuse(r, "the proof ends too early: a box is left open");
    return w;
}

void log_tree_end(struct run *r, struct log *l)
{
    if (l->at != NULL)
        refuse(r, "the proof goes on after its last box");
    next_line(r, l);
    if (strncmp(l->text, "T ", 2) == 0)
        refuse(r, "the proof goes on after its last box");
}
