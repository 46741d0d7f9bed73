/* export_perfetto.c - a trace in Perfetto's own format: protocol buffers, written by hand.
 *
 * A file is a sequence of packets, field 1 of the message Trace (perfetto's
 * protos/perfetto/trace/trace_packet.proto and track_event/ *.proto; the wire format is that of
 * protobuf.dev/programming-guides/encoding). Packets of one worker are a sequence of their
 * own, which keeps them small: names are sent once and then meant by their number, times are
 * since the packet before, and the track is said once. So an event takes some 30 bytes, two
 * packets, and ten million of them open.
 *
 *     clock, defaults | names as they come | begin, begin, end, end, begin, ...
 *
 * The key of the task is added to each event while there are no more than MOST_KEYS of them;
 * beyond that, its number.
 */
#include "lib/analyse/export.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/graph/trace_names.h"

enum { MOST_KEYS = 1000000 };

/* Numbers of fields that are used, by message. */
enum {
    TRACE_PACKET = 1,
    PACKET_CLOCKS = 6, PACKET_TIME = 8, PACKET_SEQUENCE = 10, PACKET_EVENT = 11, PACKET_NAMES = 12, PACKET_FLAGS = 13,
    PACKET_CLOCK_ID = 58, PACKET_DEFAULTS = 59, PACKET_TRACK = 60,
    EVENT_CATEGORY = 3, EVENT_ANNOTATION = 4, EVENT_TYPE = 9, EVENT_NAME_ID = 10, EVENT_TRACK = 11, EVENT_NAME = 23,
    EVENT_VALUE = 30, EVENT_REAL_VALUE = 44, EVENT_FLOW = 47, EVENT_LAST_FLOW = 48,
    NAMES_CATEGORY = 1, NAMES_EVENT = 2, NAMES_ANNOTATION = 3,
    ANNOTATION_NAME_ID = 1, ANNOTATION_UINT = 3, ANNOTATION_TEXT = 6,
    TRACK_UUID = 1, TRACK_NAME = 2, TRACK_PROCESS = 3, TRACK_THREAD = 4, TRACK_PARENT = 5, TRACK_COUNTER = 8,
    PROCESS_PID = 1, PROCESS_NAME = 6, THREAD_PID = 1, THREAD_TID = 2, THREAD_NAME = 5, COUNTER_UNIT = 3,
};

/* What they may be. */
enum {
    TYPE_BEGIN = 1, TYPE_END, TYPE_COUNTER = 4,
    FLAG_CLEARED = 1, FLAG_NEEDS_STATE = 2,
    CLOCK_BOOT = 6, CLOCK_OWN = 64, /* of one sequence */
    UNIT_COUNT = 2, UNIT_BYTES = 3,
    ANNOTATION_KEY = 1, ANNOTATION_TASK, ANNOTATION_FAILED, N_ANNOTATIONS,
    UUID_PROCESS = 1, UUID_WORKER = 2, UUID_COUNTER = 90000, UUID_RUNS = 100000,
    SEQUENCE_WORKER = 1, SEQUENCE_REST = 90000,
    PID = 1,
};

/* ---- The wire ---------------------------------------------------------------------- */

/* A message while it is put together; texts are cut to TEXT_MOST. */
enum { MESSAGE_MOST = 480, TEXT_MOST = 160 };

struct message {
    size_t n;
    char   bytes[MESSAGE_MOST];
};

static size_t put_varint(char *to, uint64_t value)
{
    size_t n = 0;

    for (; value >= 0x80; value >>= 7)
        to[n++] = (char)(value | 0x80);
    to[n++] = (char)value;
    return n;
}

static void add_number(struct message *m, int field, uint64_t value)
{
    m->n += put_varint(m->bytes + m->n, (uint64_t)field << 3);
    m->n += put_varint(m->bytes + m->n, value);
}

static void add_bytes(struct message *m, int field, const char *bytes, size_t n)
{
    m->n += put_varint(m->bytes + m->n, (uint64_t)field << 3 | 2);
    m->n += put_varint(m->bytes + m->n, n);
    memcpy(m->bytes + m->n, bytes, n);
    m->n += n;
}

static void add_text(struct message *m, int field, const char *text)
{
    add_bytes(m, field, text, wf_utf8_fit(text, strnlen(text, TEXT_MOST + 1), TEXT_MOST));
}

