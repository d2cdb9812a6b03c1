/* LightGBM's text format: a header, trees, counts nobody needs, the parameters
 * of training, and pandas's categories in the last line. Sections are found by
 * their first words, never by the byte offsets that the header holds. */
#include "base/num.h"
#include "base/text.h"
#include "formats/lightgbm.h"
#include "formats/rows.h"

enum section { IN_HEADER, IN_TREE, IN_COUNTS, IN_PARAMETERS, IN_REST };

/* Header lines that are kept as they stand. */
static const struct {
    const char *key;
    size_t offset;
} header_texts[] = {
    {"objective=", offsetof(struct lightgbm, objective)},
    {"feature_names=", offsetof(struct lightgbm, names)},
    {"feature_infos=", offsetof(struct lightgbm, infos)},
    {"version=", offsetof(struct lightgbm, version)},
    {"monotone_constraints=", offsetof(struct lightgbm, monotone)},
};

static status header_count(struct lightgbm *g, const char *key, size_t *out,
                           long long plus, struct error *e)
{
    const char *text = buf_text(&g->lines.line) + strlen(key);
    long long value = 0;
    if (!num_parse_int(text, strlen(text), &value) || value + plus < 1 ||
        value > MODEL_FEATURES_MAX)
        return lines_fault(&g->lines, e, ST_FORMAT,
                           "%.*s must be a whole number from %lld to %d",
                           (int)strlen(key) - 1, key, 1 - plus,
                           MODEL_FEATURES_MAX);
    *out = (size_t)(value + plus);
    return ST_OK;
}

static status header_line(struct lightgbm *g, struct error *e)
{
    const char *line = buf_text(&g->lines.line);
    for (size_t i = 0; i < sizeof header_texts / sizeof *header_texts; i++) {
        if (!text_starts(line, header_texts[i].key))
            continue;
        char *copy = arena_string(g->arena, line + strlen(header_texts[i].key));
        if (copy == NULL)
            return arena_error(g->arena, e);
        memcpy((char *)g + header_texts[i].offset, &copy, sizeof copy);
        return ST_OK;
    }
    if (text_starts(line, "num_class="))
        return header_count(g, "num_class=", &g->classes, 0, e);
    if (text_starts(line, "num_tree_per_iteration="))
        return header_count(g, "num_tree_per_iteration=", &g->outputs, 0, e);
    if (text_starts(line, "max_feature_idx="))
        return header_count(g, "max_feature_idx=", &g->inputs, 1, e);
    if (text_equal(line, "average_output"))
        g->mean = true;
    return ST_OK;
}

static status header_end(struct lightgbm *g, struct error *e)
{
    builder_library(g->b, LIBRARY_LIGHTGBM, "LightGBM text",
                    g->version == NULL ? "" : g->version);
    if (g->outputs == 0)
        g->outputs = g->classes == 0 ? 1 : g->classes;
    TRY(builder_outputs(g->b, g->outputs, e));
    if (g->mean)
        builder_combine(g->b, COMBINE_MEAN, 1.0);
    if (g->monotone != NULL)
        TRY(builder_parameter(g->b, "monotone_constraints", g->monotone, e));
    TRY(lightgbm_objective(g, e));
    return lightgbm_inputs(g, e);
}

static status tree_starts(struct lightgbm *g, struct error *e)
{
    const char *text = buf_text(&g->lines.line) + strlen("Tree=");
    long long number = -1;
    if (!num_parse_int(text, strlen(text), &number) ||
        number != (long long)g->trees)
        return lines_fault(&g->lines, e, ST_FORMAT,
                           "tree %zu was expected here", g->trees);
    return ST_OK;
}

/* "[key: value]"; empty values are not worth printing. */
static status parameter_line(struct lightgbm *g, struct error *e)
{
    char *line = arena_string(g->arena, buf_text(&g->lines.line));
    if (line == NULL)
        return arena_error(g->arena, e);
    size_t length = strlen(line);
    char *colon = strstr(line, ": ");
    if (line[0] != '[' || line[length - 1] != ']' || colon == NULL)
        return ST_OK;
    line[length - 1] = '\0';
    *colon = '\0';
    const char *key = line + 1, *value = colon + 2;
    if (text_equal(key, "categorical_feature") ||
        text_equal(key, "categorical_column"))
        g->categorical = colon + 2;
    bool known = text_equal(key, "monotone_constraints") && g->monotone != NULL;
    if (*value == '\0' || known)
        return ST_OK;
    return builder_parameter(g->b, key, value, e);
}

