/* report_profile.c - where bodies spent their time, for a flame graph.
 *
 * "calls" has three numbers of each: the place of its name, how deep it is (1: groups of tasks), its
 * samples. Behind a call come those that it called, the widest first; those under a thousandth of all
 * samples are one without a name, -1, behind the others.
 */
#include "lib/dash/report.h"

#include <stdlib.h>
#include <string.h>

#include "lib/analyse/calls.h"
#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

enum { LEAST_PART = 1000 };

struct writing {
    struct wf_json        *json;
    struct wf_calls        calls;
    const struct wf_call **order; /* as they are written */
    const struct wf_call **named; /* of each name, the first call that has it */
    struct wf_map          names;
};

/* Callers before those they called, and these from left to right. */
static int by_place(const void *a, const void *b)
{
    const struct wf_call *x = *(const struct wf_call *const *)a, *y = *(const struct wf_call *const *)b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static bool prepare(struct writing *w, const weft_profile *p)
{
    wf_map_init(&w->names);
    if (!wf_calls_build(&w->calls, p))
        return false;
    w->order = wf_alloc_array(w->calls.n, sizeof *w->order);
    w->named = wf_alloc_array(w->calls.n, sizeof *w->named);
    if (!w->order || !w->named)
        return false;
    for (uint32_t i = 0; i < w->calls.n; i++)
        w->order[i] = &w->calls.list[i];
    qsort(w->order, w->calls.n, sizeof *w->order, by_place);
    return true;
}

static void write_call(struct wf_json *j, int64_t name, uint32_t row, uint64_t total)
{
    wf_json_int(j, name);
    wf_json_int(j, row);
    wf_json_int(j, (int64_t)total);
}

/* Names get numbers as they are met. False: no memory. */
static bool write_calls(struct writing *w)
{
    const struct wf_call *list = w->calls.list;
    uint64_t summed = 0; /* what is left of here is within a call without a name */
    bool fresh;

    wf_json_put_open(w->json, "calls", '[');
    for (uint32_t i = 1; i < w->calls.n; i++) {
        const struct wf_call *c = w->order[i], *up = &list[c->up];
        const uint64_t *name;

        if (c->at < summed)
            continue;
        /* Narrower ones are to the right of wider ones: from here all that `up` called are too narrow. */
        if (c->total < list[0].total / LEAST_PART + (list[0].total % LEAST_PART != 0)) {
            summed = up->at + up->total - up->self;
            write_call(w->json, -1, c->row, summed - c->at);
            continue;
        }
        name = wf_map_put(&w->names, c->name, c->bytes, w->names.n, &fresh);
        if (!name)
            return false;
        if (fresh)
            w->named[*name] = c;
        write_call(w->json, (int64_t)*name, c->row, c->total);
    }
    wf_json_close(w->json, ']');
    return true;
}

static bool write_names(struct writing *w)
{
    char *text = NULL;
    size_t room = 0;
    bool ok = true;

    wf_json_put_open(w->json, "names", '[');
    for (size_t i = 0; ok && i < w->names.n; i++) {
        const struct wf_call *c = w->named[i];
        char *grown = wf_grow_bytes(text, 0, &room, c->bytes + 1);

        ok = grown;
        if (ok) {
            text = grown;
            memcpy(text, c->name, c->bytes);
            text[c->bytes] = '\0';
            wf_json_text(w->json, text);
        }
    }
    wf_json_close(w->json, ']');
    wf_free(text);
    return ok;
}

weft_status wf_report_profile(struct wf_report *r, struct weft_error *err)
{
    const weft_profile *p = r->spec->profile;
    struct writing w = {.json = &r->json};
    struct weft_profile_about about;
    bool ok;

    if (!p) {
        wf_json_put_text(&r->json, "profile", NULL);
        return WEFT_OK;
    }
    about = weft_profile_about(p);
    wf_json_put_open(&r->json, "profile", '{');
    wf_json_put_int(&r->json, "n_samples", (int64_t)about.n_samples);
    wf_json_put_int(&r->json, "rate_hz", about.rate_hz);
    wf_json_put_int(&r->json, "n_outside", (int64_t)about.n_outside);
    wf_json_put_int(&r->json, "n_lost", (int64_t)about.n_lost);
    ok = prepare(&w, p) && write_calls(&w) && write_names(&w);
    wf_json_close(&r->json, '}');
    wf_map_fini(&w.names);
    wf_free(w.named);
    wf_free(w.order);
    wf_calls_fini(&w.calls);
    return ok ? WEFT_OK : wf_error_nomem(err, "the profile of a report");
}
