/* child.c - starting a contestant, listening to what it prints. */
#include "bench/support/child.h"

#include "bench/support/bench.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Reads to the end of the pipe; false if time ran out before. */
static bool listen_to(int fd, char *out, int64_t until_ns)
{
    size_t n = 0;

    for (;;) {
        char          rest[256];
        const bool    is_full = n + 1 >= BENCH_ANSWER_MAX;
        struct pollfd p = { .fd = fd, .events = POLLIN };
        const int64_t left_ms = (until_ns - bench_now_ns()) / 1000000;
        ssize_t       got = 0;

        if (left_ms <= 0)
            return false;
        if (poll(&p, 1, (int)left_ms) <= 0)
            continue;
        got = is_full ? read(fd, rest, sizeof rest) : read(fd, out + n, BENCH_ANSWER_MAX - 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return true;
        if (!is_full)
            n += (size_t)got;
    }
}

static pid_t spawn(char *const *argv, int out_fd, int other_fd)
{
    posix_spawn_file_actions_t actions;
    pid_t                      pid = -1;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, out_fd);
    posix_spawn_file_actions_addclose(&actions, other_fd);
    if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ))
        pid = -1;
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

void bench_child_run(struct bench_child *out, char *const *argv, int limit_s)
{
    int   fds[2];
    int   status = 0;
    pid_t pid = -1;

    *out = (struct bench_child){ .status = 127 };
    if (pipe(fds))
        return;
    pid = spawn(argv, fds[1], fds[0]);
    close(fds[1]);
    if (pid > 0) {
        if (!listen_to(fds[0], out->output, bench_now_ns() + limit_s * INT64_C(1000000000))) {
            fprintf(stderr, "%s: stopped after %d s\n", argv[0], limit_s);
            kill(pid, SIGKILL);
        }
        waitpid(pid, &status, 0);
        out->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    close(fds[0]);
}
