/* The project's JSON. */
#include "read_project.h"

/* "a.b" below j. */
const cJSON *json_get(const cJSON *j, const char *path)
{
    char step[64];
    while (j != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        snprintf(step, sizeof step, "%.*s", (int)n, path);
        j = cJSON_GetObjectItemCaseSensitive(j, step);
        path += n + (path[n] == '.');
    }
    return j;
}

const char *json_text(const cJSON *j, const char *path, const char *otherwise)
{
    j = json_get(j, path);
    return cJSON_IsString(j) ? j->valuestring : otherwise;
}

double json_real(const cJSON *j, const char *path, double otherwise)
{
    j = json_get(j, path);
    return cJSON_IsNumber(j) ? j->valuedouble : otherwise;
}

bool json_flag(const cJSON *j, const char *path)
{
    return cJSON_IsTrue(json_get(j, path));
}

bool json_is(const cJSON *j, const char *path, const char *word)
{
    const char *t = json_text(j, path, NULL);
    return t != NULL && strcmp(t, word) == 0;
}

/* Texts of an array; NULL where there is none. */
char **json_texts(struct run *r, const cJSON *j)
{
    int n = cJSON_GetArraySize(j), i = 0;
    if (!cJSON_IsArray(j))
        return NULL;
    char **list = NEW(r, r->files, n + 1, char *);
    for (const cJSON *e = j->child; e != NULL; e = e->next)
        if (cJSON_IsString(e))
            list[i++] = e->valuestring;
    return list;
}

cJSON *json_file(struct run *r, const char *path, char sha[65])
{
    size_t n;
    char *t = whole_file(r, path, &n, sha);
    bool inside = false;
    for (char *c = t; *c != '\0'; c++) {
        if (inside && *c == '\\' && c[1] != '\0')
            c++;
        else if (*c == '"')
            inside = !inside;
        else if (!inside && c[0] == '/' && c[1] == '/')
            while (*c != '\0' && *c != '\n')
                *c++ = ' ';
        if (*c == '\0')
            break;
    }
    cJSON *j = cJSON_Parse(t);
    if (j == NULL)
        refuse(r, "%s is no JSON file", path);
    if (r->jsons == (int)(sizeof r->json / sizeof *r->json)) {
        cJSON_Delete(j);
        refuse(r, "%s is one JSON file too many", path);
    }
    r->json[r->jsons++] = j;
    return j;
}

char *beside(struct run *r, const char *folder, const char *file)
{
    if (*file == '/' || strncmp(file, "sqlite:", 7) == 0)
        return copy_text(r, file, strlen(file));
    size_t n = strlen(folder) + strlen(file) + 2;
    char *path = take(r, r->files, (long)n, 1);
    snprintf(path, n, "%s/%s", folder, file);
    return path;
}

/* A list, or the name of a JSON file that holds it. */
const cJSON *sheet(struct project *x, const char *key)
{
    const cJSON *j = json_get(x->json, key);
    if (!cJSON_IsString(j))
        return j;
    if (strstr(j->valuestring, ".json") == NULL)
        refuse(x->r,
               "%s stands in \"%s\": proofs are checked with JSON lists only",
               key, j->valuestring);
    return json_file(x->r, beside(x->r, x->folder, j->valuestring), NULL);
}
