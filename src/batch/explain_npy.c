/* Contributions as arrays, one a file, for whole portfolios. */
#include "batch/explain.h"

#include "base/arena.h"
#include "io/npy.h"
#include "syntax/json_write.h"

#include <stdio.h>
#include <string.h>

enum array { CONTRIBUTIONS, MARGIN, RESIDUAL, ROWS, PAIRS, ARRAYS };

static const char *const array_name[ARRAYS] = {"contributions", "margin",
                                               "residual", "rows", "pairs"};

struct writing {
    const struct explaining *x;
    struct npy *array[ARRAYS];
    size_t axis[ARRAYS][NPY_AXES], axes[ARRAYS], each[ARRAYS];
};

static void put_numbers(struct buf *out, const double *x, size_t n, bool real)
{
    if (!real) {
        buf_put(out, x, n * sizeof *x);
        return;
    }
    char *to = buf_reserve(out, n * sizeof(float));
    for (size_t i = 0; to != NULL && i < n; i++) {
        float f = (float)x[i];
        memcpy(to + i * sizeof f, &f, sizeof f);
    }
    if (to != NULL)
        out->length += n * sizeof(float);
}

static status put(struct explaining *x, size_t worker,
                  const struct explained *r, struct buf *out,
                  struct error *e)
{
    double *margin = x->worker[worker].margin;
    size_t games = x->games * x->outputs, width = x->players + 1;
    for (size_t i = 0; i < r->in->rows; i++) {
        size_t place = r->at[i];
        int64_t ordinal = r->in->ordinal[i];
        for (size_t g = 0; g < games; g++)
            put_numbers(&out[CONTRIBUTIONS],
                        r->phi + place * x->values + g * width, x->players,
                        x->real);
        explain_margin(x, worker, r, i, margin);
        put_numbers(&out[MARGIN], margin, x->outputs, false);
        put_numbers(&out[RESIDUAL], r->residual + place * games, games, false);
        buf_put(&out[ROWS], &ordinal, sizeof ordinal);
        if (x->pairs > 0)
            put_numbers(&out[PAIRS], r->pairs + place * games * x->pairs,
                        games * x->pairs, x->real);
    }
    for (size_t k = 0; k < ARRAYS; k++)
        TRY(buf_status(&out[k], e));
    return ST_OK;
}

static status take(void *context, const struct buf *out, size_t rows,
                   struct error *e)
{
    struct writing *w = context;
    for (size_t k = 0; rows > 0 && k < ARRAYS; k++)
        if (w->array[k] != NULL)
            TRY(npy_put(w->array[k], out[k].data, rows, e));
    return ST_OK;
}

static void add_axis(struct writing *w, enum array k, size_t length)
{
    w->axis[k][w->axes[k]++] = length;
}

/* One game of one output: [rows][players]; else [rows][games][outputs][…]. */
static void shape(struct writing *w)
{
    const struct explaining *x = w->x;
    bool flat = x->games * x->outputs == 1;
    for (size_t k = 0; k < ARRAYS; k++) {
        bool games = k == CONTRIBUTIONS || k == RESIDUAL || k == PAIRS;
        if (games && !flat)
            add_axis(w, (enum array)k, x->games);
        if ((games || k == MARGIN) && !flat)
            add_axis(w, (enum array)k, x->outputs);
    }
    add_axis(w, CONTRIBUTIONS, x->players);
    add_axis(w, PAIRS, x->pairs);
}

static status path_of(const struct explaining *x, const char *name,
                      struct buf *path, struct error *e)
{
    buf_clear(path);
    buf_printf(path, "%s/%s", x->s->request->out, name);
    return buf_status(path, e);
}

static status open_arrays(struct writing *w, struct buf *path, struct error *e)
{
    const struct explaining *x = w->x;
    char **names;
    size_t count;
    TRY(folder_make(x->s->request->out, e));
    TRY(folder_list(x->s->request->out, &names, &count, e));
    folder_list_free(names, count);
    if (count > 0)
        return error_set(e, ST_ARGUMENT,
                         "the folder %s is not empty: arrays of two runs are "
                         "never mixed; give a new one", x->s->request->out);
    shape(w);
    for (size_t k = 0; k < ARRAYS; k++) {
        char name[64];
        if (k == PAIRS && x->pairs == 0)
            continue;
        enum npy_type type = k == ROWS ? NPY_INT64
                             : x->real && (k == CONTRIBUTIONS || k == PAIRS)
                                 ? NPY_FLOAT32
                                 : NPY_FLOAT64;
        (void)snprintf(name, sizeof name, "%s.npy", array_name[k]);
        TRY(path_of(x, name, path, e));
        TRY(npy_open(buf_text(path), SINK_PRIVATE, type, w->axis[k], w->axes[k],
                     &w->array[k], e));
    }
    return ST_OK;
}

