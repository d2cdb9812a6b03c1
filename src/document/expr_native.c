/* Which expressions run natively: those whose every part the runner knows. */
#include "document/expr.h"

#include <string.h>

static bool native_list(struct expr *x);

static bool native_steps(struct expr *x, bool *plain)
{
    *plain = true;
    for (struct step *s = x->steps; s != NULL; s = s->next) {
        if (s->axis > AXIS_PARENT || (s->axis == AXIS_ATTRIBUTE && s->name == NULL))
            return false;
        if (s->name != NULL && s->axis != AXIS_CHILD && s->axis != AXIS_ATTRIBUTE)
            return false;
        if (!native_list(s->predicates))
            return false;
        *plain = *plain && s->predicates == NULL &&
                 (s->name != NULL || s->axis != AXIS_CHILD);
        if (s->axis == AXIS_ATTRIBUTE && s->next != NULL)
            return false;
    }
    return true;
}

static bool native_call(struct expr *x)
{
    static const char *const names[] = {"not", "count", "position", "last",
                                        "string", "number", "boolean", "true",
                                        "false"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], x->text) == 0)
            return native_list(x->args);
    return false;
}

static bool mark_native(struct expr *x)
{
    switch (x->op) {
    case EX_OR:
    case EX_AND:
    case EX_EQ:
    case EX_NE:
    case EX_LT:
    case EX_LE:
    case EX_GT:
    case EX_GE: {
        bool left = mark_native(x->left);
        x->native = mark_native(x->right) && left;
        break;
    }
    case EX_PATH:
        x->native = native_steps(x, &x->plain) &&
                    !(x->absolute && x->steps == NULL);
        x->plain = x->plain && x->native;
        break;
    case EX_LITERAL:
    case EX_NUMBER:
        x->native = true;
        break;
    case EX_CALL:
        x->native = native_call(x);
        break;
    default:
        x->native = false;
        break;
    }
    return x->native;
}

static bool native_list(struct expr *x)
{
    bool all = true;
    for (; x != NULL; x = x->next)
        all = mark_native(x) && all;
    return all;
}

void expr_mark_native(struct expr *x)
{
    (void)mark_native(x);
}
