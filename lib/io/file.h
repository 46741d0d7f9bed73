/* file.h - a file open for reading at any place, and whether it is still the same file.
 *
 * Never mapped: a mapped file that shrinks kills the process.
 *
 * Errors: WEFT_IO, in the words of the system: "data.csv: No such file or directory".
 * Threads: any may read one open file.
 */
#ifndef WF_FILE_H
#define WF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/status.h>

#include "lib/base/hash.h"

/* What tells two states of a file apart. */
struct wf_file_stamp {
    int64_t  size;
    int64_t  mtime_ns;
    uint64_t device, inode;
};

struct wf_file {
    int                  fd;   /* -1: not open */
    const char          *path; /* lent, for messages */
    struct wf_file_stamp stamp;
};

/* Only regular files, which have a size. On failure nothing is open. */
weft_status wf_file_open(struct wf_file *f, const char *path, struct weft_error *err);
void        wf_file_close(struct wf_file *f); /* not open is fine */

/* Exactly n bytes from byte `at` on; fewer is an error. */
weft_status wf_file_read(const struct wf_file *f, int64_t at, void *to, size_t n, struct weft_error *err);

/* Whether an open file still is as it was when it was opened. */
weft_status wf_file_is_unchanged(const struct wf_file *f, bool *out, struct weft_error *err);

/* What the file is, for keys: by_content by its bytes alone, which are all read; else by its
 * path, size, time of change and inode. A file that changed less than 20 ms ago is waited for,
 * until it would be seen to have changed again. */
weft_status wf_file_fingerprint(const struct wf_file *f, bool by_content, struct wf_token *out, struct weft_error *err);

bool wf_file_is_same(const struct wf_file_stamp *a, const struct wf_file_stamp *b);

#endif
