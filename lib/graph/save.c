/* save.c - a graph as a file: JSON to be loaded again, or a drawing in words for Graphviz. */
#include <weft/save.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/mem.h"
#include "lib/base/output.h"
#include "lib/graph/plan.h"
#include "lib/graph/source.h"

enum { MOST_NUMBER = 4096 }; /* no address is below */

struct saving {
    FILE          *to;
    struct wf_map  keys;    /* those taken, each with the task that has it */
    struct wf_map  bodies;  /* place of each in the list */
    weft_body    **list;
    const char   **key_of;  /* by task */
    weft_graph    *g;       /* optimized */
};

/* ---- Words ----------------------------------------------------------------- */

static void put_text(FILE *to, const char *text)
{
    wf_escape_json(text, wf_put_file, to);
}

static void put_field(FILE *to, const char *name, const char *text)
{
    fprintf(to, ", \"%s\": ", name);
    put_text(to, text);
}

static void put_number(FILE *to, const char *name, int64_t number)
{
    if (number)
        fprintf(to, ", \"%s\": %lld", name, (long long)number);
}

static void put_bytes(FILE *to, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(to, "%02x", ((const unsigned char *)bytes)[i]);
}

static weft_status sink_bytes(void *to, const void *bytes, size_t n)
{
    put_bytes(to, bytes, n);
    return WEFT_OK;
}

/* {"type": "chunk", "bytes": "0a..."} */
static weft_status put_typed(struct saving *s, const struct weft_type *type, const void *data, const weft_task *t,
                             const char *what, struct weft_error *err)
{
    struct weft_sink sink = {.to = s->to, .write = sink_bytes};

    if (!type->write || !type->read)
        return weft_error_set(err, WEFT_UNSUPPORTED, "save: %s: its %s is of type %s, which does not write and read itself",
                              s->key_of[wf_task_id(t)], what, type->name);
    fprintf(s->to, "{\"type\": ");
    put_text(s->to, type->name);
    fprintf(s->to, ", \"bytes\": \"");
    if (type->write(data, &sink))
        return weft_error_set(err, WEFT_UNSUPPORTED, "save: %s: its %s of type %s cannot be written",
                              s->key_of[wf_task_id(t)], what, type->name);
    fprintf(s->to, "\"}");
    return WEFT_OK;
}

/* ---- Keys ------------------------------------------------------------------ */

/* A key of its own for every task: tasks that do the same but want to be run differently
 * have equal ones. */
static weft_status find_key(struct saving *s, uint32_t task, struct weft_error *err)
{
    char key[600];
    size_t n = weft_task_key(wf_graph_at(s->g, task), key, sizeof key - 20);
    bool fresh = false;

    n = n < sizeof key - 20 ? n : sizeof key - 21;
    for (int copy = 1; !fresh; copy++) {
        char *kept;

        if (copy > 1)
            snprintf(key + n, sizeof key - n, "#%d", copy);
        kept = wf_graph_strdup(s->g, key);
        if (!kept || !wf_map_put(&s->keys, kept, strlen(kept), task, &fresh))
            return wf_error_nomem(err, "a file");
        s->key_of[task] = kept;
    }
    return WEFT_OK;
}

/* The task a dependency comes to, and which result of it. */
static uint32_t resolve(const weft_graph *g, uint32_t id, uint32_t *k)
{
    const weft_task *t = wf_graph_at(g, id);

    *k = 0;
    while (t->what == WF_TASK_RESULT) {
        *k = *k ? *k : t->deps.few[1];
        t = wf_graph_at(g, t->deps.few[0]);
    }
    return wf_task_id(t);
}

/* ---- Tasks ----------------------------------------------------------------- */

static weft_status put_arg(struct saving *s, const weft_task *t, struct weft_error *err)
{
    const struct wf_extra *x = wf_task_extra(t);
    const uintptr_t number = (uintptr_t)wf_task_arg(t);

    if (!number)
        return WEFT_OK;
    fprintf(s->to, ", \"arg\": ");
    if (x && x->arg_bytes) {
        fprintf(s->to, "{\"bytes\": \"");
        put_bytes(s->to, x->arg, x->arg_bytes);
        fprintf(s->to, "\"}");
        return WEFT_OK;
    }
    if (x && x->arg_type)
        return put_typed(s, x->arg_type, x->arg, t, "argument", err);
    if (number >= MOST_NUMBER)
        return weft_error_set(err, WEFT_UNSUPPORTED,
                              "save: %s: its argument is a pointer; bytes (.arg_bytes) or a type that writes itself can be saved",
                              s->key_of[wf_task_id(t)]);
    fprintf(s->to, "%llu", (unsigned long long)number);
    return WEFT_OK;
}