static status save_base(const struct explaining *x, struct buf *path,
                        struct error *e)
{
    struct npy *array;
    size_t outputs = x->outputs;
    status st = ST_OK;
    TRY(path_of(x, "base.npy", path, e));
    TRY(npy_open(buf_text(path), SINK_PRIVATE, NPY_FLOAT64, &outputs, 1, &array,
                 e));
    for (size_t g = 0; st == ST_OK && g < x->games; g++) {
        for (size_t o = 0; o < outputs; o++)
            x->worker[0].margin[o] = shapley_base(x->explainer, g, o);
        st = npy_put(array, x->worker[0].margin, 1, e);
    }
    if (st == ST_OK)
        return npy_close(array, e);
    npy_free(array);
    return st;
}

static void put_names(struct json_writer *w, const struct explaining *x)
{
    const struct model *m = x->s->model;
    json_key(w, "references");
    json_array(w);
    for (size_t g = 0; g < x->set.games; g++) {
        json_object(w);
        json_put_string(w, "name", shapley_reference_name(x->explainer, g));
        json_put_int(w, "rows",
                     (long long)shapley_reference_count(x->explainer, g));
        json_object_end(w);
    }
    json_array_end(w);
    json_key(w, "outputs");
    json_array(w);
    for (size_t o = 0; o < x->outputs; o++)
        json_string(w, m->class_names != NULL ? m->class_names[o] : "margin");
    json_array_end(w);
    json_key(w, "players");
    json_array(w);
    for (size_t i = 0; i < x->players; i++)
        json_string(w, x->set.players.name[i]);
    json_array_end(w);
    if (x->pairs == 0)
        return;
    json_key(w, "pairs");
    json_array(w);
    for (size_t i = 0; i < x->pairs; i++) {
        json_array(w);
        json_int(w, (long long)x->pair[i].i);
        json_int(w, (long long)x->pair[i].j);
        json_array_end(w);
    }
    json_array_end(w);
}

static void put_check(struct json_writer *w, const struct explain_tally *t)
{
    json_key(w, "held_against_strict");
    json_object(w);
    json_put_int(w, "rows", (long long)t->checked);
    json_put_number(w, "largest_error", t->error);
    json_put_number(w, "stated_bound", t->bound);
    json_object_end(w);
}

static status save_names(const struct explaining *x, struct buf *path,
                         struct error *e)
{
    struct buf text = BUF_INIT((size_t)1 << 30);
    struct json_writer w = json_start(&text, 1);
    json_object(&w);
    json_put_string(&w, "candor", CANDOR_VERSION);
    json_put_string(&w, "model_sha256", x->s->model->sha256);
    json_put_string(&w, "estimator", x->set.estimator->name);
    json_put_string(&w, "precision", x->real ? "float" : "strict");
    json_put_int(&w, "rows", (long long)x->tally.rows);
    put_names(&w, x);
    if (x->real)
        put_check(&w, &x->tally);
    json_object_end(&w);
    status st = json_end(&w, e);
    buf_putc(&text, '\n');
    if (st == ST_OK)
        st = path_of(x, "names.json", path, e);
    if (st == ST_OK)
        st = file_save(buf_text(path), SINK_PRIVATE, text.data, text.length, e);
    buf_free(&text);
    return st;
}

static status finish(struct writing *w, struct buf *path, struct error *e)
{
    for (size_t k = 0; k < ARRAYS; k++) {
        struct npy *array = w->array[k];
        w->array[k] = NULL;
        if (array != NULL)
            TRY(npy_close(array, e));
    }
    TRY(save_base(w->x, path, e));
    return save_names(w->x, path, e);
}

int explain_arrays(struct explaining *x)
{
    struct writing w = {.x = x};
    struct error e = {.class = ST_OK};
    struct buf path = BUF_INIT(65536);
    int code = EXIT_DONE;
    status st = open_arrays(&w, &path, &e);
    if (st == ST_OK) {
        struct explain_form form = {.put = put, .take = take,
                                    .take_context = &w, .outputs = ARRAYS};
        code = explain_run(x, &form);
    }
    if (st == ST_OK && code == EXIT_DONE)
        st = finish(&w, &path, &e);
    for (size_t k = 0; k < ARRAYS; k++)
        npy_free(w.array[k]);
    buf_free(&path);
    if (st != ST_OK) {
        host_error(x->s->host, &e);
        return exit_of_data(&e);
    }
    if (code == EXIT_DONE)
        explain_tell(x);
    return code;
}
