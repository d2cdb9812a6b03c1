/* project/input_texts.h: texts that rows hold by their place in one list. Equal
 * texts have one place; the list only grows, and neither it nor a text ever
 * moves, so that threads read it without a lock. */
#ifndef CANDOR_PROJECT_INPUT_TEXTS_H
#define CANDOR_PROJECT_INPUT_TEXTS_H

#include <stddef.h>

enum { INPUT_TEXTS_MAX = 1 << 24 };

struct input_texts;

struct input_texts *input_texts_new(void); /* NULL: no memory */
void input_texts_free(struct input_texts *t); /* NULL is fine */
/* Its place; INPUT_TEXTS_MAX when no more are held. Any thread. */
size_t input_texts_add(struct input_texts *t, const char *text, size_t length);
/* How many there are, and where. */
size_t input_texts_all(const struct input_texts *t, const char *const **text);

#endif