static void put_deps(struct saving *s, const weft_task *t)
{
    fprintf(s->to, ", \"deps\": [");
    for (uint32_t i = 0; i < t->n_deps; i++) {
        uint32_t k;
        const char *key = s->key_of[resolve(s->g, wf_task_deps(t)[i], &k)];

        fprintf(s->to, "%s%s", i ? ", " : "", k ? "[" : "");
        put_text(s->to, key);
        if (k)
            fprintf(s->to, ", %u]", k);
    }
    fputc(']', s->to);
}

static void put_terms(FILE *to, const struct weft_terms *terms)
{
    if (!terms)
        return;
    put_number(to, "retries", terms->retries);
    put_number(to, "backoff_ns", terms->backoff_ns);
    put_number(to, "timeout_ns", terms->timeout_ns);
    put_number(to, "scratch_bytes", (int64_t)terms->scratch_bytes);
    for (size_t i = 0; i < terms->n_needs; i++) {
        fprintf(to, i ? ", " : ", \"needs\": {");
        put_text(to, terms->needs[i].resource);
        fprintf(to, ": %d%s", terms->needs[i].units, i + 1 == terms->n_needs ? "}" : "");
    }
    for (int i = 0; i < terms->n_workers; i++)
        fprintf(to, "%s%d%s", i ? ", " : ", \"workers\": [", terms->workers[i], i + 1 == terms->n_workers ? "]" : "");
    if (terms->only_workers)
        fprintf(to, ", \"only_workers\": true");
    if (terms->lenient)
        fprintf(to, ", \"lenient\": true");
}

/* JSON is UTF-8, and a path may be any bytes. */
static void put_path(FILE *to, const char *path)
{
    bool is_ascii = true;

    for (const char *at = path; *at; at++)
        is_ascii &= (unsigned char)*at < 0x80;
    if (is_ascii) {
        fprintf(to, "\"path\": ");
        put_text(to, path);
    } else {
        fprintf(to, "\"path_bytes\": \"");
        put_bytes(to, path, strlen(path));
        fputc('"', to);
    }
}

static void put_sources(FILE *to, const weft_task *t)
{
    const struct wf_task_source *first = wf_source_first(t);

    for (const struct wf_task_source *s = first; s; s = wf_source_next(t, s->next)) {
        fprintf(to, "%s{", s == first ? ", \"sources\": [" : ", ");
        put_path(to, s->file->path);
        put_number(to, "begin", s->begin);
        put_number(to, "end", s->end == WEFT_SOURCE_END ? 0 : s->end);
        put_number(to, "first_row", s->first_row);
        put_number(to, "n_rows", s->n_rows);
        put_number(to, "row_bytes", s->file->row_bytes);
        fputc('}', to);
    }
    if (first)
        fputc(']', to);
}

static weft_status put_body(struct saving *s, const weft_task *t, struct weft_error *err)
{
    const struct wf_kind *kind = wf_task_kind(t);
    const struct wf_extra *x = wf_task_extra(t);
    const size_t n = s->bodies.n;
    bool fresh;
    uint64_t *place = wf_map_put(&s->bodies, &kind->body, sizeof kind->body, n, &fresh);

    if (!place)
        return wf_error_nomem(err, "a file");
    if (fresh)
        s->list[n] = kind->body;
    put_field(s->to, "name", kind->name);
    fprintf(s->to, ", \"body\": %llu", (unsigned long long)*place);
    put_deps(s, t);
    for (int i = 0; x && i < x->n_index; i++)
        fprintf(s->to, "%s%lld%s", i ? ", " : ", \"index\": [", (long long)x->index[i], i + 1 == x->n_index ? "]" : "");
    put_number(s->to, "layer", kind->layer);
    if (kind->flags & WEFT_PURE)
        fprintf(s->to, ", \"pure\": true");
    if (kind->flags & WEFT_KEEP)
        fprintf(s->to, ", \"keep\": true");
    if (kind->flags & WEFT_ROWS)
        fprintf(s->to, ", \"rows\": true");
    if (kind->flags & WEFT_SOME_ROWS)
        fprintf(s->to, ", \"some_rows\": true");
    if (kind->flags & (WF_TASK_WAITS | WF_TASK_PASSES))
        fprintf(s->to, ", \"made_from\": %u", wf_task_n_made_from(t));
    put_number(s->to, "results", kind->n_results > 1 ? kind->n_results : 0);
    put_number(s->to, "priority", kind->priority);
    put_terms(s->to, kind->terms);
    put_number(s->to, "result_bytes", x ? (int64_t)x->result_bytes : 0);
    if (kind->line) {
        put_field(s->to, "file", kind->file);
        put_number(s->to, "line", kind->line);
    }
    return put_arg(s, t, err);
}

