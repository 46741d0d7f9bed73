/* input.c - a file that is read whole. */
#include "lib/base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { LEAST_ROOM = 1 << 16 };

/* Room for what the file has, its zero, and one byte more, so that its end is met without growing. */
static size_t first_room(int fd)
{
    struct stat is;

    return fstat(fd, &is) || is.st_size < LEAST_ROOM ? LEAST_ROOM : (size_t)is.st_size + 2;
}

weft_status wf_input_read(char **out, size_t *n_out, const char *path, size_t most, struct weft_error *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes = NULL;
    size_t n = 0, room;
    ssize_t got = 1;
    weft_status st = WEFT_OK;

    if (fd < 0)
        return wf_error_errno(err, WEFT_IO, path, errno);
    room = first_room(fd);
    while (!st && got && n < most) {
        char *grown = !bytes || n + 1 == room ? wf_realloc(bytes, bytes ? room *= 2 : room) : bytes;
        size_t wanted = room - 1 - n;

        if (!grown) {
            st = wf_error_nomem(err, path);
            break;
        }
        bytes = grown;
        wanted = wanted < most - n ? wanted : most - n;
        do
            got = read(fd, bytes + n, wanted);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            st = wf_error_errno(err, WEFT_IO, path, errno);
        else
            n += (size_t)got;
    }
    close(fd);
    if (st) {
        wf_free(bytes);
        return st;
    }
    bytes[n] = '\0';
    *out = bytes;
    *n_out = n;
    return WEFT_OK;
}
