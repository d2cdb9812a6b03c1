#include "render/style.h"

#include <string.h>

#define MM 2.834645669291339 /* points in a millimetre */

static const uint32_t colours[COLOUR_COUNT] = {
    [COLOUR_NONE] = 0x1b1f24,
#define X(name, light, dark) [COLOUR_##name] = 0x##light,
    COLOUR_LIST(X)
#undef X
};

static const struct type_size sizes[VARIANTS][SIZES] = {
#define X(name, a, b, c, d, e, f) [SIZE_##name] = {a, b},
    [VARIANT_LETTER] = {SIZE_LIST(X)},
#undef X
#define X(name, a, b, c, d, e, f) [SIZE_##name] = {c, d},
    [VARIANT_CARD] = {SIZE_LIST(X)},
#undef X
#define X(name, a, b, c, d, e, f) [SIZE_##name] = {e, f},
    [VARIANT_LARGE] = {SIZE_LIST(X)},
#undef X
};

static const double lengths[LENGTHS] = {
#define X(name, points) [LENGTH_##name] = points,
    LENGTH_LIST(X)
#undef X
};

struct style_row {
    enum node_kind within, kind;
    const char *class; /* ".lead" or "" */
    enum text_size size;
    enum style_weight weight;
    enum scene_colour colour;
    double before, after;
    bool keep_next;
};

static const struct style_row rows[] = {
#define X(within, kind, class, size, weight, colour, before, after, keep)      \
    {NODE_##within, NODE_##kind,     class,  SIZE_##size, WEIGHT_##weight,     \
     COLOUR_##colour, before, after, keep},
    STYLE_LIST(X)
#undef X
};
enum { ROWS = sizeof rows / sizeof rows[0] };

enum style_variant style_variant_of(const struct document *d)
{
    if (d->large_print)
        return VARIANT_LARGE;
    return d->kind != NULL && strcmp(d->kind, "card") == 0 ? VARIANT_CARD
                                                          : VARIANT_LETTER;
}

struct type_size style_size(enum style_variant v, enum text_size s)
{
    return sizes[v][s];
}

double style_length(enum style_length l)
{
    return lengths[l];
}

const uint32_t *style_palette(void)
{
    return colours;
}

/* The address block shows in a window whichever way the folded sheet slides:
 * US Letter in thirds in a No. 10 envelope (window 0.5 in from the bottom,
 * 1 1/8 in high) always shows 2.5 to 3.17 in of the sheet; A4 in thirds in a DL
 * envelope (window 18 mm from the bottom, 35 mm high; DIN 680: 15 and 45)
 * always shows 57 to 81 mm. */
struct style_page style_page_of(const struct document *d)
{
    struct style_page p = {
        .width = d->letter_size ? 612.0 : 595.276,
        .height = d->letter_size ? 792.0 : 841.89,
        .left = 24.0 * MM,
        .top = 20.0 * MM,
        .address = d->letter_size ? 180.0 : 60.0 * MM,
    };
    p.body_width = p.width - 2.0 * p.left;
    p.body_height = p.height - p.top - 22.0 * MM;
    p.foot_rule = p.height - 46.0;
    p.foot_base = p.height - 33.0;
    return p;
}

static bool in_header(const struct doc_node *n)
{
    for (; n != NULL; n = n->parent)
        if (n->kind == NODE_HEADER)
            return true;
    return false;
}

static bool fits(const struct style_row *row, const struct doc_node *n,
                 const char *word, bool header)
{
    if (row->within == NODE_HEADER && !header)
        return false;
    if (row->class[0] == '\0')
        return true;
    if (word != NULL)
        return strcmp(word, row->class + 1) == 0;
    return n->classes != NULL && doc_has_class(n, row->class + 1);
}

static const struct style_row *row_of(const struct doc_node *n)
{
    const struct style_row *best = &rows[0];
    const char *word = NULL;
    if (n->kind == NODE_P && n->parent != NULL &&
        doc_has_class(n->parent, "tile"))
        word = n->parent->first == n ? "value" : "muted";
    bool header = word == NULL &&
                  (n->kind == NODE_P || n->kind == NODE_H1 ||
                   n->kind == NODE_DIV) &&
                  in_header(n->parent);
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].kind == n->kind && fits(&rows[i], n, word, header))
            best = &rows[i];
    return best;
}

struct style style_of(const struct doc_node *n, enum style_variant v)
{
    const struct style_row *row = row_of(n);
    struct type_size t = sizes[v][row->size];
    double line = sizes[v][SIZE_BODY].leading;
    return (struct style){
        .size = t.size,
        .leading = t.leading,
        .before = row->before * line,
        .after = row->after * line,
        .colour = row->colour,
        .bold = row->weight == WEIGHT_700,
        .keep_next = row->keep_next,
    };
}
