#include "render/layout_table.h"

#include <string.h>

/* Languages whose decimal mark is a point; elsewhere it is a comma. */
static bool point_language(const char *lang)
{
    static const char list[] = "en zh ja ko he th hi bn ta ms";
    for (const char *p = list; lang != NULL && *p != '\0';
         p += p[2] == '\0' ? 2 : 3)
        if (strncmp(p, lang, 2) == 0 && (lang[2] == '\0' || lang[2] == '-'))
            return true;
    return lang == NULL;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The part of a printed number from its decimal mark on, or from its unit; NULL
 * when the text is no number with at most a short unit. */
static const char *decimal_tail(const char *text, const char *lang)
{
    const char *p = text + strcspn(text, "0123456789");
    if (*p == '\0' || p - text > 6)
        return NULL;
    char mark = point_language(lang) ? '.' : ',';
    char group = mark == '.' ? ',' : '.';
    while (digit(*p) || (*p == group && digit(p[1])))
        p++;
    const char *tail = p;
    if (*p == mark && digit(p[1]))
        p++;
    while (digit(*p))
        p++;
    size_t unit = strlen(p);
    if (unit > 8 || strpbrk(p, "0123456789()") != NULL)
        return NULL;
    return tail;
}

/* "$4" and "5%" in one column are no numbers to be compared digit by digit. */
static char unit_of(const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        bool sign = strchr("+-., 0123456789", *p) != NULL ||
                    ((unsigned char)*p & 0x80) != 0;
        if (!sign)
            return *p;
    }
    return '\0';
}

static void measure(struct lay *l, struct cell *c, const struct look *look)
{
    for (const struct para *p = c->paras; p != NULL; p = p->next) {
        double least, most;
        para_widths(p, &least, &most);
        c->least = least > c->least ? least : c->least;
        c->most = most > c->most ? most : c->most;
    }
    c->tail = -1.0;
    if (!c->num || c->paras == NULL || c->paras->next != NULL)
        return;
    const char *text = text_of(l, c->node);
    const char *tail = decimal_tail(text, l->lang);
    c->unit = unit_of(text);
    if (tail != NULL)
        c->tail = *tail == '\0' ? 0.0 : text_wide(l, tail, look);
}

static void add_para(struct cell *c, struct para *p)
{
    struct para **end = &c->paras;
    while (*end != NULL)
        end = &(*end)->next;
    if (p != NULL) {
        p->align = c->num ? ALIGN_END : ALIGN_START;
        *end = p;
    }
}

/* Inline runs and the paragraphs of blocks, in order. */
static void read_content(struct lay *l, struct cell *c,
                         const struct doc_node *n, const struct look *look)
{
    for (const struct doc_node *i = n->first; i != NULL;) {
        if (doc_is_block(i->kind)) {
            struct look own = *look;
            if (i->kind == NODE_P && i->classes != NULL) {
                struct style s = style_of(i, l->v);
                own.size = s.size < own.size ? s.size : own.size;
                own.leading = s.leading < own.leading ? s.leading : own.leading;
                own.colour = s.colour;
            }
            read_content(l, c, i, &own);
            i = i->next;
            continue;
        }
        const struct doc_node *end = i;
        while (end != NULL && !doc_is_block(end->kind))
            end = end->next;
        add_para(c, para_new(l, i, end, look));
        i = end;
    }
}

static struct look cell_look(struct lay *l, const struct table *t,
                             const struct row *r, const struct cell *c,
                             size_t index)
{
    struct style s = style_of(c->node, l->v);
    if (!r->head) {
        s.bold = false;
        bool label = c->node->kind == NODE_TH ||
                     (index == 0 && c->node->next != NULL);
        if (t->facts && label)
            s.colour = COLOUR_MUTED;
    }
    if (doc_has_class(c->node, "muted"))
        s.colour = COLOUR_MUTED;
    if (doc_has_class(c->node, "mark"))
        s.colour = COLOUR_MARK;
    struct look look = look_of(l, &s, c->elem);
    if (c->num)
        look.shape |= SHAPE_TABULAR;
    return look;
}

