/* server_guard.c - who may look: by the name he asked for, the page he asks from, and the token he shows.
 *
 * A page from elsewhere runs in the browser of somebody at this machine, and so reaches loopback.
 * It may not read what another origin answers, unless its own name is made to mean our address
 * (DNS rebinding): then the Host it sends is that name, which no loopback address has.
 */
#include "lib/dash/server_guard.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool wf_address_is_loopback(const char *address)
{
    struct in_addr four;
    struct in6_addr six;

    if (inet_pton(AF_INET, address, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* So that a link, a header and a cookie hold it as it is. */
weft_status wf_token_check(const char *token, struct weft_error *err)
{
    const size_t n = strlen(token);

    if (n < WF_TOKEN_LEAST || n > WF_TOKEN_MOST)
        return weft_error_set(err, WEFT_INVALID, "dashboard: a token has %d to %d letters, this one %zu",
                              WF_TOKEN_LEAST, WF_TOKEN_MOST, n);
    for (size_t i = 0; i < n; i++) {
        const char c = token[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c)))
            return weft_error_set(err, WEFT_INVALID,
                                  "dashboard: a token is of letters, digits and -._~, its letter %zu is none of them",
                                  i + 1);
    }
    return WEFT_OK;
}

/* As long for every wrong token: how long a guess took tells nothing of how good it was. */
static bool same_token(const char *ours, const char *theirs)
{
    const size_t n = strlen(ours), n_theirs = strlen(theirs);
    volatile unsigned char differs = n != n_theirs;

    for (size_t i = 0; i < n; i++)
        differs |= (unsigned char)(ours[i] ^ (n_theirs ? theirs[i % n_theirs] : 0));
    return !differs;
}

/* "localhost:8787", "127.0.0.1:8787", "[::1]:8787"; without a port 80 is meant. */
static bool is_loopback_host(const char *host, int port)
{
    char name[64];
    const char *end = host[0] == '[' ? strchr(host, ']') : strchr(host, ':');
    const char *rest = end ? end + (host[0] == '[') : host + strlen(host);
    const size_t skip = host[0] == '[';
    const size_t n = (size_t)((end ? end : rest) - host);
    long asked = 80;

    if (n < skip || n - skip >= sizeof name || (skip && !end))
        return false;
    memcpy(name, host + skip, n - skip);
    name[n - skip] = '\0';
    if (rest[0] == ':') {
        char *last;

        if (rest[1] < '0' || rest[1] > '9')
            return false;
        asked = strtol(rest + 1, &last, 10);
        if (*last)
            return false;
    } else if (rest[0]) {
        return false;
    }
    return asked == port && (!strcasecmp(name, "localhost") || wf_address_is_loopback(name));
}

static bool is_own_origin(const struct wf_caller *c)
{
    static const char scheme[] = "http://";

    return c->host && !strncasecmp(c->origin, scheme, sizeof scheme - 1)
           && !strcasecmp(c->origin + sizeof scheme - 1, c->host);
}

/* Browsers say from where they fetch. To follow a link to the page is fine from anywhere. */
static bool is_fetched_elsewhere(const struct wf_caller *c)
{
    return c->fetch_site && strcasecmp(c->fetch_site, "same-origin") && strcasecmp(c->fetch_site, "none")
           && !(c->fetch_mode && !strcasecmp(c->fetch_mode, "navigate"));
}

enum wf_verdict wf_guard_judge(const struct wf_guard *g, const struct wf_caller *c)
{
    static const char bearer[] = "Bearer ";

    if (g->loopback && !(c->host && is_loopback_host(c->host, g->port)))
        return WF_NO_HOST;
    if ((c->origin && !is_own_origin(c)) || is_fetched_elsewhere(c))
        return WF_NO_ORIGIN;
    if (!g->token[0])
        return WF_LET_IN;
    if (c->authorization && !strncasecmp(c->authorization, bearer, sizeof bearer - 1))
        return same_token(g->token, c->authorization + sizeof bearer - 1) ? WF_LET_IN : WF_WRONG_TOKEN;
    if (c->token)
        return same_token(g->token, c->token) ? WF_LET_IN : WF_WRONG_TOKEN;
    if (c->cookie)
        return same_token(g->token, c->cookie) ? WF_LET_IN : WF_WRONG_TOKEN;
    return WF_NO_TOKEN;
}
