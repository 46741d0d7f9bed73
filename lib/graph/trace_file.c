/* trace_file.c - a trace as one file, and back.
 *
 *     header | events | runs | samples | records | dependencies | texts
 *
 * Numbers are as the machine has them; a file from a machine of the other byte
 * order is refused by its mark. The header's token covers the rest of the file
 * and, computed first, the header itself: any changed byte is noticed.
 */
#include "lib/graph/trace.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/base/input.h"
#include "lib/base/mem.h"
#include "lib/base/output.h"

enum { VERSION = 2, BYTE_ORDER_MARK = 0x01020304, BLOCK = 1 << 20 };

static const char magic[8] = "weftrace";

struct header {
    char            magic[8];
    uint32_t        byte_order;
    uint32_t        version;
    uint64_t        n_events, n_runs, n_samples, n_tasks, n_deps, n_text;
    uint64_t        n_lost;
    int64_t         wall_ns;
    int64_t         n_workers;
    struct wf_trace_about about;
    struct wf_token token; /* of this header with a zero token, then of the rest in blocks */
};
_Static_assert(sizeof(struct header) == 152 && sizeof(struct weft_event) == 24 && sizeof(struct weft_trace_run) == 32 &&
               sizeof(struct weft_sample) == 40 && sizeof(struct wf_trace_record) == 56, "the layout of version 2");

static struct wf_token token_of_header(const struct header *h)
{
    struct header plain = *h;

    plain.token = (struct wf_token){0, 0};
    return wf_token_add(plain.token, &plain, sizeof plain);
}

/* ---- Writing --------------------------------------------------------------- */

/* Cuts what is written into blocks, for the token and the system. */
struct writer {
    struct wf_output   out;
    struct weft_error *err;
    weft_status        st;
    struct wf_token    token;
    bool               count_only; /* first round: only the token is wanted */
    char              *block;
    size_t             n;
};

static void flush(struct writer *w)
{
    if (w->count_only)
        w->token = wf_token_add(w->token, w->block, w->n);
    else if (!w->st)
        w->st = wf_output_write(&w->out, w->block, w->n, w->err);
    w->n = 0;
}

static void put(struct writer *w, const void *bytes, size_t n)
{
    const char *next = bytes;

    while (n > 0) {
        const size_t room = BLOCK - w->n, take = n < room ? n : room;

        memcpy(w->block + w->n, next, take);
        w->n += take;
        next += take;
        n -= take;
        if (w->n == BLOCK)
            flush(w);
    }
}

static void put_body(struct writer *w, const weft_trace *t)
{
    put(w, t->events, t->n_events * sizeof *t->events);
    put(w, t->runs, t->n_runs * sizeof *t->runs);
    put(w, t->samples, t->n_samples * sizeof *t->samples);
    for (size_t i = 0; i < t->n_tasks; i++) {
        const struct wf_trace_record r = wf_trace_record(t, i);

        put(w, &r, sizeof r);
    }
    put(w, t->deps, t->n_deps * sizeof *t->deps);
    put(w, t->text, t->n_text);
    if (w->n > 0)
        flush(w);
}

weft_status weft_trace_write(const weft_trace *t, const char *path, struct weft_error *err)
{
    struct header h = {.byte_order = BYTE_ORDER_MARK, .version = VERSION, .n_events = t->n_events,
                       .n_runs = t->n_runs, .n_samples = t->n_samples, .n_tasks = t->n_tasks, .n_deps = t->n_deps,
                       .n_text = t->n_text, .n_lost = t->n_lost, .wall_ns = t->wall_ns, .n_workers = t->n_workers,
                       .about = t->about};
    struct writer w = {.err = err, .count_only = true, .block = wf_alloc(BLOCK)};

    if (!w.block)
        return wf_error_nomem(err, "writing a trace");
    memcpy(h.magic, magic, sizeof magic);
    w.token = token_of_header(&h);
    put_body(&w, t);
    h.token = w.token;

    w.count_only = false;
    w.st = wf_output_open(&w.out, path, err);
    if (!w.st)
        w.st = wf_output_write(&w.out, &h, sizeof h, err);
    if (!w.st)
        put_body(&w, t);
    if (!w.st)
        w.st = wf_output_close(&w.out, err);
    wf_output_fini(&w.out);
    wf_free(w.block);
    return w.st;
}

/* ---- Reading --------------------------------------------------------------- */

/* The size the header promises; 0: more than fits. */
static size_t promised(const struct header *h)
{
    size_t all = sizeof *h, part;

    if (__builtin_mul_overflow(h->n_events, sizeof(struct weft_event), &part) ||
        __builtin_add_overflow(all, part, &all) ||
        __builtin_mul_overflow(h->n_runs, sizeof(struct weft_trace_run), &part) ||
        __builtin_add_overflow(all, part, &all) ||
        __builtin_mul_overflow(h->n_samples, sizeof(struct weft_sample), &part) ||
        __builtin_add_overflow(all, part, &all) ||
        __builtin_mul_overflow(h->n_tasks, sizeof(struct wf_trace_record), &part) ||
        __builtin_add_overflow(all, part, &all) ||
        __builtin_mul_overflow(h->n_deps, sizeof(uint32_t), &part) ||
        __builtin_add_overflow(all, part, &all) || __builtin_add_overflow(all, h->n_text, &all))
        return 0;
    return all;
}

