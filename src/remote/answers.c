/* Texts that somebody else wrote → the numbers of each row. */
#include "remote/inside.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH_MAX = 100000, DEPTH_MAX = 24, SHAPE_MAX = 8 };

status blame_row(const struct answers *to, size_t i, struct error *e,
                 const char *format, ...)
{
    char text[ERROR_TEXT_MAX - 160];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t at = i < to->rows ? i : to->rows - 1;
    return error_set(e, ST_DATA, "row %zu: %.100s %s",
                     to->a->row[to->first + at] + 1, to->who, text);
}

size_t answer_cap(const struct remote_spec *spec, size_t rows)
{
    size_t row = 4096 + 64 * (spec->column + spec->outputs);
    size_t cap = ((size_t)1 << 20) + rows * row;
    return cap < REMOTE_BODY_BYTES_MAX ? cap : REMOTE_BODY_BYTES_MAX;
}

status answer_put(const struct answers *to, size_t i, const double *number,
                  size_t count, struct error *e)
{
    const struct remote_spec *spec = to->a->spec;
    size_t want = spec->column + spec->outputs;
    if (count < want)
        return blame_row(to, i, e, "answered %zu number%s, too few: number %zu "
                         "is asked for", count, count == 1 ? "" : "s", want);
    size_t width = __atomic_load_n(to->width, __ATOMIC_RELAXED);
    if (width == 0)
        __atomic_store_n(to->width, count, __ATOMIC_RELAXED);
    else if (width != count)
        return blame_row(to, i, e, "answered %zu numbers, and %zu for the rows "
                         "before", count, width);
    for (size_t k = 0; k < spec->outputs; k++) {
        double x = number[spec->column + k];
        if (!isfinite(x))
            return blame_row(to, i, e, "answered a number that is not finite");
        bool share = spec->link == LINK_LOGISTIC || spec->link == LINK_SOFTMAX ||
                     spec->link == LINK_LOGISTIC_EACH;
        if (share && !(x >= 0 && x <= 1))
            return blame_row(to, i, e, "answered %.17g, which is no "
                             "probability", x);
        to->out[i * spec->outputs + k] = x;
    }
    return ST_OK;
}

/* --- what the readers share ---------------------------------------------- */

struct reading {
    const struct answers *to;
    struct tokens *t;
    struct memory_stream memory;
    struct token token;
    double *number; /* of a row, or of all rows */
    size_t count, room;
    size_t row;     /* where reading stands */
};

/* Only what was asked for is kept of the reader's own fault. */
static status not_json(const struct reading *r, struct error *e)
{
    char text[ERROR_TEXT_MAX];
    if (e == NULL || e->class == ST_MEMORY)
        return e == NULL ? ST_DATA : e->class;
    long column = e->column;
    (void)snprintf(text, sizeof text, "%s", e->text);
    return blame_row(r->to, r->row, e,
                     "gave an answer that cannot be read, at character %ld: "
                     "%.300s", column, text);
}

static status start(struct reading *r, const char *bytes, size_t length,
                    const struct answers *to, struct error *e)
{
    *r = (struct reading){.to = to};
    r->memory = (struct memory_stream){bytes, length, 0};
    const struct token_limits limits = {.depth = DEPTH_MAX, .string = 1 << 20};
    return tokens_open_json(stream_of_memory(&r->memory, "answer"), &limits,
                            &r->t, e);
}

static status end(struct reading *r, status s)
{
    tokens_free(r->t);
    mem_free(r->number);
    return s;
}

static status next(struct reading *r, struct error *e)
{
    return tokens_next(r->t, &r->token, e) == ST_OK ? ST_OK : not_json(r, e);
}

static status skip(struct reading *r, struct error *e)
{
    return tokens_skip(r->t, e) == ST_OK ? ST_OK : not_json(r, e);
}

static bool is_key(const struct reading *r, const char *name)
{
    return r->token.length == strlen(name) &&
           memcmp(r->token.text, name, r->token.length) == 0;
}

static status keep(struct reading *r, size_t most, struct error *e)
{
    if (r->count >= most)
        return blame_row(r->to, r->row, e, "answered more than %zu numbers",
                         most);
    TRY(MEM_ROOM(r->number, r->room, r->count + 1, e));
    r->number[r->count++] = r->token.number;
    return ST_OK;
}

/* The top object to one of its members, whose value comes next. */
static status find_member(struct reading *r, const char *name, struct error *e)
{
    TRY(next(r, e));
    if (r->token.kind != TOKEN_BEGIN_OBJECT)
        return blame_row(r->to, 0, e, "must answer an object with \"%s\", not "
                         "%s", name, token_word(r->token.kind));
    for (;;) {
        TRY(next(r, e));
        if (r->token.kind == TOKEN_END_OBJECT)
            return blame_row(r->to, 0, e, "gave an answer without \"%s\"",
                             name);
        if (is_key(r, name))
            return ST_OK;
        TRY(skip(r, e));
    }
}

