/* bench_dashboard.c - what a page that is open takes from a run.
 *
 *     bench-dashboard [ROUNDS]
 *
 * Two pools that trace run the same plan in turns, tasks of 10 us for half a second: one without a
 * dashboard, one with a page open, whose events another process reads. Prints of each the least
 * and the middle time, what they are apart, and the time of a processor that the thread of the dashboard
 * had meanwhile. On a machine that others use, the last is the one to go by.
 */
#include "bench/support/bench.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weft/dashboard.h>
#include <weft/weft.h>

enum { ROUNDS = 15, TASKS_A_WORKER = 50000 };

static weft_status work_10us(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t until = bench_now_ns() + 10000;

    (void)call;
    (void)arg;
    (void)err;
    while (bench_now_ns() < until)
        ;
    return WEFT_OK;
}

/* Reads the events of the dashboard at the port that comes through `from`, to its end. */
static void read_events(int from)
{
    static char bytes[1 << 16];
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    long long n = 0;
    ssize_t got;
    int port = 0;

    if (read(from, &port, sizeof port) != sizeof port)
        _exit(1);
    a.sin_port = htons((uint16_t)port);
    if (connect(fd, (struct sockaddr *)&a, sizeof a))
        _exit(1);
    dprintf(fd, "GET /events HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", port);
    while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
        n += got;
    fprintf(stderr, "read %lld bytes of events\n", n);
    _exit(0);
}

/* Of the thread of the dashboard, so far; 0: it is not found. */
static double thread_s(void)
{
    DIR *dir = opendir("/proc/self/task");
    double found = 0;

    for (struct dirent *e; dir && (e = readdir(dir));) {
        char path[300], line[512] = "";
        FILE *f;
        unsigned long long ns;

        snprintf(path, sizeof path, "/proc/self/task/%s/comm", e->d_name);
        f = fopen(path, "r");
        if (!f)
            continue;
        if (!fgets(line, sizeof line, f))
            line[0] = '\0';
        fclose(f);
        if (strcmp(line, "weft-dash\n"))
            continue;
        snprintf(path, sizeof path, "/proc/self/task/%s/schedstat", e->d_name);
        f = fopen(path, "r");
        if (f && fscanf(f, "%llu", &ns) == 1)
            found += (double)ns / 1e9;
        if (f)
            fclose(f);
    }
    if (dir)
        closedir(dir);
    return found;
}

struct setting {
    weft_pool  *pool;
    weft_graph *graph;
    weft_plan  *plan;
    double     *s; /* of each round */
};

static bool setting_init(struct setting *s, int rounds)
{
    *s = (struct setting){.s = bench_alloc((size_t)rounds, sizeof(double))};
    s->pool = weft_pool_new(&(struct weft_pool_spec){.trace = true, .progress = WEFT_PROGRESS_OFF});
    s->graph = weft_graph_new();
    if (!s->pool)
        return false;
    {
        const size_t n = (size_t)weft_pool_n_workers(s->pool) * TASKS_A_WORKER;
        weft_task **tasks = bench_alloc(n, sizeof *tasks);
        bool right;

        /* Of four groups that take turns, which is the hardest picture to make small. */
        for (size_t i = 0; i < n; i++)
            tasks[i] = weft_add(s->graph, work_10us, .name = (const char *const[]){"a", "b", "c", "d"}[i % 4]);
        right = !weft_plan_new(&s->plan, tasks, n, NULL, NULL);
        free(tasks);
        return right;
    }
}

static bool run(struct setting *s, int round)
{
    const int64_t begin = bench_now_ns();
    const bool right = !weft_pool_run_plan(s->pool, s->plan, NULL, NULL, NULL);

    if (round >= 0)
        s->s[round] = (double)(bench_now_ns() - begin) / 1e9;
    return right;
}

static void setting_fini(struct setting *s)
{
    weft_plan_free(s->plan);
    weft_graph_free(s->graph);
    weft_pool_free(s->pool);
    free(s->s);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    const int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : ROUNDS;
    struct setting without = {0}, with = {0};
    weft_dashboard *d = NULL;
    struct weft_error err;
    int way[2], port;
    double thread = 0, ran = 0;
    bool right;
    pid_t reader;

    if (rounds < 1 || pipe(way))
        return BENCH_USAGE;
    reader = fork();
    if (reader == 0)
        read_events(way[0]);
    right = setting_init(&without, rounds) && setting_init(&with, rounds);
    if (right && weft_dashboard_open(&d, with.pool, NULL, &err)) {
        weft_error_print(&err, stderr);
        right = false;
    }
    port = d ? (int)strtol(strrchr(weft_dashboard_url(d), ':') + 1, NULL, 10) : 0;
    right = right && write(way[1], &port, sizeof port) == sizeof port && run(&without, -1) && run(&with, -1);
    for (int r = 0; right && r < rounds; r++) {
        double before;

        right = run(&without, r);
        before = thread_s();
        right = right && run(&with, r);
        thread += thread_s() - before;
        ran += with.s[r];
    }
    if (right) {
        const int n_workers = weft_pool_n_workers(with.pool);

        qsort(without.s, (size_t)rounds, sizeof(double), by_value);
        qsort(with.s, (size_t)rounds, sizeof(double), by_value);
        printf("%d workers, %d rounds  least    middle\n", n_workers, rounds);
        printf("without a dashboard  %.4f s  %.4f s\n", without.s[0], without.s[rounds / 2]);
        printf("with a page open     %.4f s  %.4f s\n", with.s[0], with.s[rounds / 2]);
        printf("apart               %+.2f %%  %+.2f %%\n", (with.s[0] / without.s[0] - 1) * 100,
               (with.s[rounds / 2] / without.s[rounds / 2] - 1) * 100);
        printf("its thread ran %.2f %% of the time: %.2f %% of what %d workers have\n", thread / ran * 100,
               thread / ran / n_workers * 100, n_workers);
    }
    weft_dashboard_close(d);
    kill(reader, SIGTERM);
    waitpid(reader, NULL, 0);
    setting_fini(&without);
    setting_fini(&with);
    return right ? BENCH_OK : BENCH_WRONG;
}
