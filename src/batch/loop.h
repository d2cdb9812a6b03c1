/* batch/loop.h: all decisions of a project through the gates, and, where an
 * output is given, through the desk. Blocks of rows go to the pool; what each
 * row gave is told in the table's order. Memory is one block. Contributions by
 * the fast kernels are made for many rows of a block at once, before documents
 * are. */
#ifndef CANDOR_BATCH_LOOP_H
#define CANDOR_BATCH_LOOP_H

#include "batch/decide.h"
#include "batch/ledger.h"

struct loop_counts {
    unsigned long long rows, bad, decisions, made, refused, documents;
    unsigned long long action[ACTIONS];
    unsigned long long not_searched; /* whose recourse could not be searched */
    unsigned long long gate[GATES];
    /* contributions */
    unsigned long long explained, checked; /* strict; by both ways */
    unsigned long long estimated, open_order; /* reasons in no certain order */
    double residual;     /* largest |residual of additivity| */
    double difference;   /* largest |fast − strict| */
    double bound_share;  /* largest share of its bound that it took */
};

struct loop {
    const struct session *session;
    const struct bench *bench;
    const struct kit *kit;
    struct ledger *ledger;   /* NULL: gates only */
    const char *root;
    struct loop_counts counts;
    struct recourse_audit *recourse; /* of all searches; NULL: none */
    char data_sha256[SHA256_HEX];
    struct estimate_bill bill;    /* what estimates asked */
};

MUST_USE status loop_run(struct loop *l, struct error *e);
void loop_close(struct loop *l); /* zeroed is fine */

#endif
