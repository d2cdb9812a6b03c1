#include "api/share.h"

#include "io/source.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool holds(const char *folder)
{
    char path[SHARE_PATH_MAX + 32];
    (void)snprintf(path, sizeof path, "%s/fonts/MANIFEST", folder);
    return file_exists(path);
}

const char *share_find(const char *told, char room[SHARE_PATH_MAX])
{
    static const char *const beside[] = {"/../share/candor", "/..", "/../.."};
    if (told != NULL)
        return told;
    char self[SHARE_PATH_MAX / 2];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return NULL;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (slash == NULL)
        return NULL;
    *slash = '\0';
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        (void)snprintf(room, SHARE_PATH_MAX, "%s%s", self, beside[i]);
        if (holds(room))
            return room;
    }
    return NULL;
}
