#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/analyse.h>
#include <weft/export.h>

#include "config.h"
#include "lib/analyse/export.h"
#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"

#if WF_HAVE_JANSSON
#include <jansson.h>
#endif

/* What is written to a file of this name; the caller's to free(). */
static char *exported(const weft_trace *t, const char *name, bool arrows, size_t *n)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, name), *bytes;
    struct weft_error err;

    cr_assert(!weft_export(t, path, &(struct weft_export_spec){.arrows = arrows}, &err), "%s", err.message);
    bytes = tempdir_read(path, n);
    free(path);
    tempdir_remove(dir);
    return bytes;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

/* ---- Perfetto: a decoder of protocol buffers, apart from what encodes them ------------------ */

struct field {
    uint32_t       number;
    uint64_t       value;  /* of a number, 8 bytes, or the length of bytes */
    const uint8_t *bytes;
};

struct reader {
    const uint8_t *at, *end;
};

static uint64_t read_varint(struct reader *r)
{
    uint64_t value = 0;

    for (int shift = 0;; shift += 7) {
        cr_assert(r->at < r->end && shift < 64, "a number is cut");
        value |= (uint64_t)(*r->at & 0x7f) << shift;
        if (!(*r->at++ & 0x80))
            return value;
    }
}

static bool next_field(struct reader *r, struct field *f)
{
    uint64_t tag;

    if (r->at == r->end)
        return false;
    tag = read_varint(r);
    *f = (struct field){.number = (uint32_t)(tag >> 3)};
    switch (tag & 7) {
    case 0:
        f->value = read_varint(r);
        break;
    case 1:
        cr_assert_leq(8, r->end - r->at);
        memcpy(&f->value, r->at, 8);
        r->at += 8;
        break;
    case 2:
        f->value = read_varint(r);
        f->bytes = r->at;
        cr_assert_leq(f->value, (uint64_t)(r->end - r->at), "bytes are cut");
        r->at += f->value;
        break;
    default:
        cr_assert_fail("a wire type that is not used: %d", (int)(tag & 7));
    }
    return true;
}

static struct reader inside(const struct field *f)
{
    cr_assert(f->bytes, "field %u is no message", f->number);
    return (struct reader){f->bytes, f->bytes + f->value};
}

/* The last field of that number in a message; value 0 and bytes NULL: there is none. */
static struct field find(struct reader r, uint32_t number)
{
    struct field f, found = {0};

    while (next_field(&r, &f))
        found = f.number == number ? f : found;
    return found;
}

enum { MOST_SLICES = 5000, MOST_NAMES = 64, MOST_SEQUENCES = 8 };

struct slice {
    int64_t  begin, end;
    uint64_t track, n_in, n_out;
    char     name[64], category[32], key[80];
    bool     failed;
};

struct decoded {
    struct slice slices[MOST_SLICES];
    size_t       n_slices, n_counts, n_tracks;
    struct {
        int64_t  now;
        uint64_t track;
        char     names[4][MOST_NAMES][64]; /* by the field of the interned data */
        size_t   open[64], n_open;
    } sequences[MOST_SEQUENCES];
    int64_t      last_count[WF_N_COUNTERS];
};

/* Sequences of workers are 1, 2, ...; the one of all else becomes 0. */
static size_t sequence_of(uint64_t id)
{
    return id < MOST_SEQUENCES ? (size_t)id : 0;
}

static void copy_text(char *to, size_t room, const struct field *f)
{
    cr_assert_lt(f->value, room);
    memcpy(to, f->bytes, f->value);
    to[f->value] = '\0';
}

static void read_names(struct decoded *d, size_t s, struct reader r)
{
    struct field f;

    while (next_field(&r, &f)) {
        const struct field id = find(inside(&f), 1), text = find(inside(&f), 2);

        cr_assert(f.number <= 3 && id.value > 0 && id.value < MOST_NAMES);
        copy_text(d->sequences[s].names[f.number][id.value], 64, &text);
    }
}

