/* server_http.c - what is asked for, and what is answered. */
#include "lib/dash/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/dash/page.h"
#include <weft/machine.h>

enum { NONCE_TEXT = 33 };

bool wf_http_head(struct MHD_Response *r, const char *type, const char *nonce)
{
    static const struct {
        const char *name, *value;
    } always[] = {
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
    };
    char policy[320];

    /* A page may run what we put into it, ask us, and nobody else. */
    if (nonce)
        snprintf(policy, sizeof policy,
                 "default-src 'none'; script-src 'nonce-%s'; style-src 'nonce-%s'; connect-src 'self'; "
                 "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", nonce, nonce);
    else
        snprintf(policy, sizeof policy, "default-src 'none'; frame-ancestors 'none'");
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (!MHD_add_response_header(r, always[i].name, always[i].value))
            return false;
    return MHD_add_response_header(r, "Content-Security-Policy", policy)
           && MHD_add_response_header(r, "Content-Type", type);
}

/* `bytes` are taken. One more header, unless its name is NULL. */
static enum MHD_Result send_bytes(struct MHD_Connection *c, unsigned code, const char *type, const char *nonce,
                                  char *bytes, size_t n, const char *name, const char *value)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(n, bytes, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result done = MHD_NO;

    if (!r) {
        free(bytes);
        return MHD_NO;
    }
    if (wf_http_head(r, type, nonce) && (!name || MHD_add_response_header(r, name, value)))
        done = MHD_queue_response(c, code, r);
    MHD_destroy_response(r);
    return done;
}

static const char plain[] = "text/plain; charset=utf-8";
static const char json[] = "application/json; charset=utf-8";

static enum MHD_Result send_text(struct MHD_Connection *c, unsigned code, const char *text, const char *name,
                                 const char *value)
{
    char *bytes = strdup(text);

    return bytes ? send_bytes(c, code, plain, NULL, bytes, strlen(bytes), name, value) : MHD_NO;
}

/* ---- Paths ----------------------------------------------------------------- */

static enum MHD_Result send_json(struct weft_dashboard *d, struct MHD_Connection *c,
                                 void (*say_it)(struct wf_json *, const struct wf_say *))
{
    const struct wf_say say = wf_say_of(d);
    char *bytes;

    wf_json_clear(&d->json);
    say_it(&d->json, &say);
    if (d->json.failed) {
        wf_json_fini(&d->json);
        return MHD_NO;
    }
    bytes = malloc(d->json.n + 1);
    if (!bytes)
        return MHD_NO;
    memcpy(bytes, d->json.bytes, d->json.n);
    bytes[d->json.n] = '\n';
    return send_bytes(c, MHD_HTTP_OK, json, NULL, bytes, d->json.n + 1, NULL, NULL);
}

static void say_all(struct wf_json *j, const struct wf_say *say)
{
    wf_say_state(j, say, WF_ALL);
}

static enum MHD_Result answer_json(struct weft_dashboard *d, struct MHD_Connection *c)
{
    wf_dash_look(d);
    return send_json(d, c, say_all);
}

static enum MHD_Result answer_counts(struct weft_dashboard *d, struct MHD_Connection *c)
{
    wf_dash_look(d);
    return send_json(d, c, wf_say_counts);
}

static enum MHD_Result answer_identity(struct weft_dashboard *d, struct MHD_Connection *c)
{
    return send_json(d, c, wf_say_identity);
}

static enum MHD_Result answer_metrics(struct weft_dashboard *d, struct MHD_Connection *c)
{
    struct wf_say say;
    size_t n;
    char *text;

    wf_dash_look(d);
    say = wf_say_of(d);
    text = wf_say_metrics(&say, &n);
    return text ? send_bytes(c, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", NULL, text, n, NULL, NULL)
                : MHD_NO;
}

static enum MHD_Result answer_health(struct weft_dashboard *d, struct MHD_Connection *c)
{
    (void)d;
    return send_text(c, MHD_HTTP_OK, "ok\n", NULL, NULL);
}

static void say_workers(FILE *to, const struct wf_view *v)
{
    fprintf(to, "\nworker        tasks      busy  runs\n");
    for (int i = 0; i < v->now.n_workers; i++) {
        const struct weft_live_worker *w = &v->now.workers[i];

        fprintf(to, "%6d %12llu %7.3f s  %s", i, (unsigned long long)w->n_tasks, (double)w->busy_ns / 1e9,
                w->group < v->n_groups ? v->now.groups[w->group].name : "-");
        if (w->group < v->n_groups && v->now.now_ns > w->since_ns) // it may have begun while it was looked at
            fprintf(to, ", for %.6f s", (double)(v->now.now_ns - w->since_ns) / 1e9);
        fputc('\n', to);
    }
}

static enum MHD_Result answer_info(struct weft_dashboard *d, struct MHD_Connection *c)
{
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);

