/* formats/onnx.h: what the files of the ONNX reader share.
 *
 * The file is read whole (onnx_read.c), then its nodes are lowered one after
 * another to steps of a program (onnx_lower.c, onnx_dense_*.c, onnx_ml_*.c).
 * A value of the graph is a tensor of one row: the axis of the rows has length
 * 1 and is remembered. Its elements are numbers or words known now, or
 * registers. Beside each register stands a note of how it came about, by which
 * the end (onnx_end.c) finds the score before the link, and a graph of trees
 * becomes a forest (onnx_trees.c, onnx_chain.c). */
#ifndef CANDOR_FORMATS_ONNX_H
#define CANDOR_FORMATS_ONNX_H

#include "base/arena.h"
#include "base/hash.h"
#include "formats/formats.h"
#include "model/builder.h"
#include "model/program.h"
#include "syntax/protobuf.h"

enum {
    ONNX_RANK_MAX = 8,
    ONNX_NODES_MAX = 1 << 20,
    ONNX_ELEMENTS_MAX = 64 << 20, /* of one tensor */
    ONNX_NONE = -1
};

/* TensorProto.DataType. */
enum onnx_type {
    ONNX_FLOAT = 1, ONNX_UINT8, ONNX_INT8, ONNX_UINT16, ONNX_INT16, ONNX_INT32,
    ONNX_INT64, ONNX_STRING, ONNX_BOOL, ONNX_FLOAT16, ONNX_DOUBLE, ONNX_UINT32,
    ONNX_UINT64, ONNX_BFLOAT16 = 16
};

struct onnx_value {
    int type;                /* enum onnx_type; 0 unknown */
    size_t rank;
    long dim[ONNX_RANK_MAX]; /* graph inputs: -1 unknown */
    int rows;                /* which axis counts the rows, -1: none */
    size_t count;            /* elements of one row */
    reg *reg;                /* [count] or NULL */
    double *number;          /* [count] or NULL. In a shape NaN is the number of
                                rows */
    const char **text;       /* [count] or NULL */
};

struct onnx_attribute {
    const char *name;
    int type; /* as the file says; 0: it does not */
    double f;
    long long i;
    const char *s;
    const double *floats;
    const long long *ints;
    const char *const *strings;
    size_t float_count, int_count, string_count;
    const struct onnx_value *tensor;
    bool graph; /* a graph or another thing that is not read */
};

struct onnx_node {
    const char *domain, *op, *name;
    const char **input, **output;
    size_t inputs, outputs;
    const struct onnx_attribute *attribute;
    size_t attributes;
    size_t offset; /* in the file */
    bool needed;
};

struct onnx_info { /* a graph input or output */
    const char *name;
    struct onnx_value shape; /* no elements */
    bool shaped, map;        /* has a shape; is a sequence of maps */
};

struct onnx_opset {
    const char *domain;
    long long version;
};

struct onnx_pair {
    const char *key, *value;
};

/* How a register came about. */
enum onnx_link { ONNX_RAW, ONNX_LOGISTIC, ONNX_SOFTMAX, ONNX_EXP,
                 ONNX_COMPLEMENT /* 1 - raw */ };

struct onnx_term { /* output `output` of ensemble `trees`, times scale */
    size_t trees, output;
    double scale;
};

struct onnx_sum { /* constant + Σ terms */
    double constant;
    size_t terms;
    const struct onnx_term *term;
};

enum onnx_chain { CHAIN_NONE, CHAIN_INPUT, CHAIN_WORDS, CHAIN_MAP,
                  CHAIN_TABLE };

struct onnx_note {
    enum onnx_link link;
    bool negative;          /* LOGISTIC of -raw */
    reg raw;                /* what the link was applied to */
    uint32_t group;         /* SOFTMAX: which one; counts from 1 */
    enum onnx_chain chain;  /* a function of one input alone */
    uint32_t feature;
    enum program_map map;   /* CHAIN_MAP: map(p, q) of register `from` */
    bool single;
    double p, q;
    reg from;
    uint32_t links_in_chain; /* how long it is */
    const struct onnx_table *table; /* CHAIN_TABLE of `from` */
    const struct onnx_sum *sum;     /* of ensembles of trees */
    const struct onnx_matrix *matrix; /* output `row` of a product, no bias */
    size_t row;
    bool constant;          /* it is p */
};

