/* report_graph.c - the graph as a picture that can stand in a page. */
#include "tools/dash/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

#if HAVE_DRAW

#include <weft/draw.h>

static weft_status read_all(char **bytes, size_t *n, int fd, const char *path, struct weft_error *err)
{
    struct stat about;

    if (fstat(fd, &about))
        return wf_error_errno(err, WEFT_IO, path, errno);
    *bytes = wf_alloc((size_t)about.st_size + 1);
    if (!*bytes)
        return wf_error_nomem(err, "the picture of a report");
    for (*n = 0; *n < (size_t)about.st_size;) {
        const ssize_t got = pread(fd, *bytes + *n, (size_t)about.st_size - *n, (off_t)*n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return wf_error_errno(err, WEFT_IO, path, got ? errno : EIO);
        *n += (size_t)got;
    }
    (*bytes)[*n] = '\0';
    return WEFT_OK;
}

/* A page has the element, not the head of a file of its own. */
static void keep_element(char *bytes, size_t *n)
{
    const char *begin = strstr(bytes, "<svg");

    *n = begin ? *n - (size_t)(begin - bytes) : 0;
    memmove(bytes, begin ? begin : bytes, *n + 1);
}

/* libweft-draw writes files, which appear under their name when they are complete: so the
 * picture goes to a folder that nobody else may enter. */
weft_status wf_report_graph(char **bytes, size_t *n, const weft_trace *t, struct weft_error *err)
{
    const char *tmp = getenv("TMPDIR");
    const struct weft_draw_spec how = {.no_legend = true}; /* its figures are those of the page */
    char folder[256], path[280];
    weft_status st;
    int fd;

    *bytes = NULL;
    *n = 0;
    if (weft_trace_n_tasks(t) == 0)
        return WEFT_OK;
    snprintf(folder, sizeof folder, "%s/weft-report-XXXXXX", tmp && *tmp && strlen(tmp) < 200 ? tmp : "/tmp");
    if (!mkdtemp(folder))
        return wf_error_errno(err, WEFT_IO, folder, errno);
    snprintf(path, sizeof path, "%s/graph.svg", folder);
    st = weft_draw_trace(t, path, &how, err);
    if (!st) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
        st = fd < 0 ? wf_error_errno(err, WEFT_IO, path, errno) : read_all(bytes, n, fd, path, err);
        if (fd >= 0)
            close(fd);
    }
    if (!st)
        keep_element(*bytes, n);
    unlink(path);
    rmdir(folder);
    if (st == WEFT_INVALID || st == WEFT_UNSUPPORTED) /* too much for one picture: the rest of the page stands */
        st = WEFT_OK;
    return st;
}

#else

weft_status wf_report_graph(char **bytes, size_t *n, const weft_trace *t, struct weft_error *err)
{
    (void)t;
    (void)err;
    *bytes = NULL;
    *n = 0;
    return WEFT_OK;
}

#endif