static void read_event(struct decoded *d, size_t s, int64_t now, struct reader r)
{
    const uint64_t type = find(r, 9).value;
    struct field f, track = find(r, 11);
    struct slice *slice;

    if (type == 4) {
        cr_assert_lt(track.value - 90000, WF_N_COUNTERS);
        d->last_count[track.value - 90000] = (int64_t)find(r, 30).value;
        d->n_counts++;
        return;
    }
    if (type == 2) {
        cr_assert_gt(d->sequences[s].n_open, 0, "an end without a begin");
        slice = &d->slices[d->sequences[s].open[--d->sequences[s].n_open]];
        slice->end = now;
        return;
    }
    cr_assert_eq(type, 1);
    cr_assert_lt(d->n_slices, MOST_SLICES);
    cr_assert_lt(d->sequences[s].n_open, 64);
    d->sequences[s].open[d->sequences[s].n_open++] = d->n_slices;
    slice = &d->slices[d->n_slices++];
    *slice = (struct slice){.begin = now, .end = -1, .track = track.number ? track.value : d->sequences[s].track};
    while (next_field(&r, &f)) {
        if (f.number == 3)
            strcpy(slice->category, d->sequences[s].names[1][f.value]);
        else if (f.number == 10)
            strcpy(slice->name, d->sequences[s].names[2][f.value]);
        else if (f.number == 23)
            copy_text(slice->name, sizeof slice->name, &f);
        else if (f.number == 48)
            slice->n_in++;
        else if (f.number == 47)
            slice->n_out++;
        else if (f.number == 4) {
            const struct field text = find(inside(&f), 6);
            const char *name = d->sequences[s].names[3][find(inside(&f), 1).value];

            if (!strcmp(name, "key"))
                copy_text(slice->key, sizeof slice->key, &text);
            else
                slice->failed |= !strcmp(name, "failed");
        }
    }
}

static void decode(struct decoded *d, const char *bytes, size_t n)
{
    struct reader all = {(const uint8_t *)bytes, (const uint8_t *)bytes + n};
    struct field packet;

    while (next_field(&all, &packet)) {
        const struct reader r = inside(&packet);
        const struct field time = find(r, 8), event = find(r, 11), names = find(r, 12), defaults = find(r, 59);
        const uint64_t id = find(r, 10).value;
        const size_t s = sequence_of(id);

        cr_assert_eq(packet.number, 1);
        cr_assert_neq(id, 0, "a packet of no sequence");
        d->n_tracks += find(r, 60).number != 0;
        if (defaults.number) {
            const struct field of = find(inside(&defaults), 11), clocks = find(r, 6);
            const struct field own = find(inside(&clocks), 1); /* the last: its own */

            cr_assert_eq(find(r, 13).value, 1, "a sequence begins by clearing");
            cr_assert_eq(find(inside(&defaults), 58).value, 64);
            cr_assert(find(inside(&own), 1).value == 64 && find(inside(&own), 3).value == 1);
            memset(&d->sequences[s], 0, sizeof d->sequences[s]);
            d->sequences[s].track = find(inside(&of), 11).value;
        }
        if (names.number)
            read_names(d, s, inside(&names));
        if (event.number) {
            d->sequences[s].now = s ? d->sequences[s].now + (int64_t)time.value : (int64_t)time.value;
            read_event(d, s, d->sequences[s].now, inside(&event));
        }
    }
    for (size_t s = 0; s < MOST_SEQUENCES; s++)
        cr_assert_eq(d->sequences[s].n_open, 0, "a slice stays open");
}

/* Slices of workers, in the order of events. */
static void assert_as_events(const struct decoded *d, const weft_trace *t)
{
    const struct weft_event *e = weft_trace_events(t);
    size_t at = weft_trace_n_runs(t);

    cr_assert_eq(d->n_slices, weft_trace_n_events(t) + weft_trace_n_runs(t));
    for (size_t r = 0; r < weft_trace_n_runs(t); r++)
        cr_assert(d->slices[r].track >= 100000 && d->slices[r].begin <= d->slices[r].end);
    for (size_t k = 0; k < weft_trace_n_events(t); k++, at++) {
        const struct slice *s = &d->slices[at];
        const bool has_task = e[k].task != UINT32_MAX;

        cr_assert_eq(s->begin, e[k].begin_ns, "event %zu", k);
        cr_assert_eq(s->end, e[k].end_ns, "event %zu", k);
        cr_assert_eq(s->track, 2u + e[k].worker);
        cr_assert_str_eq(s->name, wf_event_title(t, &e[k]));
        cr_assert_str_eq(s->category, wf_event_name(e[k].kind));
        cr_assert_str_eq(s->key, has_task ? weft_trace_task(t, e[k].task)->key : "");
        cr_assert_eq(s->failed, e[k].flags & WEFT_EVENT_FAILED);
    }
}

Test(export, to_perfetto_has_each_event_when_it_was_and_as_what)
{
    struct decoded *d = calloc(1, sizeof *d);

    cr_assert(d);
    for (uint64_t seed = 0; seed < 60; seed++) {
        weft_trace *t = hand_trace_random(seed);
        size_t n;
        char *bytes = exported(t, "a.perfetto-trace", false, &n);

        memset(d, 0, sizeof *d);
        decode(d, bytes, n);
        assert_as_events(d, t);
        for (int c = 0; c < WF_COUNTER_RESIDENT; c++)
            cr_assert_eq(d->last_count[c], 0, "a counter does not come back to nothing");
        free(bytes);
        weft_trace_free(t);
    }
    free(d);
}

