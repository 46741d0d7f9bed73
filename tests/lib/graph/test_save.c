/* test_save.c - a graph saved and loaded is the same graph; a file that is not one is told by its line. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <weft/pool.h>
#include <weft/save.h>

#include "config.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"
#include "tests/support/bodies.h"
#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"

/* A number that writes and reads itself. */
static weft_status number_write(const void *data, struct weft_sink *sink)
{
    return sink->write(sink->to, data, sizeof(int64_t));
}

static weft_status number_read(void **data, struct weft_source *source)
{
    int64_t *x = wf_alloc(sizeof *x);
    const weft_status st = x ? source->read(source->from, x, sizeof *x) : WEFT_NOMEM;

    if (st)
        wf_free(x);
    else
        *data = x;
    return st;
}

static void *number_copy(const void *data)
{
    int64_t *x = wf_alloc(sizeof *x);

    if (x)
        *x = *(const int64_t *)data;
    return x;
}

static const struct weft_type type_number = {.name = "my number", .free = wf_free, .copy = number_copy,
                                             .write = number_write, .read = number_read};
static const struct weft_type *const types[] = {&type_number};
static const struct weft_load_spec with_number = {.types = types, .n_types = 1};

static int64_t *number(int64_t x)
{
    return number_copy(&x);
}

/* The sum of all it reads and is given, of whatever kind. */
static weft_status sum(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t all = arg ? *(const int64_t *)arg : 0;

    (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++) {
        const struct weft_value v = weft_call_input(call, i);

        if (v.type == &type_number)
            all += *(const int64_t *)v.as.ptr;
        else if (v.type && !(v.type == &weft_type_f64 && !isfinite(v.as.f64)))
            all += weft_value_i64(v);
    }
    weft_call_return(call, weft_value_of_i64(all));
    return WEFT_OK;
}

static weft_task *build(weft_graph *g)
{
    const uint32_t layer = weft_graph_layer(g, "a \"layer\"\n");
    const int64_t seven = 7;
    weft_block *block = weft_block_new(WEFT_FLOAT64, 0, NULL);
    weft_task *three = weft_add(g, body_three, .name = "three", .n_results = 3, .priority = 2), *in[12];
    int n = 0;

    *(double *)weft_block_data_mut(block) = 2.5;
    weft_graph_layer_tell(g, layer, "numbers");
    in[n++] = weft_add(g, sum, .arg = (void *)&seven, .arg_bytes = sizeof seven, .flags = WEFT_KEEP, WEFT_TERMS(.retries = 2, .backoff_ns = 3, .timeout_ns = 4000000000, .scratch_bytes = 5, .needs = (struct weft_need[]){{"gpu", 2}, {"a\\b", 1}}, .n_needs = 2, .workers = (int[]){1, 0}, .n_workers = 2, .only_workers = true), .layer = layer, .result_bytes = 8, .index = (int64_t[]){3, -4}, .n_index = 2);
    in[n++] = weft_add(g, sum, .arg = number(100), .arg_type = &type_number);
    in[n++] = weft_add(g, body_add, .arg = arg_of(12), .key = "twelve \x01 \"quoted\"");
    in[n++] = weft_task_result(three, 2);
    in[n++] = weft_task_result(three, 1);
    in[n++] = weft_graph_put(g, weft_value_of_i64(INT64_MIN + 1));
    in[n++] = weft_graph_put(g, weft_value_of_f64(3));
    in[n++] = weft_graph_put(g, weft_value_of_f64(-INFINITY));
    in[n++] = weft_graph_put(g, weft_value_of_bool(true));
    in[n++] = weft_graph_put(g, weft_value_of_ptr(&type_number, number(1000)));
    in[n++] = weft_graph_put(g, weft_value_of_ptr(&weft_type_block, block));
    in[n++] = weft_graph_put(g, weft_value_none());
    return weft_graph_alias(g, "total", weft_add(g, sum, .deps = in, .n_deps = (size_t)n));
}

static int64_t run(weft_task *t)
{
    const struct weft_resource has[] = {{"gpu", 2}, {"a\\b", 1}};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL, .resources = has, .n_resources = 2});
    struct weft_value v;
    struct weft_error err;
    int64_t x;

    cr_assert_eq(weft_pool_run(pool, t, &v, &err), WEFT_OK, "%s", err.message);
    x = weft_value_i64(v);
    weft_value_release(v);
    weft_pool_free(pool);
    return x;
}

