/* tests/support/render_samples.h: document trees for render's tests, written
 * as markup so that a reader sees the page. Only what a template may hold:
 * elements of document/tree.h with class, id, href, lang, alt, scope, colspan,
 * data-bar; <figure data-scene="bars|curve"> gets a small scene. */
#ifndef CANDOR_TESTS_RENDER_SAMPLES_H
#define CANDOR_TESTS_RENDER_SAMPLES_H

#include "document/tree.h"

/* Fails the test when the markup is not well formed. */
struct document *doc_parse(struct arena *a, const char *kind,
                           const char *markup);

extern const char sample_notice[], sample_explanation[], sample_card[];

#endif
