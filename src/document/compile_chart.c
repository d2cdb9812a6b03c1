/* c:chart: attributes by table. */
#include "document/compile.h"

#include <string.h>

static const char *const role_names[] = {
#define X(name, word) word,
    CHART_ROLES(X)
#undef X
};
static const char *const scalar_names[] = {
#define X(name, word) word,
    CHART_SCALARS(X)
#undef X
};
static const char *const word_names[] = {
#define X(field, word) word,
    CHART_WORDS(X)
#undef X
};

static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = words; *p != '\0';) {
        size_t k = strcspn(p, " ");
        if (k == n && memcmp(p, word, n) == 0)
            return true;
        p += k + (p[k] == ' ');
    }
    return false;
}

static status check_names(struct compiler *c, const xmlNode *n)
{
    static const char *const others[] = {
        "kind", "data", "bins", "alt", "id", "as", "width", "percent",
        "diagonal", "steps", "arg.", "*-head",
#define X(name, word) word,
        CHART_ROLES(X) CHART_SCALARS(X)
#undef X
#define X(field, word) word,
        CHART_WORDS(X)
#undef X
        NULL};
    return only_attributes(c, n, others);
}

/* A list below the current fact; its items become the context. */
static status chart_list(struct compiler *c, const xmlNode *n, const char *name,
                         const struct expr **out,
                         const struct schema_node **item)
{
    struct expr_type type;
    const char *text = attribute(c, n, name);
    *item = NULL;
    if (text == NULL)
        return ST_OK;
    TRY(compile_expr(c, n, text, strlen(text), out, &type));
    if (!type.is_path || type.attribute != ATTR_NONE ||
        (type.node != NULL && !schema_is_list(type.node)))
        return compile_fault(c, n, text, "\"%s\" is no list", text);
    *item = type.node;
    return ST_OK;
}

static status chart_roles(struct compiler *c, const xmlNode *n,
                          struct chart_use *u, const struct schema_node *item,
                          const struct schema_node *bin)
{
    const struct schema_node *outer = c->context;
    for (int i = 0; i < ROLE_COUNT; i++) {
        const char *text = attribute(c, n, role_names[i]);
        if (text == NULL) {
            if (has_word(u->kind->needs, role_names[i]))
                return compile_fault(c, n, u->kind->name, "a chart of kind "
                                     "\"%s\" needs %s", u->kind->name,
                                     role_names[i]);
            continue;
        }
        c->context = i >= ROLE_BIN_X ? bin : item;
        if (i >= ROLE_BIN_X && u->bins == NULL)
            return compile_fault(c, n, text, "%s needs bins", role_names[i]);
        TRY(compile_expr(c, n, text, strlen(text), &u->roles[i], NULL));
        c->context = outer;
    }
    c->context = outer;
    for (int i = 0; i < SCALAR_COUNT; i++) {
        const char *text = attribute(c, n, scalar_names[i]);
        if (text != NULL)
            TRY(compile_expr(c, n, text, strlen(text), &u->scalars[i], NULL));
        else if (has_word(u->kind->needs, scalar_names[i]))
            return compile_fault(c, n, u->kind->name, "a chart of kind \"%s\" "
                                 "needs %s", u->kind->name, scalar_names[i]);
    }
    return ST_OK;
}

static status chart_words(struct compiler *c, const xmlNode *n,
                          struct chart_use *u)
{
    for (int i = 0; i < WORD_COUNT; i++) {
        const char *key = attribute(c, n, word_names[i]);
        struct message_use *m;
        if (key == NULL)
            continue;
        TRY(compile_key(c, n, key, false, &m));
        u->words[i] = m;
    }
    for (int i = 0; i < ROLE_BIN_X && u->table; i++) {
        if (u->roles[i] == NULL)
            continue;
        char *name = arena_format(c->t->arena, "%s-head", role_names[i]);
        char *usual = arena_format(c->t->arena, "chart.column.%s", role_names[i]);
        if (name == NULL || usual == NULL)
            return arena_error(c->t->arena, c->e);
        const char *key = attribute(c, n, name);
        struct message_use *m;
        TRY(compile_key(c, n, key == NULL ? usual : key, false, &m));
        u->heads[i] = m;
    }
    const char *alt = attribute(c, n, "alt");
    if (alt == NULL)
        alt = arena_format(c->t->arena, "chart.%s.alt", u->kind->name);
    if (alt == NULL)
        return arena_error(c->t->arena, c->e);
    struct message_use *m;
    TRY(compile_key(c, n, alt, true, &m));
    u->alt = m;
    return ST_OK;
}

static status yes_no(struct compiler *c, const xmlNode *n, const char *name,
                     bool *out)
{
    const char *text = attribute(c, n, name);
    if (text != NULL && strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return compile_fault(c, n, text, "%s is yes or no", name);
    *out = text != NULL && strcmp(text, "yes") == 0;
    return ST_OK;
}

static status chart_options(struct compiler *c, const xmlNode *n,
                            struct chart_use *u)
{
    const char *as = attribute(c, n, "as"), *width = attribute(c, n, "width");
    const char *percent = attribute(c, n, "percent");
    if (as != NULL && strcmp(as, "figure") != 0 && strcmp(as, "table") != 0 &&
        strcmp(as, "both") != 0)
        return compile_fault(c, n, as, "as is figure, table or both");
    u->figure = as == NULL || strcmp(as, "table") != 0;
    u->table = as != NULL && strcmp(as, "figure") != 0;
    if (width != NULL && strcmp(width, "12") != 0 && strcmp(width, "6") != 0 &&
        strcmp(width, "4") != 0)
        return compile_fault(c, n, width, "width is 12, 6 or 4 columns");
    u->columns = width == NULL || width[0] == '1' ? 12 : width[0] - '0';
    u->percent_x = percent != NULL && has_word(percent, "x");
    u->percent_y = percent != NULL && has_word(percent, "y");
    TRY(yes_no(c, n, "diagonal", &u->diagonal));
    TRY(yes_no(c, n, "steps", &u->steps));
    const char *id = attribute(c, n, "id");
    return id == NULL ? ST_OK : compile_pieces(c, n, id, true, &u->id);
}

status compile_chart(struct compiler *c, const xmlNode *n, struct op **out)
{
    struct op *o = *out = op_new(c, n, OP_CHART);
    struct chart_use *u = arena_new_one(c->t->arena, struct chart_use);
    if (o == NULL || u == NULL)
        return arena_error(c->t->arena, c->e);
    o->chart = u;
    TRY(check_names(c, n));
    const char *kind = attribute(c, n, "kind");
    u->kind = kind == NULL ? NULL : chart_find(kind);
    if (u->kind == NULL)
        return compile_fault(c, n, kind, "no chart of kind \"%s\"",
                             kind == NULL ? "" : kind);
    const struct schema_node *item, *bin;
    TRY(chart_list(c, n, "data", &u->data, &item));
    TRY(chart_list(c, n, "bins", &u->bins, &bin));
    if (u->data == NULL)
        return compile_fault(c, n, "chart", "<c:chart> needs data");
    TRY(chart_options(c, n, u));
    TRY(chart_roles(c, n, u, item, bin));
    TRY(chart_words(c, n, u));
    return compile_children(c, n, NODE_FIGURE, &u->caption);
}