    if (!to)
        return MHD_NO;
    wf_dash_look(d);
    fprintf(to, "program    %s\npid        %d\nhost       %s\nprocessor  %s\nworkers    %d\nweft       %s\n",
            d->about.of.program, d->about.pid, d->about.host, d->about.of.machine, d->view.now.n_workers, weft_version());
    fprintf(to, "loops      %s\nfeatures   %s\n\n", weft_isa(), weft_features());
    if (weft_machine_print(to, NULL))
        fprintf(to, "The machine could not be looked at.\n");
    say_workers(to, &d->view);
    if (d->view.now.last_error.status) {
        fprintf(to, "\nthe last run that failed\n");
        weft_error_print(&d->view.now.last_error, to);
    }
    if (fclose(to)) {
        free(text);
        return MHD_NO;
    }
    return send_bytes(c, MHD_HTTP_OK, plain, NULL, text, n, NULL, NULL);
}

static enum MHD_Result answer_events(struct weft_dashboard *d, struct MHD_Connection *c)
{
    if (d->n_streams >= WF_MOST_STREAMS)
        return send_text(c, MHD_HTTP_SERVICE_UNAVAILABLE, "as many pages are open as this dashboard serves\n",
                         "Retry-After", "10");
    if (!d->n_streams)
        wf_dash_look(d);
    return wf_stream_begin(d, c);
}

/* The page with `nonce` in the tag of each script and style it brings. */
static char *page_with_nonce(const char *nonce, size_t *n)
{
    static const char *const tags[] = {"<script>", "<style>"};
    char *text = NULL;
    FILE *to = open_memstream(&text, n);
    const char *at = wf_page_dashboard;

    if (!to)
        return NULL;
    for (;;) {
        const char *first = NULL;
        size_t n_tag = 0;

        for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
            const char *tag = strstr(at, tags[i]);

            if (tag && (!first || tag < first)) {
                first = tag;
                n_tag = strlen(tags[i]);
            }
        }
        if (!first)
            break;
        fwrite(at, 1, (size_t)(first - at) + n_tag - 1, to);
        fprintf(to, " nonce=\"%s\">", nonce);
        at = first + n_tag;
    }
    fputs(at, to);
    if (fclose(to)) {
        free(text);
        return NULL;
    }
    return text;
}

static bool make_nonce(char text[NONCE_TEXT])
{
    unsigned char chance[(NONCE_TEXT - 1) / 2];

    if (getrandom(chance, sizeof chance, 0) != sizeof chance)
        return false;
    for (size_t i = 0; i < sizeof chance; i++)
        snprintf(text + 2 * i, 3, "%02x", chance[i]);
    return true;
}

/* Who has come with the token in his link gets it as a cookie: the page then takes it out of the link. */
static enum MHD_Result answer_page(struct weft_dashboard *d, struct MHD_Connection *c)
{
    char nonce[NONCE_TEXT], cookie[WF_TOKEN_MOST + 80];
    size_t n;
    char *text;

    if (!make_nonce(nonce))
        return MHD_NO;
    text = page_with_nonce(nonce, &n);
    if (!text)
        return MHD_NO;
    snprintf(cookie, sizeof cookie, "weft%d=%s; Path=/; HttpOnly; SameSite=Strict", d->guard.port, d->guard.token);
    return send_bytes(c, MHD_HTTP_OK, "text/html; charset=utf-8", nonce, text, n,
                      d->guard.token[0] ? "Set-Cookie" : NULL, cookie);
}

static enum MHD_Result answer_sitemap(struct weft_dashboard *d, struct MHD_Connection *c);

