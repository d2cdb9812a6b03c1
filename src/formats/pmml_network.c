/* NeuralNetwork: PMML 4.4, chapter Neural Network. */
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

static const char *const activations[] = {
    "threshold", "logistic", "tanh", "identity", "exponential", "reciprocal",
    "square", "Gauss", "sine", "cosine", "Elliott", "arctan", "rectifier",
    "radialBasis", NULL};
enum activation { THRESHOLD, LOGISTIC, TANH, IDENTITY, EXPONENTIAL, RECIPROCAL,
                  SQUARE, GAUSS, SINE, COSINE, ELLIOTT, ARCTAN, RECTIFIER,
                  RADIAL };

static const enum program_map maps[] = {
    [LOGISTIC] = MAP_LOGISTIC, [TANH] = MAP_TANH, [IDENTITY] = MAP_COPY,
    [EXPONENTIAL] = MAP_EXP, [RECIPROCAL] = MAP_RECIPROCAL,
    [SQUARE] = MAP_SQUARE, [GAUSS] = MAP_GAUSS, [SINE] = MAP_SIN,
    [COSINE] = MAP_COS, [ELLIOTT] = MAP_SOFTSIGN, [ARCTAN] = MAP_ARCTAN,
    [RECTIFIER] = MAP_RELU};

static const char *const normals[] = {"none", "simplemax", "softmax", NULL};
enum normal { NORMAL_NOT, NORMAL_SIMPLE, NORMAL_SOFT };

/* Neurons known so far, by id. */
struct net {
    struct pmml *p;
    struct pmml_scope *s;
    const struct xml_node *model;
    struct names *id;
    reg *r;
    size_t room;
    bool single;
};

/* The layer that is read: neurons whose connections come from the same places
 * are one affine step. */
struct layer {
    const struct xml_node *node;
    enum activation f;
    enum normal normal;
    double threshold, leakage, width, altitude;
    reg *out;              /* [neurons] */
    size_t neurons;
    reg *from;             /* of the open group */
    double *weight, *bias;
    size_t ins, group, weights, from_room, weight_room, bias_room;
};

static status name_neuron(struct net *t, const struct xml_node *n, reg r,
                          struct error *e)
{
    const char *id = NULL;
    size_t before = names_count(t->id);
    TRY(pmml_text(t->p, n, "id", &id, e));
    TRY(MEM_ROOM(t->r, t->room, before + 1, e));
    long at = names_add(t->id, id, strlen(id));
    if (at < 0)
        return error_memory(e);
    if ((size_t)at < before)
        return pmml_fault(t->p, n, e, ST_FORMAT,
                          "the id \"%.60s\" stands twice", id);
    t->r[at] = r;
    return ST_OK;
}

static status find_neuron(const struct net *t, const struct xml_node *n,
                          const char *attribute, reg *out, struct error *e)
{
    const char *id = NULL;
    TRY(pmml_text(t->p, n, attribute, &id, e));
    long at = names_find(t->id, id, strlen(id));
    if (at < 0)
        return pmml_fault(t->p, n, e, ST_FORMAT,
                          "no neuron before it has the id \"%.60s\"", id);
    *out = t->r[at];
    return ST_OK;
}

static status read_inputs(struct net *t, struct error *e)
{
    const struct xml_node *all = xml_child(t->model, "NeuralInputs");
    if (all == NULL)
        return pmml_fault(t->p, t->model, e, ST_FORMAT,
                          "it has no NeuralInputs");
    for (const struct xml_node *n = xml_child(all, "NeuralInput"); n != NULL;
         n = xml_sibling(n, "NeuralInput")) {
        const struct xml_node *d = xml_child(n, "DerivedField");
        const struct xml_node *body = d == NULL ? NULL : d->child;
        struct pmml_value v;
        if (body == NULL)
            return pmml_fault(t->p, n, e, ST_FORMAT, "it has no DerivedField");
        TRY(pmml_derived(t->p, t->s, d, body, &v, e));
        TRY(pmml_as(t->p, PMML_NUMBER, n, &v, e));
        TRY(name_neuron(t, n, v.r, e));
    }
    return ST_OK;
}

/* An affine step for the neurons of the open group. */
static status close_group(struct net *t, struct layer *l, struct error *e)
{
    if (l->group == 0)
        return ST_OK;
    status s = program_affine(t->p->k, l->weight, l->bias, t->single, l->from,
                              l->ins, l->group,
                              l->out + (l->neurons - l->group), e);
    l->group = l->weights = 0;
    return s;
}

static bool same_places(const struct layer *l, const reg *from, size_t ins)
{
    return l->group > 0 && l->ins == ins &&
           memcmp(l->from, from, ins * sizeof *from) == 0;
}

