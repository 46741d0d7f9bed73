/* file.c - a file open for reading at any place. */
#include "lib/io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

/* One call of pread never gives more than this. */
enum { READ_MAX = 1 << 30 };

static struct wf_file_stamp stamp_of(const struct stat *s)
{
    return (struct wf_file_stamp){
        .size = s->st_size,
        .mtime_ns = (int64_t)s->st_mtim.tv_sec * 1000000000 + s->st_mtim.tv_nsec,
        .device = s->st_dev,
        .inode = s->st_ino,
    };
}

weft_status wf_file_open(struct wf_file *f, const char *path, struct weft_error *err)
{
    struct stat s;

    f->path = path;
    f->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (f->fd < 0)
        return wf_error_errno(err, WEFT_IO, path, errno);
    if (fstat(f->fd, &s)) {
        const int errnum = errno;

        wf_file_close(f);
        return wf_error_errno(err, WEFT_IO, path, errnum);
    }
    if (!S_ISREG(s.st_mode)) {
        wf_file_close(f);
        if (S_ISDIR(s.st_mode))
            return wf_error_errno(err, WEFT_IO, path, EISDIR);
        return weft_error_set(err, WEFT_IO, "%s: not a regular file, so it has no size to cut", path);
    }
    f->stamp = stamp_of(&s);
    return WEFT_OK;
}

void wf_file_close(struct wf_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

weft_status wf_file_read(const struct wf_file *f, int64_t at, void *to, size_t n, struct weft_error *err)
{
    for (size_t done = 0; done < n;) {
        const size_t want = n - done < READ_MAX ? n - done : READ_MAX;
        const ssize_t got = pread(f->fd, (char *)to + done, want, at + (int64_t)done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return wf_error_errno(err, WEFT_IO, f->path, errno);
        if (got == 0)
            return weft_error_set(err, WEFT_IO, "%s: ends at byte %lld, while it was being read",
                                  f->path, (long long)(at + (int64_t)done));
        done += (size_t)got;
    }
    return WEFT_OK;
}

weft_status wf_file_is_unchanged(const struct wf_file *f, bool *out, struct weft_error *err)
{
    struct wf_file_stamp now;
    struct stat s;

    if (fstat(f->fd, &s))
        return wf_error_errno(err, WEFT_IO, f->path, errno);
    now = stamp_of(&s);
    *out = wf_file_is_same(&f->stamp, &now);
    return WEFT_OK;
}

/* A file that is written twice within a tick of the file system's clock (1 to 10 ms where the
 * disk is local) may look the same after as between. So one that changed a moment ago is not
 * believed before the tick is over. */
static weft_status outlast_tick(const struct wf_file *f, struct weft_error *err)
{
    enum { TICK_NS = 20000000 };
    struct timespec now;
    int64_t age;
    bool same;
    weft_status st;

    clock_gettime(CLOCK_REALTIME, &now);
    age = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - f->stamp.mtime_ns;
    if (age < 0 || age >= TICK_NS)
        return WEFT_OK;
    nanosleep(&(struct timespec){.tv_nsec = (long)(TICK_NS - age)}, NULL);
    st = wf_file_is_unchanged(f, &same, err);
    return st || same ? st : weft_error_set(err, WEFT_IO, "%s: changes while it is looked at", f->path);
}

static weft_status add_content(struct wf_token *token, const struct wf_file *f, struct weft_error *err)
{
    enum { PIECE = 1 << 20 };
    char *piece = wf_alloc(PIECE);
    weft_status st = piece ? WEFT_OK : wf_error_nomem(err, f->path);

    for (int64_t at = 0; !st && at < f->stamp.size; at += PIECE) {
        const size_t n = f->stamp.size - at < PIECE ? (size_t)(f->stamp.size - at) : PIECE;

        st = wf_file_read(f, at, piece, n, err);
        if (!st)
            *token = wf_token_add(*token, piece, n);
    }
    wf_free(piece);
    return st;
}

weft_status wf_file_fingerprint(const struct wf_file *f, bool by_content, struct wf_token *out, struct weft_error *err)
{
    const int64_t stamp[] = {f->stamp.size, f->stamp.mtime_ns, (int64_t)f->stamp.inode};
    struct wf_token token = {.hi = by_content};
    weft_status st = outlast_tick(f, err);

    if (by_content) {
        token = wf_token_add(token, &f->stamp.size, sizeof f->stamp.size);
    } else {
        token = wf_token_add(token, f->path, strlen(f->path) + 1);
        token = wf_token_add(token, stamp, sizeof stamp);
    }
    if (!st && by_content)
        st = add_content(&token, f, err);
    if (!st)
        *out = token;
    return st;
}

bool wf_file_is_same(const struct wf_file_stamp *a, const struct wf_file_stamp *b)
{
    return a->size == b->size && a->mtime_ns == b->mtime_ns && a->device == b->device &&
           a->inode == b->inode;
}
