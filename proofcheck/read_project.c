/* The project file: what it asks of recourse. */
#include "read_project.h"

#include <sys/stat.h>

struct problem *read_project(struct run *r, const char *path, const char *table)
{
    struct project *x = NEW(r, r->files, 1, struct project);
    struct stat about;
    char *folder = copy_text(r, path, strlen(path)), *file = folder;
    x->r = r;
    x->p = NEW(r, r->files, 1, struct problem);
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        file = beside(r, folder, "candor.json");
    else
        folder =
            strrchr(path, '/') == NULL
                ? copy_text(r, ".", 1)
                : copy_text(r, path, (size_t)(strrchr(path, '/') - path) + 1);
    x->folder = folder;
    x->json = json_file(r, file, x->p->sha);
    x->features = sheet(x, "features");
    x->levers = sheet(x, "levers");
    x->recourse = json_get(x->json, "recourse");
    x->model =
        read_model(r, beside(r, folder, json_text(x->json, "model.file", "")),
                   json_text(x->json, "model.trees", NULL));
    const cJSON *d = json_get(x->json, "data.decisions");
    x->p->table = r->table = table_open(
        r, table != NULL ? table : beside(r, folder, json_text(d, "file", "")),
        json_text(d, "delimiter", NULL), !json_flag(d, "no_header"),
        json_texts(r, json_get(d, "missing")));
    const char *id =
        json_text(x->json, "data.columns.id", json_text(d, "id", NULL));
    x->p->id_column = id == NULL ? -1 : table_column(x->p->table, id);
    x->p->changes = (int)json_real(x->recourse, "most_changes", 3);
    read_quantities(x);
    read_scores(x);
    read_levers(x);
    read_formulas(x);
    read_rules(x);
    make_grids(r, x->p);
    return x->p;
}