/* A neuron that hands one value on, as exporters add for the classes. */
static bool hands_on(const struct layer *l, const double *weight, double bias,
                     size_t ins)
{
    return l->f == IDENTITY && l->normal == NORMAL_NOT && ins == 1 &&
           weight[0] == 1.0 && bias == 0.0;
}

static status read_connections(struct net *t, const struct xml_node *n,
                               size_t ins, reg *from, double *weight,
                               struct error *e)
{
    size_t i = 0;
    if (ins == 0)
        return pmml_fault(t->p, n, e, ST_FORMAT, "it has no connections");
    for (const struct xml_node *c = xml_child(n, "Con"); c != NULL;
         c = xml_sibling(c, "Con"), i++) {
        TRY(find_neuron(t, c, "from", &from[i], e));
        TRY(pmml_number(t->p, c, "weight", NAN, &weight[i], e));
    }
    return ST_OK;
}

/* Radial basis (4.4): exp(fan-in × log(altitude) − Σ (x − w)² / (2 width²)). */
static status radial(struct net *t, const struct layer *l,
                     const struct xml_node *n, size_t ins, const reg *from,
                     const double *weight, reg *out, struct error *e)
{
    double width = l->width, altitude = l->altitude;
    reg sum;
    TRY(pmml_number(t->p, n, "width", l->width, &width, e));
    TRY(pmml_number(t->p, n, "altitude", l->altitude, &altitude, e));
    if (!(width > 0.0) || !(altitude > 0.0))
        return pmml_fault(t->p, n, e, ST_FORMAT,
                          "width and altitude must be above 0");
    reg *square = arena_new_array(t->p->arena, reg, ins);
    if (square == NULL)
        return arena_error(t->p->arena, e);
    for (size_t i = 0; i < ins; i++)
        TRY(program_map(t->p->k, MAP_SCALE, 1.0, -weight[i], t->single,
                        &from[i], 1, &square[i], e));
    TRY(program_map(t->p->k, MAP_SQUARE, 0.0, 0.0, t->single, square, ins,
                    square, e));
    TRY(program_reduce(t->p->k, REDUCE_SUM, t->single, square, ins, &sum, e));
    TRY(program_map(t->p->k, MAP_SCALE, -1.0 / (2.0 * width * width),
                    (double)ins * log(altitude), t->single, &sum, 1, &sum, e));
    return program_map(t->p->k, MAP_EXP, 0.0, 0.0, t->single, &sum, 1, out, e);
}

static status add_neuron(struct net *t, struct layer *l,
                         const struct xml_node *n, reg *from, double *weight,
                         size_t ins, struct error *e)
{
    double bias = 0.0;
    reg r = 0;
    TRY(pmml_number(t->p, n, "bias", 0.0, &bias, e));
    TRY(read_connections(t, n, ins, from, weight, e));
    if (l->f == RADIAL || hands_on(l, weight, bias, ins)) {
        TRY(close_group(t, l, e));
        r = from[0];
        if (l->f == RADIAL)
            TRY(radial(t, l, n, ins, from, weight, &r, e));
        l->out[l->neurons++] = r;
        return ST_OK;
    }
    if (!same_places(l, from, ins)) {
        TRY(close_group(t, l, e));
        TRY(MEM_ROOM(l->from, l->from_room, ins, e));
        memcpy(l->from, from, ins * sizeof *from);
        l->ins = ins;
    }
    TRY(MEM_ROOM(l->weight, l->weight_room, l->weights + ins, e));
    TRY(MEM_ROOM(l->bias, l->bias_room, l->group + 1, e));
    memcpy(l->weight + l->weights, weight, ins * sizeof *weight);
    l->weights += ins;
    l->bias[l->group++] = bias;
    l->neurons++;
    return ST_OK;
}

static status activate(struct net *t, struct layer *l, struct error *e)
{
    struct program_maker *k = t->p->k;
    size_t n = l->neurons;
    if (l->f == THRESHOLD)
        TRY(program_map(k, MAP_BINARIZE, l->threshold, 0.0, t->single, l->out,
                        n, l->out, e));
    else if (l->f == RECTIFIER && l->leakage != 0.0)
        TRY(program_map(k, MAP_LEAKY, l->leakage, 0.0, t->single, l->out, n,
                        l->out, e));
    else if (l->f == LOGISTIC)
        TRY(pmml_logistics(t->p, t->single, l->out, n, l->out, e));
    else if (l->f != IDENTITY && l->f != RADIAL)
        TRY(program_map(k, maps[l->f], 0.0, 0.0, t->single, l->out, n, l->out,
                        e));
    if (l->normal == NORMAL_SOFT)
        return pmml_softmax(t->p, t->single, l->out, n, l->out, e);
    if (l->normal == NORMAL_SIMPLE)
        return program_group(k, GROUP_SIMPLEMAX, t->single, l->out, n, l->out,
                             e);
    return ST_OK;
}

