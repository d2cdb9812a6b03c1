/* facts/recourse.h: what a search for recourse found for one decision, with what
 * still passes around each plan, and its facts. */
#ifndef CANDOR_FACTS_RECOURSE_H
#define CANDOR_FACTS_RECOURSE_H

#include "recourse/radius.h"
#include "recourse/region.h"

enum { RECOURSE_LIMITS_ID = 13, RECOURSE_WHY = 240 };

/* What all searches of a run share. */
struct recourse_limits {
    const struct recourse_problem *problem;
    const size_t *lever_of;          /* [problem levers] → project lever */
    char id[RECOURSE_LIMITS_ID];     /* short hash of levers, rules, formulas and
                                        all else that a plan must keep to */
};

/* Ranges of a plan's changes, region.h. */
struct recourse_stretches {
    struct region_stretch of[RECOURSE_LEVERS_MAX]; /* [plan changes] */
};

struct recourse_found {
    const struct recourse_limits *limits;
    bool failed;                     /* the search could not be made: `why` */
    char why[RECOURSE_WHY];
    struct recourse_result result;
    struct recourse_stretches plan, alternative[RECOURSE_ALTERNATIVES_MAX],
        safer;
    /* Another way for a person: has changes, and is not a plan before with
     * something added. Only these are printed and counted. */
    bool another[RECOURSE_ALTERNATIVES_MAX];
    bool has_slack, has_radius;
    struct region_slack slack;       /* of the first plan */
    struct radius_result radius;     /* of the decision itself */
};

#endif
