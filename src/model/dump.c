#include "base/num.h"
#include "model/describe.h"
#include "model/program_in.h"

static void put_set(const struct model *m, const struct node *n,
                    struct buf *out)
{
    const struct model_feature *f = &m->feature[n->feature];
    bool first = true;
    buf_puts(out, n->set_goes_left ? " in {" : " not in {");
    for (size_t code = 0; code < (size_t)n->set_words * 32; code++) {
        uint32_t word = m->set_bits[n->set_first + code / 32];
        if ((word >> (code % 32) & 1) == 0)
            continue;
        buf_puts(out, first ? "" : ", ");
        first = false;
        if (code < f->word_count)
            buf_printf(out, "\"%s\"", f->words[code]);
        else
            buf_put_int(out, (long long)code);
    }
    buf_putc(out, '}');
}

static void put_split(const struct model *m, const struct node *n,
                      struct buf *out)
{
    static const char *const missing[] = {
        [MISSING_NAN] = "missing", [MISSING_ZERO] = "missing or zero",
        [MISSING_NONE] = "missing as zero"};
    buf_puts(out, m->feature[n->feature].name);
    if (n->categorical) {
        put_set(m, n, out);
    } else {
        char text[NUM_TEXT_MAX];
        buf_puts(out, m->compare == COMPARE_LESS_FLOAT ? " < " : " <= ");
        if (m->compare == COMPARE_AT_MOST_FLOAT)
            buf_put(out, text, num_shortest_float((float)n->threshold, text));
        else
            buf_put_double(out, n->threshold);
    }
    buf_printf(out, " yes=%d no=%d", n->left, n->right);
    if (n->missing == MISSING_NONE)
        buf_printf(out, " (%s)", missing[n->missing]);
    else
        buf_printf(out, " %s=%d", missing[n->missing],
                   n->default_left ? n->left : n->right);
}

static void put_leaf(const struct model *m, const struct node *n,
                     struct buf *out)
{
    buf_puts(out, "leaf=");
    buf_put_double(out, n->value);
    if (n->linear_count == 0)
        return;
    buf_puts(out, " linear=");
    buf_put_double(out, n->linear_constant);
    for (uint32_t i = 0; i < n->linear_count; i++) {
        const struct linear_term *t = &m->linear[n->linear_first + i];
        buf_puts(out, " + ");
        buf_put_double(out, t->coefficient);
        buf_printf(out, " × %s", m->feature[t->feature].name);
    }
}

/* Parents stand before their children, so a node's depth is known by the time
 * it is printed. */
static void put_tree(const struct model *m, const struct tree *t,
                     uint32_t *depth, struct buf *out)
{
    depth[0] = 0;
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct node *n = &t->node[i];
        for (uint32_t j = 0; j <= depth[i]; j++)
            buf_puts(out, "  ");
        buf_printf(out, "%u: ", i);
        if (n->feature >= 0) {
            put_split(m, n, out);
            depth[n->left] = depth[n->right] = depth[i] + 1;
        } else {
            put_leaf(m, n, out);
        }
        buf_puts(out, " cover=");
        buf_put_double(out, n->cover);
        buf_putc(out, '\n');
    }
}

static void cut_at(struct buf *out, size_t from, size_t cap)
{
    if (cap == 0 || out->length - from <= cap)
        return;
    out->length = from + cap;
    while (out->length > from && out->data[out->length - 1] != '\n')
        out->length--;
    buf_puts(out, "… cut here\n");
}

status model_dump(const struct model *m, struct buf *out, size_t cap,
                  struct error *e)
{
    size_t from = out->length, most = 0;
    if (m->kind == MODEL_PROGRAM) {
        program_dump(m, out, cap);
        cut_at(out, from, cap);
        return buf_status(out, e);
    }
    for (size_t i = 0; i < m->trees; i++)
        most = m->tree[i].node_count > most ? m->tree[i].node_count : most;
    uint32_t *depth = mem_array(most, sizeof *depth);
    if (depth == NULL)
        return error_memory(e);
    size_t i = 0;
    for (; i < m->trees && (cap == 0 || out->length - from < cap); i++) {
        const struct tree *t = &m->tree[i];
        buf_printf(out, "tree %zu: output %u, weight ", i, t->output);
        buf_put_double(out, t->weight);
        buf_putc(out, '\n');
        put_tree(m, t, depth, out);
    }
    mem_free(depth);
    cut_at(out, from, cap);
    return buf_status(out, e);
}
