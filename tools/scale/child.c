/* child.c - one program run to its end, so that nothing of it is left, whatever happens.
 *
 * It leads a group of processes of its own. Who ends us by a signal ends that group first:
 * signals are held back while it runs, and looked at one by one. Should we be killed without
 * a word, the system kills the program, though not what that has started.
 */
#include "tools/scale/scale.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Between asking a program to end and killing it. */
static const int64_t grace_ns = 1000000000;

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static weft_status failed(struct weft_error *err, const char *what)
{
    return weft_error_set(err, WEFT_IO, "%s: %s", what, strerror(errno));
}

/* The child: becomes the program, or sends why not. */
_Noreturn static void become(const struct scale_child *c, pid_t parent, const sigset_t *mask, int why_fd)
{
    const int null = open("/dev/null", O_RDONLY);
    int why;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it went before we could ask to be told */
        _exit(127);
    sigprocmask(SIG_SETMASK, mask, NULL);
    if (null >= 0 && dup2(null, 0) >= 0 && dup2(c->out_fd, 1) >= 0 && dup2(c->err_fd, 2) >= 0
        && (!c->dir || !chdir(c->dir))) {
        if (null > 2)
            close(null);
        execvpe(c->argv[0], c->argv, c->env);
    }
    why = errno;
    if (write(why_fd, &why, sizeof why) < 0)
        _exit(126);
    _exit(127);
}

/* 0 when the program runs, else the errno that kept it from running. */
static int hear_why(int fd)
{
    int why = 0;
    ssize_t got;

    do
        got = read(fd, &why, sizeof why);
    while (got < 0 && errno == EINTR);
    return got == sizeof why ? why : 0;
}

static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};

    /* Left to be reaped: until then the number of its group is nobody else's. */
    return !waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid == pid;
}

/* Until `until_ns` (0: for ever) or one of the signals, which it answers; 0: none. */
static int sleep_until(const sigset_t *signals, int64_t until_ns)
{
    const int64_t left = until_ns - now_ns();
    const struct timespec t = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    int got;

    if (until_ns && left <= 0)
        return 0;
    got = sigtimedwait(signals, NULL, until_ns ? &t : NULL);
    return got > 0 && got != SIGCHLD ? got : 0;
}

static void watch(struct scale_exit *out, pid_t pid, const sigset_t *signals, int64_t begin_ns, int64_t timeout_ns)
{
    int64_t until = timeout_ns && timeout_ns < INT64_MAX - begin_ns ? begin_ns + timeout_ns : 0;

    while (!has_ended(pid)) {
        const int signal = sleep_until(signals, until);
        const bool late = until && now_ns() >= until;

        if (!signal && !late)
            continue;
        if (out->end == SCALE_EXITED) {
            out->end = signal ? SCALE_INTERRUPTED : SCALE_TIMED_OUT;
            out->signal = signal;
            kill(-pid, SIGTERM);
            kill(-pid, SIGCONT); /* one that is stopped hears nothing */
            until = now_ns() + grace_ns;
        } else {
            kill(-pid, SIGKILL); /* asked in vain, or told twice */
            until = 0;
        }
    }
    out->wall_ns = now_ns() - begin_ns;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void reap(struct scale_exit *out, pid_t pid)
{
    struct rusage used;

    kill(-pid, SIGKILL); /* what it has left running */
    while (wait4(pid, &out->wait_status, 0, &used) < 0 && errno == EINTR)
        ;
    out->user = seconds_of(used.ru_utime);
    out->system = seconds_of(used.ru_stime);
    out->peak_bytes = (int64_t)used.ru_maxrss * 1024;
}

static void hold_signals(sigset_t *held, sigset_t *before)
{
    static const int which[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT};

    sigemptyset(held);
    for (size_t i = 0; i < sizeof which / sizeof *which; i++)
        sigaddset(held, which[i]);
    sigprocmask(SIG_BLOCK, held, before);
    signal(SIGCHLD, SIG_DFL); /* who ignores it has no children to wait for */
}

weft_status scale_child_run(struct scale_exit *out, const struct scale_child *child, struct weft_error *err)
{
    const pid_t self = getpid();
    sigset_t held, before;
    int why[2] = {-1, -1}, reason;
    int64_t begin;
    pid_t pid;
    weft_status st = WEFT_OK;

    *out = (struct scale_exit){.end = SCALE_EXITED};
    hold_signals(&held, &before);
    if (pipe2(why, O_CLOEXEC)) {
        st = failed(err, "a pipe");
        goto out;
    }
    begin = now_ns();
    pid = fork();
    if (pid == 0)
        become(child, self, &before, why[1]);
    if (pid < 0) {
        st = failed(err, child->argv[0]);
        goto out;
    }
    setpgid(pid, pid); /* it does the same: whoever is first, the group is there before a signal is sent to it */
    close(why[1]);
    why[1] = -1;
    reason = hear_why(why[0]);
    watch(out, pid, &held, begin, child->timeout_ns);
    reap(out, pid);
    if (reason)
        st = weft_error_set(err, reason == ENOENT ? WEFT_NOT_FOUND : WEFT_IO, "%s: %s", child->argv[0], strerror(reason));
out:
    if (why[0] >= 0)
        close(why[0]);
    if (why[1] >= 0)
        close(why[1]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return st;
}
