/* Functions of words. A program knows words by number only, so each is worked
 * out on every word its arguments can be, and becomes a table. */
#include "base/buf.h"
#include "base/num.h"
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

enum { WORDS_MAX = 1 << 16, LENGTH_MAX = 1 << 16 };

enum word_function { UPPER, LOWER, SUBSTRING, TRIM, CONCAT, LENGTH_OF,
                     SAS_NORMAL, SAS_CUT, SAS_NUMBER };

static const struct {
    const char *name;
    enum word_function f;
    size_t least, most;
} functions[] = {
    {"uppercase", UPPER, 1, 1}, {"lowercase", LOWER, 1, 1},
    {"substring", SUBSTRING, 3, 3}, {"trimBlanks", TRIM, 1, 1},
    {"concat", CONCAT, 2, 8}, {"stringLength", LENGTH_OF, 1, 1},
    {"SAS-EM-String-Normalize", SAS_NORMAL, 2, 2},
    {"SAS-FORMAT-$CHARw", SAS_CUT, 2, 2}, {"SAS-FORMAT-$w", SAS_CUT, 2, 2},
    {"SAS-FORMAT-BESTw", SAS_NUMBER, 2, 2},
    {"SAS-FORMAT-w", SAS_NUMBER, 2, 2}};

/* ASCII and the Latin-1 letters; others stay. */
static uint32_t fold_case(uint32_t point, bool up)
{
    uint32_t from = up ? 'a' : 'A', latin = up ? 0xE0 : 0xC0;
    if (point >= from && point < from + 26)
        return up ? point - 32 : point + 32;
    if (point >= latin && point <= latin + 30 && point != latin + 23)
        return up ? point - 32 : point + 32;
    return point;
}

static void put_case(struct buf *out, const char *text, bool up)
{
    size_t length = strlen(text);
    for (size_t at = 0, n; at < length; at += n) {
        uint32_t point = 0;
        char bytes[4];
        n = utf8_decode(text + at, length - at, &point);
        if (n == 0) {
            n = 1;
            buf_putc(out, text[at]);
            continue;
        }
        buf_put(out, bytes, utf8_encode(fold_case(point, up), bytes));
    }
}

/* Characters first … first + count − 1, from 0. */
static void put_part(struct buf *out, const char *text, size_t first,
                     size_t count)
{
    size_t length = strlen(text), i = 0;
    for (size_t at = 0, n; at < length; at += n, i++) {
        uint32_t point = 0;
        n = utf8_decode(text + at, length - at, &point);
        n = n == 0 ? 1 : n;
        if (i >= first && i - first < count)
            buf_put(out, text + at, n);
    }
}

static void trim(struct buf *b)
{
    while (b->length > 0 && b->data[b->length - 1] == ' ')
        b->data[--b->length] = '\0';
}