static weft_status put_value(struct saving *s, const weft_task *t, struct weft_error *err)
{
    const struct weft_value v = *(const struct weft_value *)wf_task_arg(t);

    fprintf(s->to, ", \"value\": ");
    if (!v.type)
        fprintf(s->to, "null");
    else if (v.type == &weft_type_bool)
        fprintf(s->to, "%s", v.as.i64 ? "true" : "false");
    else if (v.type == &weft_type_i64)
        fprintf(s->to, "%lld", (long long)v.as.i64);
    else if (v.type == &weft_type_f64 && isfinite(v.as.f64))
        fprintf(s->to, "%#.17g", v.as.f64); /* # keeps the point, which tells it from an int64 */
    else if (v.type == &weft_type_f64)
        fprintf(s->to, "\"%s\"", isnan(v.as.f64) ? "nan" : v.as.f64 > 0 ? "inf" : "-inf");
    else
        return put_typed(s, v.type, v.as.ptr, t, "value", err);
    return WEFT_OK;
}

/* Results stand with their readers. */
static weft_status put_task(struct saving *s, uint32_t task, bool *first, struct weft_error *err)
{
    const weft_task *t = wf_graph_at(s->g, task);
    weft_status st = WEFT_OK;

    if (t->what == WF_TASK_RESULT)
        return WEFT_OK;
    if (t->what == WF_TASK_FAILED) {
        *err = *(const struct weft_error *)wf_task_arg(t);
        return err->status;
    }
    fprintf(s->to, "%s{\"key\": ", *first ? "" : ",\n");
    *first = false;
    put_text(s->to, s->key_of[task]);
    if (t->what == WF_TASK_VALUE) {
        st = put_value(s, t, err);
    } else if (t->what == WF_TASK_ALIAS) {
        uint32_t k;

        put_field(s->to, "alias", s->key_of[resolve(s->g, t->deps.few[0], &k)]);
        put_number(s->to, "result", k);
    } else {
        st = put_body(s, t, err);
    }
    put_sources(s->to, t);
    fputc('}', s->to);
    return st;
}

/* ---- The rest of the file ---------------------------------------------------- */

static void put_layers(const struct saving *s)
{
    fprintf(s->to, "\"layers\": [");
    for (uint32_t i = 1; i <= s->g->n_layers; i++) {
        fprintf(s->to, "%s{\"name\": ", i > 1 ? ",\n" : "\n");
        put_text(s->to, weft_graph_layer_name(s->g, i));
        put_field(s->to, "about", weft_graph_layer_about(s->g, i));
        fputc('}', s->to);
    }
    fprintf(s->to, "],\n");
}

static weft_status put_bodies(const struct saving *s, struct weft_error *err)
{
    fprintf(s->to, "\"bodies\": [");
    for (size_t i = 0; i < s->bodies.n; i++) {
        struct weft_body_name name;
        const weft_status st = weft_body_name(s->list[i], &name, err);

        if (st)
            return st;
        fprintf(s->to, "%s{\"object\": ", i ? ",\n" : "\n");
        put_text(s->to, name.object);
        put_field(s->to, "symbol", name.symbol);
        fprintf(s->to, ", \"build_id\": \"");
        put_bytes(s->to, name.build_id, (size_t)name.n_build_id);
        fprintf(s->to, "\", \"offset\": %llu}", (unsigned long long)name.offset);
    }
    fprintf(s->to, "],\n");
    return WEFT_OK;
}

static void put_targets(const struct saving *s, weft_task *const *targets, size_t n)
{
    fprintf(s->to, "\"targets\": [");
    for (size_t i = 0; i < n; i++) {
        uint32_t k;
        const char *key = s->key_of[resolve(s->g, (uint32_t)weft_task_id(targets[i]), &k)];

        fprintf(s->to, "%s%s", i ? ", " : "", k ? "[" : "");
        put_text(s->to, key);
        if (k)
            fprintf(s->to, ", %u]", k);
    }
    fprintf(s->to, "]}\n");
}