static status layer_settings(struct net *t, struct layer *l, struct error *e)
{
    int f = -1, normal = NORMAL_NOT;
    struct pmml *p = t->p;
    TRY(pmml_choice(p, t->model, "activationFunction", activations, -1, &f,
                    e));
    TRY(pmml_choice(p, l->node, "activationFunction", activations, f, &f, e));
    if (f < 0)
        return pmml_fault(p, l->node, e, ST_FORMAT,
                          "it has no activationFunction");
    TRY(pmml_choice(p, t->model, "normalizationMethod", normals, NORMAL_NOT,
                    &normal, e));
    TRY(pmml_choice(p, l->node, "normalizationMethod", normals, normal,
                    &normal, e));
    l->f = (enum activation)f;
    l->normal = (enum normal)normal;
    TRY(pmml_number(p, t->model, "threshold", 0.0, &l->threshold, e));
    TRY(pmml_number(p, l->node, "threshold", l->threshold, &l->threshold, e));
    TRY(pmml_number(p, t->model, "leakage", 0.0, &l->leakage, e));
    TRY(pmml_number(p, l->node, "leakage", l->leakage, &l->leakage, e));
    TRY(pmml_number(p, t->model, "altitude", 1.0, &l->altitude, e));
    TRY(pmml_number(p, l->node, "altitude", l->altitude, &l->altitude, e));
    TRY(pmml_number(p, t->model, "width", 0.0, &l->width, e));
    return pmml_number(p, l->node, "width", l->width, &l->width, e);
}

static status read_neurons(struct net *t, struct layer *l, struct error *e)
{
    reg *from = NULL;
    double *weight = NULL;
    size_t from_room = 0, weight_room = 0;
    status s = ST_OK;
    for (const struct xml_node *n = xml_child(l->node, "Neuron");
         n != NULL && s == ST_OK; n = xml_sibling(n, "Neuron")) {
        size_t ins = xml_count(n, "Con");
        s = MEM_ROOM(from, from_room, ins + 1, e);
        if (s == ST_OK)
            s = MEM_ROOM(weight, weight_room, ins + 1, e);
        if (s == ST_OK)
            s = add_neuron(t, l, n, from, weight, ins, e);
    }
    mem_free(from);
    mem_free(weight);
    return s == ST_OK ? close_group(t, l, e) : s;
}

static status read_layer(struct net *t, const struct xml_node *node,
                         struct error *e)
{
    struct layer l = {.node = node};
    size_t n = xml_count(node, "Neuron"), i = 0;
    if (n == 0)
        return pmml_fault(t->p, node, e, ST_FORMAT, "it has no neurons");
    l.out = arena_new_array(t->p->arena, reg, n);
    if (l.out == NULL)
        return arena_error(t->p->arena, e);
    status s = layer_settings(t, &l, e);
    if (s == ST_OK)
        s = read_neurons(t, &l, e);
    mem_free(l.from);
    mem_free(l.weight);
    mem_free(l.bias);
    TRY(s);
    TRY(activate(t, &l, e));
    for (const struct xml_node *c = xml_child(node, "Neuron"); c != NULL;
         c = xml_sibling(c, "Neuron"), i++)
        TRY(name_neuron(t, c, l.out[i], e));
    return ST_OK;
}

/* An output neuron's value as the target's: NormContinuous the other way. */
static status target_value(struct net *t, const struct xml_node *body, reg in,
                           reg *out, struct error *e)
{
    double *x = NULL, *y = NULL;
    size_t n = 0;
    *out = in;
    if (xml_is(body, "FieldRef"))
        return ST_OK;
    if (!xml_is(body, "NormContinuous"))
        return pmml_refuse(t->p, body, e);
    TRY(pmml_knots(t->p, body, &x, &y, &n, e));
    bool falls = y[n - 1] < y[0];
    for (size_t i = 0; falls && i < n / 2; i++) {
        double swap = x[i];
        x[i] = x[n - 1 - i];
        x[n - 1 - i] = swap;
        swap = y[i];
        y[i] = y[n - 1 - i];
        y[n - 1 - i] = swap;
    }
    for (size_t i = 1; i < n; i++)
        if (!(y[i] > y[i - 1]))
            return pmml_fault(t->p, body, e, ST_FORMAT,
                              "norm must rise or fall all the way");
    return program_lines(t->p->k, y, x, n, BEYOND_EXTEND, NAN, in, out, e);
}

