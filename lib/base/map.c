/* map.c - from a key of bytes to a number, by open addressing. */
#include "lib/base/map.h"

#include <string.h>

#include "lib/base/hash.h"
#include "lib/base/mem.h"

void wf_map_init(struct wf_map *m)
{
    *m = (struct wf_map){0};
}

void wf_map_fini(struct wf_map *m)
{
    wf_free(m->slots);
    *m = (struct wf_map){0};
}

/* The slot of the key, or the empty one where it belongs. */
static struct wf_map_slot *slot_of(const struct wf_map *m, const void *key, size_t n_key, uint32_t hash)
{
    const size_t mask = m->n_slots - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct wf_map_slot *slot = &m->slots[i];

        if (!slot->key)
            return slot;
        if (slot->hash == hash && slot->n_key == n_key && memcmp(slot->key, key, n_key) == 0)
            return slot;
    }
}

static bool grow(struct wf_map *m)
{
    struct wf_map bigger = {.n_slots = m->n_slots ? m->n_slots * 2 : 16, .n = m->n};

    bigger.slots = wf_alloc_zero(bigger.n_slots, sizeof *bigger.slots);
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < m->n_slots; i++)
        if (m->slots[i].key)
            *slot_of(&bigger, m->slots[i].key, m->slots[i].n_key, m->slots[i].hash) = m->slots[i];
    wf_free(m->slots);
    *m = bigger;
    return true;
}

uint64_t *wf_map_put(struct wf_map *m, const void *key, size_t n_key, uint64_t number, bool *fresh)
{
    const uint32_t hash = (uint32_t)wf_hash(key, n_key);
    struct wf_map_slot *slot;

    if (m->n * 2 >= m->n_slots && !grow(m))
        return NULL;
    slot = slot_of(m, key, n_key, hash);
    *fresh = !slot->key;
    if (*fresh) {
        *slot = (struct wf_map_slot){.key = key, .n_key = (uint32_t)n_key, .hash = hash, .number = number};
        m->n++;
    }
    return &slot->number;
}

uint64_t *wf_map_find(const struct wf_map *m, const void *key, size_t n_key)
{
    struct wf_map_slot *slot;

    if (!m->n_slots)
        return NULL;
    slot = slot_of(m, key, n_key, (uint32_t)wf_hash(key, n_key));
    return slot->key ? &slot->number : NULL;
}