#if WF_HAVE_JANSSON

Test(save, a_graph_loaded_is_the_same_and_runs)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "g.json"), *again = tempdir_path(dir, "again.json"), *a, *b;
    weft_graph *g = weft_graph_new(), *loaded;
    weft_task *total = build(g), *t;
    const struct weft_terms *terms;
    struct weft_error err;
    char key[64];
    size_t n_a, n_b;

    cr_assert_eq(weft_graph_save(path, &total, 1, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_graph_load(&loaded, path, &with_number, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_graph_n_targets(loaded), 1);
    cr_assert_eq(weft_graph_target(loaded, 0), weft_graph_find(loaded, "total"));
    cr_assert_eq(run(weft_graph_target(loaded, 0)), run(total));
    cr_assert(weft_graph_find(loaded, "twelve \x01 \"quoted\""));
    weft_task_key(weft_graph_task(g, 1), key, sizeof key);
    t = weft_graph_find(loaded, key);
    terms = wf_task_kind(t)->terms;
    cr_assert_eq(terms->retries, 2);
    cr_assert_eq(terms->backoff_ns, 3);
    cr_assert_eq(terms->timeout_ns, 4000000000);
    cr_assert_eq(terms->scratch_bytes, 5);
    cr_assert_eq(terms->n_needs, 2);
    cr_assert_str_eq(terms->needs[1].resource, "a\\b");
    cr_assert_eq(terms->n_workers, 2);
    cr_assert(terms->only_workers);
    cr_assert_str_eq(weft_graph_layer_name(loaded, weft_task_layer(t)), "a \"layer\"\n");
    cr_assert_str_eq(weft_graph_layer_about(loaded, weft_task_layer(t)), "numbers");
    cr_assert_eq(wf_task_extra(t)->token.hi, wf_task_token(weft_graph_task(g, 1)).hi); /* the same work */
    cr_assert_eq(wf_task_extra(t)->result_bytes, 8);
    /* Saved again it is the same file. */
    total = weft_graph_target(loaded, 0);
    cr_assert_eq(weft_graph_save(again, &total, 1, &err), WEFT_OK, "%s", err.message);
    a = tempdir_read(path, &n_a);
    b = tempdir_read(again, &n_b);
    cr_assert(n_a == n_b && memcmp(a, b, n_a) == 0, "%s\n%s", a, b);
    free(a);
    free(b);
    free(path);
    free(again);
    tempdir_remove(dir);
    weft_graph_free(loaded);
    weft_graph_free(g);
}

Test(save, random_graphs_answer_the_same)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "g.json");

    for (unsigned seed = 0; seed < 60; seed++) {
        weft_graph *g = weft_graph_new(), *loaded;
        weft_task *tasks[50];
        unsigned dice = seed;
        struct weft_error err;

        for (int i = 0; i < 50; i++) {
            weft_task *deps[6];
            const int n = i ? rand_r(&dice) % 7 : 0;
            const bool is_pure = rand_r(&dice) % 3 == 0, gives_three = rand_r(&dice) % 4 == 0;

            for (int k = 0; k < n; k++)
                deps[k] = weft_task_result(tasks[rand_r(&dice) % i], rand_r(&dice) % 3);
            for (int k = 0; k < n; k++)
                deps[k] = weft_task_status(deps[k], NULL) ? tasks[0] : deps[k];
            tasks[i] = weft_add(g, gives_three ? body_three : body_add, .deps = deps, .n_deps = (size_t)n,
                                .arg = arg_of(rand_r(&dice) % 4000), .flags = is_pure ? WEFT_PURE : 0,
                                WEFT_TERMS(.timeout_ns = rand_r(&dice) % 2 * 100000000000), .n_results = gives_three ? 3 : 1);
        }
        cr_assert_eq(weft_graph_save(path, tasks + 45, 5, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_graph_load(&loaded, path, NULL, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_graph_n_targets(loaded), 5);
        for (int i = 0; i < 5; i++)
            cr_assert_eq(run(tasks[45 + i]), run(weft_graph_target(loaded, (size_t)i)));
        weft_graph_free(loaded);
        weft_graph_free(g);
    }
    free(path);
    tempdir_remove(dir);
}

/* Loads this text, with "BODY" for the body of body_add. */
Test(save, names_that_are_no_utf_8_can_be_loaded)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "g.json");
    weft_graph *g = weft_graph_new(), *loaded = NULL;
    weft_task *total = weft_add(g, sum, .arg = number(5), .arg_type = &type_number, .key = "caf\xe9",
                                .layer = weft_graph_layer(g, "\xff and \xc3\xa9"));
    struct weft_error err;
    weft_task *t;

    cr_assert_eq(weft_graph_save(path, &total, 1, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_graph_load(&loaded, path, &with_number, &err), WEFT_OK, "%s", err.message);
    t = weft_graph_find(loaded, "caf\ufffd");
    cr_assert(t);
    cr_assert_str_eq(weft_graph_layer_name(loaded, weft_task_layer(t)), "\ufffd and \u00e9");
    cr_assert_eq(run(t), 5);
    free(path);
    tempdir_remove(dir);
    weft_graph_free(loaded);
    weft_graph_free(g);
}