struct onnx_table { /* number → number, one column */
    size_t rows;
    const double *key, *value;
    double otherwise, missing;
};

struct onnx_matrix {
    const double *weight; /* [outs][ins] */
    const reg *in;
    size_t ins, outs;
    const reg *out;
};

/* --- ensembles of trees, whatever the operator wrote --- */
enum onnx_mode { MODE_LEAF, MODE_LEQ, MODE_LT, MODE_GTE, MODE_GT, MODE_EQ,
                 MODE_NEQ, MODE_MEMBER };

struct onnx_weight {
    uint32_t output;
    double value;
    struct onnx_weight *next;
};

struct onnx_tree_node {
    uint8_t mode;
    bool missing_true;
    uint32_t feature;
    double value;
    const double *member; /* MEMBER */
    size_t members;
    uint32_t yes, no;     /* indices into the ensemble's nodes */
    const struct onnx_weight *weight; /* LEAF */
    size_t weights;
};

enum onnx_aggregate { AGGREGATE_SUM, AGGREGATE_AVERAGE, AGGREGATE_MIN,
                      AGGREGATE_MAX };

struct onnx_trees {
    const char *node; /* name of the operator's node, for messages */
    struct onnx_tree_node *of;
    size_t nodes;
    uint32_t *root;
    uint32_t *first;  /* [roots + 1]: nodes of tree r lie from first[r] on; NULL:
                         they lie anywhere */
    size_t roots, outputs, ins;
    enum onnx_aggregate aggregate;
    bool single;      /* inputs and sums are float32 */
    const reg *in;    /* [ins] */
};

struct onnx {
    struct arena *arena; /* of the file */
    size_t memory_cap;
    const char *source;
    long long ir_version;
    const char *producer, *producer_version, *graph_name;
    struct onnx_opset *opset;
    size_t opsets, opset_room;
    struct onnx_pair *meta;
    size_t metas, meta_room;
    struct onnx_node *node;
    size_t nodes, node_room;
    struct onnx_info *input, *output;
    size_t inputs, input_room, outputs, output_room;
    size_t constants; /* numbers in tensors so far */

    /* while lowering */
    struct arena *work;
    struct program_maker *k;
    struct names *names;          /* of values */
    struct onnx_value *value;     /* by index in names */
    size_t value_room;
    size_t fixed;                 /* the first values: from the file */
    struct onnx_note *note;       /* by register */
    size_t note_room;
    struct names **words;         /* [features] or NULL: what was met so far */
    size_t *input_first;          /* first feature of each graph input */
    const char **feature_name;
    enum feature_kind *feature_kind;
    bool *feature_text;
    size_t features;
    uint32_t groups;
    struct onnx_trees **trees;
    size_t tree_sets, tree_room;
    const char *const *class_name;
    size_t classes;
    bool classifier;              /* the score comes from a classifier */
    bool grew;                    /* words were met that were not known */
    bool dry;                     /* forests need no steps: the end hopes to do
                                     without a program */
};

/* onnx_read.c. The bytes must outlive the reader: names point into the arena,
 * raw data is converted. */
status onnx_read(struct onnx *x, const void *bytes, size_t length,
                 struct error *e) MUST_USE;
/* onnx_tensor.c: a TensorProto into a constant; *name NULL: not wanted. */
status onnx_tensor(struct onnx *x, struct protobuf p, struct onnx_value *out,
                   const char **name, struct error *e) MUST_USE;
status onnx_text(struct onnx *x, const struct protobuf *p,
                 const struct protobuf_field *f, const char *what,
                 const char **out, struct error *e) MUST_USE;
const char *onnx_type_word(int type);
/* Elements of a shape; LIMIT beyond ONNX_ELEMENTS_MAX. */
status onnx_count(const long *dim, size_t rank, size_t *out, const char *what,
                  struct error *e) MUST_USE;

