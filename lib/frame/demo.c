/* demo.c - frames of made-up data: each value a function of its row. */
#include <math.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "lib/data/chunk.h"
#include "lib/frame/frame.h"
#include "lib/kernel/random.h"

/* How many rows get their random bits at once. */
enum { BLOCK = 512 };

/* Where a double holds every integer. */
#define MOST_EXACT 0x1p53

struct made_column {
    struct weft_random_column is; /* its texts lie in the graph */
    uint64_t                  stream;
};

/* In the graph's memory. */
struct made_frame {
    uint64_t            seed;
    int                 n;
    struct made_column *columns;
    const char        **names;
    weft_dtype         *dtypes;
};

struct piece {
    const struct made_frame *frame;
    int64_t                  first, n;
};

/* ---- Making rows ------------------------------------------------------------------- */

/* 0 <= x < n, from 64 random bits. */
static uint64_t below(uint64_t bits, uint64_t n)
{
    __extension__ typedef unsigned __int128 wide;

    return (uint64_t)((wide)bits * n >> 64);
}

static double unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

static void add_pattern(struct wf_builder *b, const char *pattern, uint64_t bits)
{
    char text[256];
    size_t n = 0;

    for (; pattern[n] && n < sizeof text; n++) {
        text[n] = pattern[n];
        if (pattern[n] == '#') {
            bits = wf_mix(bits + 0x9e3779b97f4a7c15);
            text[n] = (char)('0' + below(bits, 10));
        }
    }
    wf_builder_add_text(b, text, (int64_t)n);
}

/* The value of row i. */
static void add_value(struct wf_builder *b, const struct weft_random_column *c, int64_t i, uint64_t bits)
{
    switch (c->dtype) {
    case WEFT_INT64:
    case WEFT_DATE:
        wf_builder_add_i64(b, c->step != 0 ? (int64_t)c->low + i * (int64_t)c->step
                                           : (int64_t)c->low + (int64_t)below(bits, (uint64_t)(c->high - c->low)));
        break;
    case WEFT_FLOAT64:
        wf_builder_add_f64(b, c->step != 0 ? c->low + (double)i * c->step : c->low + (c->high - c->low) * unit(bits));
        break;
    case WEFT_STRING:
        if (c->pattern)
            add_pattern(b, c->pattern, bits);
        else {
            const char *text = c->choices[below(bits, (uint64_t)c->n_choices)];

            wf_builder_add_text(b, text, (int64_t)strlen(text));
        }
        break;
    default:
        wf_builder_add_i64(b, (int64_t)(bits >> 63));
        break;
    }
}

/* NULL: no memory. */
static struct wf_column *make_column(const struct made_frame *f, const struct made_column *c, int64_t first, int64_t n)
{
    uint64_t bits[BLOCK], nulls[BLOCK];
    struct wf_builder b;
    struct wf_column *column;

    wf_builder_init(&b, c->is.dtype);
    for (int64_t at = 0; at < n; at += BLOCK) {
        const int64_t m = n - at < BLOCK ? n - at : BLOCK;

        wf_random_bits(f->seed, c->stream, first + at, m, bits);
        if (c->is.null_share > 0)
            wf_random_bits(f->seed, c->stream + 1, first + at, m, nulls);
        for (int64_t k = 0; k < m; k++)
            if (c->is.null_share > 0 && unit(nulls[k]) < c->is.null_share)
                wf_builder_add_null(&b);
            else
                add_value(&b, &c->is, first + at + k, bits[k]);
    }
    column = wf_builder_finish(&b);
    wf_builder_fini(&b);
    return column;
}

static weft_status make_piece(weft_call *call, void *arg, struct weft_error *err)
{
    const struct piece *p = arg;
    const struct made_frame *f = p->frame;
    struct wf_column **columns = wf_alloc_zero((size_t)f->n + 1, sizeof *columns);
    struct wf_schema *schema = wf_schema_new(f->n, f->names, f->dtypes);
    weft_chunk *chunk = NULL;

    if (columns && schema) {
        for (int i = 0; i < f->n; i++)
            columns[i] = make_column(f, &f->columns[i], p->first, p->n);
        chunk = wf_chunk_new(schema, p->n, columns);
    }
    wf_schema_release(schema);
    wf_free(columns);
    if (!chunk)
        return wf_error_nomem(err, "made-up rows");
    weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, chunk));
    return WEFT_OK;
}

/* ---- Describing them ----------------------------------------------------------------- */

static bool is_whole(double x)
{
    return x == floor(x) && fabs(x) <= MOST_EXACT;
}