static weft_status check_header(const struct header *h, size_t n, const char *path, struct weft_error *err)
{
    if (n < sizeof magic || memcmp(h->magic, magic, sizeof magic) != 0)
        return weft_error_set(err, WEFT_PARSE, "%s: is not a trace", path);
    if (n < sizeof *h)
        return weft_error_set(err, WEFT_PARSE, "%s: ends after %zu bytes, inside its header of %zu", path,
                              n, sizeof *h);
    if (h->byte_order != BYTE_ORDER_MARK)
        return weft_error_set(err, WEFT_PARSE, "%s: comes from a machine of another byte order", path);
    if (h->version != VERSION)
        return weft_error_set(err, WEFT_PARSE, "%s: is a trace of version %" PRIu32 "; this Weft reads %d",
                              path, h->version, VERSION);
    if (promised(h) != n)
        return weft_error_set(err, WEFT_PARSE, "%s: has %zu bytes where its header promises %zu", path, n,
                              promised(h));
    return WEFT_OK;
}

static weft_status check_token(const struct header *h, size_t n, const char *path, struct weft_error *err)
{
    const char *body = (const char *)(h + 1);
    struct wf_token token = token_of_header(h);

    n -= sizeof *h;
    while (n > 0) {
        const size_t take = n < BLOCK ? n : BLOCK;

        token = wf_token_add(token, body, take);
        body += take;
        n -= take;
    }
    if (token.hi != h->token.hi || token.lo != h->token.lo)
        return weft_error_set(err, WEFT_PARSE, "%s: is damaged: its checksum differs", path);
    return WEFT_OK;
}

/* Whether the records stay inside texts and dependencies. */
static const char *wrong_record(const weft_trace *t, const struct wf_trace_record *records)
{
    size_t n_deps = 0;

    if (t->n_text == 0 || t->text[t->n_text - 1] != '\0')
        return "its texts do not end";
    for (size_t i = 0; i < t->n_tasks; i++) {
        const struct wf_trace_record *r = &records[i];

        if (r->fused > 1 || r->is_target > 1 || r->result_bytes < 0)
            return "a task is no task";
        if (r->name >= t->n_text || r->key >= t->n_text || r->layer >= t->n_text || r->file >= t->n_text)
            return "a text lies outside";
        if (r->n_deps > t->n_deps - n_deps)
            return "a task has more dependencies than there are";
        n_deps += r->n_deps;
    }
    if (t->about.program >= t->n_text || t->about.machine >= t->n_text || t->about.version >= t->n_text)
        return "a text lies outside";
    return n_deps == t->n_deps ? NULL : "dependencies are left over";
}

weft_status weft_trace_read(weft_trace **out, const char *path, struct weft_error *err)
{
    const struct wf_trace_record *records;
    const struct header *h;
    const char *wrong;
    weft_trace *t = NULL;
    char *image = NULL;
    size_t n = 0;
    weft_status st = wf_input_read(&image, &n, path, SIZE_MAX, err);

    if (st)
        goto out;
    h = (const struct header *)image;
    st = check_header(h, n, path, err);
    if (!st)
        st = check_token(h, n, path, err);
    if (st)
        goto out;

    t = wf_alloc_zero(1, sizeof *t);
    if (!t) {
        st = wf_error_nomem(err, "a trace");
        goto out;
    }
    *t = (weft_trace){.n_tasks = h->n_tasks, .n_deps = h->n_deps, .n_text = h->n_text,
                      .n_events = h->n_events, .n_lost = h->n_lost, .wall_ns = h->wall_ns,
                      .n_workers = (int)h->n_workers, .n_runs = h->n_runs, .n_samples = h->n_samples,
                      .about = h->about, .image = image};
    t->events = (struct weft_event *)(image + sizeof *h);
    t->runs = (struct weft_trace_run *)(t->events + t->n_events);
    t->samples = (struct weft_sample *)(t->runs + t->n_runs);
    records = (const struct wf_trace_record *)(t->samples + t->n_samples);
    t->deps = (uint32_t *)(records + t->n_tasks);
    t->text = (char *)(t->deps + t->n_deps);
    image = NULL;

    /* A checksum protects from accidents only: what is read is checked all the same. */
    wrong = wrong_record(t, records);
    if (!wrong && (h->n_workers < 0 || h->n_workers > UINT16_MAX + 1))
        wrong = "its number of workers makes no sense";
    if (!wrong) {
        st = wf_trace_resolve(t, records, err);
        if (st)
            goto out;
        wf_trace_check(t, &wrong);
    }
    if (wrong) {
        st = weft_error_set(err, WEFT_PARSE, "%s: is damaged: %s", path, wrong);
        goto out;
    }
    *out = t;
    t = NULL;
out:
    weft_trace_free(t);
    wf_free(image);
    return st;
}
