/* shapley/mixed.h: the asked game of one row against reference rows, for a model
 * of any kind. Players are features or groups of features. Mixed rows that are
 * equal are evaluated once a call. A text feature may bring players of its own:
 * pieces of the text that leave it when they are outside the coalition. */
#ifndef CANDOR_SHAPLEY_MIXED_H
#define CANDOR_SHAPLEY_MIXED_H

#include "model/evaluate.h"
#include "shapley/estimate.h"

/* Bytes first … end of the text; the pieces ascend and do not overlap. Outside
 * the coalition a piece is left out, or `instead` stands in its place. */
struct text_piece {
    size_t first, end;
};
struct text_players {
    size_t feature;
    const char *text;
    const struct text_piece *piece;
    size_t pieces;           /* players behind those of `player` */
    const char *instead;     /* "": left out */
};

struct mixed_request {
    const struct model *model;
    size_t output;           /* whose margin the game is */
    const double *row;       /* [features] */
    const double *reference; /* [samples][features] */
    size_t samples, population;
    const uint32_t *player;  /* [features] below players; NULL: each its own.
                                UINT32_MAX: the feature stays as the row has it */
    size_t players;          /* of `player` */
    const struct text_players *text; /* NULL: none */
    const char *const *texts; /* that row and reference speak of */
    size_t text_count;
};

struct mixed_game;

/* The request and what it points to outlive the game. */
MUST_USE status mixed_game_new(const struct mixed_request *r,
                               struct mixed_game **out, struct error *e);
void mixed_game_free(struct mixed_game *g); /* NULL is fine */
const struct asked_game *mixed_game_asked(const struct mixed_game *g);
/* Rows that the model was asked, and those that were equal to one. */
void mixed_game_bill(const struct mixed_game *g, size_t *asked,
                     size_t *equal);

#endif
