#include "recourse/proof_write.h"

#include "base/arena.h"
#include "base/num.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINE_WIDTH = 200 };

/* Text in quotes; what could end a line or the quotes is escaped. */
static void put_quoted(struct buf *out, const char *text)
{
    buf_putc(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char u = (unsigned char)*c;
        if (u < 0x20 || u == 0x7f)
            buf_printf(out, "\\x%02x", u);
        else if (u == '"' || u == '\\')
            buf_printf(out, "\\%c", u);
        else
            buf_putc(out, *c);
    }
    buf_putc(out, '"');
}

static void put_value(struct buf *out, double x)
{
    if (isnan(x))
        buf_putc(out, '?');
    else
        buf_put_double(out, x);
}

void proof_write_head(const struct proof_head *h, struct buf *out)
{
    const struct recourse_problem *p = h->problem;
    size_t most = p->most_changes == 0 ? RECOURSE_CHANGES_DEFAULT
                                       : p->most_changes;

    buf_printf(out, "candor-proof %d\n", PROOF_VERSION);
    buf_printf(out, "model %s\n", h->model_sha256);
    buf_printf(out, "project %s\n", h->project_sha256);
    for (size_t i = 0; i < p->scores; i++) {
        const struct recourse_score *s = &p->score[i];
        buf_printf(out, "limit %zu %s ", i,
                   s->accept == RECOURSE_AT_MOST ? "<=" : ">=");
        buf_put_double(out, s->cutoff);
        buf_puts(out, " guard ");
        buf_put_double(out, s->guard);
        buf_putc(out, '\n');
    }
    for (size_t i = 0; i < p->levers; i++) {
        buf_printf(out, "lever %zu ", i);
        put_quoted(out, h->lever_key[i]);
        buf_putc(out, '\n');
    }
    buf_printf(out, "changes %zu\n", most);
}

/* --- one decision -------------------------------------------------------------- */

/* Tokens of one kind, broken into lines between tokens. */
struct line {
    struct buf *out;
    const char *word;
    size_t start; /* of the line in out; SIZE_MAX: none is open */
};

static void line_token(struct line *l)
{
    if (l->start != SIZE_MAX && l->out->length - l->start > LINE_WIDTH) {
        buf_putc(l->out, '\n');
        l->start = SIZE_MAX;
    }
    if (l->start == SIZE_MAX) {
        l->start = l->out->length;
        buf_puts(l->out, l->word);
    }
    buf_putc(l->out, ' ');
}

static void line_end(struct line *l)
{
    if (l->start != SIZE_MAX)
        buf_putc(l->out, '\n');
    l->start = SIZE_MAX;
}

/* Eight bytes a quantity, lowest first; one NaN for missing, and no −0. */
static status row_digest(const struct proof_row *in, char hex[SHA256_HEX],
                         struct error *e)
{
    struct sha256 *h = sha256_new();

    if (h == NULL)
        return error_memory(e);
    for (size_t i = 0; i < in->quantities; i++) {
        double x = in->row[i] + 0.0;
        uint64_t bits = UINT64_C(0x7ff8000000000000);
        unsigned char byte[8];
        if (!isnan(x))
            memcpy(&bits, &x, sizeof bits);
        for (int k = 0; k < 8; k++)
            byte[k] = (unsigned char)(bits >> (8 * k));
        sha256_put(h, byte, sizeof byte);
    }
    sha256_hex(h, hex);
    sha256_free(h);
    return ST_OK;
}

static void put_groups(const struct recourse_proof *p, struct buf *out)
{
    struct line l = {out, "G", SIZE_MAX};

    for (size_t i = 0; i < p->groups; i++) {
        const struct proof_group *g = &p->group[i];
        line_token(&l);
        buf_printf(out, "%u:", g->score);
        for (size_t k = 0; k < g->trees; k++)
            buf_printf(out, k == 0 ? "%" PRIu32 : ",%" PRIu32, g->tree[k]);
    }
    line_end(&l);
}

static void put_prices(const struct recourse_proof *p, size_t scores,
                       struct buf *out)
{
    for (size_t i = 0; i < p->prices; i++) {
        const struct proof_price *s = &p->price[i];
        struct line l = {out, "M", SIZE_MAX};
        for (size_t k = 0; k < scores; k++) {
            line_token(&l);
            buf_put_double(out, s->mu[k]);
        }
        line_end(&l);
        l = (struct line){out, "S", SIZE_MAX};
        for (size_t k = 0; k < s->shares; k++) {
            line_token(&l);
            buf_printf(out, "%" PRIu32 "/%u/", s->share[k].group,
                       s->share[k].lever);
            put_value(out, s->share[k].value);
            buf_putc(out, '+');
            buf_put_double(out, s->share[k].add);
        }
        line_end(&l);
    }
}

static const char leaf_letter[] = {
    [PROOF_SCORE] = 's', [PROOF_COST] = 'c', [PROOF_COUNT] = 'k',
    [PROOF_RULE] = 'r', [PROOF_FORMULA] = 'f', [PROOF_POINT] = 'p',
    [PROOF_PRICE] = 'm', [PROOF_STAY] = 'K'};

