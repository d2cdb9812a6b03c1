/* Weighted sums: four outputs at a time, so that an input is read once for four
 * of them; each sum still goes in the order of the inputs, the bias last. */
#include "model/program_in.h"

enum { TOGETHER = 4 };

static void sums(const struct block *b, const uint32_t *in, size_t ins,
                 const double *weight, size_t at, double sum[restrict][LANES_STEP])
{
    for (size_t i = 0; i < ins; i++) {
        const double *restrict x = lane(b, in[i]) + at;
        for (size_t o = 0; o < TOGETHER; o++) {
            double w = weight[o * ins + i];
            for (size_t l = 0; l < LANES_STEP; l++)
                sum[o][l] += w * x[l];
        }
    }
}

static void sums_one(const struct block *b, const uint32_t *in, size_t ins,
                     const double *weight, size_t at, double *restrict sum)
{
    for (size_t i = 0; i < ins; i++) {
        const double *restrict x = lane(b, in[i]) + at;
        for (size_t l = 0; l < LANES_STEP; l++)
            sum[l] += weight[i] * x[l];
    }
}

static void store(double *restrict out, const double *restrict sum,
                  const double *bias, size_t o)
{
    double add = bias != NULL ? bias[o] : 0.0;
    for (size_t l = 0; l < LANES_STEP; l++)
        out[l] = bias != NULL ? sum[l] + add : sum[l];
}

static void affine_double(const struct block *b, const struct step *s)
{
    const struct affine_data *d = s->data;
    const uint32_t *in = b->p->list + s->in, *to = b->p->list + s->out;
    size_t ins = s->ins, full = s->outs / TOGETHER * TOGETHER;
    for (size_t at = 0; at < b->width; at += LANES_STEP) {
        for (size_t o = 0; o < full; o += TOGETHER) {
            double sum[TOGETHER][LANES_STEP] = {{0.0}};
            sums(b, in, ins, d->weight + o * ins, at, sum);
            for (size_t i = 0; i < TOGETHER; i++)
                store(lane(b, to[o + i]) + at, sum[i], d->bias, o + i);
        }
        for (size_t o = full; o < s->outs; o++) {
            double sum[LANES_STEP] = {0.0};
            sums_one(b, in, ins, d->weight + o * ins, at, sum);
            store(lane(b, to[o]) + at, sum, d->bias, o);
        }
    }
}

static void sums_single(const float *restrict x, size_t ins,
                        const float *restrict weight, float *restrict sum)
{
    for (size_t i = 0; i < ins; i++)
        for (size_t l = 0; l < LANES_STEP; l++)
            sum[l] += weight[i] * x[i * LANES_STEP + l];
}

static void affine_single(const struct block *b, const struct step *s)
{
    const struct affine_data *d = s->data;
    const uint32_t *in = b->p->list + s->in, *to = b->p->list + s->out;
    float *x = (float *)b->spare;
    for (size_t at = 0; at < b->width; at += LANES_STEP) {
        for (size_t i = 0; i < s->ins; i++) {
            const double *from = lane(b, in[i]) + at;
            for (size_t l = 0; l < LANES_STEP; l++)
                x[i * LANES_STEP + l] = (float)from[l];
        }
        for (size_t o = 0; o < s->outs; o++) {
            float sum[LANES_STEP] = {0.0F};
            double *out = lane(b, to[o]) + at;
            sums_single(x, s->ins, d->weight_single + o * s->ins, sum);
            if (d->bias_single != NULL)
                for (size_t l = 0; l < LANES_STEP; l++)
                    sum[l] += d->bias_single[o];
            for (size_t l = 0; l < LANES_STEP; l++)
                out[l] = (double)sum[l];
        }
    }
}

void step_affine(const struct block *b, const struct step *s)
{
    if (s->single)
        affine_single(b, s);
    else
        affine_double(b, s);
}