static void add_message(struct message *m, int field, const struct message *inner)
{
    add_bytes(m, field, inner->bytes, inner->n);
}

static void add_double(struct message *m, int field, double value)
{
    m->n += put_varint(m->bytes + m->n, (uint64_t)field << 3 | 1);
    memcpy(m->bytes + m->n, &value, sizeof value); /* IEEE, and little-endian where Weft runs */
    m->n += sizeof value;
}

static void put_packet(struct wf_export *x, const struct message *packet)
{
    char *to = wf_sink_room(&x->to);
    size_t n = put_varint(to, TRACE_PACKET << 3 | 2);

    n += put_varint(to + n, packet->n);
    memcpy(to + n, packet->bytes, packet->n);
    wf_sink_wrote(&x->to, n + packet->n);
}

/* ---- Tracks ------------------------------------------------------------------------- */

static void put_track(struct wf_export *x, struct message *track)
{
    struct message packet = {0};

    add_number(&packet, PACKET_SEQUENCE, SEQUENCE_REST);
    add_message(&packet, PACKET_TRACK, track);
    put_packet(x, &packet);
}

static void put_tracks(struct wf_export *x, uint32_t n_run_tracks)
{
    const struct weft_trace_about about = weft_trace_about(x->trace);
    struct message track = {0}, of = {0};

    add_number(&of, PROCESS_PID, PID);
    add_text(&of, PROCESS_NAME, *about.program ? about.program : "weft");
    add_number(&track, TRACK_UUID, UUID_PROCESS);
    add_message(&track, TRACK_PROCESS, &of);
    put_track(x, &track);
    for (int w = 0; w < weft_trace_n_workers(x->trace); w++) {
        char name[32];

        snprintf(name, sizeof name, "worker %d", w);
        track.n = of.n = 0;
        add_number(&of, THREAD_PID, PID);
        add_number(&of, THREAD_TID, PID + 1 + (uint64_t)w); /* PID itself would be the main thread */
        add_text(&of, THREAD_NAME, name);
        add_number(&track, TRACK_UUID, UUID_WORKER + (uint64_t)w);
        add_number(&track, TRACK_PARENT, UUID_PROCESS);
        add_message(&track, TRACK_THREAD, &of);
        put_track(x, &track);
    }
    for (uint32_t k = 0; k < n_run_tracks; k++) {
        track.n = 0;
        add_number(&track, TRACK_UUID, UUID_RUNS + (uint64_t)k);
        add_number(&track, TRACK_PARENT, UUID_PROCESS);
        add_text(&track, TRACK_NAME, "runs");
        put_track(x, &track);
    }
    for (int c = 0; x->times && !x->spec.no_counters && c < WF_N_COUNTERS; c++) {
        const struct wf_counter_info info = wf_counter_info(x, (enum wf_counter)c);

        track.n = of.n = 0;
        add_number(&of, COUNTER_UNIT, info.is_bytes ? UNIT_BYTES : UNIT_COUNT);
        add_number(&track, TRACK_UUID, UUID_COUNTER + (uint64_t)c);
        add_number(&track, TRACK_PARENT, UUID_PROCESS);
        add_text(&track, TRACK_NAME, info.name);
        add_message(&track, TRACK_COUNTER, &of);
        put_track(x, &track);
    }
}

/* ---- Runs and counters ----------------------------------------------------------------- */

static void put_event(struct wf_export *x, int64_t at_ns, const struct message *event)
{
    struct message packet = {0};

    add_number(&packet, PACKET_TIME, (uint64_t)at_ns);
    add_number(&packet, PACKET_SEQUENCE, SEQUENCE_REST);
    add_message(&packet, PACKET_EVENT, event);
    put_packet(x, &packet);
}

static void put_run(struct wf_export *x, uint32_t r, uint32_t track)
{
    const struct weft_trace_run *run = &weft_trace_runs(x->trace)[r];
    struct message event = {0};
    char name[160];

    snprintf(name, sizeof name, "run %u: %u tasks%s%s", r, run->n_tasks, run->status ? ", " : "",
             run->status ? weft_status_text(run->status) : "");
    add_number(&event, EVENT_TYPE, TYPE_BEGIN);
    add_number(&event, EVENT_TRACK, UUID_RUNS + (uint64_t)track);
    add_text(&event, EVENT_NAME, name);
    put_event(x, run->begin_ns, &event);
    event.n = 0;
    add_number(&event, EVENT_TYPE, TYPE_END);
    add_number(&event, EVENT_TRACK, UUID_RUNS + (uint64_t)track);
    put_event(x, run->end_ns, &event);
}

