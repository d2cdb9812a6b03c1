/* Words of a text that an output adds up. */
#include "model/program_in.h"

/* Beyond these a program is not looked through. */
enum { STEPS_MAX = 1 << 16 };

struct looking {
    const struct program *p;
    size_t feature;
    struct arena *arena;
    struct program_text *out;
    size_t room;
    bool *read; /* [slots] what stands there depends on the text */
};

static bool is_tokens(const struct looking *g, const struct step *s)
{
    return s->kind == STEP_TOKENS &&
           ((const struct tokens_data *)s->data)->feature == g->feature;
}

static void run(struct looking *g, const struct step *s)
{
    const uint32_t *list = g->p->list;
    bool some = is_tokens(g, s);
    for (uint32_t i = 0; i < s->ins; i++) {
        uint32_t slot = list[s->in + i];
        some = some || (slot != NO_SLOT && g->read[slot]);
    }
    for (uint32_t i = 0; i < s->outs; i++)
        if (list[s->out + i] != NO_SLOT)
            g->read[list[s->out + i]] = some;
}

/* The term's register holds what one token was counted to. */
static status take(struct looking *g, const struct term *t, struct error *e)
{
    const struct step *s = &g->p->step[t->at - 1];
    const struct tokens_data *d = s->data;
    struct program_text *out = g->out;
    for (size_t i = 0; i < d->runs; i++) {
        const struct token_run *r = &d->run[i];
        if (g->p->list[s->out + r->out] != t->slot)
            continue;
        if (r->words != 1) {
            out->whole = false;
            continue;
        }
        TRY(MEM_ROOM(out->word, g->room, out->words + 1, e));
        out->word[out->words++] = (struct program_text_word){
            names_at(d->word, r->word[0]), t->coefficient, r->binary};
    }
    return ST_OK;
}

static status look(struct looking *g, const struct part *part,
                   struct error *e)
{
    const struct program *p = g->p;
    size_t next = 0;
    memset(g->read, 0, p->slots * sizeof *g->read);
    if (p->input_slot[g->feature] != NO_SLOT)
        g->read[p->input_slot[g->feature]] = true;
    for (size_t i = 0; i < part->steps; i++) {
        size_t at = p->part_step[part->step + i];
        run(g, &p->step[at]);
        for (; next < part->terms && p->term[part->term + next].at <= at + 1;
             next++) {
            const struct term *t = &p->term[part->term + next];
            bool of_step = t->at == at + 1 && t->tree == 0;
            if (of_step && is_tokens(g, &p->step[at]))
                TRY(take(g, t, e));
            else if (t->tree > 0 || g->read[t->slot])
                g->out->whole = false;
        }
    }
    for (; next < part->terms; next++) {
        const struct term *t = &p->term[part->term + next];
        if (t->tree > 0 || g->read[t->slot])
            g->out->whole = false;
    }
    return ST_OK;
}

static bool reads(const struct part *part, size_t feature)
{
    for (size_t i = 0; i < part->view.features; i++)
        if (part->view.feature[i] == feature)
            return true;
    return false;
}

status program_text(const struct program *p, size_t output, size_t feature,
                    struct program_text *out, struct error *e)
{
    struct looking g = {.p = p, .feature = feature, .out = out};
    *out = (struct program_text){.whole = p->steps <= STEPS_MAX};
    if (output >= p->outputs || feature >= p->features)
        return error_bug(e, "a program has no such output or input");
    g.read = mem_array(p->slots + 1, sizeof *g.read);
    status s = g.read == NULL ? error_memory(e) : ST_OK;
    const struct parts *of = &p->parts[output];
    for (size_t i = 0; s == ST_OK && out->whole && i < of->count; i++)
        if (reads(&of->part[i], feature))
            s = look(&g, &of->part[i], e);
    mem_free(g.read);
    if (s != ST_OK || !out->whole)
        program_text_free(out);
    return s;
}

void program_text_free(struct program_text *t)
{
    mem_free(t->word);
    bool whole = t->whole;
    *t = (struct program_text){.whole = whole};
}
