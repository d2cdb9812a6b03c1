/* remote/onnxruntime.h: what is used of ONNX Runtime's C interface, declared
 * here because its library comes without headers. The functions stand at fixed
 * places of one table, whose first 102 have not moved since version 1.0. */
#ifndef CANDOR_REMOTE_ONNXRUNTIME_H
#define CANDOR_REMOTE_ONNXRUNTIME_H

#include <stddef.h>
#include <stdint.h>

enum ort_element { ORT_FLOAT = 1, ORT_INT32 = 6, ORT_INT64 = 7, ORT_STRING = 8,
                   ORT_DOUBLE = 11 };

struct ort_status;
struct ort_env;
struct ort_session;
struct ort_options;
struct ort_value;
struct ort_type;
struct ort_shape;
struct ort_memory;
struct ort_allocator;
typedef struct ort_status *ort_result; /* NULL: well */
typedef void ort_unused(void);

struct ort_api {
    ort_unused *at_0[2];
    const char *(*message)(const struct ort_status *);
    ort_result (*env)(int level, const char *id, struct ort_env **);
    ort_unused *at_4[3];
    ort_result (*session)(const struct ort_env *, const char *path,
                          const struct ort_options *, struct ort_session **);
    ort_unused *at_8[1];
    ort_result (*run)(struct ort_session *, const void *run_options,
                      const char *const *input_name,
                      const struct ort_value *const *input, size_t inputs,
                      const char *const *output_name, size_t outputs,
                      struct ort_value **output);
    ort_result (*options)(struct ort_options **);
    ort_unused *at_11[13];
    ort_result (*threads_in)(struct ort_options *, int);
    ort_result (*threads_between)(struct ort_options *, int);
    ort_unused *at_26[4];
    ort_result (*input_count)(const struct ort_session *, size_t *);
    ort_result (*output_count)(const struct ort_session *, size_t *);
    ort_unused *at_32[1];
    ort_result (*input_type)(const struct ort_session *, size_t,
                             struct ort_type **);
    ort_result (*output_type)(const struct ort_session *, size_t,
                              struct ort_type **);
    ort_unused *at_35[1];
    ort_result (*input_name)(const struct ort_session *, size_t,
                             struct ort_allocator *, char **);
    ort_result (*output_name)(const struct ort_session *, size_t,
                              struct ort_allocator *, char **);
    ort_unused *at_38[10];
    ort_result (*tensor)(struct ort_allocator *, const int64_t *shape,
                         size_t dimensions, int element, struct ort_value **);
    ort_unused *at_49[1];
    ort_result (*is_tensor)(const struct ort_value *, int *);
    ort_result (*data)(struct ort_value *, void **);
    ort_result (*fill_strings)(struct ort_value *, const char *const *text,
                               size_t count);
    ort_unused *at_53[2];
    ort_result (*shape_of_type)(const struct ort_type *,
                                const struct ort_shape **);
    ort_unused *at_56[4];
    ort_result (*element)(const struct ort_shape *, int *);
    ort_result (*dimension_count)(const struct ort_shape *, size_t *);
    ort_result (*dimensions)(const struct ort_shape *, int64_t *, size_t);
    ort_unused *at_63[2];
    ort_result (*shape_of_value)(const struct ort_value *, struct ort_shape **);
    ort_unused *at_66[10];
    ort_result (*free)(struct ort_allocator *, void *);
    ort_unused *at_77[1];
    ort_result (*allocator)(struct ort_allocator **);
    ort_unused *at_79[13];
    void (*env_free)(struct ort_env *);
    void (*status_free)(struct ort_status *);
    ort_unused *at_94[1];
    void (*session_free)(struct ort_session *);
    void (*value_free)(struct ort_value *);
    ort_unused *at_97[1];
    void (*type_free)(struct ort_type *);
    void (*shape_free)(struct ort_shape *);
    void (*options_free)(struct ort_options *);
    ort_unused *at_101[1];
};
_Static_assert(sizeof(struct ort_api) == 102 * sizeof(void *), "places");
_Static_assert(offsetof(struct ort_api, tensor) == 48 * sizeof(void *), "48");
_Static_assert(offsetof(struct ort_api, env_free) == 92 * sizeof(void *), "92");

struct ort_base {
    const struct ort_api *(*api)(uint32_t version);
    const char *(*version)(void);
};

#endif
