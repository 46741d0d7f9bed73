/* client.c - asks a dashboard: one GET over one connection, and no more of HTTP than that takes.
 *
 * The server is ours: it answers HTTP/1.0 with the body and then closes. A library for HTTP would
 * bring its own for TLS, names and compression to whoever wants to look at a process of this
 * machine.
 */
#include "tools/top/client.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { WAIT_S = 2, MOST_BYTES = 64 << 20 };

/* A socket to it; -1 with errno. */
static int reach(const struct place *p)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    const struct timeval wait = {.tv_sec = WAIT_S};
    struct addrinfo *list = NULL;
    char port[8];
    int fd = -1, reason = EHOSTUNREACH;

    snprintf(port, sizeof port, "%d", p->port);
    if (getaddrinfo(p->host, port, &hints, &list))
        goto out;
    for (const struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd < 0) {
            reason = errno;
            continue;
        }
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
        if (connect(fd, a->ai_addr, a->ai_addrlen)) {
            reason = errno;
            close(fd);
            fd = -1;
        }
    }
out:
    if (list)
        freeaddrinfo(list);
    errno = reason;
    return fd;
}

static bool send_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        const ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* All until it closes, with a zero behind; NULL with errno. */
static char *receive_all(int fd)
{
    size_t n = 0, room = 16384;
    char *bytes = malloc(room);

    while (bytes) {
        ssize_t got;

        if (n + 1 == room) {
            char *grown = room < MOST_BYTES ? realloc(bytes, room *= 2) : NULL;

            if (!grown)
                errno = ENOMEM;
            if (!grown)
                break;
            bytes = grown;
        }
        got = recv(fd, bytes + n, room - n - 1, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        if (got == 0) {
            bytes[n] = '\0';
            return bytes;
        }
        n += (size_t)got;
    }
    free(bytes);
    return NULL;
}

static weft_status refused(const struct place *p, int code, const char *why, struct weft_error *err)
{
    if (code == 401)
        return weft_error_set(err, WEFT_IO, "%s:%d wants %s: --token TOKEN, or WEFT_DASHBOARD_TOKEN", p->host, p->port,
                              p->token ? "another token" : "a token");
    if (!code)
        return weft_error_set(err, WEFT_IO, "what answers at %s:%d is no dashboard", p->host, p->port);
    return weft_error_set(err, WEFT_IO, "%s:%d answers %d: %.*s", p->host, p->port, code, (int)strcspn(why, "\n"), why);
}

weft_status place_get(const struct place *p, const char *path, char **body, struct weft_error *err)
{
    char request[1024];
    char *answer = NULL, *start;
    int code = 0;
    weft_status st;
    const int fd = reach(p);

    if (fd < 0)
        return weft_error_set(err, WEFT_IO, "nobody answers at %s:%d: %s", p->host, p->port, strerror(errno));
    snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: %s%s%s:%d\r\n%s%s%sConnection: close\r\n\r\n", path,
             strchr(p->host, ':') ? "[" : "", p->host, strchr(p->host, ':') ? "]" : "", p->port,
             p->token ? "Authorization: Bearer " : "", p->token ? p->token : "", p->token ? "\r\n" : "");
    if (send_all(fd, request, strlen(request)))
        answer = receive_all(fd);
    if (!answer) {
        st = weft_error_set(err, WEFT_IO, "no answer from %s:%d: %s", p->host, p->port,
                            errno == EAGAIN ? "it took too long" : strerror(errno));
        goto out;
    }
    start = strstr(answer, "\r\n\r\n");
    if (!start || sscanf(answer, "HTTP/%*d.%*d %d", &code) != 1)
        code = 0;
    if (code != 200) {
        st = refused(p, code, start ? start + 4 : "", err);
        goto out;
    }
    memmove(answer, start + 4, strlen(start + 4) + 1);
    *body = answer;
    answer = NULL;
    st = WEFT_OK;
out:
    free(answer);
    close(fd);
    return st;
}
