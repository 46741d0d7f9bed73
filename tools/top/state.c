/* state.c - what a dashboard tells of its pool, read from its JSON. */
#include "tools/top/state.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What is not there is 0 or "": another version may tell less. */
static double number(const json_t *of, const char *key)
{
    return json_number_value(json_object_get(of, key));
}

/* A copy that a terminal can be shown: what would move its cursor is a question mark. */
static char *text(const json_t *of, const char *key)
{
    const char *value = json_string_value(json_object_get(of, key));
    char *copy = strdup(value ? value : "");

    for (unsigned char *c = (unsigned char *)copy; c && *c; c++)
        if (*c < ' ' || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)) {
            if (*c == 0xc2)
                c[1] = '?';
            *c = '?';
        }
    return copy;
}

static struct group read_counts(const json_t *of)
{
    return (struct group){
        .n_total = number(of, "total"),
        .n_done = number(of, "done"),
        .n_failed = number(of, "failed"),
        .n_skipped = number(of, "skipped"),
        .n_running = number(of, "running"),
        .n_all = number(of, "all_done"),
        .busy_s = number(of, "busy_s"),
    };
}

static bool read_groups(struct state *s, const json_t *list)
{
    const size_t n = json_array_size(list);

    s->groups = calloc(n + 1, sizeof *s->groups);
    if (!s->groups)
        return false;
    for (; s->n_groups < n; s->n_groups++) {
        const json_t *of = json_array_get(list, s->n_groups);
        struct group *g = &s->groups[s->n_groups];

        *g = read_counts(of);
        g->name = text(of, "name");
        if (!g->name)
            return false;
    }
    return true;
}

static bool read_workers(struct state *s, const json_t *list)
{
    s->n_workers = json_array_size(list);
    s->workers = calloc(s->n_workers + 1, sizeof *s->workers);
    if (!s->workers)
        return false;
    for (size_t i = 0; i < s->n_workers; i++) {
        const json_t *of = json_array_get(list, i);
        const json_t *group = json_object_get(of, "group");
        const double which = json_is_integer(group) ? json_number_value(group) : -1;

        s->workers[i] = (struct worker){
            .n_tasks = number(of, "tasks"),
            .busy_s = number(of, "busy_s"),
            .load = number(of, "load"),
            .group = which >= 0 && which < (double)s->n_groups ? (int)which : -1,
            .idle = (int)number(of, "idle"),
            .since_s = s->now_s - number(of, "since_s"),
        };
    }
    return true;
}

static void read_numbers(struct state *s, const json_t *all)
{
    const json_t *runs = json_object_get(all, "runs"), *tasks = json_object_get(all, "tasks");
    const json_t *memory = json_object_get(all, "memory");

    s->pid = (int)number(json_object_get(all, "about"), "pid");
    s->now_s = number(all, "now_s");
    s->ended = json_is_true(json_object_get(all, "ended"));
    s->n_runs = number(runs, "begun");
    s->n_runs_open = number(runs, "open");
    s->sum = read_counts(tasks);
    s->per_s = number(tasks, "per_s");
    s->left_s = number(tasks, "left_s");
    s->limit = number(memory, "limit");
    s->managed = number(memory, "managed");
    s->unmanaged = number(memory, "unmanaged");
    s->resident = number(memory, "resident");
    s->spilled = number(memory, "spilled");
    s->cores = number(json_object_get(all, "process"), "cores");
}

weft_status state_read(struct state *out, const char *json, struct weft_error *err)
{
    json_error_t why;
    json_t *all = json_loads(json, 0, &why);
    const json_t *about = json_object_get(all, "about");
    struct state s = {0};
    weft_status st = WEFT_NOMEM;

    if (!about) {
        st = weft_error_set(err, WEFT_PARSE, "what the dashboard tells is no state: %s",
                            all ? "it has no \"about\"" : why.text);
        goto out;
    }
    read_numbers(&s, all);
    s.program = text(about, "program");
    s.version = text(about, "version");
    s.host = text(about, "host");
    if (!s.program || !s.version || !s.host || !read_groups(&s, json_object_get(all, "groups"))
        || !read_workers(&s, json_object_get(all, "workers"))) {
        weft_error_set(err, WEFT_NOMEM, "no memory for what the dashboard tells");
        goto out;
    }
    *out = s;
    s = (struct state){0};
    st = WEFT_OK;
out:
    state_fini(&s);
    json_decref(all);
    return st;
}

void state_fini(struct state *s)
{
    for (size_t g = 0; g < s->n_groups; g++)
        free(s->groups[g].name);
    free(s->groups);
    free(s->workers);
    free(s->program);
    free(s->version);
    free(s->host);
    *s = (struct state){0};
}