/* Perfetto wants slices nested: one that outlasts the one around it is cut. */
Test(export, to_perfetto_cuts_what_overlaps)
{
    static const struct hand_task one[] = {{.name = "a"}};
    static const struct weft_event events[] = {{.begin_ns = 0, .end_ns = 10}, {.begin_ns = 5, .end_ns = 15}, {.begin_ns = 7, .end_ns = 12}};
    weft_trace *t = hand_trace_of(one, 1, &(struct hand_run){.n_workers = 1, .events = events, .n_events = 3});
    struct decoded *d = calloc(1, sizeof *d);
    size_t n;
    char *bytes = exported(t, "a.pftrace", false, &n);

    cr_assert(d);
    decode(d, bytes, n);
    for (size_t k = 1; k < 4; k++)
        cr_assert_eq(d->slices[k].end, 10);
    free(d);
    free(bytes);
    weft_trace_free(t);
}

static const struct hand_task diamond[] = {
    {.name = "a", .begin_ns = 0, .end_ns = 10, .result_bytes = 7}, {.name = "b", .HAND_DEPS(0), .begin_ns = 10, .end_ns = 20},
    {.name = "c", .HAND_DEPS(0), .begin_ns = 12, .end_ns = 20, .worker = 1},
    {.name = "d", .HAND_DEPS(1, 2), .begin_ns = 20, .end_ns = 31, .layer = "say \"so\"\n\xc3\xa9\xff", .layer_id = 1}};

Test(export, to_perfetto_draws_an_arrow_per_dependency)
{
    weft_trace *t = hand_trace(diamond, 4, 2);
    struct decoded *d = calloc(1, sizeof *d);
    static const uint64_t in[] = {0, 1, 2, 1}, out[] = {2, 1, 0, 1}; /* a b d, c */
    size_t n;
    char *bytes = exported(t, "a.perfetto-trace", true, &n);

    cr_assert(d);
    decode(d, bytes, n);
    for (size_t k = 0; k < 4; k++) {
        cr_assert_eq(d->slices[k + 1].n_in, in[k], "slice %zu", k);
        cr_assert_eq(d->slices[k + 1].n_out, out[k], "slice %zu", k);
    }
    free(d);
    free(bytes);
    weft_trace_free(t);
}

/* Of 160 bytes at most, and no half characters. */
Test(export, to_perfetto_cuts_long_names_between_characters)
{
    char name[3000];
    const struct hand_task tasks[] = {{.name = "a", .end_ns = 1}, {.name = name, .begin_ns = 1, .end_ns = 2}};
    weft_trace *t;
    size_t n;
    char *bytes;

    memset(name, 'x', 81);
    for (size_t k = 81; k + 2 < sizeof name; k += 2)
        memcpy(name + k, "\xc3\xa9", 3);
    t = hand_trace(tasks, 2, 1);
    bytes = exported(t, "a.perfetto-trace", false, &n);
    for (struct reader r = {(uint8_t *)bytes, (uint8_t *)bytes + n}; r.at < r.end;) {
        struct field packet;

        cr_assert(next_field(&r, &packet) && packet.number == 1);
    }
    cr_assert(memmem(bytes, n, name, 159));
    cr_assert_null(memmem(bytes, n, name, 160));
    free(bytes);
    weft_trace_free(t);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

#if WF_HAVE_JANSSON
static int64_t ns_of(const json_t *us)
{
    return (int64_t)llround(json_number_value(us) * 1000);
}

Test(export, to_chrome_is_json_with_each_event)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        weft_trace *t = hand_trace_random(seed);
        const struct weft_event *e = weft_trace_events(t);
        size_t n, k = 0, i;
        char *text = exported(t, "a.json", true, &n);
        json_error_t why;
        json_t *json = json_loadb(text, n, 0, &why), *event;

        cr_assert(json, "seed %zu: %s at %d", (size_t)seed, why.text, why.position);
        json_array_foreach(json_object_get(json, "traceEvents"), i, event) {
            const char *phase = json_string_value(json_object_get(event, "ph"));

            cr_assert(phase);
            if (strcmp(phase, "X"))
                continue;
            cr_assert_eq(ns_of(json_object_get(event, "ts")), e[k].begin_ns);
            cr_assert_eq(ns_of(json_object_get(event, "dur")), e[k].end_ns - e[k].begin_ns);
            cr_assert_eq(json_integer_value(json_object_get(event, "tid")), e[k].worker);
            cr_assert_str_eq(json_string_value(json_object_get(event, "cat")), wf_event_name(e[k].kind));
            k++;
        }
        cr_assert_eq(k, weft_trace_n_events(t));
        json_decref(json);
        free(text);
        weft_trace_free(t);
    }
}

