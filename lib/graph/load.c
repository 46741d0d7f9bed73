/* load.c - a saved graph from its file; the only door to jansson. */
#include <weft/save.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/input.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"
#include "lib/graph/source.h"

size_t weft_graph_n_targets(const weft_graph *g)
{
    return g ? g->n_targets : 0;
}

weft_task *weft_graph_target(const weft_graph *g, size_t i)
{
    WF_ASSERT(i < g->n_targets);
    return g->targets[i];
}

#if WF_HAVE_JANSSON

#include <jansson.h>

struct loading {
    const char                   *path;
    char                         *text;
    size_t                        n_text;
    const struct weft_load_spec  *spec;
    json_t                       *root;
    weft_graph                   *g;
    weft_body                   **bodies;
    size_t                        n_bodies;
    struct wf_map                 files;  /* names of files, one copy each */
    const char                   *list;   /* what is read now: element `at` of this list of the root */
    size_t                        at;
    struct weft_error            *err;
};

/* ---- Where ------------------------------------------------------------------- */

/* The line on which element `at` of the list `list` begins. The parser has accepted the
 * text, so what brackets and quotes there are fit together. */
static int line_of(const struct loading *l)
{
    const size_t n_name = strlen(l->list);
    const char *name = NULL; /* the last text at depth 1 */
    bool inside = false, fresh = false;
    int line = 1, depth = 0;
    size_t n = 0;

    for (const char *at = l->text, *end = at + l->n_text; at < end; at++) {
        const bool begins = inside && depth == 2 && fresh && !strchr(" \t\r\n,]", *at);

        line += *at == '\n';
        if (begins && n++ == l->at)
            return line;
        fresh = fresh && !begins;
        if (*at == '"') {
            name = depth == 1 ? at + 1 : name;
            for (at++; *at != '"'; at++)
                at += *at == '\\';
        } else if (*at == '{' || *at == '[') {
            depth++;
            inside |= *at == '[' && depth == 2 && name && !strncmp(name, l->list, n_name) && name[n_name] == '"';
            fresh |= depth == 2;
        } else if (*at == '}' || *at == ']') {
            depth--;
            inside = inside && depth >= 2;
        } else if (*at == ',' && depth == 2) {
            fresh = true;
        }
    }
    return line;
}

static weft_status wrong(const struct loading *l, weft_status st, const char *fmt, ...) WEFT_FORMAT(3, 4);
static weft_status wrong(const struct loading *l, weft_status st, const char *fmt, ...)
{
    char what[200];
    va_list args;

    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return l->list ? weft_error_set(l->err, st, "%s:%d: %s", l->path, line_of(l), what)
                   : weft_error_set(l->err, st, "%s: %s", l->path, what);
}

/* ---- Fields -------------------------------------------------------------------- */

/* A field that may be missing, which leaves *out as it is. */
static weft_status number_of(const struct loading *l, const json_t *from, const char *name, int64_t low, int64_t high,
                             int64_t *out)
{
    const json_t *field = json_object_get(from, name);

    if (!field)
        return WEFT_OK;
    if (!json_is_integer(field) || json_integer_value(field) < low || json_integer_value(field) > high)
        return wrong(l, WEFT_PARSE, "\"%s\" must be a whole number from %lld to %lld", name, (long long)low,
                     (long long)high);
    *out = json_integer_value(field);
    return WEFT_OK;
}

