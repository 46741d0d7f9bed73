/* weft/status.h - what can go wrong, and how it is told.
 *
 * A function that does something now returns a weft_status and explains in an
 * optional `struct weft_error *err`, its last argument: pass NULL to ignore it.
 * The status is the truth; the error adds who failed and one sentence.
 *
 * A function that builds (graph.h, array.h, frame.h, bag.h) never interrupts:
 * what cannot be built comes back as a handle that has already failed, and the
 * run that needs it returns the reason.
 */
#ifndef WEFT_STATUS_H
#define WEFT_STATUS_H

#include <stdio.h>
#include <weft/api.h>

WEFT_BEGIN

typedef enum weft_status {
    WEFT_OK = 0,
    WEFT_NOMEM,       /* the system or a limit refused memory */
    WEFT_INVALID,     /* an argument makes no sense: two facts disagree */
    WEFT_TYPE,        /* an operation has no meaning for this type */
    WEFT_NOT_FOUND,   /* no task, column or symbol of that name */
    WEFT_DUPLICATE,   /* a name that must be unique is used twice */
    WEFT_CYCLE,       /* tasks wait for each other in a circle */
    WEFT_IO,          /* a file could not be opened, read or written */
    WEFT_PARSE,       /* text that does not follow its format */
    WEFT_RANGE,       /* a number left the range of its type, or a value is too large for its place */
    WEFT_EMPTY,       /* the result of nothing has no meaning (max of no rows), or a stream is over */
    WEFT_CANCELLED,   /* stopped on request */
    WEFT_TIMEOUT,     /* not finished within the time given */
    WEFT_CRASHED,     /* a worker process died in the body */
    WEFT_UNSUPPORTED, /* not part of this build or machine; not in such a pool; not of this type */
    WEFT_FAILED       /* a user's body says so */
} weft_status;

/* Filled by the function that fails; written in one place, passed up untouched.
 * Plain memory: copy it, keep it, no need to free it. Texts too long are cut. */
struct weft_error {
    weft_status status;
    char        message[320]; /* one sentence: the thing and the two facts that disagree */
    char        task[96];     /* key of the task that failed; "" outside a run */
    char        site[128];    /* file:line that built it; "" if unknown */
    char        chain[512];   /* "a <- b <- c": what was asked for, back to what failed */
    char        source[256];  /* what that was to be made from, "a.csv, bytes 0 to 10; and 7 more files"
                               * (weft/source.h); without the name of a file that the message has. "": nothing, or no more */
};

/* "out of memory", "cycle", ...; never NULL. */
WEFT_API const char *weft_status_text(weft_status status);

/* Fills `err` (NULL is fine) and returns `status`, so a body can say
 *     return weft_error_set(err, WEFT_FAILED, "row %d: negative age", row);  */
WEFT_API weft_status weft_error_set(struct weft_error *err, weft_status status,
                                    const char *fmt, ...) WEFT_FORMAT(3, 4);

/* Prints what is known, in up to four lines, to `to`. */
WEFT_API void weft_error_print(const struct weft_error *err, FILE *to);

WEFT_END
#endif
