/* disk.h - a folder of entries that any number of processes use at once.
 *
 * An entry is a file named by its token, 32 hexadecimal digits. It is written beside (the
 * name, a dot, process and number) and renamed, so a reader sees all of it or none. What a
 * process that died left beside is removed after an hour.
 *
 * Which files there are is remembered, so that to miss costs no call into the system. The
 * folder is read again when it has changed; what another process adds in between is a miss
 * and no more.
 *
 * GreedyDual-Size needs a priority for each entry, kept where all processes see it: the
 * file's time of modification, in seconds = microseconds of cost for each byte, above the
 * lowest of all when it was written or found last.
 *
 * Threads: its owner locks, but for wf_disk_read() and wf_disk_write(), which look at
 *          nothing that changes.
 */
#ifndef WF_MEMO_DISK_H
#define WF_MEMO_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <weft/status.h>

#include "lib/base/hash.h"

struct wf_disk_slot;

struct wf_disk {
    char                *folder;  /* NULL: there is none */
    int                  fd;
    uint64_t             limit;
    uint64_t             bytes;   /* of all files, at the last look and written since */
    uint64_t             written; /* since the last look */
    uint64_t             evicted;
    double               floor;   /* the lowest priority at the last look */
    struct timespec      changed; /* when the folder had, at the last look */
    struct wf_disk_slot *slots;
    size_t               n, n_slots, n_there; /* names known, of which are there */
};

weft_status wf_disk_open(struct wf_disk *d, const char *folder, uint64_t limit, struct weft_error *err);
void        wf_disk_close(struct wf_disk *d); /* a zeroed one is fine */

/* Looks at the folder if it has changed since. */
void wf_disk_refresh(struct wf_disk *d);

bool wf_disk_has(const struct wf_disk *d, struct wf_token token);

/* All bytes of an entry, freed with wf_free(); its priority is raised by `floor`. */
weft_status wf_disk_read(const struct wf_disk *d, struct wf_token token, double floor, char **bytes, size_t *n);

weft_status wf_disk_write(const struct wf_disk *d, struct wf_token token, const char *bytes, size_t n,
                          double priority);

/* After a write or a read: what is there now. Evicts when there is too much. */
void wf_disk_added(struct wf_disk *d, struct wf_token token, size_t n);
void wf_disk_gone(struct wf_disk *d, struct wf_token token); /* was not there after all */

void wf_disk_remove(struct wf_disk *d, struct wf_token token); /* the file, too */
void wf_disk_clear(struct wf_disk *d);

static inline double wf_disk_priority(double floor, int64_t cost_ns, size_t n)
{
    return floor + (double)cost_ns / 1e3 / (double)n;
}

#endif
