/* verb-top.c - weft top: what a program does now, in the terminal. */
#include "tools/verb.h"

#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <weft/status.h>

static const char usage[] =
    "usage: weft top [OPTION]... [PID|PORT|HOST:PORT|LINK]\n"
    "\n"
    "Shows what a program does that was started with WEFT_DASHBOARD=8787, or has opened a\n"
    "dashboard (weft/dashboard.h): its tasks, workers, groups of tasks and memory. Without a\n"
    "number port 8787 of this machine is meant.\n"
    "\n"
    "  --once            prints one page as text and ends\n"
    "  --json            prints what the dashboard tells, as JSON, and ends\n"
    "  --sort KEY        of groups: order (the default), time, left, failed or name\n"
    "  --delay SECONDS   between two looks; 0.5 if it is not said\n"
    "  --token TOKEN     shown to a dashboard that wants one; else what WEFT_DASHBOARD_TOKEN says\n"
    "\n"
    "Keys: q quits, s sorts by the next key, p pauses.\n";

#if HAVE_TOP

#include "tools/top/screen.h"

struct request {
    const char *text, *token;
    enum sort   sort;
    double      delay_s;
    bool        once, json;
};

static bool find_sort(const char *word, enum sort *sort)
{
    for (int i = 0; i < N_SORTS; i++) {
        if (!strcmp(word, sort_names[i])) {
            *sort = (enum sort)i;
            return true;
        }
    }
    return false;
}

/* 0, or 2 having said what is wrong. */
static int read_options(int argc, char **argv, struct request *r)
{
    enum { ONCE = 256, JSON, SORT, DELAY, TOKEN };
    static const struct option options[] = {
        {"once", no_argument, NULL, ONCE},        {"json", no_argument, NULL, JSON},
        {"sort", required_argument, NULL, SORT},  {"delay", required_argument, NULL, DELAY},
        {"token", required_argument, NULL, TOKEN}, {NULL, 0, NULL, 0},
    };
    char *end;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (c) {
        case ONCE:  r->once = true; break;
        case JSON:  r->json = true; break;
        case TOKEN: r->token = optarg; break;
        case SORT:
            if (!find_sort(optarg, &r->sort))
                return misused("top", "--sort %s is none of order, time, left, failed, name", optarg);
            break;
        case DELAY:
            r->delay_s = strtod(optarg, &end);
            if (*end || !(r->delay_s >= 0.05 && r->delay_s <= 3600))
                return misused("top", "--delay %s is not from 0.05 to 3600 seconds", optarg);
            break;
        case ':':
            return misused("top", "%s needs a value", argv[optind - 1]);
        default:
            return misused("top", "there is no option %s", argv[optind - 1]);
        }
    }
    if (optind < argc - 1)
        return misused("top", "one program at a time: %s is too many", argv[optind + 1]);
    if (optind < argc)
        r->text = argv[optind];
    return 0;
}

static int width_of_terminal(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? 100 : size.ws_col;
}

/* A page without its inks. */
static weft_status print_page(const char *json, enum sort sort, struct weft_error *err)
{
    const struct look how = {.width = width_of_terminal(), .sort = sort,
                             .unicode = !strcmp(nl_langinfo(CODESET), "UTF-8")};
    struct state s = {0};
    char *text = NULL;
    size_t n = 0;
    FILE *to = NULL;
    weft_status st = state_read(&s, json, err);

    if (st)
        goto out;
    st = weft_error_set(err, WEFT_NOMEM, "no memory for the page");
    to = open_memstream(&text, &n);
    if (!to || !page_write(to, &s, &how) || fflush(to))
        goto out;
    for (size_t i = 0; i < n; i++)
        if (!(text[i] < N_INKS && text[i] > 0))
            putchar(text[i]);
    st = WEFT_OK;
out:
    if (to)
        fclose(to);
    free(text);
    state_fini(&s);
    return st;
}

static weft_status print_once(const struct place *p, const struct request *r, struct weft_error *err)
{
    char *body = NULL;
    weft_status st = place_get(p, "/json", &body, err);

    if (!st && r->json)
        fputs(body, stdout);
    else if (!st)
        st = print_page(body, r->sort, err);
    free(body);
    if (!st && fflush(stdout))
        st = weft_error_set(err, WEFT_IO, "stdout cannot be written");
    return st;
}

static int run(int argc, char **argv)
{
    struct request r = {.text = "127.0.0.1:8787", .token = getenv("WEFT_DASHBOARD_TOKEN"), .delay_s = 0.5};
    struct weft_error err;
    struct place p;
    weft_status st;
    const int code = read_options(argc, argv, &r);

    if (code)
        return code;
    setlocale(LC_CTYPE, "");
    st = place_find(&p, r.text, r.token, &err);
    if (!st)
        st = r.once || r.json ? print_once(&p, &r, &err) : screen_run(&p, r.sort, 1 / r.delay_s, &err);
    if (st)
        fprintf(stderr, "weft top: %s\n", err.message);
    return st != WEFT_OK;
}

#else

static int run(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    fprintf(stderr, "weft top: this Weft was built without ncurses or jansson and cannot look\n");
    return 1;
}

#endif

const struct verb verb_top = {
    .summary = "what a program does now, in the terminal",
    .usage = usage,
    .run = run,
};
