/* setting.c - the table of all that can be set. */
#include "lib/base/setting.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/error.h"
#include "lib/base/near.h"

static const struct wf_word word_auto[] = {{"auto", 0}, {NULL, 0}};
static const struct wf_word word_none[] = {{"none", 0}, {NULL, 0}};
static const struct wf_word words_limit[] = {{"none", 0}, {"auto", SIZE_MAX}, {NULL, 0}};
static const struct wf_word words_yes_no[] = {
    {"no", 0}, {"yes", 1}, {"off", 0}, {"on", 1}, {"false", 0}, {"true", 1}, {"0", 0}, {"1", 1}, {NULL, 0},
};
static const struct wf_word words_kind[] = {
    {"threads", WF_KIND_THREADS}, {"processes", WF_KIND_PROCESSES}, {"sync", WF_KIND_SYNC}, {NULL, 0},
};
static const struct wf_word words_progress[] = {
    {"auto", WF_PROGRESS_AUTO}, {"on", WF_PROGRESS_ON},   {"off", WF_PROGRESS_OFF}, {"yes", WF_PROGRESS_ON},
    {"no", WF_PROGRESS_OFF},    {"1", WF_PROGRESS_ON},    {"0", WF_PROGRESS_OFF},   {NULL, 0},
};

/* Of a file that is written: no, or its usual name. */
static const struct wf_word words_file[] = {
    {"none", WF_FILE_NONE}, {"no", WF_FILE_NONE}, {"off", WF_FILE_NONE}, {"0", WF_FILE_NONE},
    {"yes", WF_FILE_USUAL}, {"on", WF_FILE_USUAL}, {"1", WF_FILE_USUAL}, {NULL, 0},
};
static const struct wf_word words_port[] = {{"none", 0}, {"no", 0}, {"off", 0}, {"0", 0}, {"yes", 8787}, {"on", 8787}, {NULL, 0}};

