/* verb-top.c - weft top: what a program does now, in the terminal. */
#include "tools/verb.h"

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

#include "tools/options.h"
#include "tools/top/screen.h"

struct request {
    const char *text, *token;
    enum sort   sort;
    double      delay_s;
    bool        once, json;
};

static int read_options(int argc, char **argv, struct request *r)
{
    const struct option_row rows[] = {
        {"once", OPTION_IS, INTO(r->once), .is = true},
        {"json", OPTION_IS, INTO(r->json), .is = true},
        {"sort", OPTION_WORD, INTO(r->sort), .words = sort_names},
        {"delay", OPTION_REAL, INTO(r->delay_s), .least = 0.05, .most = 3600},
        {"token", OPTION_TEXT, INTO(r->token)},
    };

    return options_read(argc, argv, rows, N_ROWS(rows), "program", &r->text);
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
        st = r.once || r.json ? print_once(&p, &r, &err) : screen_run(&p, r.sort, r.delay_s, &err);
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