static void read_cells(struct lay *l, struct table *t, struct row *r,
                       struct struct_elem *parent)
{
    struct struct_elem *tr = elem_new(l, parent, ELEM_TR);
    struct cell **end = &r->cells;
    size_t column = 0, index = 0;
    for (const struct doc_node *n = r->node->first; n != NULL; n = n->next) {
        if (n->kind != NODE_TH && n->kind != NODE_TD)
            continue;
        struct cell *c = lay_array(l, struct cell, 1);
        if (c == NULL)
            return;
        c->node = n;
        c->column = column;
        c->span = n->columns_spanned > 1 ? (size_t)n->columns_spanned : 1;
        c->num = doc_has_class(n, "num");
        c->bar = doc_has_class(n, "bar");
        bool th = n->kind == NODE_TH;
        c->elem = elem_new(l, tr, th ? ELEM_TH : ELEM_TD);
        if (c->elem != NULL) {
            c->elem->columns = (int)c->span;
            if (th)
                c->elem->scope = n->scope != SCOPE_NONE ? n->scope
                                 : r->head              ? SCOPE_COLUMN
                                                        : SCOPE_ROW;
        }
        struct look look = cell_look(l, t, r, c, index++);
        read_content(l, c, n, &look);
        measure(l, c, &look);
        column += c->span;
        *end = c;
        end = &c->next;
    }
    if (column > t->column_count)
        t->column_count = column;
}

static void read_rows(struct lay *l, struct table *t, const struct doc_node *n,
                      bool head, struct struct_elem *elem)
{
    for (const struct doc_node *tr = n->first; tr != NULL; tr = tr->next) {
        if (tr->kind != NODE_TR)
            continue;
        struct row *r = lay_array(l, struct row, 1);
        if (r == NULL)
            return;
        r->node = tr;
        r->head = head;
        if (t->last != NULL)
            t->last->next = r;
        else
            t->rows = r;
        t->last = r;
        t->row_count++;
        t->head_count += head;
        read_cells(l, t, r, elem);
    }
}

/* A head stands over its column as the column is set. */
static void align_heads(struct table *t)
{
    for (const struct row *r = t->rows; r != NULL; r = r->next)
        for (const struct cell *c = r->cells; c != NULL; c = c->next)
            if (c->span == 1 && !r->head) {
                t->columns[c->column].num |= c->num;
                t->columns[c->column].bar |= c->bar;
            }
    for (const struct row *r = t->rows; r != NULL && r->head; r = r->next)
        for (struct cell *c = r->cells; c != NULL; c = c->next)
            for (struct para *p = c->paras; p != NULL; p = p->next)
                if (c->span == 1 && t->columns[c->column].num)
                    p->align = ALIGN_END;
}

/* Spans and stacked heads need each cell to name its heads. */
static void name_heads(struct lay *l, struct table *t)
{
    bool needed = t->head_count > 1;
    size_t room = 0;
    for (const struct row *r = t->rows; r != NULL && r->head; r = r->next)
        for (const struct cell *c = r->cells; c != NULL; c = c->next) {
            needed = needed || c->span > 1;
            room++;
        }
    if (!needed || room == 0)
        return;
    const struct cell **heads = lay_array(l, const struct cell *, room);
    size_t count = 0;
    for (const struct row *r = t->rows; r != NULL; r = r->next)
        for (struct cell *c = r->cells; c != NULL && heads != NULL; c = c->next) {
            if (r->head && c->elem->kind == ELEM_TH) {
                c->elem->id = arena_format(l->a, "t%zu-%zu", l->tables, count);
                heads[count++] = c;
                continue;
            }
            const char **ids = lay_array(l, const char *, count);
            if (ids == NULL || c->elem == NULL)
                return;
            c->elem->headers = ids;
            for (size_t i = 0; i < count; i++)
                if (heads[i]->column < c->column + c->span &&
                    c->column < heads[i]->column + heads[i]->span)
                    ids[c->elem->header_count++] = heads[i]->elem->id;
        }
}

struct table *table_read(struct lay *l, const struct doc_node *n,
                         struct struct_elem *elem)
{
    struct table *t = lay_array(l, struct table, 1);
    if (t == NULL)
        return NULL;
    t->node = n;
    t->facts = doc_has_class(n, "facts");
    t->plain = doc_has_class(n, "plain") || t->facts;
    l->tables++;
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (c->kind == NODE_CAPTION)
            t->caption = c;
        else if (c->kind == NODE_THEAD)
            read_rows(l, t, c, true, elem_new(l, elem, ELEM_THEAD));
        else if (c->kind == NODE_TBODY)
            read_rows(l, t, c, false, elem_new(l, elem, ELEM_TBODY));
    struct doc_node loose = {.kind = NODE_TBODY};
    if (t->rows == NULL) {
        loose.first = n->first;
        read_rows(l, t, &loose, false, elem_new(l, elem, ELEM_TBODY));
    }
    if (l->failed != ST_OK || t->column_count == 0)
        return NULL;
    t->columns = lay_array(l, struct column, t->column_count);
    if (t->columns == NULL)
        return NULL;
    align_heads(t);
    name_heads(l, t);
    return l->failed == ST_OK ? t : NULL;
}