static void put_value(struct wf_export *x, enum wf_counter counter, int64_t at_ns, int64_t value, double real)
{
    struct message event = {0};

    add_number(&event, EVENT_TYPE, TYPE_COUNTER);
    add_number(&event, EVENT_TRACK, UUID_COUNTER + (uint64_t)counter);
    if (wf_counter_info(x, counter).is_double)
        add_double(&event, EVENT_REAL_VALUE, real);
    else
        add_number(&event, EVENT_VALUE, (uint64_t)value);
    put_event(x, at_ns, &event);
}

/* ---- Workers ----------------------------------------------------------------------------- */

/* Functions are numbered from 1, kinds of events behind them. */
struct sequence {
    struct wf_export *x;
    struct wf_names functions;
    uint8_t          *known;          /* names that this sequence has sent */
    uint32_t         *first, *edges;  /* with arrows: edges that leave a task, as numbered at their other end */
    uint32_t         *first_in;       /* ... of the first edge into a task */
    int64_t          *ends;           /* of slices that are open */
    size_t            n_open, room;
    int               worker;
    int64_t           now;
};

static void sequence_fini(struct sequence *s)
{
    wf_names_fini(&s->functions);
    wf_free(s->known);
    wf_free(s->first);
    wf_free(s->edges);
    wf_free(s->first_in);
    wf_free(s->ends);
}

static bool number_functions(struct sequence *s)
{
    if (!wf_names_init(&s->functions, s->x->trace, false))
        return false;
    s->known = wf_alloc_array(s->functions.n + WEFT_N_EVENT_KINDS, 1);
    return s->known != NULL;
}

/* Edges are numbered by the task they lead to. */
static bool number_edges(struct sequence *s)
{
    const weft_trace *t = s->x->trace;
    const size_t n = weft_trace_n_tasks(t);
    uint32_t n_edges = 0;

    s->first = wf_alloc_zero(n + 2, sizeof *s->first);
    s->first_in = wf_alloc_array(n + 1, sizeof *s->first_in);
    if (!s->first || !s->first_in)
        return false;
    for (size_t i = 0; i < n; i++) {
        s->first_in[i] = n_edges;
        for (size_t d = 0; d < weft_trace_n_deps(t, i); d++)
            s->first[weft_trace_deps(t, i)[d] + 2]++;
        n_edges += (uint32_t)weft_trace_n_deps(t, i);
    }
    s->edges = wf_alloc_array(n_edges, sizeof *s->edges);
    if (!s->edges)
        return false;
    for (size_t i = 0; i < n; i++)
        s->first[i + 2] += s->first[i + 1];
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < weft_trace_n_deps(t, i); d++)
            s->edges[s->first[weft_trace_deps(t, i)[d] + 1]++] = s->first_in[i] + (uint32_t)d;
    return true;
}

static void add_name(struct message *names, int field, uint64_t id, const char *text)
{
    struct message name = {0};

    add_number(&name, 1, id);
    add_text(&name, 2, text);
    add_message(names, field, &name);
}

