/* spill.h - values on disk: written out of memory, read back when they are wanted.
 *
 * A file without a name holds them, so nothing is left of it however the process ends.
 * It is made with the first value and grows to at most `most` bytes; what is free again
 * is used again (extent.h), and when nothing is in it, it gives the disk back.
 *
 * A value is written by its type, twice: once to learn its size, once to disk. What the
 * type hands over is cut into frames of at most 256 KiB, each as it lies in memory, or
 * packed by LZ4 where that saves an eighth; where it does not pay, the next 15 frames are
 * not tried. Sizes and XXH3 hashes of frames stay in memory (24 bytes each), so not a
 * byte of the file is believed that is not what was written.
 *
 *     type->write   [head][            values             ]
 *     frames        [ 0  ][   1   ][   2   ][   3   ][ 4  ]     big ones never copied
 *     file          at + [ 0  ][  1  ][  2  ][   3   ][ 4 ]
 *
 * On disk a value is a value of a type of its own, to be kept in the same slot.
 *
 * Ownership: a spilled value counts its holders and holds the file.
 * Errors:    WEFT_IO with the directory, what was tried and what was found.
 * Threads:   any; one value is read by many at once.
 */
#ifndef WF_SPILL_H
#define WF_SPILL_H

#include <weft/pool.h>

#include "scheduler/extent.h"
#include "scheduler/sync.h"

struct wf_spill_count {
    uint64_t bytes_written, bytes_read; /* of the file, in all */
    uint64_t bytes;                     /* what values on disk would take in memory, now */
    uint64_t disk, disk_peak;           /* what they take of the file, now and at most */
};

struct wf_spill {
    _Atomic int32_t       holders;
    wf_mutex              lock;  /* guards all that follows but dir */
    char                  dir[256];
    int                   fd;    /* -1: not made yet */
    struct wf_extents     extents;
    struct wf_spill_count count;
};

struct wf_spilled;
extern const struct weft_type wf_type_spilled; /* of values whose ptr is a struct wf_spilled */

/* NULL dir: $TMPDIR, else /tmp. `most` 0: as much as the disk has. NULL: no memory. */
struct wf_spill *wf_spill_new(const char *dir, uint64_t most);
void             wf_spill_release(struct wf_spill *s); /* NULL is fine */

/* Whether values of this type can be spilled. */
static inline bool wf_spill_can(const struct weft_type *type)
{
    return type && type->free && type->write && type->read && type != &wf_type_spilled;
}

/* Writes `v`, lent, whose memory is `bytes`, for the accounts. *out is given. */
weft_status wf_spill_write(struct wf_spill *s, struct weft_value v, size_t bytes, struct weft_value *out,
                           struct weft_error *err);

/* A value equal to the one written; `spilled`, lent, stays. */
weft_status wf_spill_read(struct weft_value spilled, struct weft_value *out, struct weft_error *err);

/* If *v is on disk, makes it what it was; on failure it is released and no value. */
weft_status wf_spill_bring(struct weft_value *v, struct weft_error *err);

/* Fills in what is on disk. */
void wf_spill_memory(struct wf_spill *s, struct weft_pool_memory *out);

#endif
