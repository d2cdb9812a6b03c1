/* formats/xgboost_fields.h: objects read by a table of their keys, lists of
 * numbers, single values. */
#ifndef CANDOR_FORMATS_XGBOOST_FIELDS_H
#define CANDOR_FORMATS_XGBOOST_FIELDS_H

#include "formats/xgboost.h"

/* At most 32 to a table; a key NULL ends it. `slot` is handed to `read`. */
struct field {
    const char *key; /* NULL ends a table */
    status (*read)(struct xgboost *x, int slot, struct error *e);
    int slot;
};

/* The next token must be of this kind; `what` names it in the message. */
status xgboost_expect(struct xgboost *x, enum token_kind kind,
                      const char *what, struct error *e) MUST_USE;
bool xgboost_key_is(const struct token *token, const char *key);
/* The fields of an object whose opening brace is read already; keys that no
 * row has are passed over, a row's key twice is an error. */
status xgboost_fields(struct xgboost *x, const struct field *fields,
                      struct error *e) MUST_USE;
status xgboost_object(struct xgboost *x, const char *what,
                      const struct field *fields, struct error *e) MUST_USE;
/* A list of numbers (older files: true and false) added to a column. */
status xgboost_numbers(struct xgboost *x, struct column *c, const char *key,
                       struct error *e) MUST_USE;
/* Text or a number, kept as text in that slot. */
status xgboost_text(struct xgboost *x, int slot, struct error *e) MUST_USE;

#endif