static weft_status load(const char *dir, const char *text, struct weft_error *err)
{
    struct weft_body_name name;
    char *path = tempdir_path(dir, "bad.json"), body[600], id[41] = "", *file;
    const char *at = strstr(text, "BODY");
    weft_graph *g;
    weft_status st;

    cr_assert_eq(weft_body_name(body_add, &name, NULL), WEFT_OK);
    for (int i = 0; i < name.n_build_id; i++)
        sprintf(id + 2 * i, "%02x", name.build_id[i]);
    snprintf(body, sizeof body, "{\"object\": \"x\", \"build_id\": \"%s\", \"offset\": %llu}", id,
             (unsigned long long)name.offset);
    cr_assert(asprintf(&file, "%.*s%s%s", at ? (int)(at - text) : (int)strlen(text), text, at ? body : "", at ? at + 4 : "") >= 0);
    tempdir_write(dir, "bad.json", file);
    st = weft_graph_load(&g, path, NULL, err);
    if (!st)
        weft_graph_free(g);
    free(file);
    free(path);
    return st;
}

Test(save, what_is_wrong_with_a_file_is_told_with_its_line)
{
    static const struct {
        const char *text;
        weft_status st;
        int         line; /* 0: none */
        const char *words;
    } rows[] = {
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [{\"key\": \"a\", \"body\": 0}], \"targets\": [\"a\"]}", WEFT_OK, 0, ""},
        {"", WEFT_PARSE, 1, ""},
        {"{\"weft\": 1,\n\"tasks\": [\n}", WEFT_PARSE, 3, "unexpected"},
        {"{\"weft\": 1, \"weft\": 1}", WEFT_PARSE, 1, "duplicate"},
        {"{\"weft\": 2}", WEFT_PARSE, 0, "version 1"},
        {"[1]", WEFT_PARSE, 0, "version 1"},
        {"{\"weft\": 1, \"tasks\": 5}", WEFT_PARSE, 0, "\"tasks\" must be a list"},
        {"{\"weft\": 1, \"tasks\": [\n7]}", WEFT_PARSE, 2, "a task must be an object"},
        {"{\"weft\": 1, \"tasks\": [\n\n{\"body\": 0}]}", WEFT_PARSE, 3, "has no \"key\""},
        {"{\"weft\": 1, \"tasks\": [{\"key\": \"a\"}]}", WEFT_PARSE, 1, "no \"body\", \"value\" or \"alias\""},
        {"{\"weft\": 1, \"tasks\": [{\"key\": \"a\", \"value\": 1},\n{\"key\": \"a\", \"value\": 1}]}", WEFT_DUPLICATE, 2, "\"a\" is used twice"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 1}]}", WEFT_PARSE, 2, "\"body\" must be a whole number from 0 to 0"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0},\n{\"key\": \"b\", \"body\": 0, \"deps\": [\"c\"]}]}", WEFT_NOT_FOUND, 3, "no task before has the key \"c\""},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0},\n\n{\"key\": \"b\",\n \"body\": 0, \"deps\": [[\"a\", 5]]}]}", WEFT_PARSE, 4, "result 5 of 1"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"retries\": 1}]}", WEFT_INVALID, 2, "only tasks marked WEFT_PURE"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"arg\": {\"bytes\": \"0g\"}}]}", WEFT_PARSE, 2, "has '0g'"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"arg\": {\"bytes\": \"0\"}}]}", WEFT_PARSE, 2, "two hex digits each"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"arg\": 5000}]}", WEFT_PARSE, 2, "from 0 to 4095"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"layer\": 1}]}", WEFT_PARSE, 2, "\"layer\""},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"deps\": \"b\"}]}", WEFT_PARSE, 2, "\"deps\" must be a list"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"index\": [1, \"x\"]}]}", WEFT_PARSE, 2, "whole numbers"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"needs\": {\"gpu\": 0}}]}", WEFT_INVALID, 2, "needs 0 units of \"gpu\""},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"needs\": {\"gpu\": 4294967297}}]}", WEFT_PARSE, 2, "\"gpu\" must be a whole number"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"needs\": [1]}]}", WEFT_PARSE, 2, "units by resource"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0, \"workers\": [4294967296]}]}", WEFT_PARSE, 2, "worker 4294967296"},
        {"{\"weft\": 1, \"bodies\": [BODY], \"tasks\": [\n{\"key\": \"a\", \"body\": 0},\n{\"key\": \"b\", \"body\": 0, \"deps\": [[\"a\", 4294967296]]}]}", WEFT_PARSE, 3, "result 4294967296"},
        {"{\"weft\": 1, \"tasks\": [\n{\"key\": \"a\", \"value\": {\"type\": \"nothing known\", \"bytes\": \"\"}}]}", WEFT_UNSUPPORTED, 2, "\"nothing known\" is not known"},
        {"{\"weft\": 1, \"tasks\": [\n{\"key\": \"a\", \"value\": {\"type\": \"block\", \"bytes\": \"00\"}}]}", WEFT_PARSE, 2, "not a value of type \"block\""},
        {"{\"weft\": 1, \"tasks\": [\n{\"key\": \"a\", \"value\": []}]}", WEFT_PARSE, 2, "must be a number"},
        {"{\"weft\": 1, \"tasks\": [\n{\"key\": \"a\", \"alias\": \"b\"}]}", WEFT_NOT_FOUND, 2, "key \"b\""},
        {"{\"weft\": 1,\n\"bodies\": [\n\n{\"object\": \"x\", \"build_id\": \"00ff\", \"offset\": 1}]}", WEFT_NOT_FOUND, 4, "build-id of x"},
        {"{\"weft\": 1, \"x\": [[{}]], \"y\": \"tasks\",\n\"tasks\": [{\"key\": \"]}[{\\\"\", \"value\": 1},\n {}]}", WEFT_PARSE, 3, "no \"key\""},
        {"{\"weft\": 1, \"tasks\": [],\n\"targets\": [\"a\"]}", WEFT_NOT_FOUND, 2, "key \"a\""},
    };
    char *dir = tempdir_new();

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weft_error err = {0};
        const weft_status st = load(dir, rows[i].text, &err);
        char place[32];

        snprintf(place, sizeof place, "bad.json:%d: ", rows[i].line);
        cr_assert_eq(st, rows[i].st, "%s\n%d: %s", rows[i].text, (int)st, err.message);
        if (!st)
            continue;
        cr_assert(strstr(err.message, rows[i].words), "%s\n%s", rows[i].text, err.message);
        cr_assert(rows[i].line ? strstr(err.message, place) != NULL : strstr(err.message, "bad.json: ") != NULL,
                  "%s\n%s", rows[i].text, err.message);
    }
    tempdir_remove(dir);
}

