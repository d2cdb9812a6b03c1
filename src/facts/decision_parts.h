/* facts/decision_parts.h: the parts of a decision's facts; only this room. */
#ifndef CANDOR_FACTS_DECISION_PARTS_H
#define CANDOR_FACTS_DECISION_PARTS_H

#include "facts/decision.h"

void decision_reasons(struct facts_maker *m, const struct decision_findings *f);
void decision_counted(struct facts_maker *m, const struct decision_findings *f);
void decision_used(struct facts_maker *m, const struct decision_findings *f);
void decision_recourse(struct facts_maker *m,
                       const struct decision_findings *f);
void decision_texts(struct facts_maker *m, const struct decision_findings *f);
/* A text's beginning between quotation marks, safe to print. */
struct fact *decision_excerpt(struct facts_maker *m, struct fact *parent,
                              const char *name, const char *text);
/* The text of a project's feature in this row; NULL: it is none, or missing. */
const char *decision_text_of(const struct decision_findings *f, size_t feature);
/* How a score of the project prints. */
struct number_form decision_score_form(const struct project *p);
/* A date given as ISO text; NULL: missing. */
void decision_iso(struct facts_maker *m, struct fact *parent, const char *name,
                  const char *iso);

#endif
