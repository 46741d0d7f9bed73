/* server.h - a dashboard from inside: one thread, what it has seen, who listens.
 *
 *     open ---- thread: [ wait for requests or the time to look | answer | look | wake who listens ] ---- close
 *
 * All but `stop_fd` is the thread's while it runs, so nothing here needs a lock. Messages are
 * made once for all who listen, when the first one wants them, and counted.
 */
#ifndef WF_DASH_SERVER_H
#define WF_DASH_SERVER_H

#include <microhttpd.h>
#include <pthread.h>

#include "lib/dash/server_about.h"
#include "lib/dash/server_guard.h"
#include "lib/dash/server_message.h"
#include "lib/dash/server_view.h"
#include <weft/dashboard.h>

enum {
    WF_MOST_CONNECTIONS = 128,
    WF_MOST_STREAMS = 96,       /* so that a page can always be asked for */
    WF_HEADER_BYTES = 16384,    /* for the header of a request, and what is being sent */
    WF_STALLED_S = 20,          /* who takes nothing for so long is let go */
};

struct wf_message {
    unsigned n_holders;
    size_t   n;
    char     bytes[];
};

/* Somebody who listens. What always holds:
 *   1. At most one message is held for him, whatever he does.
 *   2. He is suspended only when he has been sent the newest. */
struct wf_stream {
    struct weft_dashboard *d;
    struct MHD_Connection *connection;
    struct wf_message     *sending; /* NULL: between two */
    size_t                 at;      /* so much of it was sent */
    uint64_t               seen;    /* the look that his last message was of; 0: none */
    bool                   suspended;
    struct wf_stream      *next, **link;
};

struct weft_dashboard {
    char                   url[256];
    struct wf_guard        guard;
    struct wf_server_about about;
    int64_t                interval_ns;
    int                    listen_fd; /* given to the daemon when there is one */
    int                    stop_fd;   /* readable: it is to end */
    struct MHD_Daemon     *daemon;
    pthread_t              thread;
    bool                   has_thread;

    struct wf_view         view;
    struct wf_json         json;    /* where messages are made */
    struct wf_stream      *streams;
    int                    n_streams;
    struct wf_message     *messages[WF_N_AMOUNTS]; /* of the last look; NULL: not wanted yet */
    bool                   ending;
};

/* ---- server_stream.c: who listens ---- */
enum MHD_Result wf_stream_begin(struct weft_dashboard *d, struct MHD_Connection *c);
void            wf_streams_wake(struct weft_dashboard *d);  /* there is something new */
void            wf_messages_drop(struct weft_dashboard *d); /* what was made of the last look */
struct wf_say   wf_say_of(const struct weft_dashboard *d);

/* ---- server_http.c: what is asked for ---- */
enum MHD_Result wf_http_answer(void *dashboard, struct MHD_Connection *c, const char *url, const char *method,
                               const char *version, const char *upload, size_t *n_upload, void **request);
/* What every answer says of itself. `nonce`: of the scripts and styles it brings; NULL: none. False: no memory. */
bool            wf_http_head(struct MHD_Response *r, const char *type, const char *nonce);

/* ---- server.c: life ---- */
void wf_dash_look(struct weft_dashboard *d);

/* ---- server_listen.c: where ---- */
weft_status wf_dash_listen(struct weft_dashboard *d, const struct weft_dashboard_spec *spec, struct weft_error *err);

#endif