static const struct {
    const char *path;
    enum MHD_Result (*answer)(struct weft_dashboard *d, struct MHD_Connection *c);
    const char *moved; /* where it is instead */
} paths[] = {
    {"/", NULL, "/status"},
    {"/status", answer_page, NULL},
    {"/tasks", NULL, "/status#stream"},
    {"/workers", NULL, "/status#workers"},
    {"/graph", NULL, "/status#graph"},
    {"/groups", NULL, "/status#groups"},
    {"/system", NULL, "/status#system"},
    {"/events", answer_events, NULL},
    {"/json", answer_json, NULL},
    {"/json/counts.json", answer_counts, NULL},
    {"/json/identity.json", answer_identity, NULL},
    {"/metrics", answer_metrics, NULL},
    {"/health", answer_health, NULL},
    {"/info", answer_info, NULL},
    {"/sitemap.json", answer_sitemap, NULL},
};
enum { N_PATHS = sizeof paths / sizeof *paths };

static void say_sitemap(struct wf_json *j, const struct wf_say *say)
{
    (void)say;
    wf_json_open(j, '{');
    wf_json_put_open(j, "paths", '[');
    for (size_t i = 0; i < N_PATHS; i++)
        wf_json_text(j, paths[i].path);
    wf_json_close(j, ']');
    wf_json_close(j, '}');
}

static enum MHD_Result answer_sitemap(struct weft_dashboard *d, struct MHD_Connection *c)
{
    return send_json(d, c, say_sitemap);
}

/* ---- Who asks ------------------------------------------------------------------- */

static const char *header(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static struct wf_caller caller_of(const struct weft_dashboard *d, struct MHD_Connection *c)
{
    char cookie[24];

    snprintf(cookie, sizeof cookie, "weft%d", d->guard.port);
    return (struct wf_caller){
        .host = header(c, "Host"),
        .origin = header(c, "Origin"),
        .fetch_site = header(c, "Sec-Fetch-Site"),
        .fetch_mode = header(c, "Sec-Fetch-Mode"),
        .authorization = header(c, "Authorization"),
        .token = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "token"),
        .cookie = MHD_lookup_connection_value(c, MHD_COOKIE_KIND, cookie),
    };
}

static enum MHD_Result refuse(struct weft_dashboard *d, struct MHD_Connection *c, enum wf_verdict why)
{
    char text[200];

    switch (why) {
    case WF_NO_HOST:
        snprintf(text, sizeof text, "ask for localhost:%d or 127.0.0.1:%d: under another name or port this "
                 "dashboard does not answer\n", d->guard.port, d->guard.port);
        return send_text(c, MHD_HTTP_FORBIDDEN, text, NULL, NULL);
    case WF_NO_ORIGIN:
        return send_text(c, MHD_HTTP_FORBIDDEN, "only its own page may ask this dashboard\n", NULL, NULL);
    case WF_NO_TOKEN:
    case WF_WRONG_TOKEN:
        return send_text(c, MHD_HTTP_UNAUTHORIZED,
                         why == WF_NO_TOKEN ? "a token is needed: follow the link the program has printed\n"
                                            : "this is not the token: follow the link the program has printed\n",
                         "WWW-Authenticate", "Bearer realm=\"weft\"");
    case WF_LET_IN:
        break;
    }
    return MHD_NO;
}

enum MHD_Result wf_http_answer(void *dashboard, struct MHD_Connection *c, const char *url, const char *method,
                               const char *version, const char *upload, size_t *n_upload, void **request)
{
    static char begun;
    struct weft_dashboard *d = dashboard;
    struct wf_caller caller;
    enum wf_verdict verdict;

    (void)version;
    (void)upload;
    if (strcmp(method, "GET") && strcmp(method, "HEAD"))
        return send_text(c, MHD_HTTP_METHOD_NOT_ALLOWED, "this dashboard can be read, no more\n", "Allow", "GET, HEAD");
    /* The first call has the header; what follows it of a GET is of no interest. */
    if (!*request) {
        *request = &begun;
        return MHD_YES;
    }
    if (*n_upload) {
        *n_upload = 0;
        return MHD_YES;
    }
    caller = caller_of(d, c);
    verdict = wf_guard_judge(&d->guard, &caller);
    if ((verdict == WF_NO_TOKEN || verdict == WF_WRONG_TOKEN) && !strcmp(url, "/health"))
        verdict = WF_LET_IN;
    if (verdict != WF_LET_IN)
        return refuse(d, c, verdict);
    for (size_t i = 0; i < N_PATHS; i++) {
        if (strcmp(url, paths[i].path))
            continue;
        if (!paths[i].moved)
            return paths[i].answer(d, c);
        return send_text(c, MHD_HTTP_FOUND, paths[i].moved, "Location", paths[i].moved);
    }
    return send_text(c, MHD_HTTP_NOT_FOUND, "there is nothing; /sitemap.json says what there is\n", NULL, NULL);
}