const struct wf_setting wf_settings[WF_N_SETTINGS] = {
    [WF_DASHBOARD_ADDRESS] = {
        .name = "dashboard.address", .kind = WEFT_SETTING_TEXT, .fallback = "127.0.0.1", .accepts = "an address in numbers",
        .about = "Where the page of a pool can be asked for; another address than a loopback one needs dashboard.token.",
    },
    [WF_DASHBOARD_PORT] = {
        .name = "dashboard.port", .variable = "WEFT_DASHBOARD", .kind = WEFT_SETTING_COUNT, .fallback = "none",
        .accepts = "a port from 1 to 65535, yes (8787) or none", .words = words_port, .least = 1, .most = 65535,
        .about = "At which port, or the next that is free, a pool shows in a browser what it does while it works.",
    },
    [WF_DASHBOARD_TOKEN] = {
        .name = "dashboard.token", .kind = WEFT_SETTING_TEXT, .fallback = "", .accepts = "8 to 128 letters, digits and -._~",
        .about = "What one must show to see that page; empty: nothing.",
    },
    [WF_DRAW_FILE] = {
        .name = "draw.file", .variable = "WEFT_DRAW", .kind = WEFT_SETTING_TEXT, .fallback = "none",
        .accepts = "a path that ends in .svg, .png, .pdf or .dot, yes (weft.svg) or none", .words = words_file,
        .about = "Where a picture of what a pool has run is drawn when it is freed.",
    },
    [WF_MEMORY_LIMIT] = {
        .name = "memory.limit", .variable = "WEFT_MEMORY_LIMIT", .kind = WEFT_SETTING_BYTES, .fallback = "none",
        .accepts = "a size such as 64MiB or 1.5GB, auto or none", .words = words_limit,
        .about = "How many bytes of results a pool may hold in memory; those wanted last go to disk. auto: 60 % of "
                 "what this process may have.",
    },
    [WF_POOL_KIND] = {
        .name = "pool.kind", .kind = WEFT_SETTING_WORD, .fallback = "threads",
        .accepts = "threads, processes or sync", .words = words_kind,
        .about = "Who runs tasks: threads of this process, forked processes, or the caller alone, in order.",
    },
    [WF_POOL_PIN] = {
        .name = "pool.pin", .kind = WEFT_SETTING_BOOL, .fallback = "yes", .accepts = "yes or no", .words = words_yes_no,
        .about = "Whether each worker stays on a core of its own, where there is one for it.",
    },
    [WF_POOL_WORKERS] = {
        .name = "pool.workers", .variable = "WEFT_WORKERS", .kind = WEFT_SETTING_COUNT, .fallback = "auto",
        .accepts = "a number from 1 to 4096, or auto", .words = word_auto, .least = 1, .most = WF_MOST_WORKERS_SET,
        .about = "How many workers a pool has; auto: one per core this process may use.",
    },
    [WF_PROFILE_FILE] = {
        .name = "profile.file", .variable = "WEFT_PROFILE", .kind = WEFT_SETTING_TEXT, .fallback = "none",
        .accepts = "a path that ends in .svg, .folded, .txt or .json, yes (weft-flame.svg) or none", .words = words_file,
        .about = "Where a pool writes when it is freed which functions its tasks spent their time in.",
    },
    [WF_PROFILE_RATE] = {
        .name = "profile.rate", .kind = WEFT_SETTING_COUNT, .fallback = "997", .accepts = "a number from 1 to 10000",
        .least = 1, .most = 10000,
        .about = "How often in a second of processor time is looked which function it is.",
    },
    [WF_PROGRESS] = {
        .name = "progress", .kind = WEFT_SETTING_WORD, .fallback = "auto", .accepts = "auto, on (1) or off (0)",
        .words = words_progress,
        .about = "Whether runs tell on stderr how far they are; auto: if that is a terminal.",
    },
    [WF_PROGRESS_INTERVAL] = {
        .name = "progress.interval", .kind = WEFT_SETTING_DURATION, .fallback = "auto",
        .accepts = "a time such as 5s or 200ms, or auto", .words = word_auto,
        .about = "How often they tell; auto: 100ms on a terminal, else 1s.",
    },
    [WF_REPORT_FILE] = {
        .name = "report.file", .variable = "WEFT_REPORT", .kind = WEFT_SETTING_TEXT, .fallback = "none",
        .accepts = "a path, yes (weft.html) or none", .words = words_file,
        .about = "Where a page that tells all of what a pool has run is written when it is freed.",
    },
    [WF_RUN_RERUN_FAILED] = {
        .name = "run.rerun_failed", .variable = "WEFT_RERUN_FAILED", .kind = WEFT_SETTING_BOOL, .fallback = "no",
        .accepts = "yes or no", .words = words_yes_no,
        .about = "Whether who waits for a run then runs its first failed task once more, for a debugger to stop in.",
    },
    [WF_SPILL_DIR] = {
        .name = "spill.dir", .kind = WEFT_SETTING_TEXT, .fallback = "", .accepts = "a directory",
        .about = "Where results go that memory has no room for; empty: $TMPDIR, else /tmp.",
    },
    [WF_SPILL_LIMIT] = {
        .name = "spill.limit", .kind = WEFT_SETTING_BYTES, .fallback = "none",
        .accepts = "a size such as 64MiB or 1.5GB, or none", .words = word_none,
        .about = "How many bytes may lie there; none: as many as the disk has.",
    },
    [WF_SUMMARY] = {
        .name = "summary", .kind = WEFT_SETTING_BOOL, .fallback = "no", .accepts = "yes or no", .words = words_yes_no,
        .about = "Whether a pool says on stderr, when it is freed, what it has run and where the time went.",
    },
    [WF_TRACE_EVENTS] = {
        .name = "trace.events", .kind = WEFT_SETTING_COUNT, .fallback = "auto", .words = word_auto,
        .accepts = "a number from 1 to 1000000000, or auto", .least = 1, .most = 1000000000,
        .about = "How many of its latest events each worker keeps in a trace; auto: 65536, a million where there is a "
                 "dashboard, sixteen million where a file is written.",
    },
    [WF_TRACE_FILE] = {
        .name = "trace.file", .variable = "WEFT_TRACE", .kind = WEFT_SETTING_TEXT, .fallback = "none",
        .accepts = "a path, yes (weft.trace) or none", .words = words_file,
        .about = "Where a pool writes a trace of all it has run when it is freed, for `weft trace` and its like.",
    },
    [WF_TRACE_ON] = {
        .name = "trace.on", .kind = WEFT_SETTING_BOOL, .fallback = "no", .accepts = "yes or no", .words = words_yes_no,
        .about = "Whether workers note what they do, for weft/trace.h; they do where one of the others is asked for.",
    },
    [WF_TRACE_SAMPLE] = {
        .name = "trace.sample", .kind = WEFT_SETTING_DURATION, .fallback = "auto", .words = word_auto,
        .accepts = "a time such as 100ms, 0 for never, or auto",
        .about = "How often memory and processors are looked at for a trace, which is then on; auto: every 50ms where a "
                 "file is written.",
    },
};