static void begin_sequence(struct sequence *s, int worker)
{
    struct message packet = {0}, clocks = {0}, clock = {0}, defaults = {0}, event = {0}, names = {0};

    s->worker = worker;
    s->now = 0;
    s->n_open = 0;
    memset(s->known, 0, s->functions.n + WEFT_N_EVENT_KINDS);
    add_number(&clock, 1, CLOCK_BOOT);
    add_number(&clock, 2, 0);
    add_message(&clocks, 1, &clock);
    clock.n = 0;
    add_number(&clock, 1, CLOCK_OWN);
    add_number(&clock, 2, 0);
    add_number(&clock, 3, 1); /* each time is since the one before */
    add_message(&clocks, 1, &clock);
    add_number(&packet, PACKET_SEQUENCE, SEQUENCE_WORKER + (uint64_t)worker);
    add_number(&packet, PACKET_FLAGS, FLAG_CLEARED);
    add_number(&event, EVENT_TRACK, UUID_WORKER + (uint64_t)worker);
    add_number(&defaults, PACKET_CLOCK_ID, CLOCK_OWN);
    add_message(&defaults, PACKET_EVENT, &event);
    add_message(&packet, PACKET_DEFAULTS, &defaults);
    add_message(&packet, PACKET_CLOCKS, &clocks);
    put_packet(s->x, &packet);

    for (int kind = 0; kind < WEFT_N_EVENT_KINDS; kind++)
        add_name(&names, NAMES_CATEGORY, (uint64_t)kind + 1, wf_event_name((unsigned)kind));
    add_name(&names, NAMES_ANNOTATION, ANNOTATION_KEY, "key");
    add_name(&names, NAMES_ANNOTATION, ANNOTATION_TASK, "task");
    add_name(&names, NAMES_ANNOTATION, ANNOTATION_FAILED, "failed");
    packet.n = 0;
    add_number(&packet, PACKET_SEQUENCE, SEQUENCE_WORKER + (uint64_t)worker);
    add_number(&packet, PACKET_FLAGS, FLAG_NEEDS_STATE);
    add_message(&packet, PACKET_NAMES, &names);
    put_packet(s->x, &packet);
}

static void begin_packet(struct sequence *s, struct message *packet, int64_t at_ns)
{
    packet->n = 0;
    add_number(packet, PACKET_TIME, (uint64_t)(at_ns - s->now));
    add_number(packet, PACKET_SEQUENCE, SEQUENCE_WORKER + (uint64_t)s->worker);
    add_number(packet, PACKET_FLAGS, FLAG_NEEDS_STATE);
    s->now = at_ns;
}

/* Ends the slices that end at or before this. */
static void end_slices(struct sequence *s, int64_t at_ns)
{
    while (s->n_open && s->ends[s->n_open - 1] <= at_ns) {
        static const struct message end = {.n = 2, .bytes = {EVENT_TYPE << 3, TYPE_END}};
        struct message packet;

        begin_packet(s, &packet, s->ends[--s->n_open]);
        add_message(&packet, PACKET_EVENT, &end);
        put_packet(s->x, &packet);
    }
}

static void annotate(struct message *event, const struct weft_trace_task *task, const struct weft_event *e, bool with_key)
{
    struct message note = {0};

    add_number(&note, ANNOTATION_NAME_ID, with_key ? ANNOTATION_KEY : ANNOTATION_TASK);
    if (with_key)
        add_text(&note, ANNOTATION_TEXT, task->key);
    else
        add_number(&note, ANNOTATION_UINT, e->task);
    add_message(event, EVENT_ANNOTATION, &note);
    if (!(e->flags & WEFT_EVENT_FAILED))
        return;
    note.n = 0;
    add_number(&note, ANNOTATION_NAME_ID, ANNOTATION_FAILED);
    add_number(&note, ANNOTATION_UINT, 1);
    add_message(event, EVENT_ANNOTATION, &note);
}

/* The event at which arrows of its task begin and end: its first. */
static bool has_arrows(const struct sequence *s, const struct weft_event *e)
{
    return s->first && wf_is_work(e->kind) && s->x->times->begin[e->task] == e->begin_ns &&
           s->x->times->first_worker[e->task] == e->worker;
}

/* As many as there are, so they go behind the message and not into it: a flow is 10 bytes. */
static void put_flows(struct sequence *s, uint32_t task)
{
    for (int out = 0; out < 2; out++) {
        const uint32_t n = out ? s->first[task + 1] - s->first[task] : (uint32_t)weft_trace_n_deps(s->x->trace, task);

        for (uint32_t k = 0; k < n; k++) {
            const uint64_t id = 1 + (uint64_t)(out ? s->edges[s->first[task] + k] : s->first_in[task] + k);
            char *to = wf_sink_room(&s->x->to);
            const size_t n_tag = put_varint(to, (uint64_t)(out ? EVENT_FLOW : EVENT_LAST_FLOW) << 3 | 1);

            memcpy(to + n_tag, &id, sizeof id);
            wf_sink_wrote(&s->x->to, n_tag + sizeof id);
        }
    }
}

static size_t n_flow_bytes(const struct sequence *s, uint32_t task)
{
    return 10 * ((size_t)weft_trace_n_deps(s->x->trace, task) + s->first[task + 1] - s->first[task]);
}

