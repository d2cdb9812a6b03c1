/* reasons/checks.h: shared by gates.c, run_gates.c and checks.c. Room-internal. */
#ifndef CANDOR_REASONS_CHECKS_H
#define CANDOR_REASONS_CHECKS_H

#include "reasons/gates.h"

void gate_list_add(struct gate_list *list, enum gate_id gate,
                   const char *detail);
/* The legal pack's gates, where a notice is made. pack NULL: nothing to say. */
void gates_pack(const struct project *p, const struct pack_status *pack,
                struct gate_list *out);
/* Results of the checklist from the gates that fired. */
void checks_fill(const struct project *p, const struct decision *d,
                 size_t language, struct gate_list *out);
bool checks_score_shown(const struct project *p, const struct decision *d);

#endif
