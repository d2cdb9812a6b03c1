/* The facts about a model, and the making of it; trees are in grow.c. */
#include "base/num.h"
#include "model/state.h"

#include <math.h>

enum { ROOM_FIRST = 64, WORDS_MAX = 10000000 };

status builder_room(struct builder *b, void **array, size_t *room, size_t need,
                    size_t size, struct error *e)
{
    if (need <= *room)
        return ST_OK;
    size_t wanted = *room == 0 ? ROOM_FIRST : *room + *room / 2;
    if (wanted < need)
        wanted = need;
    if (wanted > b->cap / size)
        return error_set(e, ST_LIMIT,
                         "the model needs more memory than the cap of %zu "
                         "bytes allows", b->cap);
    void *grown = mem_grow(*array, *room, wanted, size);
    if (grown == NULL)
        return error_memory(e);
    *array = grown;
    *room = wanted;
    return ST_OK;
}

static bool builder_start(struct builder *b)
{
    b->m = mem_array(1, sizeof *b->m);
    b->memory = mem_array(1, sizeof *b->memory);
    if (b->m == NULL || b->memory == NULL)
        return false;
    b->m->memory = b->memory;
    b->memory->arena = arena_new(b->cap);
    b->m->feature_index = names_new();
    b->m->best_iteration = -1;
    b->m->link_scale = 1.0;
    b->m->combine_scale = 1.0;
    b->m->outputs = 1;
    b->m->format = b->m->library_version = b->m->objective = "";
    return b->memory->arena != NULL && b->m->feature_index != NULL;
}

