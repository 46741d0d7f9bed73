/* screen.c - a dashboard in a terminal: draws what it tells, hears keys, outlives the process. */
#include "tools/top/screen.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct top {
    const struct place *place;
    struct look  look;
    struct state state;  /* the last that was told */
    bool         has_state, paused, gone;
    char         remark[64];
};

/* Only of this machine the number of a process means something here. */
static bool is_here(const struct place *p)
{
    return !strncmp(p->host, "127.", 4) || !strcmp(p->host, "::1") || !strcmp(p->host, "localhost");
}

/* Asks anew. What was told last stays on the screen when nobody answers any more. */
static weft_status ask(struct top *t, struct weft_error *err)
{
    struct state now;
    char *body = NULL;
    weft_status st = place_get(t->place, "/json", &body, err);

    if (!st)
        st = state_read(&now, body, err);
    free(body);
    if (st) {
        t->gone = t->has_state && is_here(t->place) && kill(t->state.pid, 0) && errno == ESRCH;
        snprintf(t->remark, sizeof t->remark, "%s", t->gone ? "has ended" : "no answer");
        return st;
    }
    state_fini(&t->state);
    t->state = now;
    t->has_state = true;
    t->gone = false;
    t->remark[0] = '\0';
    return WEFT_OK;
}

static void start_inks(void)
{
    static const short colors[N_INKS] = {[INK_DONE] = COLOR_GREEN, [INK_RUN] = COLOR_CYAN, [INK_FAIL] = COLOR_RED,
                                         [INK_DISK] = COLOR_YELLOW, [INK_OTHER] = COLOR_BLUE};

    if (!has_colors() || start_color() == ERR)
        return;
    use_default_colors();
    for (short i = INK_PLAIN; i < N_INKS; i++)
        init_pair(i, colors[i] ? colors[i] : -1, -1);
}

static void set_ink(int ink)
{
    attrset(A_NORMAL);
    if (ink == INK_HEAD)
        attrset(A_BOLD);
    else if (ink == INK_FAINT)
        attrset(A_DIM);
    else if (has_colors())
        attrset(COLOR_PAIR(ink));
}

/* One line, as far as it fits. */
static void draw_line(const char *line, int y, int width)
{
    const char *end = line + page_fit(line, width);

    move(y, 0);
    set_ink(INK_PLAIN);
    while (line < end) {
        size_t n = 0;

        if (*line < N_INKS && *line > 0) {
            set_ink(*line++);
            continue;
        }
        while (line + n < end && !(line[n] < N_INKS && line[n] > 0))
            n++;
        addnstr(line, (int)n);
        line += n;
    }
}

static void draw_keys(const struct top *t)
{
    char keys[160];

    snprintf(keys, sizeof keys, "q quit   s sort: %s   p %s", sort_names[t->look.sort],
             t->paused ? "go on" : "pause");
    attrset(A_REVERSE);
    mvhline(LINES - 1, 0, ' ', COLS);
    mvaddnstr(LINES - 1, 1, keys, COLS - 1);
    attrset(A_NORMAL);
}

static bool draw(struct top *t)
{
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    bool done = false;

    if (!to)
        return false;
    t->look.width = COLS;
    t->look.height = LINES - 1; // the last is of the keys
    t->look.remark = t->remark[0] ? t->remark : t->paused ? "paused" : NULL;
    done = page_write(to, &t->state, &t->look);
    if (fclose(to))
        done = false;
    erase();
    if (done) {
        char *rest = text, *line;

        for (int y = 0; y < LINES - 1 && (line = strsep(&rest, "\n")); y++)
            draw_line(line, y, COLS);
    }
    draw_keys(t);
    refresh();
    free(text);
    return done;
}

/* Keys until none is waiting; false: to quit. */
static bool hear_keys(struct top *t, bool *again)
{
    for (int key; (key = getch()) != ERR; *again = true) {
        switch (key) {
        case 'q': case 'Q': case 27:
            return false;
        case 's': case 'S':
            t->look.sort = (enum sort)((t->look.sort + 1) % N_SORTS);
            break;
        case 'p': case 'P': case ' ':
            t->paused = !t->paused;
            break;
        default: // a resize, too: drawn anew
            break;
        }
    }
    return true;
}

static weft_status go_on(struct top *t, double delay_s, struct weft_error *err)
{
    struct weft_error why;

    for (;;) {
        struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};
        bool heard = false;
        int ready;

        if (!draw(t))
            return weft_error_set(err, WEFT_NOMEM, "no memory for the page");
        ready = poll(&keys, 1, (int)(1000 * delay_s));
        if (keys.revents & (POLLHUP | POLLERR | POLLNVAL)) // the terminal is gone
            return WEFT_OK;
        if (!hear_keys(t, &heard))
            return WEFT_OK;
        if (!heard && !ready && !t->paused && !t->gone)
            (void)ask(t, &why); // the remark says it
    }
}

weft_status screen_run(const struct place *p, enum sort sort, double delay_s, struct weft_error *err)
{
    struct top t = {.place = p, .look = {.sort = sort}};
    const char *term = getenv("TERM");
    SCREEN *screen = NULL;
    weft_status st = ask(&t, err);

    if (st)
        return st;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        st = weft_error_set(err, WEFT_UNSUPPORTED, "this is no terminal; --once prints one page as text");
        goto out;
    }
    screen = term && *term ? newterm(NULL, stdout, stdin) : NULL;
    if (!screen) {
        st = weft_error_set(err, WEFT_UNSUPPORTED,
                            "TERM is %s%s%s: no terminal that is known; --once prints one page as text", term ? "'" : "", term ? term : "not set", term ? "'" : "");
        goto out;
    }
    t.look.unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
    start_inks();
    cbreak();
    noecho();
    curs_set(0);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    st = go_on(&t, delay_s, err);
    endwin();
    delscreen(screen);
out:
    state_fini(&t.state);
    return st;
}
