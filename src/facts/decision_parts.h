/* facts/decision_parts.h: the parts of a decision's facts; only this room. */
#ifndef CANDOR_FACTS_DECISION_PARTS_H
#define CANDOR_FACTS_DECISION_PARTS_H

#include "facts/decision.h"

void decision_reasons(struct facts_maker *m, const struct decision_findings *f);
void decision_counted(struct facts_maker *m, const struct decision_findings *f);
void decision_used(struct facts_maker *m, const struct decision_findings *f);
void decision_recourse(struct facts_maker *m,
                       const struct decision_findings *f);
/* How a score of the project prints. */
struct number_form decision_score_form(const struct project *p);
/* A date given as ISO text; NULL: missing. */
void decision_iso(struct facts_maker *m, struct fact *parent, const char *name,
                  const char *iso);

#endif
