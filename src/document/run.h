/* document/run.h: what the runner's files share. */
#ifndef CANDOR_DOCUMENT_RUN_H
#define CANDOR_DOCUMENT_RUN_H

#include "document/program.h"

/* A text value's way into a message or a block. */
struct shown {
    const char *text;
    double number;   /* NaN: none */
    bool gap;        /* missing or marked: printed in the mark colour */
};

struct run {
    const struct template *t;
    const struct template_inputs *in;
    struct arena *arena;   /* of the document */
    struct arena *scratch; /* reset between values */
    struct mirror *mirror;
    size_t language;       /* index in t->languages */
    const struct fact *current;
    size_t position, last;
    struct doc_node *at;   /* where nodes are appended */
    struct buf text;       /* of the TEXT node being gathered */
    struct doc_node *last_text; /* of the block, to cut its last blank */
    bool blank;            /* the block's text ends in a blank, or is empty */
    size_t nodes;
    int held;              /* scratch is in use further up: no reset */
    const struct op *op;   /* for messages */
    struct error *e;
};

status run_ops(struct run *r, const struct op *o);
status run_node(struct run *r, enum node_kind kind, struct doc_node **out);
/* White space collapses; a block begins and ends without. */
status put_running(struct run *r, const char *text);
status flush_text(struct run *r);
status put_shown(struct run *r, const struct shown *s);
status put_gap(struct run *r, const char *text);

status run_value(struct run *r, const struct expr *x, struct value *out);
status show_expr(struct run *r, const struct expr *x, struct shown *out);
/* Pieces as one text in the document's arena. */
status show_pieces(struct run *r, const struct piece *p, const char **out);
status run_message(struct run *r, const struct message_use *m);
/* The text alone; extra arguments follow the message's own. */
status message_text(struct run *r, const struct message_use *m,
                    const struct message_arg *extra, size_t extra_count,
                    const char **out);
status run_legal(struct run *r, const struct legal_use *l);
status run_format(struct run *r, const struct format_use *f);
status run_chart(struct run *r, const struct chart_use *u);
/* Says where in the template a failure happened. */
/* Forgets scratch values when none is in use further up. */
void reset_scratch(struct run *r);
status run_place(struct run *r, status s);

#endif
