/* Tables: CSV as the project describes it. */
#include "check.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { RECORD_MOST = 1 << 26 };

struct table {
    const char *path;
    FILE *file;
    char delimiter;
    char **missing; /* words; ends with NULL */
    char *record;   /* cells, each 0-terminated */
    size_t room, used;
    size_t *cell;
    bool *quoted;
    int cells, cell_room, columns;
    char **name;
    long long ordinal;
    long line, next_line;
};

static void put(struct run *r, struct table *t, int c)
{
    if (t->used + 2 > t->room) {
        if (t->room > RECORD_MOST)
            refuse(r, "%s, line %ld: a record is too long", t->path, t->line);
        t->room = 2 * t->room + 4096;
        t->record = grow(r, t->record, t->room);
    }
    t->record[t->used++] = (char)c;
}

static void end_cell(struct run *r, struct table *t, size_t start, bool quoted)
{
    put(r, t, '\0');
    t->used--;
    if (!quoted) { /* blanks around do not count */
        while (t->used > start && strchr(" \t", t->record[t->used - 1]) != NULL)
            t->used--;
        size_t blanks = strspn(t->record + start, " \t");
        blanks = blanks < t->used - start ? blanks : t->used - start;
        memmove(t->record + start, t->record + start + blanks,
                t->used - start - blanks);
        t->used -= blanks;
    }
    t->record[t->used++] = '\0';
    if (t->cells + 1 > t->cell_room) {
        t->cell_room = 2 * t->cell_room + 64;
        t->cell = grow(r, t->cell, (size_t)t->cell_room * sizeof *t->cell);
        t->quoted =
            grow(r, t->quoted, (size_t)t->cell_room * sizeof *t->quoted);
    }
    t->quoted[t->cells] = quoted;
    t->cell[t->cells++] = start;
}

/* One record, blank lines passed over. False at the end. */
static bool read_record(struct run *r, struct table *t)
{
    int c = getc(t->file);
    for (; c == '\n' || c == '\r'; c = getc(t->file))
        t->next_line += c == '\n';
    if (c == EOF)
        return false;
    t->line = t->next_line;
    t->used = 0;
    t->cells = 0;
    for (bool more = true; more;) {
        size_t start = t->used;
        bool quoted = false;
        while (c == ' ' && t->delimiter != ' ')
            c = getc(t->file);
        if (c == '"') {
            quoted = true;
            for (c = getc(t->file);; c = getc(t->file)) {
                if (c == '"' && (c = getc(t->file)) != '"')
                    break;
                if (c == EOF)
                    refuse(r, "%s, line %ld: a quote is not closed", t->path,
                           t->line);
                t->next_line += c == '\n';
                put(r, t, c);
            }
        }
        for (; c != EOF && c != t->delimiter && c != '\n' && c != '\r';
             c = getc(t->file))
            if (!quoted)
                put(r, t, c);
        end_cell(r, t, start, quoted);
        more = c == t->delimiter;
        if (more)
            c = getc(t->file);
    }
    if (c == '\r' && (c = getc(t->file)) != '\n' && c != EOF)
        ungetc(c, t->file);
    t->next_line++;
    return true;
}

/* The delimiter that the first line has most of. */
static char find_delimiter(FILE *f)
{
    static const char kinds[] = ",;\t|";
    long count[4] = {0};
    bool quoted = false;
    for (int c = getc(f); c != EOF && (quoted || c != '\n'); c = getc(f)) {
        quoted ^= c == '"';
        const char *k = strchr(kinds, c);
        if (!quoted && k != NULL && c != '\0')
            count[k - kinds]++;
    }
    int best = 0;
    for (int i = 1; i < 4; i++)
        best = count[i] > count[best] ? i : best;
    rewind(f);
    return kinds[best];
}

static char **usual_missing(struct run *r)
{
    static const char *const word[] = {"NA", "N/A", "NaN", "null"};
    char **list = NEW(r, r->files, 5, char *);
    for (int i = 0; i < 4; i++)
        list[i] = copy_text(r, word[i], strlen(word[i]));
    return list;
}

struct table *table_open(struct run *r, const char *path, const char *delimiter,
                         bool header, char **missing)
{
    struct table *t = NEW(r, r->files, 1, struct table);
    t->path = path;
    if (strncmp(path, "sqlite:", 7) == 0 || strstr(path, ".jsonl") != NULL ||
        strstr(path, ".ndjson") != NULL || strcmp(path, "-") == 0)
        refuse(r, "%s: proofs are checked against CSV tables only; export it",
               path);
    t->file = fopen(path, "rb");
    if (t->file == NULL)
        refuse(r, "cannot open %s: %s", path, strerror(errno));
    t->delimiter = delimiter != NULL && *delimiter != '\0'
                       ? *delimiter
                       : find_delimiter(t->file);
    t->missing = missing != NULL ? missing : usual_missing(r);
    if (getc(t->file) != 0xEF || getc(t->file) != 0xBB || getc(t->file) != 0xBF)
        rewind(t->file);
    t->next_line = 1;
    if (!read_record(r, t))
        refuse(r, "%s is empty", path);
    t->columns = t->cells;
    t->name = NEW(r, r->files, t->cells + 1, char *);
    for (int i = 0; i < t->cells; i++) {
        char text[32];
        snprintf(text, sizeof text, "%d", i + 1);
        const char *name = header ? t->record + t->cell[i] : text;
        t->name[i] = copy_text(r, name, strlen(name));
    }
    if (!header) {
        rewind(t->file);
        t->next_line = 1;
    }
    return t;
}

