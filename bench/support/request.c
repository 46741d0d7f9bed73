/* request.c - the command line of a contestant, read and answered. */
#include "bench/support/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool read_count(int64_t *out, const char *name, const char *text)
{
    char *end = NULL;
    const long long value = strtoll(text, &end, 10);

    if (end == text || *end || value < 1) {
        fprintf(stderr, "%s wants a number of at least 1, not '%s'\n", name, text);
        return false;
    }
    *out = value;
    return true;
}

static bool read_pair(struct bench_request *out, const char *name, const char *value)
{
    int64_t count = 0;

    if (!strcmp(name, "--bench"))
        out->bench = value;
    else if (!strcmp(name, "--case"))
        out->case_name = value;
    else if (!strcmp(name, "--who"))
        out->who = value;
    else if (!strcmp(name, "--file"))
        out->file = value;
    else if (!strcmp(name, "--spin-ns"))
        return (out->spin_ns = strtod(value, NULL)) > 0;
    else if (!strcmp(name, "--n"))
        return read_count(&out->n, name, value);
    else if (!strcmp(name, "--workers") && read_count(&count, name, value))
        out->workers = (int)count;
    else if (!strcmp(name, "--runs") && read_count(&count, name, value))
        out->runs = (int)count;
    else {
        fprintf(stderr, "no such option: %s %s\n", name, value);
        return false;
    }
    return true;
}

bool bench_request_parse(struct bench_request *out, int argc, char **argv)
{
    *out = (struct bench_request){
        .bench = "", .case_name = "", .who = "weft", .n = 1000, .workers = 1, .runs = 1,
    };
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--check")) {
            out->check = true;
            continue;
        }
        if (i + 1 == argc) {
            fprintf(stderr, "%s wants a value\n", argv[i]);
            return false;
        }
        if (!read_pair(out, argv[i], argv[i + 1]))
            return false;
        i++;
    }
    return true;
}

void bench_print_sample(double value)
{
    printf("%.6g\n", value);
}

int64_t bench_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void *bench_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);

    if (!p) {
        fprintf(stderr, "no memory for %zu x %zu bytes\n", n, size);
        exit(BENCH_USAGE);
    }
    return p;
}
