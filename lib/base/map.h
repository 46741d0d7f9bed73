/* map.h - from a key of bytes to a number, by open addressing.
 *
 * Keys are lent: they must stay where they are as long as the map. The first
 * number stored under a key stays; numbers are what the caller makes of them.
 *
 * What always holds:
 *   1. n_slots is a power of two, at least twice n (or both are 0).
 *   2. A key sits between its home slot and the next empty one.
 */
#ifndef WF_MAP_H
#define WF_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wf_map_slot {
    const void *key; /* NULL: empty */
    uint32_t    n_key;
    uint32_t    hash;
    uint64_t    number;
};

struct wf_map {
    struct wf_map_slot *slots;
    size_t              n_slots;
    size_t              n;
};

void wf_map_init(struct wf_map *m);
void wf_map_fini(struct wf_map *m); /* a zeroed one is fine */

/* The place of the number under `key`: there already, or new and then `fresh`
 * and set to `number`. NULL: no memory. Valid until the next call. */
uint64_t *wf_map_put(struct wf_map *m, const void *key, size_t n_key, uint64_t number, bool *fresh);
/* NULL: not there. */
uint64_t *wf_map_find(const struct wf_map *m, const void *key, size_t n_key);

#endif
