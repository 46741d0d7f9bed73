/* find.c - the dashboard that is meant: by the number of a process, a port, or a link.
 *
 * A process is known by the sockets it holds: /proc/PID/fd names their inodes, /proc/PID/net/tcp
 * and tcp6 say which of them listen, and where.
 */
#include "tools/top/client.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SOCKETS = 256, LISTENS = 0x0a };

struct sockets {
    unsigned long inode[MOST_SOCKETS];
    int           n;
};

/* False: not ours to look into, or gone; errno. */
static bool list_sockets(struct sockets *s, int pid)
{
    char path[64], target[64];
    DIR *dir;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    dir = opendir(path);
    if (!dir)
        return false;
    for (struct dirent *e; (e = readdir(dir)) && s->n < MOST_SOCKETS;) {
        const ssize_t n = readlinkat(dirfd(dir), e->d_name, target, sizeof target - 1);

        if (n <= 0)
            continue;
        target[n] = '\0';
        if (sscanf(target, "socket:[%lu]", &s->inode[s->n]) == 1)
            s->n++;
    }
    closedir(dir);
    return true;
}

static bool holds(const struct sockets *s, unsigned long inode)
{
    for (int i = 0; i < s->n; i++)
        if (s->inode[i] == inode)
            return true;
    return false;
}

/* Where one of them listens, by the next line of a table that has such; false: no more. The
 * address is written as the words of memory that hold it. */
static bool next_listener(FILE *table, const struct sockets *s, struct place *p)
{
    char line[512], address[40];
    unsigned port, state;
    unsigned long inode;

    while (fgets(line, sizeof line, table)) {
        if (sscanf(line, " %*d: %39[0-9A-F]:%x %*[0-9A-F]:%*x %x %*s %*s %*s %*s %*s %lu", address, &port, &state,
                   &inode) != 4)
            continue;
        if (state != LISTENS || !holds(s, inode))
            continue;
        if (strlen(address) > 8)
            snprintf(p->host, sizeof p->host, "%s", strspn(address, "0") == 32 || !strncmp(address + 24, "01000000", 8)
                     ? "::1" : "127.0.0.1");
        else if (strspn(address, "0") == 8)
            snprintf(p->host, sizeof p->host, "127.0.0.1");
        else {
            const unsigned long a = strtoul(address, NULL, 16);

            snprintf(p->host, sizeof p->host, "%lu.%lu.%lu.%lu", a & 255, a >> 8 & 255, a >> 16 & 255, a >> 24 & 255);
        }
        p->port = (int)port;
        return true;
    }
    return false;
}

/* Whether what listens there is the dashboard of this process, or wants a token first. */
static bool is_dashboard(const struct place *p, int pid)
{
    struct weft_error err = {0};
    char *body = NULL;
    char said[32];
    bool is;

    if (place_get(p, "/json/identity.json", &body, &err))
        return strstr(err.message, "token") != NULL;
    snprintf(said, sizeof said, "\"pid\":%d,", pid);
    is = strstr(body, said) && strstr(body, "\"instance\":");
    free(body);
    return is;
}

static bool find_in(const char *name, int pid, const struct sockets *s, struct place *p)
{
    char path[64];
    FILE *table;
    bool found = false;

    snprintf(path, sizeof path, "/proc/%d/net/%s", pid, name);
    table = fopen(path, "re");
    if (!table)
        return false;
    while (!found && next_listener(table, s, p))
        found = is_dashboard(p, pid);
    fclose(table);
    return found;
}

static weft_status find_process(struct place *p, int pid, struct weft_error *err)
{
    struct sockets s = {.n = 0};

    if (kill(pid, 0) && errno == ESRCH)
        return weft_error_set(err, WEFT_NOT_FOUND, "there is no process %d", pid);
    if (!list_sockets(&s, pid))
        return weft_error_set(err, WEFT_IO, "process %d cannot be looked into: %s; give the port of its dashboard",
                              pid, strerror(errno));
    if (find_in("tcp", pid, &s, p) || find_in("tcp6", pid, &s, p))
        return WEFT_OK;
    return weft_error_set(err, WEFT_NOT_FOUND,
                          "process %d has no dashboard: set WEFT_DASHBOARD=8787 when starting it", pid);
}

/* The port in [from, to); 0: none. */
static int port_of(const char *from, const char *to)
{
    char *end;
    const long port = isdigit((unsigned char)*from) ? strtol(from, &end, 10) : 0;

    return port > 0 && port < 65536 && end == to ? (int)port : 0;
}

static weft_status find_address(struct place *p, const char *text, struct weft_error *err)
{
    const char *from = strncmp(text, "http://", 7) ? text : text + 7;
    const char *to = from + strcspn(from, "/?");
    const char *colon = to;
    size_t n;

    while (colon > from && *colon != ':')
        colon--;
    p->port = *colon == ':' ? port_of(colon + 1, to) : 0;
    if (!p->port)
        return weft_error_set(err, WEFT_INVALID, "'%s' is no process, port, HOST:PORT or link", text);
    if (*from == '[' && colon > from && colon[-1] == ']') {
        from++;
        colon--;
    }
    n = (size_t)(colon - from);
    if (n >= sizeof p->host)
        return weft_error_set(err, WEFT_INVALID, "'%s' is too long for a host", text);
    memcpy(p->host, from, n);
    p->host[n] = '\0';
    if (!n)
        strcpy(p->host, "127.0.0.1");
    return WEFT_OK;
}

weft_status place_find(struct place *out, const char *text, const char *token, struct weft_error *err)
{
    const size_t n = strlen(text);
    weft_status st;
    long number;

    *out = (struct place){.token = token && *token ? token : NULL};
    if (!n || strspn(text, "0123456789") != n)
        return find_address(out, text, err);
    number = strtol(text, NULL, 10);
    if (number <= 0 || number > 0x7fffffff)
        return weft_error_set(err, WEFT_INVALID, "%s is no process and no port", text);
    st = find_process(out, (int)number, err);
    if (st && number < 65536) {
        struct weft_error none;
        char *body = NULL;

        strcpy(out->host, "127.0.0.1");
        out->port = (int)number;
        /* What is told of the process holds if nothing is there, either; else what the port tells. */
        if (!place_get(out, "/health", &body, &none))
            st = WEFT_OK;
        else if (st == WEFT_NOT_FOUND && kill((pid_t)number, 0) && errno == ESRCH)
            st = weft_error_set(err, WEFT_NOT_FOUND, "%ld is no process, and as a port: %s", number, none.message);
        free(body);
    }
    return st;
}
