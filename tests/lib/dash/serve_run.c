/* serve_run.c - a program with a dashboard, for tests to look at.
 *
 *     load - clean - count -\
 *     load - clean - count --- total          `chunks` of them, each body `us` long
 *
 * Prints the link, runs this `runs` times when a line comes on stdin, prints "ran", and waits for
 * another line before it closes the dashboard and prints how long that took.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weft/dashboard.h>
#include <weft/weft.h>

struct how {
    int     port, workers, chunks, runs, fail_every, groups;
    int64_t us;
    bool    sleeps, waits;
    const char *token, *address, *limit;
};

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void spend(const struct how *how)
{
    const int64_t end = now_ns() + how->us * 1000;

    if (how->sleeps)
        nanosleep(&(struct timespec){.tv_sec = how->us / 1000000, .tv_nsec = how->us % 1000000 * 1000}, NULL);
    while (!how->sleeps && now_ns() < end)
        ;
}

struct chunk {
    const struct how *how;
    int               i;
};

static weft_status load(weft_call *call, void *arg, struct weft_error *err)
{
    const struct chunk *c = arg;

    spend(c->how);
    if (c->how->fail_every && c->i % c->how->fail_every == 1)
        return weft_error_set(err, WEFT_FAILED, "chunk %d cannot be read", c->i);
    weft_call_return(call, weft_value_of_i64(c->i));
    return WEFT_OK;
}

static weft_status clean(weft_call *call, void *arg, struct weft_error *err)
{
    const struct chunk *c = arg;

    (void)err;
    spend(c->how);
    weft_call_return(call, weft_value_of_i64(weft_value_i64(weft_call_input(call, 0))));
    return WEFT_OK;
}

static weft_status total(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t sum = 0;

    (void)arg;
    (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64(sum));
    return WEFT_OK;
}

static weft_status run_once(weft_pool *pool, const struct how *how, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_task **counts = calloc((size_t)how->chunks + 1, sizeof(weft_task *));
    struct weft_value out = {0};
    weft_task *sum;
    weft_status st;

    if (!counts)
        exit(1);
    for (int i = 0; i < how->chunks; i++) {
        const struct chunk c = {how, i};
        char name[32] = "load";
        weft_task *loaded, *cleaned;

        if (how->groups)
            snprintf(name, sizeof name, "load-%d", i % how->groups);
        loaded = weft_add(g, load, .name = name, WEFT_ARG(c));
        cleaned = weft_add(g, clean, .name = "clean \"quoted\" \\ <b>", .deps = WEFT_DEPS(loaded), WEFT_ARG(c));
        counts[i] = weft_add(g, clean, .name = "count", .deps = WEFT_DEPS(cleaned), WEFT_ARG(c));
    }
    sum = weft_add(g, total, .name = "total", .deps = counts, .n_deps = (size_t)how->chunks);
    st = weft_pool_run(pool, sum, &out, err);
    weft_value_release(out);
    weft_graph_free(g);
    free(counts);
    return st;
}

static void wait_for_line(const struct how *how)
{
    char line[64];

    if (how->waits && !fgets(line, sizeof line, stdin))
        return;
}

static int number(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},   {"workers", required_argument, NULL, 'w'},
        {"chunks", required_argument, NULL, 'c'}, {"runs", required_argument, NULL, 'r'},
        {"us", required_argument, NULL, 'u'},     {"fail-every", required_argument, NULL, 'f'},
        {"token", required_argument, NULL, 't'},  {"address", required_argument, NULL, 'a'},
        {"limit", required_argument, NULL, 'l'},  {"groups", required_argument, NULL, 'n'},
         {"sleep", no_argument, NULL, 's'},
        {"go-on", no_argument, NULL, 'g'},        {NULL, 0, NULL, 0},
    };
    struct how how = {.workers = 2, .chunks = 100, .runs = 1, .us = 1000, .waits = true};
    struct weft_pool_spec pool_spec = {.trace = true};
    weft_pool *pool = NULL;
    weft_dashboard *d = NULL;
    struct weft_error err;
    int64_t began;
    weft_status st;

    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'p': how.port = number(optarg); break;
        case 'w': how.workers = number(optarg); break;
        case 'c': how.chunks = number(optarg); break;
        case 'r': how.runs = number(optarg); break;
        case 'u': how.us = number(optarg); break;
        case 'f': how.fail_every = number(optarg); break;
        case 't': how.token = optarg; break;
        case 'a': how.address = optarg; break;
        case 'n': how.groups = number(optarg); break;
        case 'l': how.limit = optarg; break;
        case 's': how.sleeps = true; break;
        case 'g': how.waits = false; break;
        default:  return 2;
        }
    }
    pool_spec.n_workers = how.workers;
    if (how.limit && weft_bytes_parse(how.limit, &pool_spec.limit_bytes, &err))
        return 2;
    st = weft_pool_open(&pool, &pool_spec, &err);
    if (!st)
        st = weft_dashboard_open(&d, pool, &(struct weft_dashboard_spec){.port = how.port, .token = how.token,
                                                                         .address = how.address}, &err);
    if (st) {
        weft_error_print(&err, stderr);
        weft_pool_free(pool);
        return 1;
    }
    printf("%s\n", weft_dashboard_url(d));
    fflush(stdout);
    wait_for_line(&how);
    for (int i = 0; i < how.runs; i++)
        if (run_once(pool, &how, &err) && !how.fail_every)
            weft_error_print(&err, stderr);
    printf("ran\n");
    fflush(stdout);
    wait_for_line(&how);
    began = now_ns();
    weft_dashboard_close(d);
    printf("closed in %" PRId64 " us\n", (now_ns() - began) / 1000);
    weft_pool_free(pool);
    return 0;
}