struct answer {
    const char **name; /* classes as the outputs give them */
    reg *r;
    size_t n;
    bool classes;
};

static status read_output(struct net *t, const struct xml_node *n,
                          struct answer *a, struct error *e)
{
    const struct xml_node *d = xml_child(n, "DerivedField");
    const struct xml_node *body = d == NULL ? NULL : d->child;
    reg r = 0;
    if (body == NULL)
        return pmml_fault(t->p, n, e, ST_FORMAT, "it has no DerivedField");
    TRY(find_neuron(t, n, "outputNeuron", &r, e));
    if (xml_is(body, "NormDiscrete")) {
        a->classes = true;
        TRY(pmml_text(t->p, body, "value", &a->name[a->n], e));
    } else {
        if (a->n > 0 || xml_sibling(n, "NeuralOutput") != NULL)
            return pmml_fault(t->p, n, e, ST_UNSUPPORTED,
                              "more than one target");
        TRY(target_value(t, body, r, &r, e));
    }
    a->r[a->n++] = r;
    return ST_OK;
}

static status order_classes(struct net *t, struct answer *a,
                            const char *const **names, size_t *n, reg **out,
                            struct error *e)
{
    TRY(pmml_classes(t->p, t->model, names, n, e));
    if (*n == 0) {
        *names = a->name;
        *n = a->n;
    }
    *out = arena_new_array(t->p->arena, reg, *n + 1);
    if (*out == NULL)
        return arena_error(t->p->arena, e);
    for (size_t i = 0; i < *n; i++) {
        size_t k = 0;
        while (k < a->n && !text_equal(a->name[k], (*names)[i]))
            k++;
        if (k == a->n)
            return pmml_fault(t->p, t->model, e, ST_FORMAT,
                              "no NeuralOutput gives the class \"%.60s\"",
                              (*names)[i]);
        (*out)[i] = a->r[k];
    }
    return ST_OK;
}

static status of_one(struct net *t, struct answer *a, struct pmml_result *out,
                     struct error *e)
{
    const char *const *names = NULL;
    size_t n = 0;
    reg pair[2];
    TRY(pmml_classes(t->p, t->model, &names, &n, e));
    if (n != 2 || (!text_equal(a->name[0], names[0]) &&
                   !text_equal(a->name[0], names[1])))
        return pmml_fault(t->p, t->model, e, ST_FORMAT,
                          "one NeuralOutput for %zu classes", n);
    size_t at = text_equal(a->name[0], names[1]);
    pair[at] = a->r[0];
    TRY(program_map(t->p->k, MAP_SCALE, -1.0, 1.0, false, a->r, 1,
                    &pair[1 - at], e));
    return pmml_of_classes(t->p, names, 2, pair, NULL, out, e);
}

static status read_outputs(struct net *t, struct pmml_result *out,
                           struct error *e)
{
    const struct xml_node *all = xml_child(t->model, "NeuralOutputs");
    size_t n = all == NULL ? 0 : xml_count(all, "NeuralOutput");
    struct answer a = {arena_new_array(t->p->arena, const char *, n + 1),
                       arena_new_array(t->p->arena, reg, n + 1), 0, false};
    const char *const *names = NULL;
    reg *ordered = NULL;
    if (a.name == NULL || a.r == NULL)
        return arena_error(t->p->arena, e);
    if (n == 0)
        return pmml_fault(t->p, t->model, e, ST_FORMAT,
                          "it has no NeuralOutputs");
    for (const struct xml_node *c = xml_child(all, "NeuralOutput"); c != NULL;
         c = xml_sibling(c, "NeuralOutput"))
        TRY(read_output(t, c, &a, e));
    if (!a.classes)
        return pmml_of_margin(t->p, a.r[0], LINK_IDENTITY, 1.0, out, e);
    if (n == 1)
        return of_one(t, &a, out, e);
    TRY(order_classes(t, &a, &names, &n, &ordered, e));
    return pmml_of_classes(t->p, names, n, ordered, NULL, out, e);
}

status pmml_network(struct pmml *p, const struct xml_node *model,
                    struct pmml_scope *s, struct pmml_result *out,
                    struct error *e)
{
    struct net t = {.p = p, .s = s, .model = model, .id = names_new(),
                    .single = text_equal(xml_value(model, "x-mathContext"),
                                         "float")};
    status st = t.id == NULL ? error_memory(e) : read_inputs(&t, e);
    for (const struct xml_node *l = xml_child(model, "NeuralLayer");
         l != NULL && st == ST_OK; l = xml_sibling(l, "NeuralLayer"))
        st = read_layer(&t, l, e);
    if (st == ST_OK)
        st = read_outputs(&t, out, e);
    names_free(t.id);
    mem_free(t.r);
    return st;
}
