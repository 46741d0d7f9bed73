/* options.c - what the user of weft-bench asks for. */
#include "bench/support/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char manual[] =
    "weft-bench [option ...]      the price of what claims to be fast, beside the peers\n"
    "\n"
    "  --list          the rows there are, as bench/case@workers\n"
    "  --filter A,B    only rows whose name contains A or B\n"
    "  --who A,B       only these contestants (weft, floor, tbb-flow, ...)\n"
    "  --workers A,B   these numbers of workers, for every bench\n"
    "  --runs N        samples of each contestant (7)\n"
    "  --tasks N       tasks of the graphs (1000000)\n"
    "  --rows N        rows of the tables (10000000)\n"
    "  --data DIR      where the tables are kept (data/ beside this program)\n"
    "  --json          one object a line\n"
    "  --table         only rows with a figure to reach, as one table\n"
    "  --markdown      the same in Markdown\n"
    "  --quick         every row once, tiny, verified and not timed\n"
    "\n"
    "Contestants take turns, each sample in a process of its own. Before the first,\n"
    "each does the work once in a form that is verified; the exit status is 1 if one\n"
    "of them did it wrong. Peers that are not installed are named and left out. After all\n"
    "rows comes the table of the figures to reach: what is missed has a '!', in Markdown\n"
    "it is bold.\n";

static bool read_number(int64_t *out, const char *name, const char *text, int64_t most)
{
    char         *end = NULL;
    const int64_t value = strtoll(text, &end, 10);

    if (end == text || *end || value < 1 || value > most) {
        fprintf(stderr, "weft-bench: %s wants a number from 1 to %lld, not '%s'\n", name,
                (long long)most, text);
        return false;
    }
    *out = value;
    return true;
}

static bool read_workers(struct bench_options *out, const char *text)
{
    const char *at = text;
    int         n = 0;

    for (char *end = NULL; n < BENCH_MAX_WORKERS; at = end + 1) {
        const long value = strtol(at, &end, 10);

        if (end == at || value < 1 || value > 1024)
            break;
        out->workers[n++] = (int)value;
        if (!*end)
            return true;
        if (*end != ',')
            break;
    }
    fprintf(stderr, "weft-bench: --workers wants at most %d numbers, as 1,2,4, not '%s'\n",
            BENCH_MAX_WORKERS, text);
    return false;
}

static bool read_switch(struct bench_options *out, const char *name)
{
    if (!strcmp(name, "--json"))
        return out->json = true;
    if (!strcmp(name, "--list"))
        return out->list = true;
    if (!strcmp(name, "--quick"))
        return out->quick = true;
    if (!strcmp(name, "--table"))
        return out->table = true;
    if (!strcmp(name, "--markdown"))
        return out->table = out->markdown = true;
    return false;
}

static bool read_pair(struct bench_options *out, const char *name, const char *value)
{
    if (!strcmp(name, "--filter"))
        return (out->filter = value);
    if (!strcmp(name, "--who"))
        return (out->who = value);
    if (!strcmp(name, "--data"))
        return (out->data = value);
    if (!strcmp(name, "--workers"))
        return read_workers(out, value);
    if (!strcmp(name, "--runs"))
        return read_number(&out->runs, name, value, 1000);
    if (!strcmp(name, "--tasks"))
        return read_number(&out->tasks, name, value, 100000000);
    if (!strcmp(name, "--rows"))
        return read_number(&out->rows, name, value, 1000000000);
    fprintf(stderr, "weft-bench: %s %s is not understood; --help tells more\n", name, value);
    return false;
}

bool bench_options_parse(struct bench_options *out, int argc, char **argv)
{
    *out = (struct bench_options){ .runs = 7 };
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help")) {
            fputs(manual, stdout);
            return false;
        }
        if (read_switch(out, argv[i]))
            continue;
        if (!read_pair(out, argv[i], i + 1 < argc ? argv[i + 1] : ""))
            return false;
        i++;
    }
    return true;
}

bool bench_options_want_row(const struct bench_options *o, const char *row)
{
    const char *at = o->filter;

    while (at) {
        const size_t n = strcspn(at, ",");

        if (n && memmem(row, strlen(row), at, n))
            return true;
        at = at[n] ? at + n + 1 : NULL;
    }
    return !o->filter;
}

bool bench_options_want_who(const struct bench_options *o, const char *who)
{
    const size_t n = strlen(who);
    const char  *at = o->who;

    if (!at)
        return true;
    while ((at = strstr(at, who))) {
        if ((at == o->who || at[-1] == ',') && (at[n] == ',' || !at[n]))
            return true;
        at += n;
    }
    return false;
}