Test(save, a_file_that_is_not_there_is_told)
{
    struct weft_error err;
    weft_graph *g;

    cr_assert_eq(weft_graph_load(&g, "/nowhere/g.json", NULL, &err), WEFT_NOT_FOUND);
    cr_assert(strstr(err.message, "/nowhere/g.json"));
}

/* Any prefix of a file is refused, and so is any file with a byte changed, or it loads. */
Test(save, damaged_files_do_no_harm)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "g.json"), *text;
    weft_graph *g = weft_graph_new(), *loaded;
    weft_task *total = build(g);
    size_t n;

    cr_assert_eq(weft_graph_save(path, &total, 1, NULL), WEFT_OK);
    text = tempdir_read(path, &n);
    for (size_t cut = 0; cut < n - 2; cut += 7) {
        tempdir_write_bytes(dir, "g.json", text, cut);
        cr_assert_neq(weft_graph_load(&loaded, path, &with_number, NULL), WEFT_OK);
    }
    for (size_t at = 0; at < n; at += 3) {
        const char was = text[at];

        text[at] = (char)(was ^ 1);
        tempdir_write_bytes(dir, "g.json", text, n);
        if (!weft_graph_load(&loaded, path, &with_number, NULL))
            weft_graph_free(loaded);
        text[at] = was;
    }
    free(text);
    free(path);
    tempdir_remove(dir);
    weft_graph_free(g);
}

