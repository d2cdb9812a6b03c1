/* A program read as layers: each register is followed as an affine form over the
 * values of one layer, and each ReLU makes a value of the next. */
#include "model/network_in.h"

#include <stdio.h>

/* --- forms ------------------------------------------------------------------ */

static bool fail(struct reading *r, const char *why)
{
    if (r->why[0] == '\0')
        (void)snprintf(r->why, sizeof r->why, "%s", why);
    return false;
}

static double *coefficients(struct reading *r, size_t n)
{
    double *c = arena_new_array(r->scratch, double, n + 1);

    if (c == NULL)
        (void)fail(r, "it is too large to be seen as layers");
    return c;
}

static struct form constant_form(double v)
{
    return (struct form){.kind = FORM_AFFINE, .level = ANY_LEVEL, .constant = v,
                         .variable = NO_VARIABLE};
}

static struct form variable_form(size_t level, size_t variable)
{
    return (struct form){.kind = FORM_AFFINE, .level = level,
                         .variable = variable, .scale = 1};
}

void network_use(struct reading *r, const struct form *x)
{
    if (x->kind == FORM_AFFINE && x->level == 0 && x->variable != NO_VARIABLE)
        r->used[x->variable] = true;
}

/* to += w × x; the levels must agree. */
static bool add_form(struct reading *r, struct form *to, double w,
                     const struct form *x)
{
    if (x->kind != FORM_AFFINE)
        return fail(r, "a word is computed with");
    if (x->level != ANY_LEVEL) {
        if (to->level == ANY_LEVEL)
            to->level = x->level;
        if (to->level != x->level)
            return fail(r, "a layer reads values of two layers before");
    }
    to->constant += w * x->constant;
    network_use(r, x);
    if (x->level == ANY_LEVEL)
        return true;
    size_t n = r->layer[x->level].count;
    if (to->count < n) {
        double *c = coefficients(r, n);
        if (c == NULL)
            return false;
        if (to->count > 0)
            memcpy(c, to->coefficient, to->count * sizeof *c);
        to->coefficient = c;
        to->count = n;
    }
    if (x->variable != NO_VARIABLE)
        to->coefficient[x->variable] += w * x->scale;
    for (size_t i = 0; x->variable == NO_VARIABLE && i < x->count; i++)
        to->coefficient[i] += w * x->coefficient[i];
    return true;
}

static struct form scaled(struct reading *r, const struct form *x, double p,
                          double q)
{
    struct form out = constant_form(q);

    if (x->kind == FORM_AFFINE && x->variable != NO_VARIABLE) {
        out = *x;
        out.scale *= p;
        out.constant = p * x->constant + q;
    } else if (!add_form(r, &out, p, x)) {
        out.kind = FORM_NONE;
    }
    return out;
}

/* --- inputs ------------------------------------------------------------------- */

static struct form new_input(struct reading *r, const struct network_input *n)
{
    struct layer_reading *l = &r->layer[0];

    for (size_t i = 0; i < l->count; i++) /* the same as one before? */
        if (!n->by_word && !r->input[i].by_word &&
            r->input[i].feature == n->feature &&
            r->input[i].scale == n->scale && r->input[i].offset == n->offset &&
            (r->input[i].missing == n->missing ||
             (isnan(r->input[i].missing) && isnan(n->missing))))
            return variable_form(0, i);
    if (l->count == r->input_room) {
        size_t room = r->input_room * 2 + 16;
        struct network_input *more =
            arena_new_array(r->a, struct network_input, room);
        bool *used = arena_new_array(r->scratch, bool, room);
        if (more == NULL || used == NULL) {
            (void)fail(r, "it is too large to be seen as layers");
            return (struct form){.kind = FORM_NONE};
        }
        if (l->count > 0) {
            memcpy(more, r->input, l->count * sizeof *more);
            memcpy(used, r->used, l->count * sizeof *used);
        }
        r->input = more;
        r->used = used;
        r->input_room = room;
    }
    r->input[l->count] = *n;
    return variable_form(0, l->count++);
}

struct form network_number(struct reading *r, size_t feature)
{
    return new_input(r, &(struct network_input){.feature = (uint32_t)feature,
                                                .scale = 1,
                                                .missing = (double)NAN});
}

/* What the register gives for each word of the feature, by the steps of its
 * form themselves. */
struct form network_words(struct reading *r, const struct form *x,
                          const double *value, double unseen, double missing)
{
    size_t words = r->m->feature[x->feature].word_count;
    double *kept = arena_new_array(r->a, double, words + 1);

    if (kept == NULL) {
        (void)fail(r, "it is too large to be seen as layers");
        return (struct form){.kind = FORM_NONE};
    }
    memcpy(kept, value, words * sizeof *kept);
    return new_input(r, &(struct network_input){.feature = x->feature,
                                                .by_word = true,
                                                .word = kept,
                                                .words = words,
                                                .unseen = unseen,
                                                .missing = missing});
}