static weft_status text_of(const struct loading *l, const json_t *from, const char *name, const char **out)
{
    const json_t *field = json_object_get(from, name);

    if (!field)
        return WEFT_OK;
    if (!json_is_string(field))
        return wrong(l, WEFT_PARSE, "\"%s\" must be a text", name);
    *out = json_string_value(field);
    return WEFT_OK;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes written in hex, in the graph's memory. */
static weft_status bytes_of(const struct loading *l, const json_t *from, const char *name, unsigned char **out, size_t *n)
{
    const char *text = NULL;
    weft_status st = text_of(l, from, name, &text);

    if (st)
        return st;
    *n = text ? strlen(text) / 2 : 0;
    *out = wf_graph_alloc(l->g, *n + 1);
    if (!*out)
        return wf_error_nomem(l->err, "a graph");
    if (!text || strlen(text) % 2)
        return wrong(l, WEFT_PARSE, "\"%s\" must be bytes, two hex digits each", name);
    for (size_t i = 0; i < *n; i++) {
        const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return wrong(l, WEFT_PARSE, "\"%s\" must be bytes in hex, and has '%.2s'", name, text + 2 * i);
        (*out)[i] = (unsigned char)(high << 4 | low);
    }
    return WEFT_OK;
}

static const json_t *list_of(struct loading *l, const char *name, weft_status *st)
{
    const json_t *list = json_object_get(l->root, name);

    if (list && !json_is_array(list))
        *st = wrong(l, WEFT_PARSE, "\"%s\" must be a list", name);
    return list;
}

/* ---- Data ---------------------------------------------------------------------- */

static const struct weft_type *type_of(const struct loading *l, const char *name)
{
    const struct weft_type *const own[] = {&weft_type_block, &weft_type_chunk};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i]->name, name) == 0)
            return own[i];
    for (size_t i = 0; l->spec && i < l->spec->n_types; i++)
        if (strcmp(l->spec->types[i]->name, name) == 0)
            return l->spec->types[i];
    return NULL;
}

struct bytes {
    const unsigned char *at;
    size_t               left;
};

static weft_status read_bytes(void *from, void *to, size_t n)
{
    struct bytes *b = from;

    if (n > b->left)
        return WEFT_PARSE;
    memcpy(to, b->at, n);
    b->at += n;
    b->left -= n;
    return WEFT_OK;
}

/* {"type": ..., "bytes": ...}; *data is given. */
static weft_status typed_of(const struct loading *l, const json_t *from, const struct weft_type **type, void **data)
{
    const char *name = NULL;
    unsigned char *bytes;
    size_t n;
    weft_status st = text_of(l, from, "type", &name);

    st = st ? st : bytes_of(l, from, "bytes", &bytes, &n);
    if (st)
        return st;
    if (!name)
        return wrong(l, WEFT_PARSE, "bytes of no \"type\"");
    *type = type_of(l, name);
    if (!*type || !(*type)->read)
        return wrong(l, WEFT_UNSUPPORTED, "type \"%s\" is %s; give it to weft_graph_load()", name,
                     *type ? "not one that reads itself" : "not known");
    {
        struct bytes b = {bytes, n};
        struct weft_source source = {.from = &b, .read = read_bytes};

        st = (*type)->read(data, &source);
        if (!st && b.left && (*type)->free)
            (*type)->free(*data);
        if (!st && b.left)
            st = WEFT_PARSE;
    }
    return st == WEFT_NOMEM ? wf_error_nomem(l->err, name)
                            : st ? wrong(l, st, "the bytes are not a value of type \"%s\"", name) : WEFT_OK;
}

static weft_status value_of(const struct loading *l, const json_t *from, struct weft_value *out)
{
    weft_status st;
    void *data;

    *out = weft_value_none();
    if (json_is_null(from))
        return WEFT_OK;
    if (json_is_boolean(from))
        *out = weft_value_of_bool(json_is_true(from));
    else if (json_is_integer(from))
        *out = weft_value_of_i64(json_integer_value(from));
    else if (json_is_real(from))
        *out = weft_value_of_f64(json_real_value(from));
    else if (json_is_string(from))
        *out = weft_value_of_f64(strtod(json_string_value(from), NULL));
    else if (json_is_object(from)) {
        const struct weft_type *type;

        st = typed_of(l, from, &type, &data);
        if (st)
            return st;
        *out = weft_value_of_ptr(type, data);
    } else {
        return wrong(l, WEFT_PARSE, "\"value\" must be a number, or bytes of a type");
    }
    return WEFT_OK;
}

/* ---- Tasks ----------------------------------------------------------------------- */

/* A key, or a key and which of its results. */
static weft_status reader_of(const struct loading *l, const json_t *from, weft_task **out)
{
    const json_t *key = json_is_array(from) ? json_array_get(from, 0) : from;
    const json_t *k = json_is_array(from) ? json_array_get(from, 1) : NULL;

    if (!json_is_string(key) || (json_is_array(from) && (json_array_size(from) != 2 || !json_is_integer(k))))
        return wrong(l, WEFT_PARSE, "a task is told by its key, or [key, which result]");
    *out = weft_graph_find(l->g, json_string_value(key));
    if (!*out)
        return wrong(l, WEFT_NOT_FOUND, "no task before has the key \"%.100s\"", json_string_value(key));
    if (k && (json_integer_value(k) < 0 || json_integer_value(k) > INT32_MAX))
        return wrong(l, WEFT_PARSE, "result %lld of \"%.100s\"; they are numbered from 0", (long long)json_integer_value(k),
                     json_string_value(key));
    if (k)
        *out = weft_task_result(*out, (int)json_integer_value(k));
    return weft_task_status(*out, l->err) ? wrong(l, WEFT_PARSE, "%s", l->err->message) : WEFT_OK;
}