static const char *skip_blanks(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

struct job {
    struct pmml *p;
    const struct xml_node *at;
    enum word_function f;
    size_t first, count;        /* SUBSTRING, the widths of SAS */
    const struct pmml_value *in; /* those that are words, constants too */
    size_t ins;
};

static void work(const struct job *j, const char *const *word,
                 struct buf *scratch, struct buf *out)
{
    buf_clear(out);
    buf_clear(scratch);
    switch (j->f) {
    case UPPER:
    case LOWER:
        put_case(out, word[0], j->f == UPPER);
        break;
    case SUBSTRING:
    case SAS_CUT:
        put_part(out, word[0], j->first, j->count);
        break;
    case TRIM:
        buf_puts(out, skip_blanks(word[0]));
        trim(out);
        break;
    case SAS_NORMAL:
        put_part(scratch, skip_blanks(word[0]), 0, j->count);
        put_case(out, buf_text(scratch), true);
        trim(out);
        break;
    case CONCAT:
    case LENGTH_OF:
    case SAS_NUMBER:
        for (size_t i = 0; i < j->ins; i++)
            buf_puts(out, word[i]);
        break;
    }
}

/* Every choice of one word an argument, one after another. */
static bool advance(const struct job *j, size_t *choice)
{
    for (size_t i = 0; i < j->ins; i++) {
        if (++choice[i] < j->in[i].words->count)
            return true;
        choice[i] = 0;
    }
    return false;
}

static double points_of(const char *text)
{
    double n = 0.0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static status tabulate(const struct job *j, size_t rows, double *key,
                       double *value, const char **word, struct buf *scratch,
                       struct buf *made, struct error *e)
{
    size_t choice[8] = {0}, row = 0;
    do {
        const char *given[8];
        for (size_t i = 0; i < j->ins; i++) {
            given[i] = j->in[i].words->word[choice[i]];
            TRY(program_word(j->p->k, given[i], &key[row * j->ins + i], e));
        }
        work(j, given, scratch, made);
        TRY(buf_status(made, e));
        TRY(buf_status(scratch, e));
        word[row] = arena_string(j->p->arena, buf_text(made));
        if (word[row] == NULL)
            return arena_error(j->p->arena, e);
        if (j->f == LENGTH_OF)
            value[row] = points_of(word[row]);
        else
            TRY(program_word(j->p->k, word[row], &value[row], e));
        row++;
    } while (row < rows && advance(j, choice));
    return ST_OK;
}

static size_t rows_of(const struct job *j)
{
    size_t rows = 1;
    for (size_t i = 0; i < j->ins; i++) {
        size_t n = j->in[i].words == NULL ? 0 : j->in[i].words->count;
        if (n == 0 || n > WORDS_MAX / rows)
            return 0;
        rows *= n;
    }
    return rows;
}

static status make_table(const struct job *j, struct pmml_value *out,
                         struct error *e)
{
    struct pmml *p = j->p;
    size_t rows = rows_of(j);
    reg in[8];
    double other = NAN;
    if (rows == 0)
        return pmml_fault(p, j->at, e, ST_UNSUPPORTED,
                          "it needs all words of its arguments, and the file "
                          "lists none or more than %d", WORDS_MAX);
    double *key = arena_new_array(p->arena, double, rows * j->ins);
    double *value = arena_new_array(p->arena, double, rows);
    const char **word = arena_new_array(p->arena, const char *, rows);
    struct pmml_words *w = arena_new_one(p->arena, struct pmml_words);
    struct buf scratch = BUF_INIT(LENGTH_MAX), made = BUF_INIT(LENGTH_MAX);
    if (key == NULL || value == NULL || word == NULL || w == NULL)
        return arena_error(p->arena, e);
    status s = tabulate(j, rows, key, value, word, &scratch, &made, e);
    buf_free(&scratch);
    buf_free(&made);
    TRY(s);
    for (size_t i = 0; i < j->ins; i++) {
        in[i] = j->in[i].r;
        w->open = w->open || j->in[i].words->open;
    }
    w->word = word;
    w->count = rows;
    *out = (struct pmml_value){.kind = PMML_NUMBER};
    if (j->f != LENGTH_OF) {
        out->kind = PMML_WORD;
        out->words = w;
        TRY(program_word(p->k, PMML_UNSEEN_WORD, &other, e));
    }
    return program_table(p->k, key, rows, j->ins, value, 1, other, NAN, in,
                         &out->r, e);
}

static status constant_size(const struct job *j, const struct pmml_value *v,
                            size_t *out, struct error *e)
{
    if (!v->constant || !(v->number >= 0.0 && v->number <= 1e6))
        return pmml_fault(j->p, j->at, e, ST_UNSUPPORTED,
                          "a place or width that is no constant number");
    *out = (size_t)v->number;
    return ST_OK;
}

/* Sorts the arguments into words and sizes. */
static status arrange(struct job *j, const struct pmml_value *given,
                      size_t count, struct pmml_value *words, struct error *e)
{
    j->in = words;
    j->ins = j->f == CONCAT ? count : 1;
    for (size_t i = 0; i < j->ins; i++)
        words[i] = given[j->f >= SAS_NORMAL ? 1 : i];
    if (j->f == SUBSTRING) {
        TRY(constant_size(j, &given[1], &j->first, e));
        TRY(constant_size(j, &given[2], &j->count, e));
        j->first -= j->first > 0;
    }
    if (j->f == SAS_NORMAL || j->f == SAS_CUT)
        TRY(constant_size(j, &given[0], &j->count, e));
    for (size_t i = 0; i < j->ins; i++) {
        if (words[i].constant)
            TRY(pmml_as(j->p, PMML_WORD, j->at, &words[i], e));
        if (words[i].kind != PMML_WORD && j->f < SAS_NORMAL)
            return pmml_fault(j->p, j->at, e, ST_UNSUPPORTED,
                              "a number is taken as a word");
    }
    return ST_OK;
}

status pmml_apply_words(struct pmml *p, const struct xml_node *n,
                        const char *function, const struct pmml_value *in,
                        size_t ins, bool *is, struct pmml_value *out,
                        struct error *e)
{
    struct pmml_value words[8];
    struct job j = {.p = p, .at = n};
    size_t f = 0, all = sizeof functions / sizeof *functions;
    while (f < all && !text_equal(functions[f].name, function))
        f++;
    *is = f < all;
    if (!*is)
        return ST_OK;
    if (ins < functions[f].least || ins > functions[f].most)
        return pmml_fault(p, n, e, ST_FORMAT, "%s is given %zu arguments",
                          function, ins);
    j.f = functions[f].f;
    TRY(arrange(&j, in, ins, words, e));
    /* A number written as text is still compared as a number. */
    if (j.f == SAS_NUMBER || words[0].kind != PMML_WORD) {
        *out = words[0];
        return ST_OK;
    }
    return make_table(&j, out, e);
}