/* A number of one input whose missing value is filled. */
static struct form filled(struct reading *r, const struct form *x, double p)
{
    if (x->kind != FORM_AFFINE || x->level != 0 || x->variable == NO_VARIABLE ||
        r->input[x->variable].by_word ||
        !isnan(r->input[x->variable].missing)) {
        if (x->kind == FORM_AFFINE && x->level == ANY_LEVEL)
            return *x;
        (void)fail(r, "a missing value is filled behind the first layer");
        return (struct form){.kind = FORM_NONE};
    }
    struct network_input n = r->input[x->variable];
    n.offset = x->scale * n.offset + x->constant;
    n.scale *= x->scale;
    n.missing = p;
    return new_input(r, &n);
}

/* --- layers ------------------------------------------------------------------- */

static struct form relu(struct reading *r, const struct form *x)
{
    if (x->kind != FORM_AFFINE)
        return *x;
    if (x->level == ANY_LEVEL)
        return constant_form(x->constant > 0 ? x->constant : 0);
    if (x->level + 1 >= NETWORK_LEVELS) {
        (void)fail(r, "it has too many layers");
        return (struct form){.kind = FORM_NONE};
    }
    struct layer_reading *next = &r->layer[x->level + 1];
    if (next->count == next->room) {
        size_t room = next->room * 2 + 16;
        struct form *more = arena_new_array(r->scratch, struct form, room);
        if (more == NULL) {
            (void)fail(r, "it is too large to be seen as layers");
            return (struct form){.kind = FORM_NONE};
        }
        if (next->count > 0)
            memcpy(more, next->row, next->count * sizeof *more);
        next->row = more;
        next->room = room;
    }
    network_use(r, x);
    next->row[next->count] = *x;
    return variable_form(x->level + 1, next->count++);
}

/* --- steps -------------------------------------------------------------------- */

struct form network_map(struct reading *r, const struct step *s,
                        const struct form *x)
{
    bool number = x->kind == FORM_AFFINE;

    switch ((enum program_map)s->f) {
    case MAP_COPY: return *x;
    case MAP_FLOAT32: r->single = true; return *x;
    case MAP_NEGATE: return scaled(r, x, -1, 0);
    case MAP_SCALE: return scaled(r, x, s->p, s->q);
    case MAP_RELU: return relu(r, x);
    case MAP_IS_MISSING:
        if (number && x->level == 0 && x->variable != NO_VARIABLE) {
            struct form of = *x;
            of.kind = FORM_MISSING;
            return of;
        }
        break;
    case MAP_FILL:
        if (number)
            return filled(r, x, s->p);
        break;
    default: break;
    }
    (void)fail(r, program_map_word((enum program_map)s->f));
    return (struct form){.kind = FORM_NONE};
}

struct form network_choose(struct reading *r, const struct form *condition,
                           const struct form *yes, const struct form *no)
{
    bool fills = condition->kind == FORM_MISSING && no->kind == FORM_AFFINE &&
                 no->level == 0 && no->variable == condition->variable &&
                 no->scale == condition->scale &&
                 no->constant == condition->constant &&
                 yes->kind == FORM_AFFINE && yes->level == ANY_LEVEL;

    if (fills)
        return filled(r, no, yes->constant);
    (void)fail(r, "a choice between two values");
    return (struct form){.kind = FORM_NONE};
}

struct form network_pair(struct reading *r, const struct step *s,
                         const struct form *x, const struct form *y)
{
    enum program_pair f = (enum program_pair)s->f;
    struct form out = constant_form(0);
    bool fixed = y->kind == FORM_AFFINE && y->level == ANY_LEVEL;

    if (f == PAIR_ADD || f == PAIR_SUBTRACT) {
        if (add_form(r, &out, 1, x) &&
            add_form(r, &out, f == PAIR_ADD ? 1 : -1, y))
            return out;
    } else if (f == PAIR_MULTIPLY && fixed) {
        return scaled(r, x, y->constant, 0);
    } else if (f == PAIR_MULTIPLY && x->kind == FORM_AFFINE &&
               x->level == ANY_LEVEL) {
        return scaled(r, y, x->constant, 0);
    } else if (f == PAIR_DIVIDE && fixed && y->constant != 0) {
        return scaled(r, x, 1 / y->constant, 0);
    }
    (void)fail(r, program_pair_word(f));
    return (struct form){.kind = FORM_NONE};
}

void network_affine(struct reading *r, const struct step *s)
{
    const struct affine_data *d = s->data;
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;

    for (uint32_t o = 0; o < s->outs; o++) {
        struct form sum = constant_form(d->bias == NULL ? 0 : d->bias[o]);
        bool good = true;
        for (uint32_t i = 0; good && i < s->ins; i++)
            good = add_form(r, &sum, d->weight[(size_t)o * s->ins + i],
                            &r->form[in[i]]);
        if (!good)
            sum.kind = FORM_NONE;
        r->out[o] = sum;
    }
    for (uint32_t o = 0; o < s->outs; o++)
        r->form[to[o]] = r->out[o];
}

struct form network_sum(struct reading *r, const struct step *s, double by)
{
    const uint32_t *in = r->p->list + s->in;
    struct form sum = constant_form(0);

    for (uint32_t i = 0; i < s->ins; i++)
        if (!add_form(r, &sum, by, &r->form[in[i]]))
            return (struct form){.kind = FORM_NONE};
    return sum;
}