/* As put_packet() of a packet that ends with this event, whose flows are still to come. */
static void put_with_flows(struct sequence *s, struct message *packet, const struct message *event, uint32_t task)
{
    const size_t n_event = event->n + n_flow_bytes(s, task);
    size_t n_packet, n;
    char *to;

    packet->n += put_varint(packet->bytes + packet->n, PACKET_EVENT << 3 | 2);
    packet->n += put_varint(packet->bytes + packet->n, n_event);
    n_packet = packet->n + n_event;
    to = wf_sink_room(&s->x->to);
    n = put_varint(to, TRACE_PACKET << 3 | 2);
    n += put_varint(to + n, n_packet);
    wf_sink_wrote(&s->x->to, n);
    wf_sink_put(&s->x->to, packet->bytes, packet->n);
    wf_sink_put(&s->x->to, event->bytes, event->n);
    put_flows(s, task);
}

static void begin_slice(struct sequence *s, const struct weft_event *e, bool with_keys)
{
    const weft_trace *t = s->x->trace;
    const bool is_named = wf_event_is_named(t, e);
    const uint32_t name = is_named ? s->functions.of[e->task] : (uint32_t)s->functions.n + e->kind;
    struct message packet, event;

    begin_packet(s, &packet, e->begin_ns);
    if (!s->known[name]) {
        struct message names;

        names.n = 0;
        s->known[name] = 1;
        add_name(&names, NAMES_EVENT, (uint64_t)name + 1, wf_event_title(t, e));
        add_message(&packet, PACKET_NAMES, &names);
    }
    event.n = 0;
    add_number(&event, EVENT_TYPE, TYPE_BEGIN);
    add_number(&event, EVENT_CATEGORY, (uint64_t)e->kind + 1);
    add_number(&event, EVENT_NAME_ID, (uint64_t)name + 1);
    if (wf_event_has_task(e->kind))
        annotate(&event, weft_trace_task(t, e->task), e, with_keys);
    if (wf_event_has_task(e->kind) && has_arrows(s, e)) {
        put_with_flows(s, &packet, &event, e->task);
    } else {
        add_message(&packet, PACKET_EVENT, &event);
        put_packet(s->x, &packet);
    }
}

/* A slice that outlasts the one around it is cut where that ends. False: no memory. */
static bool open_slice(struct sequence *s, int64_t end_ns)
{
    int64_t *ends = wf_grow(s->ends, s->n_open, &s->room, sizeof *ends);

    if (!ends)
        return false;
    s->ends = ends;
    if (s->n_open && end_ns > ends[s->n_open - 1])
        end_ns = ends[s->n_open - 1];
    s->ends[s->n_open++] = end_ns;
    return true;
}

static weft_status put_workers(struct wf_export *x)
{
    const struct weft_event *e = weft_trace_events(x->trace);
    const size_t n_events = weft_trace_n_events(x->trace);
    struct sequence s = {.x = x};
    weft_status st = WEFT_OK;

    if (!number_functions(&s) || (x->spec.arrows && x->times && !number_edges(&s)))
        st = wf_error_nomem(x->err, "writing a trace");
    for (size_t k = 0; !st && k < n_events; k++) {
        if (!k || e[k].worker != e[k - 1].worker) {
            end_slices(&s, INT64_MAX);
            begin_sequence(&s, e[k].worker);
        }
        end_slices(&s, e[k].begin_ns);
        begin_slice(&s, &e[k], n_events <= MOST_KEYS);
        if (!open_slice(&s, e[k].end_ns))
            st = wf_error_nomem(x->err, "writing a trace");
    }
    if (!st)
        end_slices(&s, INT64_MAX);
    sequence_fini(&s);
    return st;
}

weft_status wf_export_perfetto(struct wf_export *x)
{
    uint32_t *order = NULL, *track = NULL, n_tracks = 0;
    weft_status st = wf_run_tracks(x->trace, &order, &track, &n_tracks, x->err);

    if (st)
        return st;
    put_tracks(x, n_tracks);
    for (size_t k = 0; k < weft_trace_n_runs(x->trace); k++)
        put_run(x, order[k], track[order[k]]);
    wf_free(order);
    wf_free(track);
    for (int c = 0; !st && x->times && !x->spec.no_counters && c < WF_N_COUNTERS; c++)
        st = wf_counter_walk(x, (enum wf_counter)c, put_value);
    return st ? st : put_workers(x);
}
