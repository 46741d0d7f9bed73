/* profile_tally.c - how often each stack was seen, by one thread, in memory taken beforehand. */
#include "scheduler/profile_tally.h"

#include <string.h>

#include "lib/base/mem.h"

/* Address space: what is not touched takes no memory. Some 50000 stacks of a dozen frames. */
enum { BYTES = 12 << 20, N_SLOTS = 1 << 17, MOST_RECORDS = N_SLOTS / 4 * 3 };

struct wf_stacks *wf_stacks_new(void)
{
    struct wf_stacks *t = wf_pages_alloc(BYTES);

    if (t)
        t->used = sizeof *t + N_SLOTS * sizeof *t->slots;
    return t;
}

void wf_stacks_free(struct wf_stacks *t)
{
    wf_pages_free(t, BYTES);
}

static size_t size_of(uint32_t n_frames)
{
    return sizeof(struct wf_stacks_record) + n_frames * sizeof(uintptr_t);
}

static struct wf_stacks_record *record_at(const struct wf_stacks *t, size_t place)
{
    return (struct wf_stacks_record *)(uintptr_t)((const char *)t + place);
}

static uint32_t mix(uint32_t hash, uint64_t word)
{
    const uint64_t product = (hash ^ word) * 0x9e3779b97f4a7c15u;

    return (uint32_t)(product ^ product >> 32);
}

void wf_stacks_add(struct wf_stacks *t, const char *group, const uintptr_t *frames, uint32_t n_frames, uint64_t count)
{
    const size_t n_group = strnlen(group, WF_MOST_GROUP - 1);
    struct wf_stacks_record *r;
    uint32_t hash = n_frames, at;

    t->n_looks++;
    for (size_t i = 0; i < n_group; i++)
        hash = mix(hash, (unsigned char)group[i]);
    for (uint32_t i = 0; i < n_frames; i++)
        hash = mix(hash, frames[i]);
    for (at = hash % N_SLOTS; t->slots[at]; at = (at + 1) % N_SLOTS) {
        r = record_at(t, t->slots[at]);
        if (r->hash == hash && r->n_frames == n_frames && !memcmp(r->frames, frames, n_frames * sizeof *frames) &&
            !memcmp(r->group, group, n_group) && !r->group[n_group]) {
            r->count += count;
            return;
        }
    }
    if (t->n_records == MOST_RECORDS || t->used + size_of(n_frames) > BYTES) {
        t->n_lost += count;
        return;
    }
    r = record_at(t, t->used);
    r->count = count;
    r->hash = hash;
    r->n_frames = n_frames;
    memcpy(r->group, group, n_group); /* the zeros behind it were there */
    memcpy(r->frames, frames, n_frames * sizeof *frames);
    t->slots[at] = (uint32_t)t->used;
    t->used += size_of(n_frames);
    t->n_records++;
}

const struct wf_stacks_record *wf_stacks_next(const struct wf_stacks *t, const struct wf_stacks_record *r)
{
    const size_t place = r ? (size_t)((const char *)r - (const char *)t) + size_of(r->n_frames)
                           : sizeof *t + N_SLOTS * sizeof *t->slots;

    return place < t->used ? record_at(t, place) : NULL;
}
