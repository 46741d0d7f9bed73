/* options.c - the command line of `weft scale`. */
#include "tools/scale/scale.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tools/verb.h"

enum { MOST_WORKERS = 4096, MOST_REPEAT = 2000 }; /* a pool has no more workers */

/* A whole number from `least` to `most`, all of `text`. */
static bool read_number(const char *text, int64_t least, int64_t most, int64_t *out)
{
    char *end;
    long long n;

    errno = 0;
    n = strtoll(text, &end, 10);
    if (errno || end == text || *end || n < least || n > most)
        return false;
    *out = n;
    return true;
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static bool add_workers(struct scale_options *o, int64_t n)
{
    int *more = realloc(o->workers, (o->n_workers + 1) * sizeof *more);

    if (!more)
        return false;
    o->workers = more;
    o->workers[o->n_workers++] = (int)n;
    return true;
}

/* "1,2,4-8": numbers and ranges, in any order. */
static bool read_workers(struct scale_options *o, const char *text)
{
    char *copy = strdup(text), *rest = copy, *part;
    bool ok = copy != NULL;

    o->n_workers = 0;
    while (ok && (part = strsep(&rest, ","))) {
        char *dash = strchr(part, '-');
        int64_t from, to;

        if (dash)
            *dash = '\0';
        ok = read_number(part, 1, MOST_WORKERS, &from);
        to = from;
        if (ok && dash)
            ok = read_number(dash + 1, from, MOST_WORKERS, &to);
        for (int64_t n = from; ok && n <= to; n++)
            ok = add_workers(o, n);
    }
    free(copy);
    return ok;
}

/* 1, 2, 4 ... and as many as there are cores. */
static bool usual_workers(struct scale_options *o)
{
    struct weft_machine m;
    const int most = weft_machine_look(&m, NULL) ? 1 : m.n_workers;
    bool ok = true;

    for (int n = 1; ok && n < most; n *= 2)
        ok = add_workers(o, n);
    return ok && add_workers(o, most);
}

static void order_workers(struct scale_options *o)
{
    size_t n = 0;

    qsort(o->workers, o->n_workers, sizeof *o->workers, by_number);
    for (size_t i = 0; i < o->n_workers; i++) {
        if (!n || o->workers[n - 1] != o->workers[i])
            o->workers[n++] = o->workers[i];
    }
    o->n_workers = n;
}

static bool add_env(struct scale_options *o, char *text)
{
    char **more = realloc(o->env, (o->n_env + 1) * sizeof *more);

    if (!more)
        return false;
    o->env = more;
    o->env[o->n_env++] = text;
    return true;
}

static int check(const struct scale_options *o, int n_left, char *const *left)
{
    const int most = o->n_workers ? o->workers[o->n_workers - 1] : 1;

    if (o->from && n_left)
        return misused("scale", "--from measures nothing: %s is too many", left[0]);
    if (!o->from && !n_left)
        return misused("scale", "a PROGRAM is missing");
    if (o->weak && o->base > INT64_MAX / most)
        return misused("scale", "--base %lld times %d workers is more than a number can be", (long long)o->base, most);
    return 0;
}

int scale_options_read(struct scale_options *o, int argc, char **argv)
{
    enum { STRONG = 256, WEAK, WORKERS, REPEAT, WARMUP, BASE, POWER, ENV, TIMEOUT, SAME, INSIDE, SEED, CONFIDENCE, OUT, TITLE, FROM, UPTO };
    static const struct option options[] = {
        {"strong", no_argument, NULL, STRONG},         {"weak", no_argument, NULL, WEAK},
        {"workers", required_argument, NULL, WORKERS}, {"repeat", required_argument, NULL, REPEAT},
        {"warmup", required_argument, NULL, WARMUP},   {"base", required_argument, NULL, BASE},
        {"power", required_argument, NULL, POWER},
        {"env", required_argument, NULL, ENV},         {"timeout", required_argument, NULL, TIMEOUT},
        {"same-output", no_argument, NULL, SAME},      {"seed", required_argument, NULL, SEED},
        {"inside", no_argument, NULL, INSIDE},
        {"confidence", required_argument, NULL, CONFIDENCE}, {"out", required_argument, NULL, OUT},
        {"title", required_argument, NULL, TITLE},     {"from", required_argument, NULL, FROM},
        {"upto", required_argument, NULL, UPTO},       {NULL, 0, NULL, 0},
    };
    int64_t n;
    int c;

    *o = (struct scale_options){.repeat = 7, .warmup = 1, .base = 1, .power = 1, .seed = 1, .confidence = 0.95};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "+:o:", options, NULL)) != -1) {
        char *end;
        struct weft_error err;

        switch (c) {
        case STRONG: o->weak = false; break;
        case WEAK:   o->weak = true; break;
        case SAME:   o->same_output = true; break;
        case INSIDE: o->inside = true; break;
        case TITLE:  o->title = optarg; break;
        case FROM:   o->from = optarg; break;
        case OUT: case 'o': o->out = optarg; break;
        case WORKERS:
            if (!read_workers(o, optarg))
                return misused("scale", "--workers %s is no list of numbers from 1 to %d, as in 1,2,4-8", optarg, MOST_WORKERS);
            break;
        case REPEAT:
            if (!read_number(optarg, 1, MOST_REPEAT, &n))
                return misused("scale", "--repeat %s is no number from 1 to %d", optarg, MOST_REPEAT);
            o->repeat = (int)n;
            break;
        case WARMUP:
            if (!read_number(optarg, 0, MOST_REPEAT, &n))
                return misused("scale", "--warmup %s is no number from 0 to %d", optarg, MOST_REPEAT);
            o->warmup = (int)n;
            break;
        case BASE:
            if (!read_number(optarg, 1, INT64_MAX, &o->base))
                return misused("scale", "--base %s is no whole number above 0", optarg);
            break;
        case POWER:
            o->power = strtod(optarg, &end);
            if (end == optarg || *end || !(o->power >= 1 && o->power <= 10))
                return misused("scale", "--power %s is no number from 1 to 10", optarg);
            break;
        case SEED:
            if (!read_number(optarg, 0, INT64_MAX, &n))
                return misused("scale", "--seed %s is no whole number", optarg);
            o->seed = (uint64_t)n;
            break;
        case UPTO:
            if (!read_number(optarg, 1, 1000000, &n))
                return misused("scale", "--upto %s is no number of workers from 1 to 1000000", optarg);
            o->upto = (int)n;
            break;
        case CONFIDENCE:
            o->confidence = strtod(optarg, &end) / 100;
            if (end == optarg || (*end && strcmp(end, "%")) || !(o->confidence >= 0.5 && o->confidence <= 0.999))
                return misused("scale", "--confidence %s is no percentage from 50 to 99.9", optarg);
            break;
        case TIMEOUT:
            if (weft_duration_parse(optarg, &o->timeout_ns, &err) || o->timeout_ns <= 0)
                return misused("scale", "--timeout %s is no time, as in 90s or 5min", optarg);
            break;
        case ENV:
            if (!strchr(optarg, '=') || *optarg == '=')
                return misused("scale", "--env %s is not of the form NAME=VALUE", optarg);
            if (!add_env(o, optarg))
                return misused("scale", "no memory for --env %s", optarg);
            break;
        case ':':
            return misused("scale", "%s needs a value", argv[optind - 1]);
        default:
            return misused("scale", "there is no option %s", argv[optind - 1]);
        }
    }
    if (!o->n_workers && !usual_workers(o))
        return misused("scale", "no memory for a list of workers");
    order_workers(o);
    o->command = argv + optind;
    return check(o, argc - optind, argv + optind);
}

void scale_options_fini(struct scale_options *o)
{
    free(o->workers);
    free(o->env);
}
