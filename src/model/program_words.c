/* What steps are called in messages and dumps. */
#include "model/program_in.h"

#define X(name) #name,
static const char *const maps[] = {PROGRAM_MAP_LIST(X)};
static const char *const pairs[] = {PROGRAM_PAIR_LIST(X)};
static const char *const reduces[] = {PROGRAM_REDUCE_LIST(X)};
static const char *const groups[] = {PROGRAM_GROUP_LIST(X)};
#undef X

const char *program_map_word(enum program_map f)
{
    return maps[f];
}

const char *program_pair_word(enum program_pair f)
{
    return pairs[f];
}

const char *program_reduce_word(enum program_reduce f)
{
    return reduces[f];
}

const char *program_group_word(enum program_group f)
{
    return groups[f];
}