static bool trees_end(const char *line)
{
    return text_equal(line, "end of trees") ||
           text_starts(line, "feature importances:") ||
           text_starts(line, "feature_importances:");
}

static status after_trees(struct lightgbm *g, const char *line,
                          enum section *at, struct error *e)
{
    static const char words[] = "pandas_categorical:";
    if (text_starts(line, words)) {
        *at = IN_REST;
        return lightgbm_categories(g, line + strlen(words),
                                   g->lines.line.length - strlen(words), e);
    }
    if (*at == IN_PARAMETERS && text_equal(line, "end of parameters"))
        *at = IN_REST;
    else if (*at == IN_PARAMETERS)
        return parameter_line(g, e);
    else if (text_equal(line, "parameters:"))
        *at = IN_PARAMETERS;
    return ST_OK;
}

static status one_line(struct lightgbm *g, enum section *at, struct error *e)
{
    const char *line = buf_text(&g->lines.line);
    if (*at > IN_TREE)
        return after_trees(g, line, at, e);
    bool starts = text_starts(line, "Tree="), ends = trees_end(line);
    if (!starts && !ends)
        return *at == IN_HEADER ? header_line(g, e) : lightgbm_tree_line(g, e);
    TRY(*at == IN_HEADER ? header_end(g, e) : lightgbm_tree_end(g, e));
    *at = starts ? IN_TREE : IN_COUNTS;
    return starts ? tree_starts(g, e) : ST_OK;
}

static status read_file(struct lightgbm *g, struct error *e)
{
    enum section at = IN_HEADER;
    bool more = false;
    for (;;) {
        TRY(lines_next(&g->lines, &more, e));
        if (!more)
            break;
        if (memchr(buf_text(&g->lines.line), '\0', g->lines.line.length) !=
            NULL)
            return lines_fault(&g->lines, e, ST_SYNTAX,
                               "a zero byte in a text file");
        TRY(one_line(g, &at, e));
    }
    if (at == IN_HEADER)
        return lines_fault(&g->lines, e, ST_FORMAT,
                           "the file ends in the header, before any tree");
    if (at == IN_TREE)
        return lines_fault(&g->lines, e, ST_FORMAT,
                           "the file ends in tree %zu, before \"end of "
                           "trees\": it is cut short", g->trees);
    return ST_OK;
}

static status finish(struct lightgbm *g, const struct format_options *options,
                     struct model **out, struct error *e)
{
    if (options->trees == TREES_BEST_ITERATION)
        return error_set(e, ST_ARGUMENT,
                         "%s names no best iteration: LightGBM cuts the file "
                         "itself when it saves; use all trees",
                         g->lines.in.name);
    if (g->trees % g->outputs != 0)
        return error_set(e, ST_FORMAT,
                         "%s has %zu trees, not a multiple of the %zu outputs",
                         g->lines.in.name, g->trees, g->outputs);
    double *base = arena_new_array(g->arena, double, g->outputs);
    if (base == NULL)
        return arena_error(g->arena, e);
    TRY(builder_base(g->b, base, g->outputs, e));
    return builder_finish(g->b, 0, "", 0, out, e);
}

static status lightgbm_load(struct stream in,
                            const struct format_options *options,
                            struct model **out, struct error *e)
{
    struct lightgbm *g = mem_array(1, sizeof *g);
    if (g == NULL)
        return error_memory(e);
    lines_start(&g->lines, in);
    g->cap.cap = options->memory_cap;
    g->b = builder_new(g->cap.cap);
    g->arena = arena_new(g->cap.cap);
    status s = ST_OK;
    if (g->b == NULL || g->arena == NULL)
        s = error_memory(e);
    if (s == ST_OK)
        s = read_file(g, e);
    if (s == ST_OK)
        s = finish(g, options, out, e);
    builder_free(g->b);
    arena_free(g->arena);
    lightgbm_tree_free(g);
    lines_free(&g->lines);
    mem_free(g);
    return s;
}

static int lightgbm_sniff(const char *bytes, size_t length)
{
    size_t word = strlen("tree");
    if (length <= word || memcmp(bytes, "tree", word) != 0)
        return 0;
    return bytes[word] == '\n' || bytes[word] == '\r' ? 100 : 0;
}

const struct format format_lightgbm = {
    "lightgbm", "LightGBM text", ".txt .model", lightgbm_sniff, lightgbm_load};