static weft_status arg_of(const struct loading *l, const json_t *from, struct weft_task_spec *spec)
{
    const json_t *arg = json_object_get(from, "arg");
    int64_t number = 0;
    unsigned char *bytes;
    weft_status st;

    if (!arg)
        return WEFT_OK;
    if (json_is_object(arg) && json_object_get(arg, "type"))
        return typed_of(l, arg, &spec->arg_type, &spec->arg);
    if (json_is_object(arg)) {
        st = bytes_of(l, arg, "bytes", &bytes, &spec->arg_bytes);
        spec->arg = bytes;
        return st;
    }
    st = number_of(l, from, "arg", 0, 4095, &number);
    spec->arg = (void *)(uintptr_t)number;
    return st;
}

/* A list of whole numbers, in the graph's memory. */
static weft_status numbers_of(const struct loading *l, const json_t *from, const char *name, size_t most, int64_t **out,
                              size_t *n)
{
    const json_t *list = json_object_get(from, name);

    *n = json_array_size(list);
    if (list && (!json_is_array(list) || *n > most))
        return wrong(l, WEFT_PARSE, "\"%s\" must be a list of at most %zu numbers", name, most);
    *out = wf_graph_alloc(l->g, (*n + 1) * sizeof **out);
    if (!*out)
        return wf_error_nomem(l->err, "a graph");
    for (size_t i = 0; i < *n; i++) {
        if (!json_is_integer(json_array_get(list, i)))
            return wrong(l, WEFT_PARSE, "\"%s\" must be a list of whole numbers", name);
        (*out)[i] = json_integer_value(json_array_get(list, i));
    }
    return WEFT_OK;
}

static weft_status terms_of(const struct loading *l, const json_t *from, struct weft_task_spec *spec)
{
    const json_t *needs = json_object_get(from, "needs"), *units;
    struct weft_need *list = wf_graph_alloc(l->g, (json_object_size(needs) + 1) * sizeof *list);
    struct weft_terms *terms = wf_graph_alloc(l->g, sizeof *terms);
    int64_t retries = 0, backoff_ns = 0, timeout_ns = 0, scratch = 0, *workers = NULL;
    const char *resource;
    int *few;
    size_t n;
    weft_status st = number_of(l, from, "retries", 0, INT32_MAX, &retries);

    st = st ? st : number_of(l, from, "backoff_ns", 0, INT64_MAX, &backoff_ns);
    st = st ? st : number_of(l, from, "timeout_ns", 0, INT64_MAX, &timeout_ns);
    st = st ? st : number_of(l, from, "scratch_bytes", 0, INT64_MAX, &scratch);
    st = st ? st : numbers_of(l, from, "workers", 1 << 20, &workers, &n);
    if (st)
        return st;
    few = wf_graph_alloc(l->g, (n + 1) * sizeof *few);
    if (!list || !few || !terms)
        return wf_error_nomem(l->err, "a graph");
    *terms = (struct weft_terms){.retries = (int)retries, .backoff_ns = backoff_ns, .timeout_ns = timeout_ns,
                                 .scratch_bytes = (size_t)scratch, .needs = list, .workers = few, .n_workers = (int)n,
                                 .only_workers = json_is_true(json_object_get(from, "only_workers")),
                                 .lenient = json_is_true(json_object_get(from, "lenient"))};
    if (needs && !json_is_object(needs))
        return wrong(l, WEFT_PARSE, "\"needs\" must be units by resource");
    json_object_foreach((json_t *)needs, resource, units) {
        int64_t n_units = 0;

        st = number_of(l, needs, resource, INT32_MIN, INT32_MAX, &n_units);
        if (st)
            return st;
        list[terms->n_needs++] = (struct weft_need){.resource = resource, .units = (int)n_units};
    }
    for (size_t i = 0; i < n; i++) {
        if (workers[i] < 0 || workers[i] > INT32_MAX)
            return wrong(l, WEFT_PARSE, "worker %lld; they are numbered from 0", (long long)workers[i]);
        few[i] = (int)workers[i];
    }
    spec->terms = terms;
    return WEFT_OK;
}

