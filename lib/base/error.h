/* error.h - struct weft_error, filled in one place.
 *
 * Inside as outside: `return weft_error_set(err, WEFT_INVALID, "...")` where the
 * facts are known; everybody above passes it on untouched.
 */
#ifndef WF_ERROR_H
#define WF_ERROR_H

#include <stdarg.h>

#include <weft/status.h>

weft_status wf_error_setv(struct weft_error *err, weft_status status, const char *fmt, va_list args);

/* WEFT_NOMEM with the usual sentence; `what` names what there was no room for. */
weft_status wf_error_nomem(struct weft_error *err, const char *what);

/* `status` with the system's reason: "path: No such file or directory". */
weft_status wf_error_errno(struct weft_error *err, weft_status status, const char *path, int errnum);

#endif
