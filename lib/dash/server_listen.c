/* server_listen.c - where the dashboard listens: the address asked for, the first port that is free. */
#include "lib/dash/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_PORTS = 20, MOST_WAITING = 64 };

union address {
    struct sockaddr     any;
    struct sockaddr_in  four;
    struct sockaddr_in6 six;
};

static socklen_t read_address(union address *a, const char *text)
{
    memset(a, 0, sizeof *a);
    if (inet_pton(AF_INET, text, &a->four.sin_addr) == 1) {
        a->four.sin_family = AF_INET;
        return sizeof a->four;
    }
    if (inet_pton(AF_INET6, text, &a->six.sin6_addr) == 1) {
        a->six.sin6_family = AF_INET6;
        return sizeof a->six;
    }
    return 0;
}

static void set_port(union address *a, int port)
{
    if (a->any.sa_family == AF_INET)
        a->four.sin_port = htons((uint16_t)port);
    else
        a->six.sin6_port = htons((uint16_t)port);
}

/* The socket; -1 with errno. */
static int listen_at(const union address *a, socklen_t n)
{
    const int yes = 1, sent_bytes = 128 << 10;
    const int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    /* Else connections of a program that just ended keep the port from its next run. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    /* What lies in the system for each who does not read; the connections inherit it. Left to
     * itself it grows to megabytes of states nobody wants any more. */
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sent_bytes, sizeof sent_bytes);
    if (bind(fd, &a->any, n) || listen(fd, MOST_WAITING)) {
        const int reason = errno;

        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

static int port_of(int fd)
{
    union address a;
    socklen_t n = sizeof a;

    if (getsockname(fd, &a.any, &n))
        return 0;
    return ntohs(a.any.sa_family == AF_INET ? a.four.sin_port : a.six.sin6_port);
}

/* An address that means all of them is no place to go to: then the name of the machine. */
static void write_url(struct weft_dashboard *d, const char *address)
{
    const bool all = !strcmp(address, "0.0.0.0") || !strcmp(address, "::");
    const bool six = !all && strchr(address, ':');

    snprintf(d->url, sizeof d->url, "http://%s%s%s:%d/status%s%s", six ? "[" : "",
             all && d->about.host[0] ? d->about.host : address, six ? "]" : "", d->guard.port,
             d->guard.token[0] ? "?token=" : "", d->guard.token);
}

weft_status wf_dash_listen(struct weft_dashboard *d, const struct weft_dashboard_spec *spec, struct weft_error *err)
{
    const char *address = spec->address && spec->address[0] ? spec->address : "127.0.0.1";
    const char *token = spec->token ? spec->token : "";
    union address a;
    const socklen_t n = read_address(&a, address);
    int port = spec->port;

    if (!n)
        return weft_error_set(err, WEFT_INVALID, "dashboard: '%s' is not an address as 127.0.0.1 or ::1", address);
    if (port < 0 || port > 65535)
        return weft_error_set(err, WEFT_INVALID, "dashboard: port %d is not from 0 to 65535", port);
    if (token[0]) {
        const weft_status st = wf_token_check(token, err);

        if (st)
            return st;
    }
    d->guard.loopback = wf_address_is_loopback(address);
    if (!d->guard.loopback && !token[0])
        return weft_error_set(err, WEFT_INVALID,
                              "dashboard: address %s is not loopback, and there is no token: anybody could look", address);
    snprintf(d->guard.token, sizeof d->guard.token, "%s", token);

    do {
        set_port(&a, port);
        d->listen_fd = listen_at(&a, n);
    } while (d->listen_fd < 0 && errno == EADDRINUSE && port && ++port < spec->port + MOST_PORTS && port < 65536);
    if (d->listen_fd < 0) {
        if (errno == EADDRINUSE && spec->port)
            return weft_error_set(err, WEFT_IO, "dashboard: no port of %s from %d to %d is free", address, spec->port,
                                  port - 1);
        return weft_error_set(err, WEFT_IO, "dashboard: cannot listen at %s port %d: %s", address, port,
                              strerror(errno));
    }
    d->guard.port = port_of(d->listen_fd);
    write_url(d, address);
    return WEFT_OK;
}