/* The one copy of the name of a file. */
static weft_status file_of(struct loading *l, const json_t *from, struct weft_task_spec *spec)
{
    const char *name = NULL;
    int64_t line = 0;
    uint64_t *place;
    char *kept;
    bool fresh;
    weft_status st = text_of(l, from, "file", &name);

    st = st ? st : number_of(l, from, "line", 0, INT32_MAX, &line);
    if (st || !name)
        return st;
    place = wf_map_find(&l->files, name, strlen(name));
    if (!place) {
        kept = wf_graph_strdup(l->g, name);
        place = kept ? wf_map_put(&l->files, kept, strlen(kept), (uintptr_t)kept, &fresh) : NULL;
    }
    if (!place)
        return wf_error_nomem(l->err, "a graph");
    spec->file = (const char *)(uintptr_t)*place;
    spec->line = (int)line;
    return WEFT_OK;
}

static weft_status deps_of(const struct loading *l, const json_t *from, struct weft_task_spec *spec)
{
    const json_t *list = json_object_get(from, "deps");
    weft_task **deps = wf_graph_alloc(l->g, (json_array_size(list) + 1) * sizeof *deps);
    weft_status st = deps ? WEFT_OK : wf_error_nomem(l->err, "a graph");

    if (list && !json_is_array(list))
        return wrong(l, WEFT_PARSE, "\"deps\" must be a list of keys");
    for (size_t i = 0; !st && i < json_array_size(list); i++)
        st = reader_of(l, json_array_get(list, i), &deps[i]);
    spec->deps = deps;
    spec->n_deps = json_array_size(list);
    return st;
}

/* What the task was to be told by weft_task_source(). */
static weft_status source_of(const struct loading *l, const json_t *from, struct weft_task_source *s)
{
    unsigned char *bytes;
    char *path;
    size_t n;
    weft_status st = json_is_object(from) ? text_of(l, from, "path", &s->path) : wrong(l, WEFT_PARSE, "a source must be an object");

    st = st ? st : number_of(l, from, "begin", 0, INT64_MAX, &s->begin);
    st = st ? st : number_of(l, from, "end", 0, INT64_MAX, &s->end);
    st = st ? st : number_of(l, from, "first_row", 0, INT64_MAX, &s->first_row);
    st = st ? st : number_of(l, from, "n_rows", 0, INT64_MAX, &s->n_rows);
    st = st ? st : number_of(l, from, "row_bytes", WEFT_LINES, INT64_MAX, &s->row_bytes);
    if (st || !json_object_get(from, "path_bytes"))
        return st;
    st = bytes_of(l, from, "path_bytes", &bytes, &n);
    path = st ? NULL : wf_graph_alloc(l->g, n + 1);
    if (path)
        s->path = memcpy(path, bytes, n);
    return st ? st : path ? WEFT_OK : wf_error_nomem(l->err, "a graph");
}

static weft_status add_sources(const struct loading *l, const json_t *from, weft_task *t)
{
    const json_t *list = json_object_get(from, "sources");

    if (list && !json_is_array(list))
        return wrong(l, WEFT_PARSE, "\"sources\" must be a list");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct weft_task_source s = {0};
        const weft_status st = source_of(l, json_array_get(list, i), &s);

        if (st)
            return st;
        if (weft_task_status(weft_task_source(t, &s), l->err))
            return l->err->status == WEFT_NOMEM ? WEFT_NOMEM : wrong(l, l->err->status, "%s", l->err->message);
    }
    return WEFT_OK;
}

