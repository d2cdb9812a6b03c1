/* Truth of a predicate where only parts of the inputs are known: Kleene's three
 * values, and a fourth for "not yet decided". */
#include "formats/pmml_tree.h"

size_t pmml_piece_above(const struct pmml_test *t, double x)
{
    size_t low = 0, high = t->cuts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->cut[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t pmml_piece_of(const struct pmml_test *t, double x)
{
    size_t low = 0, high = t->cuts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->cut[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum pmml_truth numbers_truth(const struct pmml_test *t,
                                     const struct pmml_region *r)
{
    size_t first = pmml_piece_above(t, r->low);
    size_t last = pmml_piece_of(t, r->high);
    if (first != last)
        return TRUTH_OPEN;
    return ((first % 2 == 0) == t->first) ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum pmml_truth words_truth(const struct pmml_test *t,
                                   const struct pmml_region *r, size_t codes)
{
    bool yes = r->unseen && t->unseen, no = r->unseen && !t->unseen;
    for (size_t i = 0; i < (codes + 31) / 32; i++) {
        yes |= (r->code[i] & t->holds[i]) != 0;
        no |= (r->code[i] & ~t->holds[i]) != 0;
    }
    return yes && no ? TRUTH_OPEN : yes ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum pmml_truth atom_truth(const struct pmml_test *t,
                                  const struct pmml_region *known,
                                  const struct pmml_variable *of)
{
    const struct pmml_region *r = &known[t->variable];
    if (!r->present)
        return t->missing;
    enum pmml_truth x = of[t->variable].words
                            ? words_truth(t, r, of[t->variable].codes)
                            : numbers_truth(t, r);
    return r->missing && x != t->missing ? TRUTH_OPEN : x;
}

/* AND ends at a false part, OR at a true one, even behind an open part. */
static enum pmml_truth joined_truth(const struct pmml_test *t,
                                    const struct pmml_region *known,
                                    const struct pmml_variable *of,
                                    const struct pmml_test **ask)
{
    enum pmml_truth stop = t->kind == TEST_AND ? TRUTH_FALSE : TRUTH_TRUE;
    enum pmml_truth all = t->kind == TEST_AND ? TRUTH_TRUE : TRUTH_FALSE;
    const struct pmml_test *open = NULL;
    for (size_t i = 0; i < t->parts; i++) {
        const struct pmml_test *doubt = NULL;
        enum pmml_truth x = pmml_test_truth(t->part[i], known, of, &doubt);
        if (x == stop)
            return stop;
        if (x == TRUTH_OPEN && open == NULL)
            open = doubt;
        if (x == TRUTH_UNKNOWN)
            all = TRUTH_UNKNOWN;
    }
    if (open != NULL) {
        *ask = open;
        return TRUTH_OPEN;
    }
    return all;
}

static enum pmml_truth exclusive_truth(const struct pmml_test *t,
                                       const struct pmml_region *known,
                                       const struct pmml_variable *of,
                                       const struct pmml_test **ask)
{
    bool odd = false, unknown = false;
    for (size_t i = 0; i < t->parts; i++) {
        enum pmml_truth x = pmml_test_truth(t->part[i], known, of, ask);
        if (x == TRUTH_OPEN)
            return x;
        unknown |= x == TRUTH_UNKNOWN;
        odd ^= x == TRUTH_TRUE;
    }
    return unknown ? TRUTH_UNKNOWN : odd ? TRUTH_TRUE : TRUTH_FALSE;
}

enum pmml_truth pmml_test_truth(const struct pmml_test *t,
                                const struct pmml_region *known,
                                const struct pmml_variable *of,
                                const struct pmml_test **ask)
{
    enum pmml_truth x = TRUTH_UNKNOWN;
    switch (t->kind) {
    case TEST_TRUE:
        return TRUTH_TRUE;
    case TEST_FALSE:
        return TRUTH_FALSE;
    case TEST_ATOM:
        x = atom_truth(t, known, of);
        if (x == TRUTH_OPEN)
            *ask = t;
        return x;
    case TEST_AND:
    case TEST_OR:
        return joined_truth(t, known, of, ask);
    case TEST_XOR:
        return exclusive_truth(t, known, of, ask);
    case TEST_SURROGATE:
        for (size_t i = 0; i < t->parts && x == TRUTH_UNKNOWN; i++)
            x = pmml_test_truth(t->part[i], known, of, ask);
        return x;
    }
    return x;
}