static weft_status put_all(struct saving *s, weft_task *const *targets, size_t n, struct weft_error *err)
{
    weft_status st;
    bool first = true;

    fprintf(s->to, "{\"weft\": 1,\n\"tasks\": [\n");
    for (uint32_t i = 0; i < s->g->n_tasks; i++) {
        st = put_task(s, i, &first, err);
        if (st)
            return st;
    }
    fprintf(s->to, "],\n");
    put_layers(s);
    st = put_bodies(s, err);
    if (!st)
        put_targets(s, targets, n);
    return st;
}

/* One box a task and an arrow a dependency. */
static void put_dot(const struct saving *s)
{
    fprintf(s->to, "digraph weft {\n  rankdir=BT;\n");
    for (uint32_t i = 0; i < s->g->n_tasks; i++) {
        const weft_task *t = wf_graph_at(s->g, i);
        struct weft_body_name name;

        if (t->what == WF_TASK_RESULT)
            continue;
        fprintf(s->to, "  ");
        put_text(s->to, s->key_of[i]);
        if (t->what == WF_TASK_BODY && !weft_body_name(wf_task_kind(t)->body, &name, NULL)) {
            fprintf(s->to, " [shape=ellipse, body=");
            put_text(s->to, name.symbol[0] ? name.symbol : wf_task_kind(t)->name);
            fprintf(s->to, "];\n");
        } else {
            fprintf(s->to, " [shape=box];\n");
        }
        for (uint32_t k = 0; k < t->n_deps; k++) {
            uint32_t result;

            fprintf(s->to, "  ");
            put_text(s->to, s->key_of[resolve(s->g, wf_task_deps(t)[k], &result)]);
            fprintf(s->to, " -> ");
            put_text(s->to, s->key_of[i]);
            if (result)
                fprintf(s->to, " [label=\"%u\"]", result);
            fprintf(s->to, ";\n");
        }
    }
    fprintf(s->to, "}\n");
}

/* ---- Both -------------------------------------------------------------------- */

static weft_status begin(struct saving *s, struct weft_error *err)
{
    const size_t n = (size_t)s->g->n_tasks + 1;

    wf_map_init(&s->keys);
    wf_map_init(&s->bodies);
    s->key_of = wf_graph_alloc(s->g, n * sizeof *s->key_of);
    s->list = wf_graph_alloc(s->g, n * sizeof *s->list);
    if (!s->key_of || !s->list)
        return wf_error_nomem(err, "a file");
    for (uint32_t i = 0; i < s->g->n_tasks; i++)
        if (wf_graph_at(s->g, i)->what != WF_TASK_RESULT && find_key(s, i, err))
            return err->status;
    return WEFT_OK;
}

static weft_status write_file(const char *path, const char *text, size_t bytes, struct weft_error *err)
{
    struct wf_output out = {0};
    weft_status st = wf_output_open(&out, path, err);

    st = st ? st : wf_output_write(&out, text, bytes, err);
    st = st ? st : wf_output_close(&out, err);
    wf_output_fini(&out);
    return st;
}

static weft_status save(const char *path, weft_task *const *targets, size_t n, bool as_dot, struct weft_error *err)
{
    weft_task **mine = NULL;
    struct weft_error own;
    struct saving s = {0};
    char *text = NULL;
    size_t bytes = 0;
    weft_status st;

    err = err ? err : &own;
    mine = wf_alloc_array(n + 1, sizeof *mine);
    st = mine ? weft_optimize(&s.g, mine, targets, n, NULL, err) : wf_error_nomem(err, "a file");
    if (st)
        goto out;
    st = begin(&s, err);
    if (st)
        goto out;
    s.to = open_memstream(&text, &bytes);
    if (!s.to) {
        st = wf_error_nomem(err, "a file");
        goto out;
    }
    if (as_dot)
        put_dot(&s);
    else
        st = put_all(&s, mine, n, err);
    if (fclose(s.to) && !st)
        st = wf_error_nomem(err, "a file");
    if (!st)
        st = write_file(path, text, bytes, err);
out:
    free(text);
    wf_map_fini(&s.keys);
    wf_map_fini(&s.bodies);
    weft_graph_free(s.g);
    wf_free(mine);
    return st;
}

weft_status weft_graph_save(const char *path, weft_task *const *targets, size_t n_targets, struct weft_error *err)
{
    return save(path, targets, n_targets, false, err);
}

weft_status weft_graph_save_dot(const char *path, weft_task *const *targets, size_t n_targets, struct weft_error *err)
{
    return save(path, targets, n_targets, true, err);
}
