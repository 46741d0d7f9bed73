/* profile.c - stacks of calls and how often each was seen. */
#include "lib/analyse/profile.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

/* So that a double, which JSON has alone, holds each. */
static const uint64_t MOST_SAMPLES = (uint64_t)1 << 53;

weft_status weft_profile_new(weft_profile **out, struct weft_error *err)
{
    weft_profile *p = wf_alloc_zero(1, sizeof *p);

    if (!p)
        return wf_error_nomem(err, "a profile");
    wf_map_init(&p->by_text);
    *out = p;
    return WEFT_OK;
}

void weft_profile_free(weft_profile *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        wf_free((void *)(uintptr_t)p->stacks[i].text);
    wf_map_fini(&p->by_text);
    wf_free(p->stacks);
    wf_free(p);
}

size_t weft_profile_n_stacks(const weft_profile *p)
{
    return p->n;
}

const struct weft_profile_stack *weft_profile_stacks(const weft_profile *p)
{
    return p->stacks;
}

struct weft_profile_about weft_profile_about(const weft_profile *p)
{
    return p->about;
}

void weft_profile_tell(weft_profile *p, const struct weft_profile_about *about)
{
    p->about.rate_hz = about->rate_hz;
    p->about.n_outside = about->n_outside;
    p->about.n_lost = about->n_lost;
    p->about.n_looks = about->n_looks;
}

/* ---- Adding ---------------------------------------------------------------------- */

static weft_status check(const char *stack, struct weft_error *err)
{
    const char *frame = stack;
    int n = 1;

    for (const char *c = stack;; c++) {
        if (*c && ((unsigned char)*c < ' ' || *c == 127))
            return weft_error_set(err, WEFT_INVALID, "a stack: frame %d has the control character %d", n, *c);
        if (*c && *c != ';')
            continue;
        if (c == frame)
            return weft_error_set(err, WEFT_INVALID, "a stack: frame %d is empty", n);
        if (!*c)
            return WEFT_OK;
        frame = c + 1;
        n++;
    }
}

static bool add_new(weft_profile *p, const char *stack, uint64_t count)
{
    const size_t bytes = strlen(stack);
    struct weft_profile_stack *stacks = wf_grow(p->stacks, p->n, &p->room, sizeof *stacks);
    char *text;
    bool fresh;

    if (!stacks)
        return false;
    p->stacks = stacks;
    text = wf_strdup(stack);
    if (!text || !wf_map_put(&p->by_text, text, bytes, p->n, &fresh)) {
        wf_free(text);
        return false;
    }
    p->stacks[p->n++] = (struct weft_profile_stack){.text = text, .count = count};
    return true;
}

weft_status weft_profile_add(weft_profile *p, const char *stack, uint64_t count, struct weft_error *err)
{
    const weft_status st = check(stack, err);
    const uint64_t *found;

    if (st || !count)
        return st;
    if (count > MOST_SAMPLES - p->about.n_samples)
        return weft_error_set(err, WEFT_RANGE, "a profile of %llu samples has no room for %llu more",
                              (unsigned long long)p->about.n_samples, (unsigned long long)count);
    found = wf_map_find(&p->by_text, stack, strlen(stack));
    if (found)
        p->stacks[*found].count += count;
    else if (!add_new(p, stack, count))
        return wf_error_nomem(err, "a stack of a profile");
    p->about.n_samples += count;
    return WEFT_OK;
}

/* ---- By frame ---------------------------------------------------------------------- */

/* A frame as it is met, in the stacks. */
struct met {
    const char *name;
    size_t      bytes;
    uint64_t    self, total;
    size_t      last; /* 1 + the stack in which it was met last */
};

struct meeting {
    struct wf_map by_name;
    struct met   *list;
    size_t        n, room, n_text;
};

/* NULL: no memory. */
static struct met *meet(struct meeting *m, const char *name, size_t bytes)
{
    struct met *list = wf_grow(m->list, m->n, &m->room, sizeof *list);
    uint64_t *at;
    bool fresh;

    if (!list)
        return NULL;
    m->list = list;
    at = wf_map_put(&m->by_name, name, bytes, m->n, &fresh);
    if (!at)
        return NULL;
    if (fresh) {
        m->list[m->n++] = (struct met){.name = name, .bytes = bytes};
        m->n_text += bytes + 1;
    }
    return &m->list[*at];
}

static bool meet_stack(struct meeting *m, const struct weft_profile_stack *stack, size_t number)
{
    for (const char *frame = stack->text, *end;; frame = end + 1) {
        struct met *f;

        end = strchrnul(frame, ';');
        f = meet(m, frame, (size_t)(end - frame));
        if (!f)
            return false;
        f->total += f->last == number ? 0 : stack->count; /* it calls itself */
        f->last = number;
        if (*end)
            continue;
        f->self += stack->count;
        return true;
    }
}

static int by_cost(const void *a, const void *b)
{
    const struct weft_profile_frame *x = a, *y = b;

    if (x->self != y->self)
        return x->self > y->self ? -1 : 1;
    if (x->total != y->total)
        return x->total > y->total ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* One block: the frames, and their names behind them. NULL: no memory. */
static struct weft_profile_frame *list_of(const struct meeting *m)
{
    struct weft_profile_frame *list = wf_alloc(m->n * sizeof *list + m->n_text);
    char *text = (char *)(list + (list ? m->n : 0));

    for (size_t i = 0; list && i < m->n; i++) {
        const struct met *f = &m->list[i];

        list[i] = (struct weft_profile_frame){.name = text, .self = f->self, .total = f->total};
        memcpy(text, f->name, f->bytes);
        text[f->bytes] = '\0';
        text += f->bytes + 1;
    }
    if (list)
        qsort(list, m->n, sizeof *list, by_cost);
    return list;
}

weft_status weft_profile_frames(const weft_profile *p, struct weft_profile_frame **out, size_t *n,
                                struct weft_error *err)
{
    struct weft_profile_frame *list = NULL;
    struct meeting m = {0};
    bool ok = true;

    wf_map_init(&m.by_name);
    for (size_t i = 0; ok && i < p->n; i++)
        ok = meet_stack(&m, &p->stacks[i], i + 1);
    if (ok)
        list = list_of(&m);
    wf_map_fini(&m.by_name);
    wf_free(m.list);
    if (!list)
        return wf_error_nomem(err, "the frames of a profile");
    *out = list;
    *n = m.n;
    return WEFT_OK;
}

void weft_profile_frames_free(struct weft_profile_frame *frames)
{
    wf_free(frames);
}
