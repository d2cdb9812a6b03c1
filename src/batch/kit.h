/* batch/kit.h: what documents are made with: languages, legal packs, templates,
 * fonts, outputs. Immutable once open, shared by all threads. */
#ifndef CANDOR_BATCH_KIT_H
#define CANDOR_BATCH_KIT_H

#include "batch/session.h"
#include "document/template.h"
#include "facts/decision.h"
#include "render/outputs.h"

enum { KIT_PAPERS_MAX = 16, KIT_PACKS_MAX = 8, KIT_LANGUAGES_MAX = 32 };

/* What a run makes for each decision. */
enum paper_kind { PAPER_NOTICE, PAPER_EXPLANATION, PAPER_OWN };

struct paper {
    enum paper_kind kind;
    const char *name; /* template, and the file's stem */
    struct template *template;
};

struct kit {
    const char *folders[3];
    size_t folder_count;
    struct schema *schema;
    struct language *language[KIT_LANGUAGES_MAX];
    size_t text_of[KIT_LANGUAGES_MAX]; /* index in project->language */
    size_t languages;
    struct pack *pack[KIT_PACKS_MAX];
    struct pack_info pack_info[KIT_PACKS_MAX];
    size_t packs;
    bool pack_altered, pack_missing;
    char *agency;                      /* name and address; NULL: unknown */
    const char *agency_name;
    struct paper paper[KIT_PAPERS_MAX];
    size_t papers;
    struct template *card;             /* NULL: none wanted */
    bool strict;                       /* a gap on a page forbids the document */
    struct font_set *fonts;
    struct arena *arena;
};

/* Opens what the project and --only ask for. A pack that is missing or altered
 * is noted for the gates, not an error. */
MUST_USE status kit_open(const struct session *s, struct kit *out,
                         struct error *e);
void kit_close(struct kit *k);

/* State of the packs on a notice's date, for the gates. */
struct pack_status kit_packs_on(const struct kit *k, struct date day);
/* Is this word among --only (or is --only absent)? */
bool kit_wants(const struct session *s, const char *word);

#endif
