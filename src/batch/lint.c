#include "batch/lint.h"

#include "base/buf.h"

#include <string.h>

/* All words of a document in reading order, blocks parted by a line end. */
static void flatten(const struct doc_node *n, struct buf *out)
{
    if (n->kind == NODE_TEXT && n->text != NULL)
        buf_puts(out, n->text);
    if (n->kind == NODE_BR)
        buf_putc(out, ' ');
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        flatten(c, out);
    if (doc_is_block(n->kind))
        buf_putc(out, '\n');
}

struct page {
    const struct kit *kit;
    const struct finding *f;
    const struct fact *root;
    const struct document *document;
    const char *text;
};

/* The longest stretch of a legal text without arguments stands on the page. */
static bool says_legal(const struct page *p, const char *name)
{
    for (size_t i = 0; i < p->kit->packs; i++) {
        const char *text = pack_text(p->kit->pack[i], name, NULL);
        if (text == NULL)
            continue;
        size_t best = 0;
        const char *from = text;
        for (const char *q = text; *q != '\0';) {
            size_t n = strcspn(q, "{");
            if (n > best) {
                best = n;
                from = q;
            }
            q += n;
            q += strcspn(q, "}");
            q += *q == '}';
        }
        struct buf part = BUF_INIT(65536);
        buf_put(&part, from, best);
        bool found = strstr(p->text, buf_text(&part)) != NULL;
        buf_free(&part);
        return found;
    }
    return false;
}

static const struct doc_node *find_kind(const struct doc_node *n,
                                        enum node_kind kind)
{
    if (n->kind == kind)
        return n;
    for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
        const struct doc_node *hit = find_kind(c, kind);
        if (hit != NULL)
            return hit;
    }
    return NULL;
}

static bool states_action(const struct page *p)
{
    const struct doc_node *h = find_kind(p->document->body, NODE_H1);
    return h != NULL && h->first != NULL;
}

/* Every principal reason stands on the page, in its order. */
static bool reasons_in_order(const struct page *p)
{
    const char *at = p->text;
    const struct fact *reasons = fact_child(p->root, "reasons");
    for (const struct fact *r = reasons == NULL ? NULL : reasons->first;
         r != NULL; r = r->next) {
        if (strcmp(r->name, "reason") != 0)
            continue;
        const struct fact *text = fact_child(r, "text");
        at = text == NULL || text->printed == NULL
                 ? NULL
                 : strstr(at, text->printed);
        if (at == NULL)
            return false;
    }
    return true;
}

/* The report's block begins after the last reason. */
static bool blocks_apart(const struct page *p)
{
    const struct decision *d = &p->f->decision;
    const struct bureau *b = d->bureaus > 0
                                 ? &p->f->facts.project->bureau[d->bureau[0]]
                                 : NULL;
    return b != NULL && b->name != NULL && strstr(p->text, b->name) != NULL &&
           reasons_in_order(p);
}

static bool can_be_kept(const struct page *p)
{
    return p->document->title != NULL && p->document->title[0] != '\0' &&
           p->document->lang != NULL;
}

static bool is_written(const struct page *p)
{
    return p->text[0] != '\0';
}

static bool not_the_decider(const struct page *p)
{
    return says_legal(p, "fcra-agency-no-role");
}

static bool free_copy(const struct page *p)
{
    return says_legal(p, "fcra-free-copy");
}

static bool dispute(const struct page *p)
{
    return says_legal(p, "fcra-dispute");
}

static bool third_party(const struct page *p)
{
    return says_legal(p, "fcra-other-party");
}

static bool no_score_shown(const struct page *p)
{
    const struct fact *report = fact_child(p->root, "report");
    const struct fact *score = report == NULL ? NULL : fact_child(report, "score");
    const struct fact *used = score == NULL ? NULL : fact_child(score, "used");
    return used != NULL && used->number == 0 && fact_child(score, "value") == NULL;
}

static const struct {
    enum check_id check;
    bool (*holds)(const struct page *);
} proofs[] = {{CHECK_E3, states_action},   {CHECK_E11, reasons_in_order},
              {CHECK_E15, blocks_apart},   {CHECK_E19, is_written},
              {CHECK_E20, can_be_kept},    {CHECK_F1, is_written},
              {CHECK_F3, not_the_decider}, {CHECK_F4, free_copy},
              {CHECK_F5, dispute},         {CHECK_F8, third_party},
              {CHECK_F9, no_score_shown}};

static void put_results(struct fact *root, const struct gate_list *g)
{
    int i = 0;
    for (struct fact *c = root->first; c != NULL; c = c->next) {
        if (strcmp(c->name, "check") != 0 || i >= CHECKS)
            continue;
        struct fact *result = fact_child(c, "result");
        if (result != NULL)
            result->text = result->printed = check_result_word(g->check[i]);
        i++;
    }
}

status lint_notice(const struct kit *kit, const struct document *d,
                   struct fact *root, struct finding *f, struct buf *text,
                   struct error *e)
{
    buf_clear(text);
    flatten(d->body, text);
    TRY(buf_status(text, e));
    struct page p = {kit, f, root, d, buf_text(text)};
    for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++)
        if (f->gates.check[proofs[i].check] == CHECK_OPEN)
            gates_document(&f->gates, proofs[i].check, proofs[i].holds(&p));
    put_results(root, &f->gates);
    return ST_OK;
}
