#include "document/tree.h"

#include <string.h>

static const struct {
    const char *element;
    bool block;
} kinds[] = {
#define X(name, element, block) {element, block},
    NODE_LIST(X)
#undef X
};

bool doc_has_class(const struct doc_node *n, const char *word)
{
    if (n->classes == NULL)
        return false;
    size_t length = strlen(word);
    for (const char *p = n->classes; (p = strstr(p, word)) != NULL; p += length)
        if ((p == n->classes || p[-1] == ' ') &&
            (p[length] == '\0' || p[length] == ' '))
            return true;
    return false;
}

const char *doc_element(enum node_kind k)
{
    return kinds[k].element;
}

bool doc_is_block(enum node_kind k)
{
    return kinds[k].block;
}

int doc_kind_of(const char *element)
{
    for (int k = 0; k < NODE_TEXT; k++)
        if (strcmp(kinds[k].element, element) == 0)
            return k;
    return -1;
}

struct doc_node *doc_append(struct arena *a, struct doc_node *parent,
                            enum node_kind kind)
{
    struct doc_node *n = arena_new_one(a, struct doc_node);
    if (n == NULL)
        return NULL;
    n->kind = kind;
    n->parent = parent;
    n->columns_spanned = 1;
    if (parent == NULL)
        return n;
    if (parent->last == NULL)
        parent->first = n;
    else
        parent->last->next = n;
    parent->last = n;
    return n;
}