/* The rest of the top object, and nothing behind it. */
static status finish(struct reading *r, const char *name, struct error *e)
{
    for (;;) {
        TRY(next(r, e));
        if (r->token.kind == TOKEN_END_OBJECT)
            break;
        if (is_key(r, name))
            return blame_row(r->to, 0, e, "gave an answer with two \"%s\"",
                             name);
        TRY(skip(r, e));
    }
    return next(r, e); /* the end, or a fault */
}

/* One row: [numbers], one number, or {"column": number, …} if `named`. */
static status read_row(struct reading *r, bool named, struct error *e)
{
    const struct answers *to = r->to;
    r->count = 0;
    if (r->token.kind == TOKEN_NUMBER) {
        TRY(keep(r, WIDTH_MAX, e));
        return answer_put(to, r->row, r->number, r->count, e);
    }
    bool object = named && r->token.kind == TOKEN_BEGIN_OBJECT;
    if (!object && r->token.kind != TOKEN_BEGIN_ARRAY)
        return blame_row(to, r->row, e, "answered %s where its numbers are "
                         "wanted", token_word(r->token.kind));
    for (;;) {
        TRY(next(r, e));
        if (r->token.kind == (object ? TOKEN_END_OBJECT : TOKEN_END_ARRAY))
            return answer_put(to, r->row, r->number, r->count, e);
        if (object)
            TRY(next(r, e));
        if (r->token.kind != TOKEN_NUMBER)
            return blame_row(to, r->row, e, "answered %s where a number is "
                             "wanted", token_word(r->token.kind));
        TRY(keep(r, WIDTH_MAX, e));
    }
}

static status read_rows(struct reading *r, const char *member, bool named,
                        struct error *e)
{
    const struct answers *to = r->to;
    TRY(find_member(r, member, e));
    TRY(next(r, e));
    if (r->token.kind != TOKEN_BEGIN_ARRAY)
        return blame_row(to, 0, e, "gave %s as \"%s\", not an array of rows",
                         token_word(r->token.kind), member);
    for (;; r->row++) {
        TRY(next(r, e));
        if (r->token.kind == TOKEN_END_ARRAY)
            break;
        if (r->row == to->rows)
            return blame_row(to, to->rows - 1, e, "answered more rows than the "
                             "%zu that it was asked", to->rows);
        TRY(read_row(r, named, e));
    }
    if (r->row < to->rows)
        return blame_row(to, r->row, e, "answered %zu of %zu rows, and none "
                         "for this one", r->row, to->rows);
    r->row = 0;
    return finish(r, member, e);
}

status answer_of_command(const char *bytes, size_t length,
                         const struct answers *to, struct error *e)
{
    struct reading r;
    status s = start(&r, bytes, length, to, e);
    return end(&r, s == ST_OK ? read_rows(&r, "outputs", false, e) : s);
}

status answer_of_mlflow(const char *bytes, size_t length,
                        const struct answers *to, struct error *e)
{
    struct reading r;
    status s = start(&r, bytes, length, to, e);
    return end(&r, s == ST_OK ? read_rows(&r, "predictions", true, e) : s);
}

/* --- open inference ------------------------------------------------------ */

struct tensor {
    char name[128], type[16];
    size_t shape[SHAPE_MAX], dimensions;
    bool shaped, filled, wanted;
};

static void copy_text(const struct reading *r, char *out, size_t room)
{
    size_t n = r->token.length < room ? r->token.length : room - 1;
    memcpy(out, r->token.text, n);
    out[n] = '\0';
}

static status read_shape(struct reading *r, struct tensor *x, struct error *e)
{
    TRY(next(r, e));
    if (r->token.kind != TOKEN_BEGIN_ARRAY)
        return blame_row(r->to, 0, e, "gave an output without a shape");
    for (x->shaped = true;;) {
        TRY(next(r, e));
        if (r->token.kind == TOKEN_END_ARRAY)
            return ST_OK;
        if (r->token.kind != TOKEN_NUMBER || !r->token.is_integer ||
            r->token.integer < 1 || r->token.integer > REMOTE_BATCH_MAX ||
            x->dimensions == SHAPE_MAX)
            return blame_row(r->to, 0, e, "gave an output with a shape that "
                             "has no sense here");
        x->shape[x->dimensions++] = (size_t)r->token.integer;
    }
}

static size_t width_of(const struct tensor *x)
{
    size_t width = 1;
    for (size_t i = 1; i < x->dimensions && width <= WIDTH_MAX; i++)
        width *= x->shape[i];
    return width;
}

/* Flat, or nested by row. */
static status read_data(struct reading *r, struct tensor *x, struct error *e)
{
    size_t most = r->to->rows * (size_t)WIDTH_MAX, depth = 1;
    size_t width = x->shaped ? width_of(x) : 0;
    r->count = 0;
    x->filled = true;
    TRY(next(r, e));
    if (r->token.kind != TOKEN_BEGIN_ARRAY)
        return blame_row(r->to, 0, e, "gave an output without data");
    while (depth > 0) {
        r->row = width > 0 ? r->count / width : 0;
        TRY(next(r, e));
        if (r->token.kind == TOKEN_NUMBER)
            TRY(keep(r, most, e));
        else if (r->token.kind == TOKEN_BEGIN_ARRAY)
            depth++;
        else if (r->token.kind == TOKEN_END_ARRAY)
            depth--;
        else
            return blame_row(r->to, r->row, e, "answered %s where a number is "
                             "wanted", token_word(r->token.kind));
    }
    r->row = 0;
    return ST_OK;
}