struct builder *builder_new(size_t memory_cap)
{
    struct builder *b = mem_array(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->cap = memory_cap;
    if (!builder_start(b)) {
        builder_free(b);
        return NULL;
    }
    return b;
}

void builder_free(struct builder *b)
{
    if (b == NULL)
        return;
    if (b->m != NULL && b->memory != NULL)
        model_free(b->m);
    else {
        mem_free(b->memory);
        mem_free(b->m);
    }
    mem_free(b->feature);
    mem_free(b->parameter_name);
    mem_free(b->parameter_value);
    mem_free(b->reach);
    mem_free(b->scratch);
    mem_free(b->stack);
    mem_free(b->place);
    mem_free(b);
}

static const char *keep(struct builder *b, const char *text)
{
    const char *copy = arena_string(b->memory->arena, text == NULL ? "" : text);
    if (copy == NULL)
        b->failed = true;
    return copy == NULL ? "" : copy;
}

void builder_library(struct builder *b, enum model_library l,
                     const char *format, const char *version)
{
    b->m->library = l;
    b->m->compare = l == LIBRARY_XGBOOST ? COMPARE_LESS_FLOAT
                    : l == LIBRARY_CATBOOST || l == LIBRARY_ONNX
                        ? COMPARE_AT_MOST_FLOAT
                        : COMPARE_AT_MOST_DOUBLE;
    b->m->sum = l == LIBRARY_XGBOOST || l == LIBRARY_ONNX ? SUM_FLOAT
                                                          : SUM_DOUBLE;
    b->m->format = keep(b, format);
    b->m->library_version = keep(b, version);
}

void builder_compare(struct builder *b, enum model_compare c)
{
    b->m->compare = c;
}

void builder_sum(struct builder *b, enum model_sum s)
{
    b->m->sum = s;
}

void builder_link(struct builder *b, enum model_link link, double scale)
{
    b->m->link = link;
    b->m->link_scale = scale;
}

void builder_combine(struct builder *b, enum model_combine c, double scale)
{
    b->m->combine = c;
    b->m->combine_scale = scale;
}

void builder_objective(struct builder *b, const char *objective)
{
    b->m->objective = keep(b, objective);
}

void builder_best_iteration(struct builder *b, long iteration, size_t trees)
{
    b->m->best_iteration = iteration;
    b->m->best_trees = trees;
}

status builder_parameter(struct builder *b, const char *name, const char *value,
                         struct error *e)
{
    size_t at = b->m->parameters, room = b->parameter_room;
    TRY(builder_room(b, (void **)&b->parameter_name, &room, at + 1,
                     sizeof *b->parameter_name, e));
    TRY(builder_room(b, (void **)&b->parameter_value, &b->parameter_room,
                     at + 1, sizeof *b->parameter_value, e));
    b->parameter_name[at] = arena_string(b->memory->arena, name);
    b->parameter_value[at] = arena_string(b->memory->arena, value);
    if (b->parameter_name[at] == NULL || b->parameter_value[at] == NULL)
        return arena_error(b->memory->arena, e);
    b->m->parameters++;
    return ST_OK;
}

status builder_outputs(struct builder *b, size_t outputs, struct error *e)
{
    if (outputs < 1 || outputs > MODEL_OUTPUTS_MAX)
        return error_set(e, ST_FORMAT,
                         "a model of %zu outputs (1 to %d are read)", outputs,
                         MODEL_OUTPUTS_MAX);
    b->m->outputs = outputs;
    return ST_OK;
}

status builder_classes(struct builder *b, const char *const *names,
                       size_t count, struct error *e)
{
    const char **copy = arena_new_array(b->memory->arena, const char *, count);
    if (copy == NULL)
        return arena_error(b->memory->arena, e);
    for (size_t i = 0; i < count; i++)
        if ((copy[i] = arena_string(b->memory->arena, names[i])) == NULL)
            return arena_error(b->memory->arena, e);
    b->m->class_names = copy;
    b->class_count = count;
    return ST_OK;
}

status builder_feature(struct builder *b, const char *name,
                       enum feature_kind kind, struct error *e)
{
    size_t at = b->m->features;
    if (at >= MODEL_FEATURES_MAX)
        return error_set(e, ST_LIMIT, "more than %d inputs",
                         MODEL_FEATURES_MAX);
    if (name[0] == '\0')
        return error_set(e, ST_FORMAT, "input %zu has an empty name", at);
    TRY(builder_room(b, (void **)&b->feature, &b->feature_room, at + 1,
                     sizeof *b->feature, e));
    long index = names_add(b->m->feature_index, name, strlen(name));
    if (index < 0)
        return error_memory(e);
    if ((size_t)index != at)
        return error_set(e, ST_FORMAT,
                         "inputs %ld and %zu are both named \"%.80s\"", index,
                         at, name);
    const char *copy = arena_string(b->memory->arena, name);
    if (copy == NULL)
        return arena_error(b->memory->arena, e);
    b->feature[at] = (struct model_feature){.name = copy, .kind = kind};
    b->m->features++;
    return ST_OK;
}

status builder_words(struct builder *b, size_t feature,
                     const char *const *words, size_t count, struct error *e)
{
    if (feature >= b->m->features)
        return error_set(e, ST_FORMAT,
                         "category words for input %zu, but there are %zu "
                         "inputs", feature, b->m->features);
    struct model_feature *f = &b->feature[feature];
    if (f->words != NULL)
        return error_set(e, ST_FORMAT,
                         "category words of input \"%.80s\" are given twice",
                         f->name);
    if (count > WORDS_MAX)
        return error_set(e, ST_LIMIT, "input \"%.80s\" has more than %d "
                         "category words", f->name, WORDS_MAX);
    const char **copy = arena_new_array(b->memory->arena, const char *, count);
    if (copy == NULL)
        return arena_error(b->memory->arena, e);
    for (size_t i = 0; i < count; i++)
        if ((copy[i] = arena_string(b->memory->arena, words[i])) == NULL)
            return arena_error(b->memory->arena, e);
    f->words = copy;
    f->word_count = count;
    f->kind = FEATURE_CATEGORY;
    return ST_OK;
}

void builder_required(struct builder *b, size_t feature, bool missing,
                      bool unseen)
{
    if (feature >= b->m->features)
        return;
    b->feature[feature].missing_refused = missing;
    b->feature[feature].unseen_refused = unseen;
}

status builder_base(struct builder *b, const double *base, size_t outputs,
                    struct error *e)
{
    if (outputs != b->m->outputs)
        return error_set(e, ST_FORMAT,
                         "a base score of %zu values for %zu outputs", outputs,
                         b->m->outputs);
    double *copy = arena_new_array(b->memory->arena, double, outputs);
    if (copy == NULL)
        return arena_error(b->memory->arena, e);
    for (size_t k = 0; k < outputs; k++) {
        if (!isfinite(base[k]))
            return error_set(e, ST_FORMAT,
                             "the base score of output %zu is not a finite "
                             "margin", k);
        copy[k] = base[k];
    }
    b->m->base = copy;
    return ST_OK;
}

static status no_base(struct builder *b, struct error *e)
{
    double *zero = mem_array(b->m->outputs, sizeof *zero);
    if (zero == NULL)
        return error_memory(e);
    status s = builder_base(b, zero, b->m->outputs, e);
    mem_free(zero);
    return s;
}

static status index_words(struct builder *b, struct error *e)
{
    struct model *m = b->m;
    struct arena *a = b->memory->arena;
    struct names **index = arena_new_array(a, struct names *, m->features);
    if (index == NULL)
        return arena_error(a, e);
    b->memory->words = index;
    b->memory->word_sets = m->features;
    m->word_index = index;
    for (size_t f = 0; f < m->features; f++) {
        const struct model_feature *feature = &b->feature[f];
        if (feature->words == NULL)
            continue;
        if ((index[f] = names_new()) == NULL)
            return error_memory(e);
        for (size_t i = 0; i < feature->word_count; i++) {
            const char *word = feature->words[i];
            long at = names_add(index[f], word, strlen(word));
            if (at < 0)
                return error_memory(e);
            if ((size_t)at != i)
                return error_set(e, ST_FORMAT,
                                 "input \"%.80s\" lists the category "
                                 "\"%.80s\" twice", feature->name, word);
        }
    }
    return ST_OK;
}

/* What is known only once it is known which trees are kept. */
static void sum_up(struct builder *b)
{
    struct model *m = b->m;
    builder_note_use(b);
    for (size_t t = 0; t < m->trees; t++) {
        const struct tree *tree = &m->tree[t];
        m->leaves += tree->leaf_count;
        m->max_depth = tree->depth > m->max_depth ? tree->depth : m->max_depth;
        m->has_linear_leaves |= tree->linear;
        for (uint32_t i = 0; i < tree->node_count; i++) {
            const struct node *n = &tree->node[i];
            if (n->feature >= 0)
                b->feature[n->feature].used = true;
            for (uint32_t j = 0; j < n->linear_count; j++)
                b->feature[m->linear[n->linear_first + j].feature].used = true;
        }
    }
    if (m->combine == COMBINE_MEAN && m->trees > 0)
        m->combine_scale = (double)m->outputs / (double)m->trees;
}

static status finish_texts(struct builder *b, struct error *e)
{
    struct model *m = b->m;
    struct arena *a = b->memory->arena;
    if (m->class_names != NULL && b->class_count != m->outputs)
        return error_set(e, ST_FORMAT, "%zu class names for %zu outputs",
                         b->class_count, m->outputs);
    struct model_feature *feature =
        arena_new_array(a, struct model_feature, m->features);
    const char **name = arena_new_array(a, const char *, m->parameters);
    const char **value = arena_new_array(a, const char *, m->parameters);
    if (b->failed || feature == NULL || name == NULL || value == NULL)
        return arena_error(a, e);
    if (m->features > 0)
        memcpy(feature, b->feature, m->features * sizeof *feature);
    for (size_t i = 0; i < m->parameters; i++) {
        name[i] = b->parameter_name[i];
        value[i] = b->parameter_value[i];
    }
    m->feature = feature;
    m->parameter_name = name;
    m->parameter_value = value;
    return ST_OK;
}

status builder_finish(struct builder *b, size_t keep_trees, const char *sha256,
                      size_t file_bytes, struct model **out, struct error *e)
{
    struct model *m = b->m;
    if (b->in_tree)
        return error_bug(e, "a model finished inside a tree");
    if (m->features == 0)
        return error_set(e, ST_FORMAT, "the model has no inputs");
    if (m->base == NULL) {
        if (m->outputs > 1 && m->kind == MODEL_FOREST)
            return error_set(e, ST_FORMAT, "the model has no base score");
        TRY(no_base(b, e));
    }
    TRY(builder_check_kind(b, e));
    if (keep_trees > b->tree_count)
        return error_set(e, ST_FORMAT,
                         "%zu trees are to be kept, but the file has %zu",
                         keep_trees, b->tree_count);
    TRY(index_words(b, e));
    m->tree = b->memory->trees;
    m->set_bits = b->memory->bits;
    m->linear = b->memory->terms;
    m->trees_in_file = b->tree_count;
    m->trees = keep_trees == 0 ? b->tree_count : keep_trees;
    m->cut_at_best = m->trees < m->trees_in_file;
    m->file_bytes = file_bytes;
    memccpy(m->sha256, sha256, '\0', sizeof m->sha256 - 1);
    sum_up(b);
    TRY(finish_texts(b, e));
    *out = m;
    b->m = NULL;
    b->memory = NULL;
    return ST_OK;
}
