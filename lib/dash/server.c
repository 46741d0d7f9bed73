/* server.c - the life of a dashboard: one thread that answers, and looks while somebody listens. */
#include "lib/dash/server.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"

static const int64_t ms = 1000000;

enum {
    LEAST_MS = 20,      /* between looks */
    CALM_MS = 500,      /* while nothing runs: to see that something does, and to say that we are still there */
    FAREWELL_MS = 200,  /* for those who listen to hear of the end */
};

/* ---- Looking ----------------------------------------------------------------- */

/* From one look to the next of those the clock does. */
static int64_t pause_of(const struct weft_dashboard *d)
{
    return d->view.moved || d->interval_ns > CALM_MS * ms ? d->interval_ns : CALM_MS * ms;
}

/* While somebody listens the clock looks, and who asks for a state is told that of the last
 * look; else each who asks looks, but not more often than the clock would. */
void wf_dash_look(struct weft_dashboard *d)
{
    const int64_t age = wf_view_age_ns(&d->view);

    if (age < (d->n_streams ? 4 * pause_of(d) : d->interval_ns / 2))
        return;
    (void)wf_view_look(&d->view); // no memory: what was seen is still true of then
    wf_messages_drop(d);
}

static void tell(struct weft_dashboard *d)
{
    wf_messages_drop(d);
    wf_streams_wake(d);
}

/* Looks if it is time to; answers when it is the next time. */
static int64_t keep_time(struct weft_dashboard *d, int64_t now)
{
    const int64_t pause = pause_of(d);

    if (!d->n_streams)
        return INT64_MAX;
    if (now < d->view.looked_ns + pause)
        return d->view.looked_ns + pause;
    if (wf_view_look(&d->view))
        return now + pause;
    tell(d);
    return d->view.looked_ns + d->interval_ns;
}

/* ---- The thread -------------------------------------------------------------- */

/* Until something is asked for, the time has come, or the end. False: the end. */
static bool wait_for_more(struct weft_dashboard *d, int64_t until_ns)
{
    struct pollfd fds[2] = {{.fd = d->stop_fd, .events = POLLIN}, {.events = POLLIN}};
    MHD_UNSIGNED_LONG_LONG daemon_ms;
    int64_t wait_ms = until_ns == INT64_MAX ? -1 : (until_ns - wf_now_ns() + ms - 1) / ms;

    fds[1].fd = MHD_get_daemon_info(d->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    if (until_ns != INT64_MAX && wait_ms < 0)
        wait_ms = 0;
    if (MHD_get_timeout(d->daemon, &daemon_ms) && (wait_ms < 0 || (int64_t)daemon_ms < wait_ms))
        wait_ms = (int64_t)daemon_ms;
    (void)poll(fds, 2, wait_ms > 60000 ? 60000 : (int)wait_ms);
    return !fds[0].revents;
}

/* The last state, to those who take it in time. */
static void say_farewell(struct weft_dashboard *d)
{
    const int64_t end = wf_now_ns() + FAREWELL_MS * ms;

    d->ending = true;
    if (!d->n_streams)
        return;
    (void)wf_view_look(&d->view);
    tell(d);
    while (d->n_streams && wf_now_ns() < end) {
        struct pollfd fd = {.events = POLLIN};

        fd.fd = MHD_get_daemon_info(d->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
        MHD_run(d->daemon);
        if (d->n_streams)
            (void)poll(&fd, 1, 2);
        wf_streams_wake(d);
    }
}

static void *serve(void *dashboard)
{
    struct weft_dashboard *d = dashboard;

    /* Workers go first: a batch thread preempts nobody, and gets a tenth of a core that is full. */
    const struct sched_param none = {0};

    pthread_setname_np(pthread_self(), "weft-dash");
    (void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), 10);

    for (int64_t next = INT64_MAX; wait_for_more(d, next);) {
        MHD_run(d->daemon);
        next = keep_time(d, wf_now_ns());
    }
    say_farewell(d);
    return NULL;
}

/* Signals of the program are for its own threads. */
static bool start_thread(struct weft_dashboard *d)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&d->thread, NULL, serve, d);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    d->has_thread = !failed;
    return !failed;
}

/* ---- Life -------------------------------------------------------------------- */

static struct MHD_Daemon *start_daemon(struct weft_dashboard *d)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, wf_http_answer, d,
                            MHD_OPTION_LISTEN_SOCKET, d->listen_fd,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)WF_MOST_CONNECTIONS,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WF_HEADER_BYTES,
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)WF_STALLED_S,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

weft_status weft_dashboard_open(weft_dashboard **out, weft_pool *pool, const struct weft_dashboard_spec *spec,
                                struct weft_error *err)
{
    const struct weft_dashboard_spec none = {0};
    weft_dashboard *d = wf_alloc_zero(1, sizeof *d);
    weft_status st = WEFT_NOMEM;

    if (!d)
        return weft_error_set(err, WEFT_NOMEM, "dashboard: no memory");
    spec = spec ? spec : &none;
    d->listen_fd = d->stop_fd = -1;
    d->interval_ns = spec->interval_ns > 0 ? spec->interval_ns : 250 * ms;
    if (d->interval_ns < LEAST_MS * ms)
        d->interval_ns = LEAST_MS * ms;
    wf_server_about_read(&d->about);
    st = wf_dash_listen(d, spec, err);
    if (st)
        goto out;
    st = wf_view_init(&d->view, pool, err);
    if (st)
        goto out;
    d->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (d->stop_fd < 0) {
        st = weft_error_set(err, WEFT_IO, "dashboard: no eventfd: %s", strerror(errno));
        goto out;
    }
    d->daemon = start_daemon(d);
    if (!d->daemon || !start_thread(d)) {
        st = weft_error_set(err, WEFT_NOMEM, "dashboard: the system starts no %s for it",
                            d->daemon ? "thread" : "server");
        goto out;
    }
    if (spec->announce)
        fprintf(stderr, "weft: dashboard at %s\n", d->url);
    *out = d;
    d = NULL;
out:
    weft_dashboard_close(d);
    return st;
}

void weft_dashboard_close(weft_dashboard *d)
{
    const uint64_t one = 1;

    if (!d)
        return;
    if (d->has_thread) {
        (void)!write(d->stop_fd, &one, sizeof one);
        pthread_join(d->thread, NULL);
    }
    if (d->daemon) {
        /* A process that was forked meanwhile may hold this socket open: it listens no more. */
        shutdown(d->listen_fd, SHUT_RDWR);
        wf_streams_wake(d); // the daemon cannot end what is suspended
        MHD_stop_daemon(d->daemon);
    } else if (d->listen_fd >= 0) {
        close(d->listen_fd);
    }
    if (d->stop_fd >= 0)
        close(d->stop_fd);
    wf_messages_drop(d);
    wf_view_fini(&d->view);
    wf_json_fini(&d->json);
    wf_free(d);
}

const char *weft_dashboard_url(const weft_dashboard *d)
{
    return d->url;
}