/* onnx_lower.c */
status onnx_lower(struct onnx *x, size_t *output, struct error *e) MUST_USE;
/* Once more, with forests as steps. */
status onnx_lower_again(struct onnx *x, struct error *e) MUST_USE;
void onnx_lower_free(struct onnx *x);
long long onnx_version(const struct onnx *x, const char *domain);
struct onnx_value *onnx_find(const struct onnx *x, const char *name);
/* Which output is the score; the others are left out. */
status onnx_choose(struct onnx *x, size_t *out, struct error *e) MUST_USE;

/* onnx_value.c: values and notes. */
status onnx_fault(const struct onnx_node *n, struct error *e, status class,
                  const char *format, ...) PRINTF(4, 5);
const struct onnx_attribute *onnx_attribute(const struct onnx_node *n,
                                            const char *name);
long long onnx_int(const struct onnx_node *n, const char *name,
                   long long otherwise);
double onnx_float(const struct onnx_node *n, const char *name,
                  double otherwise);
const char *onnx_string(const struct onnx_node *n, const char *name,
                        const char *otherwise);
/* Input i of a node that must be there. */
status onnx_input(struct onnx *x, const struct onnx_node *n, size_t i,
                  const struct onnx_value **out, struct error *e) MUST_USE;
/* NULL: left out. */
const struct onnx_value *onnx_optional(struct onnx *x,
                                       const struct onnx_node *n, size_t i);
/* Input i as known numbers. */
status onnx_known(struct onnx *x, const struct onnx_node *n, size_t i,
                  const struct onnx_value **out, struct error *e) MUST_USE;
/* A new value of this shape, with room for registers, numbers or neither. */
enum onnx_room { ROOM_NONE, ROOM_REGISTERS, ROOM_NUMBERS };
status onnx_make(struct onnx *x, int type, const long *dim, size_t rank,
                 int rows, enum onnx_room room, struct onnx_value *out,
                 struct error *e) MUST_USE;
/* Sets output i of a node. */
status onnx_set(struct onnx *x, const struct onnx_node *n, size_t i,
                const struct onnx_value *v, struct error *e) MUST_USE;
/* Registers of all elements, constants made where they are numbers. */
status onnx_registers(struct onnx *x, const struct onnx_node *n,
                      const struct onnx_value *v, const reg **out,
                      struct error *e) MUST_USE;
/* Elements by index into those of v, into an out made with ROOM_NONE. */
status onnx_move(struct onnx *x, const struct onnx_value *v,
                 const size_t *index, struct onnx_value *out,
                 struct error *e) MUST_USE;
/* An axis, counted from the end when negative. */
status onnx_axis(const struct onnx_node *n, long long axis, size_t rank,
                 size_t *out, struct error *e) MUST_USE;
struct onnx_note *onnx_note(struct onnx *x, reg r); /* NULL: no memory */
/* Whether a type is computed in float32; doubles and integers are not. */
bool onnx_single(int type);
/* A number as a whole one within ±2^53; false otherwise. */
bool onnx_whole(double number, long long *out);
/* Steps between neighbours along each axis, rows included as length 1. */
void onnx_strides(const struct onnx_value *v, size_t stride[ONNX_RANK_MAX]);
void *onnx_alloc(struct onnx *x, size_t count, size_t size);

/* Steps with their notes. */
status onnx_map(struct onnx *x, enum program_map f, double p, double q,
                bool single, const reg *in, size_t n, reg *out,
                struct error *e) MUST_USE;
/* p[i] x + q[i], as few steps as there are different pairs in a row. */
status onnx_scale(struct onnx *x, const double *p, const double *q,
                  bool single, const reg *in, size_t n, reg *out,
                  struct error *e) MUST_USE;
status onnx_constant(struct onnx *x, double value, reg *out,
                     struct error *e) MUST_USE;
status onnx_affine(struct onnx *x, const double *weight, const double *bias,
                   bool single, const reg *in, size_t ins, size_t outs,
                   reg *out, struct error *e) MUST_USE;
status onnx_table(struct onnx *x, const double *key, const double *value,
                  size_t rows, double otherwise, double missing, reg in,
                  reg *out, struct error *e) MUST_USE;
status onnx_softmax(struct onnx *x, bool logarithm, bool single,
                    const reg *in, size_t n, reg *out,
                    struct error *e) MUST_USE;
