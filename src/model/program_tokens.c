/* Words of texts: one step an input counts all its tokens in one pass. */
#include "model/program_in.h"
#include "model/tokens.h"

enum { RUN_WORDS_MAX = 16 };

static status find_step(struct program_maker *k, size_t feature,
                        struct tokens_data **out, struct error *e)
{
    if (k->token_step == NULL) {
        k->token_step = mem_array(k->features, sizeof *k->token_step);
        if (k->token_step == NULL)
            return error_memory(e);
    }
    if (k->token_step[feature] == 0) {
        struct tokens_data *d = arena_new_one(k->arena, struct tokens_data);
        if (d == NULL)
            return arena_error(k->arena, e);
        d->feature = feature;
        d->word = names_new();
        if (d->word == NULL)
            return error_memory(e);
        struct step s = {.kind = STEP_TOKENS, .data = d};
        reg in = (reg)feature;
        status made = maker_step(k, &s, &in, 1, 0, NULL, e);
        if (made != ST_OK) {
            names_free(d->word);
            return made;
        }
        k->token_step[feature] = (uint32_t)k->steps;
        *out = d;
        return ST_OK;
    }
    const struct step *s = &k->step[k->token_step[feature] - 1];
    memcpy(out, &s->data, sizeof *out);
    return ST_OK;
}

/* The words of a token, made small and numbered. */
static status number_words(struct tokens_data *d, const char *token,
                           uint32_t word[RUN_WORDS_MAX], size_t *words,
                           struct error *e)
{
    size_t length = strlen(token), from = 0;
    struct text_span span;
    char *text = mem_string(token);
    if (text == NULL)
        return error_memory(e);
    tokens_lower(text, length);
    status s = ST_OK;
    for (*words = 0; s == ST_OK && tokens_word(text, length, &from, &span);) {
        long at = names_add(d->word, text + span.first, span.end - span.first);
        if (at < 0)
            s = error_memory(e);
        else if (*words == RUN_WORDS_MAX)
            s = error_set(e, ST_LIMIT, "the token \"%.80s\" has more than %d "
                          "words", token, RUN_WORDS_MAX);
        else
            word[(*words)++] = (uint32_t)at;
    }
    mem_free(text);
    if (s == ST_OK && *words == 0)
        return error_set(e, ST_FORMAT, "the token \"%.80s\" has no word", token);
    return s;
}

/* The register is made by a step of its own, which is taken back. */
static status add_out(struct program_maker *k, uint32_t step, reg *out,
                      struct error *e)
{
    struct step own = {.kind = STEP_CONSTANT};
    TRY(maker_step(k, &own, NULL, 0, 1, out, e));
    k->steps--;
    k->maker_step[*out] = step;
    return ST_OK;
}

status program_token(struct program_maker *k, size_t feature, const char *token,
                     bool binary, reg *out, struct error *e)
{
    struct tokens_data *d = NULL;
    uint32_t word[RUN_WORDS_MAX];
    size_t words = 0, before;
    if (feature >= k->features)
        return error_bug(e, "a program has no such input");
    TRY(find_step(k, feature, &d, e));
    TRY(number_words(d, token, word, &words, e));
    before = d->first_room;
    TRY(MEM_ROOM(d->first, d->first_room, names_count(d->word), e));
    if (d->first_room > before)
        memset(d->first + before, 0,
               (d->first_room - before) * sizeof *d->first);
    TRY(MEM_ROOM(d->run, d->run_room, d->runs + 1, e));
    struct token_run run = {.words = words, .binary = binary,
                            .next = d->first[word[0]]};
    TRY(maker_constants(k, words, e));
    TRY(maker_keep(k, word, words, sizeof *word, &run.word, e));
    TRY(add_out(k, k->token_step[feature], out, e));
    run.out = *out;
    d->run[d->runs++] = run;
    d->first[word[0]] = (uint32_t)d->runs;
    return ST_OK;
}
