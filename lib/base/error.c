/* error.c - struct weft_error, filled in one place. */
#include "lib/base/error.h"

#include <string.h>

static const char *const status_text[] = {
    [WEFT_OK]          = "ok",
    [WEFT_NOMEM]       = "out of memory",
    [WEFT_INVALID]     = "invalid argument",
    [WEFT_TYPE]        = "wrong type",
    [WEFT_NOT_FOUND]   = "not found",
    [WEFT_DUPLICATE]   = "duplicate",
    [WEFT_CYCLE]       = "cycle",
    [WEFT_IO]          = "input or output failed",
    [WEFT_PARSE]       = "malformed text",
    [WEFT_RANGE]       = "out of range",
    [WEFT_EMPTY]       = "nothing to compute from",
    [WEFT_CANCELLED]   = "cancelled",
    [WEFT_TIMEOUT]     = "not finished in time",
    [WEFT_CRASHED]     = "worker process died",
    [WEFT_UNSUPPORTED] = "not supported",
    [WEFT_FAILED]      = "failed",
};

const char *weft_status_text(weft_status status)
{
    const size_t n = sizeof status_text / sizeof *status_text;

    return (size_t)status < n ? status_text[status] : "unknown status";
}

weft_status wf_error_setv(struct weft_error *err, weft_status status, const char *fmt, va_list args)
{
    if (!err)
        return status;
    memset(err, 0, sizeof *err);
    err->status = status;
    vsnprintf(err->message, sizeof err->message, fmt, args);
    return status;
}

weft_status weft_error_set(struct weft_error *err, weft_status status, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    wf_error_setv(err, status, fmt, args);
    va_end(args);
    return status;
}

void weft_error_print(const struct weft_error *err, FILE *to)
{
    fprintf(to, "error: %s\n", err->message[0] ? err->message : weft_status_text(err->status));
    if (err->task[0])
        fprintf(to, "  in task %s%s%s\n", err->task, err->site[0] ? ", built at " : "", err->site);
    if (err->chain[0])
        fprintf(to, "  asked for by %s\n", err->chain);
    if (err->source[0])
        fprintf(to, "  made from %s\n", err->source);
}
