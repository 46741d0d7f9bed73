/* progress_text.c - how far runs are, in words and as a bar. */
#include "scheduler/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/duration.h"
#include "lib/base/units.h"

/* "412", "1.23k", "45.6M": three digits or four. */
static const char *rate_text(double rate, char text[WF_DURATION_TEXT])
{
    static const char *const units[] = {"", "k", "M", "G"};
    int u = 0, digits;

    while (u < 3 && rate >= 999.5) {
        rate /= 1000;
        u++;
    }
    digits = rate >= 99.95 || (u == 0 && rate >= 9.95) ? 0 : rate >= 9.995 ? 1 : 2;
    snprintf(text, WF_DURATION_TEXT, "%.*f%s", digits, rate, units[u]);
    return text;
}

static int percent(const struct weft_progress *now)
{
    return now->n_tasks ? (int)((double)now->n_done / (double)now->n_tasks * 100) : 100;
}

static void append(char text[WF_PROGRESS_TEXT], const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void append(char text[WF_PROGRESS_TEXT], const char *fmt, ...)
{
    const size_t n = strlen(text);
    va_list args;

    va_start(args, fmt);
    vsnprintf(text + n, WF_PROGRESS_TEXT - n, fmt, args);
    va_end(args);
}

const char *wf_progress_line(const struct weft_progress *now, char text[WF_PROGRESS_TEXT])
{
    char rate[WF_DURATION_TEXT], left[WF_DURATION_TEXT], bytes[WEFT_UNITS_TEXT];

    *text = '\0';
    append(text, "weft: %zu of %zu tasks (%d%%), %s a second, ", now->n_done, now->n_tasks, percent(now),
           rate_text(now->tasks_per_s, rate));
    if (!now->n_runs)
        append(text, "ended after %s, ", wf_duration_text(now->elapsed_ns, left));
    else if (now->left_ns >= 0)
        append(text, "%s left, ", wf_duration_text(now->left_ns, left));
    append(text, "%s", wf_bytes_text(now->resident_bytes, bytes));
    if (now->n_runs)
        append(text, ", %d of %d workers busy", now->n_busy, now->n_workers);
    return text;
}

/* What stands beside the bar. */
static void numbers(const struct weft_progress *now, char text[WF_PROGRESS_TEXT])
{
    char rate[WF_DURATION_TEXT], time[WF_DURATION_TEXT], bytes[WEFT_UNITS_TEXT];

    *text = '\0';
    append(text, " %3d%%  %zu/%zu tasks  %s/s", percent(now), now->n_done, now->n_tasks, rate_text(now->tasks_per_s, rate));
    if (!now->n_runs)
        append(text, "  %s", wf_duration_text(now->elapsed_ns, time));
    else if (now->left_ns >= 0)
        append(text, "  %s left", wf_duration_text(now->left_ns, time));
    append(text, "  %s", wf_bytes_text(now->resident_bytes, bytes));
    if (now->n_runs)
        append(text, "  %d/%d busy", now->n_busy, now->n_workers);
}

const char *wf_progress_bar(const struct weft_progress *now, int width, char text[WF_PROGRESS_TEXT])
{
    enum { LEAST_BAR = 6, MOST_BAR = 40 };
    char beside[WF_PROGRESS_TEXT];
    int room, full;

    numbers(now, beside);
    width = width < 1 ? 1 : width < WF_PROGRESS_TEXT - 1 ? width : WF_PROGRESS_TEXT - 1;
    /* The two brackets, and a last column left free: filling it makes some terminals go on. */
    room = width - 3 - (int)strlen(beside);
    room = room < MOST_BAR ? room : MOST_BAR;
    *text = '\0';
    if (room >= LEAST_BAR) {
        full = now->n_tasks ? (int)((double)now->n_done / (double)now->n_tasks * room) : room;
        append(text, "[");
        for (int i = 0; i < room; i++)
            append(text, "%c", i < full ? '=' : i == full ? '>' : ' ');
        append(text, "]");
    }
    append(text, "%s", room >= LEAST_BAR ? beside : beside + 1);
    if (strlen(text) >= (size_t)width)
        text[width - 1] = '\0';
    return text;
}
