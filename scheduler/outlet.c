/* outlet.c - what a pool shows while it works and leaves behind when it ends, as it was configured. */
#include "scheduler/outlet.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <weft/analyse.h>
#include <weft/dashboard.h>
#include <weft/draw.h>
#include <weft/machine.h>
#include <weft/profile.h>
#include <weft/report.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/base/setting.h"
#include "scheduler/pool.h"
#include "scheduler/sample.h"

enum { EVENTS_FILE = 1 << 24, EVENTS_DASHBOARD = 1 << 20 };
enum { SAMPLE_NS = 50000000 };

typedef weft_status draw_fn(const weft_trace *t, const char *path, const struct weft_draw_spec *spec, struct weft_error *err);
typedef weft_status report_fn(const weft_trace *t, const char *path, const struct weft_report_spec *spec,
                              struct weft_error *err);
typedef weft_status open_fn(weft_dashboard **out, weft_pool *pool, const struct weft_dashboard_spec *spec,
                            struct weft_error *err);
typedef void close_fn(weft_dashboard *d);

struct wf_outlets {
    char            *trace, *draw, *report; /* paths; NULL: none */
    bool             summary;
    int64_t          sample_ns;             /* 0: never */
    draw_fn         *draw_trace;
    report_fn       *report_trace;
    int              port;                  /* 0: no dashboard */
    char            *address, *token;
    open_fn         *open_dashboard;
    close_fn        *close_dashboard;
    weft_dashboard  *dashboard;
    struct wf_sampling sampling;
    char            *profile;               /* NULL: none */
    int              rate_hz;
    weft_profiling  *profiling;             /* while the pool works; then */
    weft_profile    *profiled;
    bool             has_written;           /* at the end of the program, before its pool was freed */
};

/* How many pools of this process have left something: a later one must not write over what an
 * earlier one wrote. */
static _Atomic uint32_t n_left;

/* ---- Libraries that are opened when they are asked for ---------------------------- */

/* Beside this one, as where both were built or installed; else where the system looks. */
static void *open_library(const char *name, const char *asked_by, struct weft_error *err)
{
    char path[4096];
    const char *slash;
    void *lib = NULL;
    const char *(*version)(void);
    Dl_info self;

    if (dladdr((const void *)(uintptr_t)&wf_outlets_new, &self) && self.dli_fname && (slash = strrchr(self.dli_fname, '/')) &&
        snprintf(path, sizeof path, "%.*s/%s", (int)(slash - self.dli_fname), self.dli_fname, name) < (int)sizeof path)
        lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!lib)
        lib = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!lib) {
        weft_error_set(err, WEFT_UNSUPPORTED, "%s needs a library that is not there: %s", asked_by, dlerror());
        return NULL;
    }
    version = (const char *(*)(void))(uintptr_t)dlsym(lib, "weft_version");
    if (!version || strcmp(version(), weft_version()) != 0) {
        weft_error_set(err, WEFT_UNSUPPORTED, "%s: %s is of Weft %s, this is %s", asked_by, name, version ? version() : "?",
                       weft_version());
        return NULL; /* not closed: what it began when it was opened may go on */
    }
    return lib;
}

static uintptr_t find(void *lib, const char *name)
{
    return lib ? (uintptr_t)dlsym(lib, name) : 0;
}

static weft_status open_libraries(struct wf_outlets *o, struct weft_error *err)
{
    void *lib;

    if (o->draw) {
        o->draw_trace = (draw_fn *)find(open_library("libweft-draw.so.0", "draw.file", err), "weft_draw_trace");
        if (!o->draw_trace)
            return WEFT_UNSUPPORTED;
    }
    if (!o->report && !o->port)
        return WEFT_OK;
    lib = open_library("libweft-dash.so.0", o->report ? "report.file" : "dashboard.port", err);
    if (!lib)
        return WEFT_UNSUPPORTED;
    o->report_trace = (report_fn *)find(lib, "weft_report_trace");
    o->open_dashboard = (open_fn *)find(lib, "weft_dashboard_open");
    o->close_dashboard = (close_fn *)find(lib, "weft_dashboard_close");
    if ((o->report && !o->report_trace) || (o->port && (!o->open_dashboard || !o->close_dashboard)))
        return weft_error_set(err, WEFT_UNSUPPORTED, "%s: this libweft-dash was built without it",
                              o->report && !o->report_trace ? "report.file" : "dashboard.port");
    return WEFT_OK;
}

/* ---- What is asked for -------------------------------------------------------------- */

/* False: no memory. */
static bool copy_path(char **out, const weft_config *c, enum wf_setting_id id, const char *usual)
{
    const char *text = wf_config_text(c, id);

    if (!*text || wf_config_number(c, id) == WF_FILE_NONE)
        return true;
    *out = wf_strdup(wf_config_number(c, id) == WF_FILE_USUAL ? usual : text);
    return *out != NULL;
}

bool wf_outlets_keep_all(const struct wf_outlets *o)
{
    return o && (o->trace || o->draw || o->report || o->summary);
}

bool wf_outlets_leave_files(const struct wf_outlets *o)
{
    return wf_outlets_keep_all(o) || (o && o->profile);
}

bool wf_outlets_trace(const struct wf_outlets *o)
{
    return o && (wf_outlets_keep_all(o) || o->port || o->sample_ns);
}

size_t wf_outlets_events(const struct wf_outlets *o)
{
    return !o ? 0 : wf_outlets_keep_all(o) ? EVENTS_FILE : o->port ? EVENTS_DASHBOARD : 0;
}

