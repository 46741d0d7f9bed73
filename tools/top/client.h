/* client.h - asks a dashboard (weft/dashboard.h), and finds the one of a process. */
#ifndef TOP_CLIENT_H
#define TOP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <weft/status.h>

/* Where a dashboard is, and what to show it. */
struct place {
    char        host[256];
    int         port;
    const char *token; /* NULL: none; lent */
};

/* What GET of `path` answers, closed by a zero, into *body, to be freed. WEFT_IO when nobody
 * answers within two seconds, or not with 200; the message says what to do. */
weft_status place_get(const struct place *p, const char *path, char **body, struct weft_error *err);

/* The dashboard that is meant by PID, PORT, :PORT, HOST:PORT or its link. A number is a process
 * if there is one of that number that has a dashboard, or if it can be no port. */
weft_status place_find(struct place *out, const char *text, const char *token, struct weft_error *err);

#endif
