/* shapley/tree_proxy.h: boosted trees on the coalitions asked. Private.
 *
 * Small trees are grown on v of the coalitions (players are inputs of 0 and 1)
 * and explained exactly: a leaf of value w that wants the players A in and B out
 * of S gives w (|A|−1)! |B|! / (|A|+|B|)! to each of A and takes
 * w |A|! (|B|−1)! / (|A|+|B|)! from each of B. Pairs are held out in turn, in
 * FOLDS parts; what the trees that have not seen a pair leave of its odd part is
 * a game of its own, estimated by shapley/odd_process.h, and its values are
 * added: the error is that of the rest. */
#ifndef CANDOR_SHAPLEY_TREE_PROXY_H
#define CANDOR_SHAPLEY_TREE_PROXY_H

#include "shapley/odd_process.h"

enum { PROXY_PLAYERS_MAX = 256 };

/* v->plan must be the process's own. */
MUST_USE status tree_proxy_fit(struct odd_process *o, struct arena *a,
                               const struct pair_values *v, struct fit *f,
                               struct error *e);

#endif
