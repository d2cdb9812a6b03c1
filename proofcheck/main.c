/* candor-proofcheck PROJECT FILE [TABLE] */
#include "check.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: candor-proofcheck PROJECT FILE [TABLE]\n"
    "Checks a proof log that `candor recourse PROJECT --proofs FILE` wrote.\n"
    "PROJECT is the project file, or its folder; TABLE the decisions, if they "
    "are\n"
    "not where the project says. Ends with 0 when every proof holds, with 1 "
    "and the\n"
    "line at fault when one does not, with 2 when it cannot be used so.\n";

static void check_all(struct run *r, struct problem *p, struct log *l,
                      struct tally *t)
{
    struct decision d;
    struct state *c = check_new(r, p, l);
    while (log_decision(r, l, p, &d)) {
        check_decision(c, &d, t);
        pool_clear(r->row);
    }
}

static void tell(const struct tally *t, long long bytes)
{
    printf("accepted: %lld decisions, %lld plans (%lld proven smallest), %lld "
           "proven "
           "impossible; %lld boxes, %lld bytes\n",
           t->decisions, t->plans, t->smallest, t->impossible, t->boxes, bytes);
}

int main(int count, char **argument)
{
    static struct run run;
    static struct tally tally;
    struct run *r = &run;
    if (count == 2 && strcmp(argument[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (count < 3 || count > 4) {
        fputs(usage, stderr);
        return 2;
    }
    if (!run_begin(r))
        return 2;
    int code = setjmp(r->away);
    if (code == 0) {
        struct problem *p =
            read_project(r, argument[1], count == 4 ? argument[3] : NULL);
        struct log *l = log_open(r, argument[2], p);
        check_all(r, p, l, &tally);
        tell(&tally, log_bytes(l));
    } else {
        fprintf(stderr, "candor-proofcheck: %s\n", r->message);
        code = r->line > 0 ? 1 : 2;
    }
    run_end(r);
    return code;
}
