/* weft/dashboard.h - a pool as a page in the browser, while it works (libweft-dash).
 *
 *     WEFT_DASHBOARD=8787 ./program            any program, without a change; or
 *
 *     struct weft_dashboard_spec spec = {.port = 8787, .announce = true};
 *     st = weft_dashboard_open(&dashboard, pool, &spec, &err);
 *     ...
 *     weft_dashboard_close(dashboard);
 *     weft_pool_free(pool);
 *
 * The pool must trace (weft_pool_spec.trace). One thread of low priority serves all who look;
 * it looks at the pool some times a second while somebody does, and else sleeps. Who reads
 * slowly or goes away costs the run nothing: he is sent the newest state when he can take it,
 * and what lay between is never kept for him.
 *
 *     /status        the page (also /): it needs nothing from elsewhere
 *     /events        what the page listens to: server-sent events, each data a JSON object
 *     /json          the whole state now, as one JSON object; /json/counts.json and
 *                    /json/identity.json are parts of it
 *     /metrics       the same for Prometheus, text format 0.0.4
 *     /health        "ok"
 *     /info          program, machine, workers, the last error, as text
 *     /sitemap.json  these paths
 *
 * Nothing can be changed through it: what is not GET or HEAD is refused with 405. On a
 * loopback address it answers those who asked for that address or localhost by name, so that
 * a page elsewhere cannot reach it under a name of its own, and everybody on this machine may
 * look. With a token only who shows it sees more than /health: as `?token=` behind a path, as
 * `Authorization: Bearer TOKEN`, or as the cookie the page then gets. What is sent is not encrypted: on
 * another address than loopback, whoever reads the network reads the token.
 *
 * Ownership: given: weft_dashboard_close(), before the pool is freed.
 * Threads:   open and close by any thread; any number of them per pool.
 */
#ifndef WEFT_DASHBOARD_H
#define WEFT_DASHBOARD_H

#include <weft/pool.h>

WEFT_BEGIN

typedef struct weft_dashboard weft_dashboard;

struct weft_dashboard_spec {
    int         port;        /* to listen at, or the first free one of the 20 from there on; 0: any that is free */
    const char *address;     /* "127.0.0.1", "::1", "0.0.0.0", ...: numbers, no name. NULL or "": 127.0.0.1 */
    const char *token;       /* 8 to 128 of letters, digits and -._~ ; NULL or "": none */
    int64_t     interval_ns; /* between two looks; at least 20 ms. 0: 250 ms */
    bool        announce;    /* write the link to stderr */
};

/* `spec` may be NULL. Texts are copied.
 * Errors: WEFT_INVALID for an address other than loopback without a token, a token of other
 * letters, a port that is none; WEFT_IO when nothing can be listened at; as weft_live_open()
 * for the pool (weft/live.h). */
WEFT_API weft_status weft_dashboard_open(weft_dashboard **out, weft_pool *pool,
                                         const struct weft_dashboard_spec *spec, struct weft_error *err);

/* Tells who still listens that this is the end, and ends the thread and every connection, in
 * at most a quarter of a second whoever they are. NULL is fine. */
WEFT_API void weft_dashboard_close(weft_dashboard *d);

/* "http://127.0.0.1:8787/status", with the token if there is one; lent, until the close. */
WEFT_API const char *weft_dashboard_url(const weft_dashboard *d);

WEFT_END
#endif