static status put_tensor(struct reading *r, const struct tensor *x,
                         struct error *e)
{
    const struct answers *to = r->to;
    if (!x->shaped || !x->filled)
        return blame_row(to, 0, e, "gave the output \"%.80s\" without %s",
                         x->name, x->shaped ? "data" : "a shape");
    size_t width = width_of(x), n = x->dimensions == 0 ? 1 : x->shape[0];
    if (n != to->rows)
        return blame_row(to, n < to->rows ? n : to->rows - 1, e,
                         "answered %zu rows, and was asked %zu", n, to->rows);
    if (width > WIDTH_MAX || r->count != n * width) {
        size_t at = width > WIDTH_MAX ? 0 : r->count / width;
        return blame_row(to, at, e, "gave %zu numbers for an output of %zu "
                         "rows of %zu", r->count, n, width);
    }
    for (size_t i = 0; i < n; i++)
        TRY(answer_put(to, i, r->number + i * width, width, e));
    return ST_OK;
}

/* One object of "outputs"; its data are kept if it is the wanted one. */
static status read_tensor(struct reading *r, struct tensor *x, bool first,
                          struct error *e)
{
    const char *want = r->to->a->spec->output_name;
    memset(x, 0, sizeof *x);
    x->wanted = want == NULL && first;
    for (;;) {
        TRY(next(r, e));
        if (r->token.kind == TOKEN_END_OBJECT)
            return ST_OK;
        if (is_key(r, "name")) {
            TRY(next(r, e));
            if (r->token.kind != TOKEN_STRING)
                return blame_row(r->to, 0, e, "gave an output whose name is no "
                                 "text");
            copy_text(r, x->name, sizeof x->name);
            x->wanted = want == NULL ? first : is_key(r, want);
        } else if (is_key(r, "shape") && !x->shaped) {
            TRY(read_shape(r, x, e));
        } else if (is_key(r, "data") && !x->filled) {
            /* a name that comes later may still make it the wanted one */
            if (x->wanted || x->name[0] == '\0')
                TRY(read_data(r, x, e));
            else
                TRY(skip(r, e));
        } else {
            TRY(skip(r, e));
        }
    }
}

static status read_outputs(struct reading *r, struct error *e)
{
    const char *want = r->to->a->spec->output_name;
    struct tensor x;
    bool found = false;
    TRY(next(r, e));
    if (r->token.kind != TOKEN_BEGIN_ARRAY)
        return blame_row(r->to, 0, e, "gave \"outputs\" that is no array");
    for (bool first = true;; first = false) {
        TRY(next(r, e));
        if (r->token.kind == TOKEN_END_ARRAY)
            break;
        if (r->token.kind != TOKEN_BEGIN_OBJECT)
            return blame_row(r->to, 0, e, "gave an output that is no object");
        TRY(read_tensor(r, &x, first, e));
        if (!x.wanted)
            continue;
        if (found)
            return blame_row(r->to, 0, e, "gave the output \"%.80s\" twice",
                             x.name);
        found = true;
        TRY(put_tensor(r, &x, e));
    }
    if (found)
        return ST_OK;
    return blame_row(r->to, 0, e, "gave no output%s%.80s%s",
                     want == NULL ? "" : " named \"",
                     want == NULL ? "" : want, want == NULL ? "" : "\"");
}

static status read_inference(struct reading *r, char version[80],
                             struct error *e)
{
    bool outputs = false;
    version[0] = '\0';
    TRY(next(r, e));
    if (r->token.kind != TOKEN_BEGIN_OBJECT)
        return blame_row(r->to, 0, e, "must answer an object with \"outputs\", "
                         "not %s", token_word(r->token.kind));
    for (;;) {
        TRY(next(r, e));
        if (r->token.kind == TOKEN_END_OBJECT)
            break;
        if (is_key(r, "outputs") && !outputs) {
            outputs = true;
            TRY(read_outputs(r, e));
        } else if (is_key(r, "model_version")) {
            TRY(next(r, e));
            if (r->token.kind == TOKEN_STRING)
                copy_text(r, version, 80);
            else
                TRY(skip(r, e));
        } else {
            TRY(skip(r, e));
        }
    }
    if (!outputs)
        return blame_row(r->to, 0, e, "gave an answer without \"outputs\"");
    return next(r, e); /* the end, or a fault */
}

status answer_of_inference(const char *bytes, size_t length,
                           const struct answers *to, char version[80],
                           struct error *e)
{
    struct reading r;
    status s = start(&r, bytes, length, to, e);
    return end(&r, s == ST_OK ? read_inference(&r, version, e) : s);
}
