/* options.c - the command line of `weft scale`. */
#include "tools/scale/scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/verb.h"

enum { MOST_WORKERS = 4096, MOST_REPEAT = 2000 }; /* a pool has no more workers */

/* 1, 2, 4 ... and as many as there are cores. */
static bool usual_workers(struct scale_options *o)
{
    struct weft_machine m;
    char list[32];
    const int most = weft_machine_look(&m, NULL) ? 1 : m.n_workers;

    snprintf(list, sizeof list, most > 2 ? "1,2,...,%d" : "1-%d", most);
    return option_numbers_read(&o->workers, list, most);
}

/* A percentage becomes a share. */
static bool read_confidence(void *to, char *value)
{
    char *end;
    const double share = strtod(value, &end) / 100;

    if (end == value || (*end && strcmp(end, "%")) || !(share >= 0.5 && share <= 0.999))
        return false;
    *(double *)to = share;
    return true;
}

static bool add_env(void *to, char *value)
{
    struct scale_options *o = to;
    char **more;

    if (!strchr(value, '=') || *value == '=')
        return false;
    more = realloc(o->env, (o->n_env + 1) * sizeof *more);
    if (!more)
        return false;
    o->env = more;
    o->env[o->n_env++] = value;
    return true;
}

static int check(const struct scale_options *o, int n_left, char *const *left)
{
    const int most = o->workers.at[o->workers.n - 1];

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
    const struct option_row rows[] = {
        {"strong", OPTION_IS, INTO(o->weak), .is = false},
        {"weak", OPTION_IS, INTO(o->weak), .is = true},
        {"workers", OPTION_NUMBERS, INTO(o->workers), .most = MOST_WORKERS},
        {"repeat", OPTION_COUNT, INTO(o->repeat), .least = 1, .most = MOST_REPEAT},
        {"warmup", OPTION_COUNT, INTO(o->warmup), .least = 0, .most = MOST_REPEAT},
        {"base", OPTION_COUNT, INTO(o->base), .least = 1},
        {"power", OPTION_REAL, INTO(o->power), .least = 1, .most = 10},
        {"env", OPTION_READ, INTO(*o), .read = add_env, .wrong = "not of the form NAME=VALUE"},
        {"timeout", OPTION_TIME, INTO(o->timeout_ns), .least = 1},
        {"same-output", OPTION_IS, INTO(o->same_output), .is = true},
        {"inside", OPTION_IS, INTO(o->inside), .is = true},
        {"seed", OPTION_COUNT, INTO(o->seed)},
        {"confidence", OPTION_READ, INTO(o->confidence), .read = read_confidence, .wrong = "no percentage from 50 to 99.9"},
        {"o", OPTION_TEXT, INTO(o->out)},
        {"out", OPTION_TEXT, INTO(o->out)},
        {"title", OPTION_TEXT, INTO(o->title)},
        {"from", OPTION_TEXT, INTO(o->from)},
        {"upto", OPTION_COUNT, INTO(o->upto), .least = 1, .most = 1000000},
    };
    int code;

    *o = (struct scale_options){.repeat = 7, .warmup = 1, .base = 1, .power = 1, .seed = 1, .confidence = 0.95};
    code = options_read(argc, argv, rows, N_ROWS(rows), NULL, NULL);
    if (code)
        return code;
    if (!o->workers.n && !usual_workers(o))
        return misused("scale", "no memory for a list of workers");
    o->command = argv + optind;
    return check(o, argc - optind, argv + optind);
}

void scale_options_fini(struct scale_options *o)
{
    free(o->workers.at);
    free(o->env);
}