static weft_status check_numbers(const struct weft_random_column *c, int64_t n_rows, struct weft_error *err)
{
    const double last = c->low + (double)n_rows * c->step;
    const bool whole = c->dtype != WEFT_FLOAT64;

    if (c->step != 0 && !(whole ? is_whole(c->low) && is_whole(c->step) && fabs(last) <= MOST_EXACT : isfinite(last)))
        return weft_error_set(err, WEFT_INVALID, "random: column \"%s\" from %g in %lld steps of %g leaves %s", c->name, c->low,
                              (long long)n_rows, c->step, whole ? "the whole numbers up to 2^53" : "float64");
    if (c->step == 0 && !(c->low < c->high && (!whole || (is_whole(c->low) && is_whole(c->high))) &&
                          isfinite(c->high - c->low)))
        return weft_error_set(err, WEFT_INVALID, "random: column \"%s\" from %g to %g is no range of %ss", c->name, c->low,
                              c->high, weft_dtype_name(c->dtype));
    if (c->dtype == WEFT_DATE && !(fabs(c->low) <= INT32_MAX && fabs(c->step != 0 ? last : c->high) <= INT32_MAX))
        return weft_error_set(err, WEFT_RANGE, "random: column \"%s\" leaves the days of a date", c->name);
    return WEFT_OK;
}

static weft_status check_column(const struct weft_random_column *c, int64_t n_rows, struct weft_error *err)
{
    enum { MOST_PATTERN = 256 };

    if (!c->name)
        return weft_error_set(err, WEFT_INVALID, "random: a column has no name");
    if (!(c->null_share >= 0 && c->null_share <= 1))
        return weft_error_set(err, WEFT_INVALID, "random: column \"%s\": %g is no share of nulls, 0 to 1", c->name, c->null_share);
    switch (c->dtype) {
    case WEFT_INT64: case WEFT_FLOAT64: case WEFT_DATE:
        return check_numbers(c, n_rows, err);
    case WEFT_STRING:
        if (c->pattern ? strlen(c->pattern) > MOST_PATTERN : c->n_choices < 1)
            return weft_error_set(err, WEFT_INVALID, "random: column \"%s\" is a string and has %s", c->name,
                                  c->pattern ? "a pattern of more than 256 bytes" : "neither choices nor a pattern");
        return WEFT_OK;
    case WEFT_BOOL:
        return WEFT_OK;
    default:
        return weft_error_set(err, WEFT_TYPE, "random: column \"%s\" is float32; frames hold bool, int64, float64, date and string",
                              c->name);
    }
}

static weft_status check(const struct weft_random_column *columns, int n_columns, int64_t n_rows, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    for (int i = 0; !st && i < n_columns; i++) {
        st = check_column(&columns[i], n_rows, err);
        for (int k = 0; !st && k < i; k++)
            if (strcmp(columns[i].name, columns[k].name) == 0)
                st = weft_error_set(err, WEFT_DUPLICATE, "random: two columns are called \"%s\"", columns[i].name);
    }
    return st;
}

static bool copy_column(weft_graph *g, struct made_column *to, const struct weft_random_column *from, uint64_t stream)
{
    const int n = from->dtype == WEFT_STRING && !from->pattern ? from->n_choices : 0;
    const char **choices = wf_graph_alloc(g, (size_t)(n + 1) * sizeof *choices);

    *to = (struct made_column){.is = *from, .stream = stream};
    to->is.name = wf_graph_strdup(g, from->name);
    to->is.pattern = from->pattern ? wf_graph_strdup(g, from->pattern) : NULL;
    to->is.choices = choices;
    for (int i = 0; choices && i < n; i++) {
        choices[i] = wf_graph_strdup(g, from->choices[i]);
        if (!choices[i])
            return false;
    }
    return choices && to->is.name && (!from->pattern || to->is.pattern);
}

/* NULL: no memory. */
static struct made_frame *describe(weft_graph *g, const struct weft_random *r, const struct weft_random_column *columns, int n)
{
    struct made_frame *f = wf_graph_alloc(g, sizeof *f);

    if (!f)
        return NULL;
    f->seed = r->seed;
    f->n = n;
    f->columns = wf_graph_alloc(g, (size_t)(n + 1) * sizeof *f->columns);
    f->names = wf_graph_alloc(g, (size_t)(n + 1) * sizeof *f->names);
    f->dtypes = wf_graph_alloc(g, (size_t)(n + 1) * sizeof *f->dtypes);
    if (!f->columns || !f->names || !f->dtypes)
        return NULL;
    for (int i = 0; i < n; i++) {
        if (!copy_column(g, &f->columns[i], &columns[i], r->stream + 2 * (uint64_t)i))
            return NULL;
        f->names[i] = f->columns[i].is.name;
        f->dtypes[i] = columns[i].dtype;
    }
    return f;
}