static weft_status add_body(struct loading *l, const json_t *from, const char *key)
{
    struct weft_task_spec spec = {.key = key};
    int64_t body = -1, layer = 0, results = 1, priority = 0, bytes = 0, made_from = -1, *index;
    weft_task *t;
    size_t n_index;
    weft_status st = number_of(l, from, "body", 0, (int64_t)l->n_bodies - 1, &body);

    st = st ? st : text_of(l, from, "name", &spec.name);
    st = st ? st : number_of(l, from, "layer", 0, l->g->n_layers, &layer);
    st = st ? st : number_of(l, from, "results", 1, 65536, &results);
    st = st ? st : number_of(l, from, "priority", INT32_MIN, INT32_MAX, &priority);
    st = st ? st : number_of(l, from, "result_bytes", 0, INT64_MAX, &bytes);
    st = st ? st : number_of(l, from, "made_from", 0, 1, &made_from);
    st = st ? st : numbers_of(l, from, "index", WEFT_MAX_DIMS, &index, &n_index);
    st = st ? st : terms_of(l, from, &spec);
    st = st ? st : file_of(l, from, &spec);
    st = st ? st : deps_of(l, from, &spec);
    st = st ? st : arg_of(l, from, &spec); /* the last: from here on it is taken */
    if (st)
        return st;
    spec.flags = (json_is_true(json_object_get(from, "pure")) ? WEFT_PURE : 0) |
                 (json_is_true(json_object_get(from, "keep")) ? WEFT_KEEP : 0) |
                 (json_is_true(json_object_get(from, "rows")) ? WEFT_ROWS : 0) |
                 (json_is_true(json_object_get(from, "some_rows")) ? WEFT_SOME_ROWS : 0) |
                 (made_from < 0 ? 0 : made_from ? WF_TASK_PASSES : WF_TASK_WAITS);
    spec.body = l->bodies[body];
    spec.layer = (uint32_t)layer;
    spec.n_results = (int)results;
    spec.priority = (int)priority;
    spec.result_bytes = (size_t)bytes;
    spec.index = index;
    spec.n_index = (int)n_index;
    t = weft_graph_add(l->g, &spec);
    if (weft_task_status(t, l->err))
        return l->err->status == WEFT_NOMEM ? WEFT_NOMEM : wrong(l, l->err->status, "%s", l->err->message);
    return add_sources(l, from, t);
}

static weft_status add_alias(struct loading *l, const json_t *from, const char *key)
{
    int64_t k = 0;
    weft_task *t;
    weft_status st = reader_of(l, json_object_get(from, "alias"), &t);

    st = st ? st : number_of(l, from, "result", 0, 65535, &k);
    if (st)
        return st;
    t = weft_graph_alias(l->g, key, k ? weft_task_result(t, (int)k) : t);
    return weft_task_status(t, l->err) ? wrong(l, l->err->status, "%s", l->err->message) : WEFT_OK;
}

static weft_status add_value(struct loading *l, const json_t *from, const char *key)
{
    struct weft_value v;
    weft_status st = value_of(l, json_object_get(from, "value"), &v);
    weft_task *t;

    if (st)
        return st;
    t = wf_graph_name(weft_graph_put(l->g, v), key);
    return weft_task_status(t, l->err) ? wrong(l, l->err->status, "%s", l->err->message) : add_sources(l, from, t);
}

static weft_status add_task(struct loading *l, const json_t *from)
{
    const char *key = NULL;
    weft_status st = json_is_object(from) ? text_of(l, from, "key", &key) : wrong(l, WEFT_PARSE, "a task must be an object");

    if (st)
        return st;
    if (!key)
        return wrong(l, WEFT_PARSE, "a task has no \"key\"");
    if (weft_graph_find(l->g, key))
        return wrong(l, WEFT_DUPLICATE, "key \"%.100s\" is used twice", key);
    if (json_object_get(from, "body"))
        return add_body(l, from, key);
    if (json_object_get(from, "value"))
        return add_value(l, from, key);
    if (json_object_get(from, "alias"))
        return add_alias(l, from, key);
    return wrong(l, WEFT_PARSE, "task \"%.100s\" has no \"body\", \"value\" or \"alias\"", key);
}

/* ---- The file --------------------------------------------------------------------- */

static weft_status add_layer(struct loading *l, const json_t *from)
{
    const char *name = "", *about = "";
    weft_status st = text_of(l, from, "name", &name);
    uint32_t layer;

    st = st ? st : text_of(l, from, "about", &about);
    if (st)
        return st;
    layer = weft_graph_layer(l->g, name);
    if (about[0])
        weft_graph_layer_tell(l->g, layer, "%s", about);
    return layer ? WEFT_OK : wf_error_nomem(l->err, "a graph");
}