const struct wf_setting *wf_setting_find(const char *name, size_t n_name, struct weft_error *err)
{
    const char *names[WF_N_SETTINGS], *near;

    for (int i = 0; i < WF_N_SETTINGS; i++) {
        names[i] = wf_settings[i].name;
        if (strlen(names[i]) == n_name && !memcmp(names[i], name, n_name))
            return &wf_settings[i];
    }
    near = wf_near(name, n_name, names, WF_N_SETTINGS);
    weft_error_set(err, WEFT_NOT_FOUND, near ? "there is no setting '%.*s'; '%s' is near" : "there is no setting '%.*s'",
                   (int)(n_name < 100 ? n_name : 100), name, near);
    return NULL;
}

static weft_status refuse(const struct wf_setting *s, const char *text, struct weft_error *err)
{
    return weft_error_set(err, WEFT_PARSE, "'%.100s' is not %s", text, s->accepts);
}

static weft_status parse_count(const struct wf_setting *s, const char *text, uint64_t *out, struct weft_error *err)
{
    uint64_t n = 0;
    const char *at = text;

    /* Ten digits at most, so that nothing overflows. */
    for (; *at >= '0' && *at <= '9' && at - text < 11; at++)
        n = n * 10 + (uint64_t)(*at - '0');
    if (at == text || *at || n < s->least || n > s->most)
        return refuse(s, text, err);
    *out = n;
    return WEFT_OK;
}

weft_status wf_setting_parse(const struct wf_setting *s, const char *text, uint64_t *out, struct weft_error *err)
{
    weft_status st = WEFT_OK;
    size_t bytes = 0;
    int64_t ns = 0;

    for (const struct wf_word *w = s->words; w && w->word; w++)
        if (!strcasecmp(w->word, text)) {
            *out = w->number;
            return WEFT_OK;
        }
    switch (s->kind) {
    case WEFT_SETTING_COUNT:
        return parse_count(s, text, out, err);
    case WEFT_SETTING_BYTES:
        st = weft_bytes_parse(text, &bytes, err);
        *out = bytes;
        break;
    case WEFT_SETTING_DURATION:
        st = weft_duration_parse(text, &ns, err);
        *out = (uint64_t)ns;
        break;
    case WEFT_SETTING_BOOL:
    case WEFT_SETTING_WORD:
        return refuse(s, text, err);
    case WEFT_SETTING_TEXT:
        *out = 0;
        break;
    }
    return st == WEFT_PARSE ? refuse(s, text, err) : st;
}

void wf_setting_variable(const struct wf_setting *s, char *text, size_t size)
{
    size_t n = (size_t)snprintf(text, size, "WEFT_");

    for (const char *c = s->name; *c && n + 3 < size; c++) {
        if (*c == '.')
            text[n++] = '_';
        text[n++] = *c == '.' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    }
    text[n] = '\0';
}
