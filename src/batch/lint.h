/* batch/lint.h: the finished notice against its own checklist: what only the
 * document can prove (reasons/checks.def, rows "told by the document alone"). */
#ifndef CANDOR_BATCH_LINT_H
#define CANDOR_BATCH_LINT_H

#include "batch/decide.h"

/* Settles the OPEN checks of f->gates from the notice's own text, and puts
 * their results into the facts tree. text: scratch. */
MUST_USE status lint_notice(const struct kit *kit, const struct document *d,
                            struct fact *root, struct finding *f,
                            struct buf *text, struct error *e);

#endif