static weft_status load_scenario(void *arg)
{
    weft_graph *g;
    const weft_status st = weft_graph_load(&g, arg, &with_number, NULL);

    if (!st)
        weft_graph_free(g);
    return st;
}

Test(save, without_memory_nothing_is_loaded)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "g.json");
    weft_graph *g = weft_graph_new();
    weft_task *total = build(g);

    cr_assert_eq(weft_graph_save(path, &total, 1, NULL), WEFT_OK);
    weft_graph_free(g);
    cr_assert_gt(nomem_everywhere(load_scenario, path), 10);
    free(path);
    tempdir_remove(dir);
}

#endif

struct saved {
    weft_task  *total;
    const char *path;
};

static weft_status save_scenario(void *arg)
{
    const struct saved *s = arg;

    return weft_graph_save(s->path, &s->total, 1, NULL);
}

Test(save, without_memory_nothing_is_saved)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "g.json");
    weft_graph *g = weft_graph_new();

    cr_assert_gt(nomem_everywhere(save_scenario, &(struct saved){build(g), path}), 10);
    free(path);
    tempdir_remove(dir);
    weft_graph_free(g);
}

Test(save, what_only_this_process_knows_cannot_be_saved)
{
    static const struct weft_type sealed = {.name = "sealed"};
    char *dir = tempdir_new(), *path = tempdir_path(dir, "g.json");
    weft_graph *g = weft_graph_new();
    int here;
    weft_task *pointer = weft_add(g, sum, .key = "pointer", .arg = &here);
    weft_task *typed = weft_add(g, sum, .key = "typed", .arg = &here, .arg_type = &sealed);
    weft_task *failed = weft_graph_fail(g, WEFT_IO, "no disk");
    struct weft_error err;
    size_t n;

    cr_assert_eq(weft_graph_save(path, &pointer, 1, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "save: pointer: its argument is a pointer"));
    cr_assert_eq(weft_graph_save(path, &typed, 1, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "save: typed: its argument is"), "%s", err.message);
    cr_assert_eq(weft_graph_save(path, &failed, 1, &err), WEFT_IO);
    cr_assert_eq(weft_graph_save("/nowhere/g.json", &pointer, 1, &err), WEFT_UNSUPPORTED);
    cr_assert_null(fopen(path, "r"), "nothing is written");
    pointer = weft_add(g, sum);
    cr_assert_eq(weft_graph_save("/nowhere/g.json", &pointer, 1, &err), WEFT_IO);
    (void)n;
    free(path);
    tempdir_remove(dir);
    weft_graph_free(g);
}

Test(save, a_drawing_has_keys_bodies_and_arrows)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "g.dot"), *text;
    weft_graph *g = weft_graph_new();
    weft_task *total = build(g);
    size_t n;

    cr_assert_eq(weft_graph_save_dot(path, &total, 1, NULL), WEFT_OK);
    text = tempdir_read(path, &n);
    cr_assert(strstr(text, "digraph weft {\n"));
    cr_assert(strstr(text, "\" -> \"total\";\n"));
    cr_assert(strstr(text, "[label=\"2\"];\n"));
    cr_assert(strstr(text, "body=\"three\""), "%s", text);
    free(text);
    free(path);
    tempdir_remove(dir);
    weft_graph_free(g);
}