static weft_frame *build(weft_graph *g, const struct made_frame *made, const int64_t *rows, int n)
{
    weft_task **tasks = wf_graph_alloc(g, (size_t)n * sizeof *tasks);
    struct wf_schema *schema = wf_schema_new(made->n, made->names, made->dtypes);
    struct piece piece = {.frame = made};
    const uint32_t layer = weft_graph_layer(g, "random");
    weft_frame *f = NULL;

    if (!tasks || !schema)
        goto out;
    for (int64_t i = 0; i < n; i++) {
        piece.n = rows[i];
        tasks[i] = wf_graph_add_here(g, make_piece, .name = "random", .index = &i, .n_index = 1, .layer = layer,
                                     .arg = &piece, .arg_bytes = sizeof piece);
        piece.first += piece.n;
    }
    f = wf_frame_of_tasks(g, tasks, n, schema, 1);
    if (f)
        wf_frame_set_rows(f, rows);
out:
    wf_schema_release(schema);
    return f;
}

weft_frame *weft_frame_random(weft_graph *g, struct weft_random *r, const struct weft_random_column *columns,
                              int n_columns, int64_t n_rows, struct weft_cut cut)
{
    const struct weft_random from = *r;
    const struct made_frame *made;
    struct weft_error err;
    int64_t *rows = NULL;
    int n = 0;

    /* Counted also when the frame fails: what comes after does not depend on it. */
    r->stream += 2 * (uint64_t)n_columns;
    if (!g)
        return NULL;
    if (wf_frame_check_cut("random", n_rows, cut, &err) || check(columns, n_columns, n_rows, &err))
        return wf_frame_fail(g, &err);
    rows = wf_frame_cut(g, n_rows, cut, &n);
    made = describe(g, &from, columns, n_columns);
    return rows && made ? build(g, made, rows, n) : NULL;
}

/* ---- Two examples --------------------------------------------------------------------- */

#define CHOICES(list) .choices = (list), .n_choices = (int)(sizeof(list) / sizeof *(list))

static const char *const first_names[] = {
    "Alice", "Bob", "Charlie", "Dan", "Edith", "Frank", "George", "Hannah", "Ingrid", "Jerry", "Kevin", "Laura", "Michael",
    "Norbert", "Oliver", "Patricia", "Quinn", "Ray", "Sarah", "Tim", "Ursula", "Victor", "Wendy", "Xavier", "Yvonne", "Zelda",
};
static const char *const last_names[] = {
    "Adams", "Baker", "Carter", "Diaz", "Evans", "Fischer", "Garcia", "Huber", "Ito", "Jones", "Kim", "Lopez", "Miller",
    "Nguyen", "Okafor", "Patel", "Quist", "Rossi", "Silva", "Tanaka", "Usman", "Vogel", "Wang", "Xu", "Young", "Zhang",
};
static const char *const occupations[] = {
    "baker", "carpenter", "doctor", "electrician", "farmer", "gardener", "journalist", "librarian", "mechanical engineer",
    "nurse", "pilot", "teacher",
};
static const char *const cities[] = {
    "Accra", "Bern", "Chicago", "Dhaka", "Essen", "Fukuoka", "Genoa", "Hanoi", "Izmir", "Jakarta", "Kyoto", "Lima", "San Francisco",
};

weft_frame *weft_frame_demo_series(weft_graph *g, struct weft_random *r, int64_t n_rows, struct weft_cut cut)
{
    enum { BEGIN_OF_2000 = 946684800 };
    static const struct weft_random_column columns[] = {
        {.name = "time", .dtype = WEFT_INT64, .low = BEGIN_OF_2000, .step = 1},
        {.name = "id", .dtype = WEFT_INT64, .low = 0, .high = 1000},
        {.name = "name", .dtype = WEFT_STRING, CHOICES(first_names)},
        {.name = "x", .dtype = WEFT_FLOAT64, .low = -1, .high = 1},
        {.name = "y", .dtype = WEFT_FLOAT64, .low = -1, .high = 1},
    };

    return weft_frame_random(g, r, columns, sizeof columns / sizeof *columns, n_rows, cut);
}

weft_frame *weft_frame_demo_people(weft_graph *g, struct weft_random *r, int64_t n_rows, struct weft_cut cut)
{
    enum { BEGIN_OF_2000 = 10957, BEGIN_OF_2025 = 20089 }; /* in days */
    static const struct weft_random_column columns[] = {
        {.name = "first", .dtype = WEFT_STRING, CHOICES(first_names)},
        {.name = "last", .dtype = WEFT_STRING, CHOICES(last_names)},
        {.name = "age", .dtype = WEFT_INT64, .low = 18, .high = 90},
        {.name = "occupation", .dtype = WEFT_STRING, CHOICES(occupations)},
        {.name = "city", .dtype = WEFT_STRING, CHOICES(cities)},
        {.name = "phone", .dtype = WEFT_STRING, .pattern = "+## ### #######"},
        {.name = "joined", .dtype = WEFT_DATE, .low = BEGIN_OF_2000, .high = BEGIN_OF_2025},
        {.name = "income", .dtype = WEFT_FLOAT64, .low = 10000, .high = 90000, .null_share = 0.1},
    };

    return weft_frame_random(g, r, columns, sizeof columns / sizeof *columns, n_rows, cut);
}
