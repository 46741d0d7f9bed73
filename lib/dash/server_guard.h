/* server_guard.h - who may look. */
#ifndef WF_DASH_SERVER_GUARD_H
#define WF_DASH_SERVER_GUARD_H

#include <stdbool.h>
#include <weft/status.h>

enum { WF_TOKEN_LEAST = 8, WF_TOKEN_MOST = 128 };

struct wf_guard {
    bool loopback; /* listens there only */
    int  port;
    char token[WF_TOKEN_MOST + 1]; /* "": none */
};

/* What a request says of who asks; NULL: nothing. Lent for the call. */
struct wf_caller {
    const char *host, *origin, *fetch_site, *fetch_mode; /* headers of these names */
    const char *authorization;
    const char *token, *cookie; /* the token of the link, of the page */
};

enum wf_verdict {
    WF_LET_IN,
    WF_NO_HOST,     /* asks for another name than loopback's: a page elsewhere may have been given our address */
    WF_NO_ORIGIN,   /* a page elsewhere asks */
    WF_NO_TOKEN,
    WF_WRONG_TOKEN,
};

bool            wf_address_is_loopback(const char *address); /* numbers, as inet_pton() reads them */
weft_status     wf_token_check(const char *token, struct weft_error *err);
enum wf_verdict wf_guard_judge(const struct wf_guard *g, const struct wf_caller *c);

#endif