static void put_node(struct line *l, const struct proof_node *n)
{
    line_token(l);
    if (n->kind == PROOF_SPLIT) {
        buf_printf(l->out, "%u/", n->lever);
        put_value(l->out, n->value);
        return;
    }
    buf_putc(l->out, leaf_letter[n->kind]);
    bool numbered = n->kind == PROOF_SCORE || n->kind == PROOF_RULE ||
                    n->kind == PROOF_PRICE;
    if (numbered && (n->which > 0 || n->kind != PROOF_SCORE))
        buf_printf(l->out, "%u", n->which);
}

/* Prefix order. The far sides that wait stand on a stack of our own: a tree
 * may be as deep as it has splits. */
static status put_tree(const struct proof_node *root, struct buf *out,
                       struct error *e)
{
    struct line l = {out, "T", SIZE_MAX};
    size_t count = 0, room = 64;
    const struct proof_node **wait = mem_array(room, sizeof *wait);

    if (wait == NULL)
        return error_memory(e);
    for (const struct proof_node *n = root; n != NULL;) {
        put_node(&l, n);
        if (n->kind == PROOF_STAY) {
            n = n->near;
            continue;
        }
        if (n->kind != PROOF_SPLIT) {
            n = count > 0 ? wait[--count] : NULL;
            continue;
        }
        if (count == room) {
            const struct proof_node **more =
                mem_grow(wait, room, 2 * room, sizeof *wait);
            if (more == NULL) {
                mem_free(wait);
                return error_memory(e);
            }
            wait = more;
            room *= 2;
        }
        wait[count++] = n->far;
        n = n->near;
    }
    mem_free(wait);
    line_end(&l);
    return ST_OK;
}

static const char *const status_letter[] = {
    [RECOURSE_PROVEN_SMALLEST] = "smallest", [RECOURSE_WITHIN] = "within",
    [RECOURSE_FOUND] = "found", [RECOURSE_IMPOSSIBLE] = "impossible",
    [RECOURSE_UNDECIDED] = "undecided"};

static void put_plan(const struct recourse_plan *p, struct buf *out)
{
    buf_puts(out, "P ");
    buf_put_double(out, p->cost);
    for (size_t i = 0; i < p->changes; i++) {
        buf_printf(out, " %zu=", p->change[i].lever);
        put_value(out, p->change[i].to);
    }
    buf_putc(out, '\n');
}

status proof_write_decision(const struct proof_row *in,
                            const struct recourse_result *r, struct buf *out,
                            struct error *e)
{
    char hex[SHA256_HEX], number[NUM_TEXT_MAX];
    const char *id = in->id;

    TRY(row_digest(in, hex, e));
    if (id == NULL) {
        (void)snprintf(number, sizeof number, "%lld", in->ordinal);
        id = number;
    }
    buf_printf(out, "D %lld ", in->ordinal);
    put_quoted(out, id);
    bool proof = r != NULL && r->proof.root != NULL;
    buf_printf(out, " %.16s %s ", hex,
               r == NULL ? "met" : status_letter[r->plan.status]);
    if (!proof)
        buf_putc(out, '-');
    else if (isinf(r->proof.claim))
        buf_puts(out, "none");
    else
        buf_put_double(out, r->proof.claim);
    buf_putc(out, '\n');
    if (r != NULL && r->plan.changes > 0)
        put_plan(&r->plan, out);
    if (proof) {
        put_groups(&r->proof, out);
        put_prices(&r->proof, in->scores, out);
        TRY(put_tree(r->proof.root, out, e));
    }
    return buf_status(out, e);
}

/* --- marks --------------------------------------------------------------------- */

void proof_marks_begin(struct proof_marks *m)
{
    memset(m->hex, '0', SHA256_HEX - 1);
    m->hex[SHA256_HEX - 1] = '\0';
    m->decisions = 0;
}

static status mark_line(struct proof_marks *m, const char *line, size_t n,
                        struct buf *out, struct error *e)
{
    struct sha256 *h = sha256_new();

    if (h == NULL)
        return error_memory(e);
    sha256_put(h, m->hex, SHA256_HEX - 1);
    sha256_put(h, line, n);
    sha256_hex(h, m->hex);
    sha256_free(h);
    m->decisions += n > 0 && line[0] == 'D';
    buf_put(out, line, n);
    buf_printf(out, " #%.8s\n", m->hex);
    return ST_OK;
}

status proof_marks_put(struct proof_marks *m, const char *lines, size_t n,
                       struct buf *out, struct error *e)
{
    while (n > 0) {
        const char *end = memchr(lines, '\n', n);
        if (end == NULL)
            return error_bug(e, "a proof line without its end");
        size_t length = (size_t)(end - lines);
        TRY(mark_line(m, lines, length, out, e));
        lines += length + 1;
        n -= length + 1;
    }
    return buf_status(out, e);
}

status proof_marks_end(struct proof_marks *m, struct buf *out, struct error *e)
{
    char line[64];
    int n = snprintf(line, sizeof line, "end %lld", m->decisions);

    TRY(mark_line(m, line, (size_t)n, out, e));
    return buf_status(out, e);
}
