#include "batch/recourse_proofs.h"

#include "base/arena.h"
#include "recourse/proof_write.h"

enum { MARKED_BYTES_MAX = 1 << 30 };

struct proof_file {
    struct sink *sink;
    struct proof_marks marks;
    struct buf marked;
};

/* Marks whole lines and writes them. */
static status put(struct proof_file *f, const char *lines, size_t n,
                  struct error *e)
{
    buf_clear(&f->marked);
    TRY(proof_marks_put(&f->marks, lines, n, &f->marked, e));
    TRY(buf_status(&f->marked, e));
    return sink_write(f->sink, buf_text(&f->marked), f->marked.length, e);
}

static status put_head(struct proof_file *f, const struct session *s,
                       const struct levers *l, struct error *e)
{
    const char *key[RECOURSE_LEVERS_MAX] = {NULL};
    struct buf head = BUF_INIT(MARKED_BYTES_MAX);
    for (size_t i = 0; i < l->count; i++) {
        const struct lever *lever = &s->project->lever[l->lever_of[i]];
        key[i] = lever->key != NULL ? lever->key : lever->input;
    }
    struct proof_head h = {.model_sha256 = s->model->sha256,
                           .project_sha256 = s->project->sha256,
                           .problem = l->problem,
                           .lever_key = key};
    proof_write_head(&h, &head);
    status st = buf_status(&head, e);
    if (st == ST_OK)
        st = put(f, buf_text(&head), head.length, e);
    buf_free(&head);
    return st;
}

status proof_file_open(const struct session *s, const struct levers *l,
                       struct proof_file **out, struct error *e)
{
    struct proof_file *f = mem_array(1, sizeof *f);
    if (f == NULL)
        return error_memory(e);
    f->marked = BUF_INIT(MARKED_BYTES_MAX);
    proof_marks_begin(&f->marks);
    status st = sink_open(s->request->proofs, SINK_PRIVATE, &f->sink, e);
    if (st == ST_OK)
        st = put_head(f, s, l, e);
    if (st != ST_OK) {
        proof_file_free(f);
        return st;
    }
    *out = f;
    return ST_OK;
}

status proof_file_row(const struct recourse_problem *p, const struct row_in *in,
                      const struct recourse_found *found, struct buf *out,
                      struct error *e)
{
    struct proof_row row = {.ordinal = in->ordinal, .id = in->id,
                            .row = in->row, .quantities = p->quantities,
                            .scores = p->scores};
    return proof_write_decision(&row, found == NULL ? NULL : &found->result,
                                out, e);
}

status proof_file_put(struct proof_file *f, const struct buf *lines,
                      struct error *e)
{
    return lines->length == 0 ? ST_OK
                              : put(f, buf_text(lines), lines->length, e);
}

status proof_file_close(struct proof_file *f, struct error *e)
{
    buf_clear(&f->marked);
    status st = proof_marks_end(&f->marks, &f->marked, e);
    if (st == ST_OK)
        st = buf_status(&f->marked, e);
    if (st == ST_OK)
        st = sink_write(f->sink, buf_text(&f->marked), f->marked.length, e);
    if (st == ST_OK) {
        struct sink *sink = f->sink;
        f->sink = NULL;
        st = sink_close(sink, e);
    }
    proof_file_free(f);
    return st;
}

void proof_file_free(struct proof_file *f)
{
    if (f == NULL)
        return;
    sink_free(f->sink);
    buf_free(&f->marked);
    mem_free(f);
}