/* a - b, with the note of sums of trees. */
status onnx_subtract(struct onnx *x, bool single, reg a, reg b, reg *out,
                     struct error *e) MUST_USE;
/* A word met for a register that reads a text input; its number. */
status onnx_word(struct onnx *x, reg r, const char *word, double *number,
                 struct error *e) MUST_USE;

/* Operators. */
typedef status onnx_operator(struct onnx *x, const struct onnx_node *n,
                             struct error *e);
struct onnx_row {
    const char *op;
    onnx_operator *lower;
};
extern const struct onnx_row onnx_shape_rows[], onnx_reshape_rows[],
    onnx_map_rows[], onnx_pair_rows[],
    onnx_matrix_rows[], onnx_reduce_rows[], onnx_ml_rows[],
    onnx_encode_rows[], onnx_tree_rows[], onnx_svm_rows[]; /* end: op NULL */

/* onnx_broadcast.c: the common shape of several values, and for each element of
 * it which one of a value it is. UNSUPPORTED where rows would meet rows. */
status onnx_common(const struct onnx_node *n,
                   const struct onnx_value *const *v, size_t count,
                   struct onnx_value *shape, struct error *e) MUST_USE;
status onnx_spread(struct onnx *x, const struct onnx_value *v,
                   const struct onnx_value *shape, size_t **index,
                   struct error *e) MUST_USE;
/* v as registers (numbers stay numbers when `known`) in that shape. */
status onnx_stretch(struct onnx *x, const struct onnx_node *n,
                    const struct onnx_value *v, const struct onnx_value *shape,
                    bool known, struct onnx_value *out,
                    struct error *e) MUST_USE;
/* onnx_shape.c */
status onnx_extract(struct onnx *x, const struct onnx_node *n,
                    struct error *e) MUST_USE;
/* onnx_ml.c: POST of scores, columns of one class added. */
status onnx_post(struct onnx *x, const struct onnx_node *n,
                 struct onnx_value *scores, struct error *e) MUST_USE;
/* The class labels of a classifier become the names; *count of them. */
status onnx_labels(struct onnx *x, const struct onnx_node *n,
                   const char *ints, size_t *count, struct error *e) MUST_USE;

/* onnx_trees.c: an ensemble's sums as registers. out[outputs]. */
status onnx_trees_lower(struct onnx *x, struct onnx_trees *t, reg *out,
                        struct error *e) MUST_USE;
/* onnx_forest.c: the trees of a sum into a builder. direct: each input of the
 * ensembles is a function of one input of the model, which the trees then read;
 * else feature i is in[i]. */
status onnx_forest_add(struct onnx *x, struct builder *b,
                       const struct onnx_trees *t, size_t output, size_t to,
                       double scale, bool direct, struct error *e) MUST_USE;
/* Whether every input of the ensemble can be read from the model's own. */
bool onnx_forest_direct(const struct onnx *x, const struct onnx_trees *t);
/* Features of the model, with their words, into a builder. */
status onnx_features(struct onnx *x, struct builder *b, struct error *e) MUST_USE;

/* onnx_chain.c: what a register gives for a value of its one input. */
enum onnx_shape { SHAPE_OTHER, SHAPE_RISING, SHAPE_FALLING, SHAPE_EQUAL,
                  SHAPE_WORDS };
/* EQUAL: 1 where register *base, which rises or falls, is *point; whatever
 * follows it depends on that alone. */
enum onnx_shape onnx_chain_shape(const struct onnx *x, reg r, reg *base,
                                 double *point);
bool onnx_chain_plain(const struct onnx *x, reg r); /* the input itself */
double onnx_chain_value(const struct onnx *x, reg r, double input);
/* WORDS: for the number of a word, ONNX_UNSEEN for none that is known. */
double onnx_chain_word(const struct onnx *x, reg r, double number);
/* The same from what register `base` of the chain gives. */
double onnx_chain_from(const struct onnx *x, reg r, reg base, double value);

/* onnx_end.c */
status onnx_end(struct onnx *x, size_t output, struct model **out,
                struct error *e) MUST_USE;

#endif