/* Of a pool that writes a file, unless told; of any other, if told. */
static int64_t sample_ns_of(const struct wf_outlets *o, const weft_config *c)
{
    if (strcasecmp(wf_config_text(c, WF_TRACE_SAMPLE), "auto"))
        return (int64_t)wf_config_number(c, WF_TRACE_SAMPLE);
    return wf_outlets_keep_all(o) ? SAMPLE_NS : 0;
}

weft_status wf_outlets_new(struct wf_outlets **out, const weft_config *c, struct weft_error *err)
{
    struct wf_outlets *o = wf_alloc_zero(1, sizeof *o);
    weft_status st;

    *out = NULL;
    if (!o)
        return wf_error_nomem(err, "a pool");
    o->summary = wf_config_number(c, WF_SUMMARY);
    o->port = (int)wf_config_number(c, WF_DASHBOARD_PORT);
    o->rate_hz = (int)wf_config_number(c, WF_PROFILE_RATE);
    o->address = wf_strdup(wf_config_text(c, WF_DASHBOARD_ADDRESS));
    o->token = wf_strdup(wf_config_text(c, WF_DASHBOARD_TOKEN));
    if (!o->address || !o->token || !copy_path(&o->trace, c, WF_TRACE_FILE, "weft.trace") ||
        !copy_path(&o->draw, c, WF_DRAW_FILE, "weft.svg") || !copy_path(&o->report, c, WF_REPORT_FILE, "weft.html") ||
        !copy_path(&o->profile, c, WF_PROFILE_FILE, "weft-flame.svg"))
        st = wf_error_nomem(err, "a pool");
    else
        st = open_libraries(o, err);
    o->sample_ns = sample_ns_of(o, c);
    if (st || (!wf_outlets_trace(o) && !wf_outlets_leave_files(o))) {
        wf_outlets_free(o);
        return st;
    }
    *out = o;
    return WEFT_OK;
}

void wf_outlets_free(struct wf_outlets *o)
{
    if (!o)
        return;
    wf_free(o->trace);
    wf_free(o->draw);
    wf_free(o->report);
    wf_free(o->profile);
    weft_profile_free(o->profiled);
    wf_free(o->address);
    wf_free(o->token);
    wf_free(o);
}

/* ---- While the pool works --------------------------------------------------------------- */

weft_status wf_outlets_begin(struct wf_outlets *o, weft_pool *pool, struct weft_error *err)
{
    const struct weft_dashboard_spec page = {.port = o->port, .address = o->address, .token = o->token, .announce = true};

    if (o->port) {
        const weft_status st = o->open_dashboard(&o->dashboard, pool, &page, err);

        if (st)
            return st;
    }
    if (o->sample_ns && !wf_sampling_start(&o->sampling, pool, o->sample_ns))
        return weft_error_set(err, WEFT_NOMEM, "the samples of a pool: their thread could not be started");
    return o->profile ? weft_profile_begin(&o->profiling, pool, &(struct weft_profile_spec){.rate_hz = o->rate_hz}, err)
                      : WEFT_OK;
}

static void complain(weft_status st, const struct weft_error *err)
{
    if (st) {
        fputs("weft: ", stderr);
        weft_error_print(err, stderr);
    }
}

void wf_outlets_close(struct wf_outlets *o)
{
    struct weft_error err;

    wf_sampling_stop(&o->sampling);
    if (o->profiling)
        complain(weft_profile_end(o->profiling, &o->profiled, &err), &err);
    o->profiling = NULL;
    if (o->dashboard)
        o->close_dashboard(o->dashboard);
    o->dashboard = NULL;
}

/* ---- When it has ended -------------------------------------------------------------------- */

/* "run.svg" is "run-2.svg" for the second pool. Answers `text`, or `path`. */
static const char *numbered(const char *path, uint32_t number, char *text, size_t size)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    const int stem = (int)(dot && dot > name ? dot - path : (ptrdiff_t)strlen(path));

    if (number == 1 || snprintf(text, size, "%.*s-%u%s", stem, path, (unsigned)number, path + stem) >= (int)size)
        return path;
    return text;
}

static weft_status summarise(const weft_trace *t, struct weft_error *err)
{
    weft_analysis *a;
    const weft_status st = weft_analyse_trace(&a, t, err);

    if (st)
        return st;
    weft_analysis_print(a, stderr);
    weft_analysis_free(a);
    return WEFT_OK;
}

static void write_trace(const struct wf_outlets *o, const weft_trace *t, uint32_t number)
{
    const struct weft_report_spec page = {.profile = o->profiled};
    char text[4096];
    struct weft_error err;

    if (o->trace)
        complain(weft_trace_write(t, numbered(o->trace, number, text, sizeof text), &err), &err);
    if (o->draw)
        complain(o->draw_trace(t, numbered(o->draw, number, text, sizeof text), NULL, &err), &err);
    if (o->report)
        complain(o->report_trace(t, numbered(o->report, number, text, sizeof text), &page, &err), &err);
    if (o->summary)
        complain(summarise(t, &err), &err);
}

void wf_outlets_write(struct wf_outlets *o, weft_pool *pool)
{
    char text[4096];
    struct weft_error err;
    weft_trace *t = NULL;
    weft_status st = WEFT_EMPTY;
    uint32_t number;

    if (o->has_written)
        return;
    o->has_written = true;
    if (wf_outlets_keep_all(o)) {
        wf_mutex_lock(&pool->lock);
        st = wf_record_trace(&t, pool, true, &err);
        wf_mutex_unlock(&pool->lock);
        if (st && st != WEFT_EMPTY)
            complain(st, &err);
    }
    if (st && !(o->profiled && pool->n_runs))
        return;
    number = wf_add(&n_left, 1) + 1;
    if (!st)
        write_trace(o, t, number);
    if (o->profiled)
        complain(weft_profile_write(o->profiled, numbered(o->profile, number, text, sizeof text), &err), &err);
    weft_trace_free(t);
}
