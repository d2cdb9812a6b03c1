/* Scores: the margin on the scale that people read, and back. */
#include "project/reading.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>

static double power_of_ten(int decimals)
{
    double p = 1;
    for (int i = 0; i < decimals; i++)
        p *= 10;
    return p;
}

static double round_points(const struct project_scale *s, double x)
{
    double p = power_of_ten(s->decimals);
    return round(x * p) / p;
}

static double sign_of(const struct project_model *m)
{
    return m->higher_is_better ? 1.0 : -1.0;
}

/* Points stand on the log-odds; a link's own scale is part of those. */
static double log_odds(const struct project_model *m, double margin)
{
    double scale = m->link == LINK_IDENTITY ? 1 : m->link_scale;
    return sign_of(m) * scale * margin;
}

double project_score(const struct project *p, double margin)
{
    const struct project_scale *s = &p->model.scale;
    if (s->kind == SCALE_MARGIN)
        return margin;
    if (s->kind == SCALE_PROBABILITY)
        return link_answer(p->model.link, p->model.link_scale, margin);
    return round_points(s, s->offset + s->factor * log_odds(&p->model, margin));
}

double scale_margin(const struct project_model *m, double score)
{
    const struct project_scale *s = &m->scale;
    if (s->kind == SCALE_MARGIN)
        return score;
    if (s->kind == SCALE_PROBABILITY)
        return link_margin(m->link, m->link_scale, score);
    double odds = (score - s->offset) / s->factor;
    return odds / log_odds(m, 1.0);
}

/* Points are decided as printed, half away from zero: half a unit more counts
 * to a limit from either side. */
double scale_limit(const struct project_model *m, double score, bool least)
{
    if (m->scale.kind == SCALE_POINTS)
        score += (least ? -0.5 : 0.5) / power_of_ten(m->scale.decimals);
    return scale_margin(m, score);
}

double project_margin(const struct project *p, double score)
{
    return scale_margin(&p->model, score);
}

double project_score_of(const struct project *p, const struct model *m,
                        const double *margin)
{
    enum { OUTPUTS_HERE = 64 };
    double here[OUTPUTS_HERE], *answer = here;
    size_t output = p->model.output;
    if (p->model.scale.kind != SCALE_PROBABILITY)
        return project_score(p, margin[output]);
    if (m->outputs > OUTPUTS_HERE)
        answer = mem_array(m->outputs, sizeof *answer);
    if (answer == NULL)
        return NAN;
    size_t n = model_answer(m, margin, answer);
    double score = output < n ? answer[output] : answer[0];
    if (answer != here)
        mem_free(answer);
    return score;
}

bool project_approves(const struct project *p, double score)
{
    if (!p->model.has_cutoff || isnan(score))
        return false;
    return p->model.decides == DECIDES_AT_LEAST ? score >= p->model.cutoff
                                                : score <= p->model.cutoff;
}

/* m: the project's own model, or that of a further score. */
static void fault_scale(struct project *p, struct project_model *m,
                        struct fault_list *faults, const void *at,
                        const char *text)
{
    struct place none = {p->file, 0, 0, -1};
    bool own = m == &p->model;
    fault_put(p->places, faults, FAULT_ERROR, NULL,
              place_of(p->places, at, none), "%s%s%s%s",
              own ? "" : "score \"", own ? "" : m->name, own ? "" : "\": ",
              text);
}

static void check_points(struct project *p, struct project_model *m,
                         struct fault_list *faults)
{
    struct project_scale *s = &m->scale;
    double grid = power_of_ten(s->decimals);
    if (isnan(s->pdo) || isnan(s->at_score) || isnan(s->at_odds)) {
        fault_scale(p, m, faults, &s->kind,
                    "a scale of points needs model.scale.pdo, at_score and "
                    "at_odds");
        return;
    }
    s->factor = s->pdo / log(2.0);
    s->offset = s->at_score - s->factor * log(s->at_odds);
    if (m->has_cutoff && fabs(m->cutoff) < 1e9 &&
        fabs(m->cutoff * grid - round(m->cutoff * grid)) > 1e-6)
        fault_scale(p, m, faults, &m->cutoff,
                    "model.cutoff has more decimals than printed points "
                    "(model.scale.decimals)");
}

void project_check_scale(struct project *p, struct project_model *m,
                         struct fault_list *faults)
{
    struct project_scale *s = &m->scale;
    if ((int)s->kind == SCALE_POINTS + 1) /* "answer" */
        s->kind = SCALE_PROBABILITY;
    if (s->decimals < 0)
        s->decimals = s->kind == SCALE_POINTS ? 0 : 4;
    m->higher_is_better = m->orientation == ORIENTATION_BETTER;
    m->decides = s->kind == SCALE_POINTS || m->higher_is_better
                     ? DECIDES_AT_LEAST
                     : DECIDES_AT_MOST;
    if (s->kind == SCALE_POINTS)
        check_points(p, m, faults);
    else if (!isnan(s->pdo) || !isnan(s->at_score) || !isnan(s->at_odds))
        fault_scale(p, m, faults,
                    !isnan(s->pdo)        ? &s->pdo
                    : !isnan(s->at_odds) ? &s->at_odds
                                         : &s->at_score,
                    "pdo, at_score and at_odds belong to a scale of points; "
                    "model.scale.kind says otherwise");
    if (m->has_cutoff && m->orientation == ORIENTATION_UNSAID)
        fault_scale(p, m, faults, &m->cutoff,
                    "model.cutoff needs model.orientation: \"higher is "
                    "better\" or \"higher is worse\"");
    if (s->kind == SCALE_POINTS && m->orientation == ORIENTATION_UNSAID)
        fault_scale(p, m, faults, &s->kind,
                    "a scale of points needs model.orientation: \"higher is "
                    "better\" or \"higher is worse\"");
}

void project_bind_scale(struct project *p, struct project_model *m,
                        const struct model *read, struct fault_list *faults)
{
    struct project_scale *s = &m->scale;
    m->link = read->link;
    m->link_scale = read->link_scale == 0 ? 1 : read->link_scale;
    m->outputs = read->outputs;
    if (s->kind == SCALE_POINTS && m->link != LINK_LOGISTIC &&
        m->link != LINK_IDENTITY && m->link != LINK_LOGISTIC_EACH) {
        fault_scale(p, m, faults, &s->kind,
                    "points stand on log-odds, and this model's output has "
                    "none: use the scale \"margin\" or \"answer\"");
        return;
    }
    if (!m->has_cutoff)
        return;
    m->cutoff_margin = scale_limit(m, m->cutoff,
                                   m->decides == DECIDES_AT_LEAST);
    if (isfinite(m->cutoff_margin))
        return;
    char text[300], number[NUM_TEXT_MAX];
    (void)num_shortest(m->cutoff, number);
    bool one_margin = m->link != LINK_SOFTMAX && m->link != LINK_ARGMAX &&
                      m->link != LINK_STEP && m->link != LINK_SIMPLEMAX &&
                      m->link != LINK_SOFTPLUS_STEPS;
    (void)snprintf(text, sizeof text, "model.cutoff %s %s", number,
                   one_margin ? "is outside what this model can answer"
                              : "has no place on this model's answer: use the "
                                "scale \"margin\"");
    fault_scale(p, m, faults, &m->cutoff, text);
}