static weft_status find_body(struct loading *l, const json_t *from)
{
    struct weft_body_name name = {0};
    const char *object = "", *symbol = "";
    unsigned char *id;
    size_t n_id;
    int64_t offset = 0;
    weft_status st = text_of(l, from, "object", &object);

    st = st ? st : text_of(l, from, "symbol", &symbol);
    st = st ? st : bytes_of(l, from, "build_id", &id, &n_id);
    st = st ? st : number_of(l, from, "offset", 0, INT64_MAX, &offset);
    if (st)
        return st;
    if (n_id > sizeof name.build_id || strlen(object) >= sizeof name.object || strlen(symbol) >= sizeof name.symbol)
        return wrong(l, WEFT_PARSE, "the name of a body is too long");
    strcpy(name.object, object);
    strcpy(name.symbol, symbol);
    memcpy(name.build_id, id, n_id);
    name.n_build_id = (int)n_id;
    name.offset = (uint64_t)offset;
    if (weft_body_find(&name, &l->bodies[l->n_bodies], l->err))
        return wrong(l, l->err->status, "%s", l->err->message);
    l->n_bodies++;
    return WEFT_OK;
}

static weft_status add_target(struct loading *l, const json_t *from)
{
    return reader_of(l, from, &l->g->targets[l->g->n_targets++]);
}

/* Each element of a list of the root, which may be missing. */
static weft_status each(struct loading *l, const char *name, weft_status (*fn)(struct loading *l, const json_t *from))
{
    weft_status st = WEFT_OK;
    const json_t *list = list_of(l, name, &st);

    l->list = name;
    for (l->at = 0; !st && l->at < json_array_size(list); l->at++)
        st = fn(l, json_array_get(list, l->at));
    l->list = NULL;
    return st;
}

static weft_status load_lists(struct loading *l)
{
    weft_status st = WEFT_OK;
    int64_t version = 0;

    if (!json_is_object(l->root) || number_of(l, l->root, "weft", 1, 1, &version) || !version)
        return wrong(l, WEFT_PARSE, "not a graph saved as version 1");
    l->bodies = wf_graph_alloc(l->g, (json_array_size(list_of(l, "bodies", &st)) + 1) * sizeof *l->bodies);
    l->g->targets = wf_graph_alloc(l->g, (json_array_size(list_of(l, "targets", &st)) + 1) * sizeof *l->g->targets);
    if (!l->bodies || !l->g->targets)
        return wf_error_nomem(l->err, "a graph");
    st = st ? st : each(l, "layers", add_layer);
    st = st ? st : each(l, "bodies", find_body);
    st = st ? st : each(l, "tasks", add_task);
    return st ? st : each(l, "targets", add_target);
}

static weft_status read_file(struct loading *l)
{
    const weft_status st = wf_input_read(&l->text, &l->n_text, l->path, SIZE_MAX, l->err);

    return st == WEFT_IO && access(l->path, F_OK) ? l->err->status = WEFT_NOT_FOUND : st;
}

weft_status weft_graph_load(weft_graph **out, const char *path, const struct weft_load_spec *spec, struct weft_error *err)
{
    struct weft_error own;
    struct loading l = {.path = path, .spec = spec, .err = err ? err : &own, .g = weft_graph_new()};
    json_error_t where;
    weft_status st = l.g ? read_file(&l) : wf_error_nomem(l.err, "a graph");

    wf_map_init(&l.files);
    if (st)
        goto out;
    l.root = json_loadb(l.text, l.n_text, JSON_REJECT_DUPLICATES, &where);
    if (l.root)
        st = load_lists(&l);
    else
        st = weft_error_set(l.err, WEFT_PARSE, "%s:%d: %s", path, where.line, where.text);
out:
    json_decref(l.root);
    wf_free(l.text);
    wf_map_fini(&l.files);
    if (st)
        weft_graph_free(l.g);
    else
        *out = l.g;
    return st;
}

#else

weft_status weft_graph_load(weft_graph **out, const char *path, const struct weft_load_spec *spec, struct weft_error *err)
{
    (void)out, (void)spec;
    return weft_error_set(err, WEFT_UNSUPPORTED, "%s: this Weft was built without jansson, which reads JSON", path);
}

#endif
