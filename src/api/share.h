/* api/share.h: where candor's own templates and fonts stand. */
#ifndef CANDOR_API_SHARE_H
#define CANDOR_API_SHARE_H

#include "api/candor.h"
#include "batch/request.h"

enum { SHARE_PATH_MAX = 4096 };

/* The folder told, else beside the running program: installed
 * (PREFIX/bin → PREFIX/share/candor) or in its build tree (build/candor →
 * the source tree). NULL when neither has templates and fonts. */
const char *share_find(const char *told, char room[SHARE_PATH_MAX]);

/* The host as inner rooms see it; h must outlive it. */
struct host api_host(struct candor_host *h);

#endif
