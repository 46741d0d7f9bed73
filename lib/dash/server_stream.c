/* server_stream.c - who listens: sent the newest state as fast as he takes it, and never an older one. */
#include "lib/dash/server.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"

struct wf_say wf_say_of(const struct weft_dashboard *d)
{
    return (struct wf_say){.about = &d->about, .view = &d->view, .interval_ns = d->interval_ns,
                           .n_streams = d->n_streams, .ended = d->ending};
}

static void release(struct wf_message *m)
{
    if (m && --m->n_holders == 0)
        wf_free(m);
}

void wf_messages_drop(struct weft_dashboard *d)
{
    for (int i = 0; i < WF_N_AMOUNTS; i++) {
        release(d->messages[i]);
        d->messages[i] = NULL;
    }
}

/* An event as EventSource reads it, held by who asks. NULL: no memory. */
static struct wf_message *make_message(struct weft_dashboard *d, enum wf_amount amount)
{
    static const char format[] = "id: %s-%llu\ndata: ";
    const struct wf_say say = wf_say_of(d);
    char head[80];
    const size_t n_head = (size_t)snprintf(head, sizeof head, format, d->about.instance,
                                           (unsigned long long)d->view.n_looks);
    struct wf_message *m;

    wf_json_clear(&d->json);
    wf_say_state(&d->json, &say, amount);
    if (d->json.failed) {
        wf_json_fini(&d->json);
        return NULL;
    }
    m = wf_alloc(sizeof *m + n_head + d->json.n + 2);
    if (!m)
        return NULL;
    m->n_holders = 1;
    m->n = n_head + d->json.n + 2;
    memcpy(m->bytes, head, n_head);
    memcpy(m->bytes + n_head, d->json.bytes, d->json.n);
    memcpy(m->bytes + n_head + d->json.n, "\n\n", 2);
    return m;
}

/* The next message for him: what changed if he has the state before. */
static struct wf_message *next_message(struct weft_dashboard *d, const struct wf_stream *s)
{
    const enum wf_amount amount = !s->seen ? WF_ALL_AND_PAST : s->seen + 1 == d->view.n_looks ? WF_CHANGES : WF_ALL;
    struct wf_message **place = &d->messages[amount];

    if (!*place)
        *place = make_message(d, amount);
    if (*place)
        (*place)->n_holders++;
    return *place;
}

/* MHD asks what to send, as often as he can take it. */
static ssize_t give(void *stream, uint64_t pos, char *buffer, size_t room)
{
    struct wf_stream *s = stream;
    struct weft_dashboard *d = s->d;
    size_t n;

    (void)pos;
    if (!s->sending) {
        if (s->seen == d->view.n_looks) {
            if (d->ending)
                return MHD_CONTENT_READER_END_OF_STREAM;
            MHD_suspend_connection(s->connection);
            s->suspended = true;
            return 0;
        }
        s->sending = next_message(d, s);
        if (!s->sending)
            return MHD_CONTENT_READER_END_WITH_ERROR; // he comes again by himself
        s->at = 0;
        s->seen = d->view.n_looks;
    }
    n = s->sending->n - s->at;
    if (n > room)
        n = room;
    memcpy(buffer, s->sending->bytes + s->at, n);
    s->at += n;
    if (s->at == s->sending->n) {
        release(s->sending);
        s->sending = NULL;
    }
    return (ssize_t)n;
}

static void forget(void *stream)
{
    struct wf_stream *s = stream;

    *s->link = s->next;
    if (s->next)
        s->next->link = s->link;
    s->d->n_streams--;
    release(s->sending);
    wf_free(s);
}

void wf_streams_wake(struct weft_dashboard *d)
{
    for (struct wf_stream *s = d->streams; s; s = s->next) {
        if (!s->suspended)
            continue;
        s->suspended = false;
        MHD_resume_connection(s->connection);
    }
}

enum MHD_Result wf_stream_begin(struct weft_dashboard *d, struct MHD_Connection *c)
{
    struct wf_stream *s = wf_alloc_zero(1, sizeof *s);
    struct MHD_Response *r;
    enum MHD_Result done = MHD_NO;

    if (!s)
        return MHD_NO;
    s->d = d;
    s->connection = c;
    r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, WF_HEADER_BYTES / 2, give, s, forget);
    if (!r) {
        wf_free(s);
        return MHD_NO;
    }
    s->next = d->streams;
    s->link = &d->streams;
    if (s->next)
        s->next->link = &s->next;
    d->streams = s;
    d->n_streams++;
    if (wf_http_head(r, "text/event-stream; charset=utf-8", NULL))
        done = MHD_queue_response(c, MHD_HTTP_OK, r);
    MHD_destroy_response(r); // ours; the last holder calls forget()
    return done;
}
