/* Where duties are met; formulas, methods, hashes. */
#include "facts/card_parts.h"

#include <string.h>

static const struct {
    const char *frame, *point, *section, *as_of;
} duties[] = {
#define DUTY(frame, point, section, as_of) {frame, point, section, as_of},
#include "facts/regulation.def"
#undef DUTY
};

void card_regulation(struct card_maker *c)
{
    card_declared(c, "regulation");
    struct fact *g = facts_group(&c->m, c->m.root, "regulation");
    for (size_t i = 0; i < sizeof duties / sizeof *duties; i++) {
        struct fact *item = facts_item(&c->m, g, "duty");
        (void)card_word(c, item, "frame", duties[i].frame);
        (void)card_word(c, item, "point", duties[i].point);
        (void)card_word(c, item, "section", duties[i].section);
        if (duties[i].as_of != NULL)
            card_iso(c, item, "as-of", duties[i].as_of);
        else
            card_na(c, item, "as-of", "no date of text on record");
    }
}

static const struct {
    const char *key, *kinds, *source;
} formulas[] = {
#define FORMULA(key, kinds, source) {key, kinds, source},
#include "facts/formula.def"
#undef FORMULA
};

static const struct {
    const char *key, *source;
} methods[] = {
#define X(key, what, source) {key, source},
    METHOD_LIST(X)
#undef X
};

static void add_formulas(struct card_maker *c, struct fact *g)
{
    static const char kind[] = {' ', 'b', 'r', 'c'};
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        if (strchr(formulas[i].kinds, kind[c->f->kind]) == NULL)
            continue;
        struct fact *item = facts_item(&c->m, g, "formula");
        (void)card_word(c, item, "key", formulas[i].key);
        (void)card_word(c, item, "source", formulas[i].source);
    }
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        struct fact *item = facts_item(&c->m, g, "interval");
        (void)card_word(c, item, "key", methods[i].key);
        if (methods[i].source[0] != '\0')
            (void)card_word(c, item, "source", methods[i].source);
        else
            card_na(c, item, "source", "a convention");
    }
}

static void add_hash(struct card_maker *c, struct fact *g, const char *what,
                     const char *name, const char *sha256)
{
    if (sha256 == NULL || sha256[0] == '\0')
        return;
    struct fact *item = facts_item(&c->m, g, "hash");
    (void)card_word(c, item, "what", what);
    (void)facts_text(&c->m, item, "name", name);
    (void)card_word(c, item, "sha256", sha256);
}

static const char *file_name(const char *path)
{
    const char *slash = path == NULL ? NULL : strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

void card_appendix(struct card_maker *c)
{
    card_declared(c, "appendix");
    struct fact *g = facts_group(&c->m, c->m.root, "appendix");
    add_formulas(c, g);
    add_hash(c, g, "model", file_name(c->p->model.file), c->f->model->sha256);
    add_hash(c, g, "project", file_name(c->p->file), c->p->sha256);
    for (int k = 0; k < METHODS; k++)
        if (c->f->reference[k] != NULL)
            add_hash(c, g, "reference", c->f->reference[k]->name,
                     c->f->reference[k]->sha256);
    for (size_t i = 0; i < c->f->splits; i++)
        add_hash(c, g, "split", card_split_name(&c->f->split[i]),
                 c->f->split[i].sha256);
}
