/* output.c - a file that appears when it is complete. */
#include "lib/base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

static weft_status failed(const struct wf_output *o, int errnum, struct weft_error *err)
{
    return wf_error_errno(err, WEFT_IO, o->path, errnum);
}

/* Opens a new file beside `real`. Two writers of one path, even in one process,
 * get different files; O_EXCL decides who has which. */
static weft_status open_beside(struct wf_output *o, const char *real, struct weft_error *err)
{
    const size_t room = strlen(real) + 32;

    o->real = wf_strdup(real);
    o->temp = wf_alloc(room);
    if (!o->real || !o->temp)
        return wf_error_nomem(err, "the name of a file");
    for (int i = 0; i < 1000; i++) {
        snprintf(o->temp, room, "%s.%d-%d", real, (int)getpid(), i);
        o->fd = open(o->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (o->fd >= 0 || errno != EEXIST)
            break;
    }
    o->is_open = o->fd >= 0;
    return o->is_open ? WEFT_OK : failed(o, errno, err);
}

weft_status wf_output_open(struct wf_output *o, const char *path, struct weft_error *err)
{
    char real[PATH_MAX];
    struct stat is;

    *o = (struct wf_output){.path = path, .fd = -1};
    if (stat(path, &is))
        return errno == ENOENT ? open_beside(o, path, err) : failed(o, errno, err);
    if (S_ISREG(is.st_mode)) {
        /* Replacing a file asks only the folder; a file that must not be written stays. */
        if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) || !realpath(path, real))
            return failed(o, errno, err);
        return open_beside(o, real, err);
    }
    o->fd = open(path, O_WRONLY | O_CLOEXEC);
    o->is_open = o->fd >= 0;
    return o->is_open ? WEFT_OK : failed(o, errno, err);
}

weft_status wf_output_write(struct wf_output *o, const void *bytes, size_t n, struct weft_error *err)
{
    const char *next = bytes;

    while (n > 0) {
        const ssize_t done = write(o->fd, next, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return failed(o, errno, err);
        next += done;
        n -= (size_t)done;
    }
    return WEFT_OK;
}

weft_status wf_output_close(struct wf_output *o, struct weft_error *err)
{
    o->is_open = 0;
    if (close(o->fd)) {
        const int errnum = errno;

        if (o->temp)
            unlink(o->temp);
        return failed(o, errnum, err);
    }
    if (o->temp && rename(o->temp, o->real)) {
        const int errnum = errno;

        unlink(o->temp);
        return failed(o, errnum, err);
    }
    return WEFT_OK;
}

void wf_output_fini(struct wf_output *o)
{
    if (o->is_open) {
        close(o->fd);
        if (o->temp)
            unlink(o->temp);
    }
    wf_free(o->temp);
    wf_free(o->real);
    *o = (struct wf_output){0};
}