void table_close(struct table *t)
{
    if (t == NULL || t->file == NULL)
        return;
    fclose(t->file);
    t->file = NULL;
    free(t->record);
    free(t->cell);
    free(t->quoted);
    t->record = NULL;
    t->cell = NULL;
    t->quoted = NULL;
}

int table_column(const struct table *t, const char *name)
{
    for (int i = 0; i < t->columns; i++)
        if (strcmp(t->name[i], name) == 0)
            return i;
    return -1;
}

void table_seek(struct run *r, struct table *t, long long ordinal)
{
    if (t->ordinal >= ordinal)
        refuse(r, "row %lld comes after row %lld", ordinal, t->ordinal);
    while (t->ordinal < ordinal) {
        if (!read_record(r, t))
            refuse(r, "the table has no row %lld", ordinal);
        t->ordinal++;
    }
    if (t->cells != t->columns)
        refuse(r, "row %lld of the table has %d cells, not %d", ordinal,
               t->cells, t->columns);
}

bool table_next(struct run *r, struct table *t)
{
    while (read_record(r, t))
        if (t->cells == t->columns)
            return true;
    return false;
}

const char *table_cell(const struct table *t, int column)
{
    const char *text = t->record + t->cell[column];
    if (*text == '\0')
        return NULL;
    for (char **m = t->missing; *m != NULL; m++)
        if (strcmp(*m, text) == 0)
            return NULL;
    return text;
}

bool table_number(const struct table *t, int column, double *out)
{
    const char *text = table_cell(t, column);
    *out = (double)NAN;
    if (text == NULL)
        return true;
    if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0 ||
        strcasecmp(text, "t") == 0 || strcasecmp(text, "f") == 0) {
        *out = tolower((unsigned char)*text) == 't';
        return true;
    }
    return number(text, out) && isfinite(*out);
}

long table_line(const struct table *t)
{
    return t->line;
}

double *table_numbers(struct run *r, const char *path, const char *delimiter,
                      bool header, char **missing, const char *column, int *n)
{
    struct table *t = table_open(r, path, delimiter, header, missing);
    int c = table_column(t, column), room = 0;
    double *x = NULL, v;
    *n = 0;
    if (c < 0)
        refuse(r, "%s has no column \"%s\"", path, column);
    while (read_record(r, t)) {
        if (t->cells != t->columns || !table_number(t, c, &v) || isnan(v))
            continue;
        if (*n == room) {
            room = 2 * room + 1024;
            x = grow(r, x, (size_t)room * sizeof *x);
        }
        x[(*n)++] = v;
    }
    table_close(t);
    double *kept = NEW(r, r->files, *n + 1, double);
    if (*n > 0)
        memcpy(kept, x, (size_t)*n * sizeof *x);
    free(x);
    return kept;
}

/* --- a row of quantities ----------------------------------------------- */

static double cell_value(struct run *r, const struct problem *p,
                         const struct input *in)
{
    const struct model *m = p->score[0].model;
    const char *text = table_cell(p->table, in->column);
    double x;
    for (char **w = in->missing; text != NULL && w != NULL && *w != NULL; w++)
        if (strcmp(*w, text) == 0)
            text = NULL;
    if (text == NULL)
        return NAN;
    if (in->feature >= 0 && m->category[in->feature])
        return model_code(m, in->feature, text);
    if (!table_number(p->table, in->column, &x))
        refuse(r, "row %lld of the table: \"%s\" is no number",
               p->table->ordinal, text);
    return x;
}

void table_row(struct run *r, const struct problem *p, double *row)
{
    for (int i = 0; i < p->quantities; i++)
        row[i] = (double)NAN;
    for (int i = 0; i < p->inputs; i++)
        row[p->input[i].quantity] = cell_value(r, p, &p->input[i]);
    for (int i = 0; i < p->onehots; i++) {
        const struct onehot *h = &p->onehot[i];
        int at = -1, none = -1, ones = 0;
        bool clear = true;
        for (int k = 0; k < h->words; k++) {
            double x = h->indicator[k] < 0 ? 0 : row[h->indicator[k]];
            none = h->indicator[k] < 0 ? k : none;
            clear &= x == 0 || x == 1;
            ones += x == 1;
            at = x == 1 ? k : at;
        }
        at = ones == 0 ? none : at;
        row[h->quantity] = clear && ones <= 1 && at >= 0 ? at : (double)NAN;
    }
}

/* Eight bytes a quantity, lowest first; one NaN for missing, and no −0. */
static void row_digest(const struct problem *p, const double *row, char hex[65])
{
    unsigned char *all = malloc((size_t)p->quantities * 8 + 1);
    if (all == NULL)
        abort();
    for (int i = 0; i < p->quantities; i++) {
        double x = row[i] + 0.0;
        uint64_t bits = 0x7ff8000000000000;
        if (!isnan(x))
            memcpy(&bits, &x, 8);
        for (int k = 0; k < 8; k++)
            all[8 * i + k] = (unsigned char)(bits >> (8 * k));
    }
    sha256_text(all, (size_t)p->quantities * 8, "", 0, hex);
    free(all);
}

void check_row(struct run *r, const struct problem *p, const struct decision *d,
               double *row)
{
    char digest[65], ordinal[32];
    table_seek(r, p->table, d->ordinal);
    table_row(r, p, row);
    row_digest(p, row, digest);
    if (strncmp(digest, d->digest, 16) != 0)
        refuse(r, "row %lld of the table is another row", d->ordinal);
    const char *id =
        p->id_column < 0 ? NULL : table_cell(p->table, p->id_column);
    snprintf(ordinal, sizeof ordinal, "%lld", d->ordinal);
    if (strcmp(id == NULL ? ordinal : id, d->id) != 0)
        refuse(r, "row %lld of the table is \"%s\"", d->ordinal,
               id == NULL ? ordinal : id);
}
