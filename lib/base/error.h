/* error.h - struct weft_error, filled in one place.
 *
 * Inside as outside: `return weft_error_set(err, WEFT_INVALID, "...")` where the
 * facts are known; everybody above passes it on untouched.
 */
#ifndef WF_ERROR_H
#define WF_ERROR_H

#include <stdarg.h>
#include <string.h>

#include <weft/status.h>

weft_status wf_error_setv(struct weft_error *err, weft_status status, const char *fmt, va_list args);

/* These two are inline so that libweft-draw, which sees only public names, has them too. */

/* WEFT_NOMEM with the usual sentence; `what` names what there was no room for. */
static inline weft_status wf_error_nomem(struct weft_error *err, const char *what)
{
    return weft_error_set(err, WEFT_NOMEM, "no memory for %s", what);
}

/* `status` with the system's reason: "path: No such file or directory". */
static inline weft_status wf_error_errno(struct weft_error *err, weft_status status, const char *path,
                                         int errnum)
{
    char reason[128];

    return weft_error_set(err, status, "%s: %s", path, strerror_r(errnum, reason, sizeof reason));
}

#endif