Test(export, of_tables_is_json)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        weft_trace *t = hand_trace_random(seed);
        size_t n;
        char *text = exported(t, "a.events.json", false, &n);
        json_t *json = json_loadb(text, n, 0, NULL);

        cr_assert_eq(json_array_size(json), weft_trace_n_events(t));
        json_decref(json);
        free(text);
        text = exported(t, "a.tasks.json", false, &n);
        json = json_loadb(text, n, 0, NULL);
        cr_assert_eq(json_array_size(json), weft_trace_n_tasks(t));
        json_decref(json);
        free(text);
        weft_trace_free(t);
    }
}
#endif

Test(export, to_chrome_escapes_texts_and_has_arrows_and_counters)
{
    weft_trace *t = hand_trace(diamond, 4, 2);
    size_t n;
    char *text = exported(t, "a.json", true, &n);

    cr_assert(strstr(text, "\"layer\":\"say \\\"so\\\"\\u000a\xc3\xa9\\ufffd\""), "%s", text);
    cr_assert(strstr(text, "\"ts\":0.012,\"dur\":0.008"), "%s", text);
    cr_assert_eq(count(text, "\"ph\":\"s\""), 4);
    cr_assert_eq(count(text, "\"ph\":\"f\""), 4);
    cr_assert(strstr(text, "\"name\":\"results held\",\"args\":{\"bytes\":7}"));
    free(text);
    weft_trace_free(t);
}

/* ---- CSV ------------------------------------------------------------------------------------- */

Test(export, to_csv_is_a_line_per_event)
{
    static const struct hand_task tasks[] = {{.name = "a, \"b\""}};
    static const struct weft_event events[] = {{.begin_ns = 1, .end_ns = 5, .flags = WEFT_EVENT_FAILED},
                                               {.begin_ns = 5, .end_ns = 9, .task = UINT32_MAX, .kind = WEFT_EVENT_IDLE}};
    weft_trace *t = hand_trace_of(tasks, 1, &(struct hand_run){.n_workers = 1, .events = events, .n_events = 2});
    size_t n;
    char *text = exported(t, "a.csv", false, &n);

    cr_assert_str_eq(text, "worker,begin_ns,end_ns,kind,failed,task,key\n"
                           "0,1,5,task,true,0,\"a, \"\"b\"\"-0\"\n"
                           "0,5,9,idle,false,,\n");
    free(text);
    text = exported(t, "a.tasks.csv", false, &n);
    cr_assert_eq(count(text, "\n"), 2);
    free(text);
    weft_trace_free(t);
}

/* ---- What goes wrong --------------------------------------------------------------------------- */

Test(export, says_which_suffixes_there_are)
{
    weft_trace *t = hand_trace(diamond, 4, 2);
    struct weft_error err;

    cr_assert_eq(weft_export(t, "a.txt", NULL, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "a.txt: an export ends in .perfetto-trace"), "%s", err.message);
    cr_assert_eq(weft_export(t, ".json", NULL, &err), WEFT_INVALID);
    cr_assert_eq(weft_export(t, "/nowhere/a.json", NULL, &err), WEFT_IO);
    weft_trace_free(t);
}

Test(export, of_a_graph_that_has_not_run_is_empty_but_whole)
{
    static const struct {
        const char *name, *end;
        size_t      n_lines;
    } files[] = {{"a.json", "]}\n", 2}, {"a.csv", "kind,failed,task,key\n", 1}, {"a.events.json", "[]\n", 1},
                 {"a.tasks.csv", ",d-3\n", 1 + 4 + 1 /* in a layer */}, {"a.tasks.json", "}]\n", 1 + 4}};
    weft_trace *t = hand_trace(diamond, 4, 0);
    struct decoded *d = calloc(1, sizeof *d);
    size_t n;
    char *text;

    cr_assert(d);
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        text = exported(t, files[k].name, true, &n);
        cr_assert_str_eq(text + n - strlen(files[k].end), files[k].end);
        cr_assert_eq(count(text, "\n"), files[k].n_lines, "%s", text);
        free(text);
    }
    text = exported(t, "a.pftrace", true, &n);
    decode(d, text, n);
    cr_assert(d->n_slices == 0 && d->n_counts == 0);
    free(text);
    free(d);
    weft_trace_free(t);
}

struct to_file {
    weft_trace *t;
    char       *path;
};

static weft_status export_it(void *arg)
{
    const struct to_file *f = arg;

    return weft_export(f->t, f->path, &(struct weft_export_spec){.arrows = true}, NULL);
}

Test(export, without_memory_gives_nothing_and_leaks_nothing, .timeout = 120)
{
    static const char *const names[] = {"a.json", "a.pftrace", "a.csv", "a.events.json"};
    char *dir = tempdir_new();
    struct to_file f = {.t = hand_trace(diamond, 4, 2)};

    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        f.path = tempdir_path(dir, names[k]);
        cr_assert_geq(nomem_everywhere(export_it, &f), 3);
        free(f.path);
    }
    weft_trace_free(f.t);
    tempdir_remove(dir);
}
