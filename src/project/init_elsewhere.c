/* candor init for a model that is asked: its inputs are guessed from the table,
 * since nobody else tells them. */
#include "base/buf.h"
#include "project/reading.h"
#include "remote/remote.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_MOST = 64 };

static const char COMMAND[] = "command:", SCORES[] = "scores:",
                  MODELS[] = "/v2/models/";

static bool is_address(const char *what)
{
    return text_starts(what, "http://") || text_starts(what, "https://");
}

bool project_init_is_elsewhere(const char *what)
{
    return text_starts(what, COMMAND) || text_starts(what, SCORES) ||
           is_address(what);
}

static void pair(struct buf *out, const char *key, const char *text, size_t n)
{
    char copy[2048];
    (void)snprintf(copy, sizeof copy, "%.*s", (int)n, text);
    buf_puts(out, out->length == 0 ? "    " : ",\n    ");
    init_pair(out, key, copy);
}

/* Words parted by blanks; whoever needs blanks in one edits the file. */
static void put_command(struct buf *out, const char *what)
{
    buf_puts(out, "    \"command\": [");
    for (size_t n, first = 1; *what != '\0'; what += n) {
        char word[1024];
        n = strcspn(what, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)n, what);
        if (n > 0) {
            buf_puts(out, first ? "" : ", ");
            init_string(out, word);
            first = 0;
        }
        n += what[n] == ' ';
    }
    buf_puts(out, "]");
}

static void put_address(struct buf *out, const char *what)
{
    static const char END[] = "/invocations";
    const char *models = strstr(what, MODELS);
    size_t n = strlen(what);
    if (models == NULL) {
        if (text_ends(what, END))
            n -= strlen(END);
        pair(out, "url", what, n);
        pair(out, "protocol", "mlflow", 6);
        return;
    }
    const char *name = models + strlen(MODELS);
    const char *version = strstr(name, "/versions/");
    pair(out, "url", what, (size_t)(models - what));
    pair(out, "served_name", name, strcspn(name, "/"));
    if (version != NULL)
        pair(out, "served_version", version + 10, strcspn(version + 10, "/"));
    buf_puts(out, "\n    // GAP: \"input_tensor\" and \"output_tensor\", as "
                  "the server calls them; or \"tensors\": \"one an input\"");
}

static void put_where(struct buf *out, const char *what)
{
    if (text_starts(what, COMMAND))
        put_command(out, what + strlen(COMMAND));
    else if (text_starts(what, SCORES))
        pair(out, "score_column", what + strlen(SCORES),
             strlen(what + strlen(SCORES)));
    else
        put_address(out, what);
    buf_puts(out, "\n    // GAP: \"answer\": \"probability\" or \"margin\"; "
                  "\"answer_column\", when an answer has several numbers\n");
}

/* A column that a model may read: numbers, or a few words; no identifier, no
 * date, nothing whose name speaks of a prohibited basis. */
static bool may_be_input(const struct column_look *c, const char *what)
{
    bool score = text_starts(what, SCORES) &&
                 strcmp(what + strlen(SCORES), c->name) == 0;
    if (score || c->all_dates || basis_of_name(c->name) != NULL)
        return false;
    if (c->all_numbers)
        return !(c->all_integers && text_ends(c->name, "id"));
    return c->distinct > 1 && c->distinct < WORDS_MOST;
}

static status guess_model(const struct table_look *look, const char *what,
                          struct model **out, struct error *e)
{
    size_t columns;
    long long rows;
    const struct column_look *c = table_look_columns(look, &columns, &rows);
    struct remote_input *in = mem_array(columns + 1, sizeof *in);
    if (in == NULL)
        return error_memory(e);
    struct remote_spec spec = {.kind = REMOTE_SCORES, .input = in,
                               .outputs = 1, .link = LINK_LOGISTIC};
    for (size_t i = 0; i < columns; i++) {
        if (!may_be_input(&c[i], what))
            continue;
        bool words = !c[i].all_numbers;
        in[spec.inputs++] = (struct remote_input){
            .name = c[i].name,
            .kind = words               ? FEATURE_CATEGORY
                    : c[i].all_integers && c[i].missing == 0 ? FEATURE_INTEGER
                                                             : FEATURE_NUMBER,
            .words = words ? (const char *const *)c[i].words : NULL,
            .word_count = words ? c[i].distinct : 0};
    }
    status s = spec.inputs == 0
                   ? error_set(e, ST_DATA, "no column of the table looks like "
                               "an input of a model")
                   : remote_open(&spec, out, e);
    mem_free(in);
    return s;
}

status project_init_elsewhere(const char *what, const char *table_location,
                              const char *out_path, struct buf *text,
                              struct error *e)
{
    const struct table_spec spec = {.location = table_location};
    struct table_look *look = NULL;
    struct model *m = NULL;
    struct buf where = BUF_INIT(1 << 16);
    status s = table_look(&spec, INIT_ROWS, &look, e);
    if (s == ST_OK)
        s = guess_model(look, what, &m, e);
    put_where(&where, what);
    if (s == ST_OK)
        s = buf_status(&where, e);
    if (s == ST_OK)
        s = init_write(m, buf_text(&where), true, look, table_location,
                       out_path, text, e);
    model_free(m);
    table_look_free(look);
    buf_free(&where);
    return s;
}
