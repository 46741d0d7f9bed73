/* measure.c - the runs of a measurement, in an order in which no number of workers is better off.
 *
 * A machine drifts: it warms up, another user comes, a cache fills. If all runs of one worker
 * came first, then all of two, the drift would look like scaling. So runs go in rounds, each
 * with every number of workers once: what is slow for a while is slow for all of them. Within
 * a round the order is drawn anew, for in a fixed one each number would always follow the
 * same other, and find the machine (its clock, its caches) as that one leaves it. This is
 * Fisher's randomised block design (The Design of Experiments, 1935); the seed makes it the
 * same again.
 */
#include "tools/scale/scale.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

weft_status scale_data_add(struct scale_data *d, struct scale_sample s, struct weft_error *err)
{
    if (d->n_samples == d->room) {
        const size_t room = d->room ? 2 * d->room : 64;
        struct scale_sample *more = realloc(d->samples, room * sizeof *more);

        if (!more)
            return weft_error_set(err, WEFT_NOMEM, "no memory for %zu runs", room);
        d->samples = more;
        d->room = room;
    }
    d->samples[d->n_samples++] = s;
    return WEFT_OK;
}

void scale_data_fini(struct scale_data *d)
{
    free(d->samples);
    free(d->command);
    *d = (struct scale_data){0};
}

bool scale_data_inside(const struct scale_data *d)
{
    for (size_t i = 0; i < d->n_samples; i++) {
        if (d->samples[i].seconds != d->samples[i].whole)
            return true;
    }
    return false;
}

/* ---- One run ------------------------------------------------------------------- */

/* What is kept while runs go on. */
struct bench {
    const struct scale_options *o;
    FILE  *out, *err;    /* what the program says, of one run at a time */
    FILE **first;        /* what it said first, for each number of workers, or only [0]; NULL: not yet */
    char **first_words;  /* of which run that was */
    char  *trace;        /* where it leaves one; NULL: it need not */
    int   *signal;
};

/* Which run, for people: "with 2 workers (run 3 of 7)". */
static const char *run_text(const struct scale_options *o, int round, int n_workers, char text[SCALE_TEXT])
{
    const char *s = n_workers == 1 ? "" : "s";

    if (round < 0)
        snprintf(text, SCALE_TEXT, "with %d worker%s (warming up)", n_workers, s);
    else
        snprintf(text, SCALE_TEXT, "with %d worker%s (run %d of %d)", n_workers, s, round + 1, o->repeat);
    return text;
}

static void print_tail(FILE *from, const char *name)
{
    enum { MOST = 2000 };
    char tail[MOST + 1], *line;
    long size;
    size_t n;

    fseek(from, 0, SEEK_END);
    size = ftell(from);
    fseek(from, size > MOST ? size - MOST : 0, SEEK_SET);
    n = fread(tail, 1, MOST, from);
    while (n && (tail[n - 1] == '\n' || !tail[n - 1]))
        n--;
    tail[n] = '\0';
    if (!n)
        return;
    line = size > MOST && strchr(tail, '\n') ? strchr(tail, '\n') + 1 : tail;
    fprintf(stderr, "%s of the program%s:\n", name, size > MOST ? ", at its end" : "");
    while (line) {
        char *end = strchr(line, '\n');

        fprintf(stderr, "  | %.*s\n", (int)(end ? end - line : (long)strlen(line)), line);
        line = end ? end + 1 : NULL;
    }
}

static weft_status judge_exit(const struct bench *b, const struct scale_exit *e, const char *run, struct weft_error *err)
{
    const char *program = b->o->command[0];
    char limit[WEFT_UNITS_TEXT];

    if (e->end == SCALE_INTERRUPTED) {
        *b->signal = e->signal;
        return weft_error_set(err, WEFT_CANCELLED, "stopped by %s; %s has been stopped, too, and nothing is written",
                              strsignal(e->signal), program);
    }
    if (e->end == SCALE_EXITED && WIFEXITED(e->wait_status) && WEXITSTATUS(e->wait_status) == 0)
        return WEFT_OK;
    print_tail(b->err, "stderr");
    if (ftell(b->err) == 0)
        print_tail(b->out, "stdout");
    if (e->end == SCALE_TIMED_OUT)
        return weft_error_set(err, WEFT_TIMEOUT, "%s %s was stopped after %s, which is its limit", program, run,
                              weft_duration_format(b->o->timeout_ns, limit));
    if (WIFSIGNALED(e->wait_status))
        return weft_error_set(err, WEFT_FAILED, "%s %s was ended by a signal: %s", program, run,
                              strsignal(WTERMSIG(e->wait_status)));
    return weft_error_set(err, WEFT_FAILED, "%s %s ended with exit status %d", program, run, WEXITSTATUS(e->wait_status));
}

/* The number of the first line that differs, from 1; 0: they are the same. */
static long compare(FILE *a, FILE *b)
{
    long line = 1;
    int x, y;

    rewind(a);
    rewind(b);
    do {
        x = getc(a);
        y = getc(b);
        if (x != y)
            return line;
        line += x == '\n';
    } while (x != EOF);
    return 0;
}

/* Number k of the worker counts printed this: the same as the first run did? Of weak
 * scaling, the first one of that size. */
static weft_status judge_output(struct bench *b, size_t k, const char *run, struct weft_error *err)
{
    const size_t i = b->o->weak ? k : 0;
    long line;

    if (!b->o->same_output)
        return WEFT_OK;
    if (!b->first[i]) {
        b->first[i] = b->out;
        b->first_words[i] = strdup(run);
        b->out = tmpfile();
        if (!b->out || !b->first_words[i])
            return weft_error_set(err, WEFT_IO, "no room for what %s prints", b->o->command[0]);
        return WEFT_OK;
    }
    line = compare(b->first[i], b->out);
    if (line)
        return weft_error_set(err, WEFT_FAILED, "%s %s prints another line %ld than %s", b->o->command[0], run, line,
                              b->first_words[i]);
    return WEFT_OK;
}

static int64_t size_of(const struct scale_options *o, int n_workers)
{
    if (!o->weak)
        return o->base;
    if (o->power == 1)
        return o->base * n_workers; /* options.c has seen that it fits */
    return llround((double)o->base * pow(n_workers, 1 / o->power));
}

static weft_status empty(FILE *f, struct weft_error *err)
{
    rewind(f);
    if (ftruncate(fileno(f), 0))
        return weft_error_set(err, WEFT_IO, "a temporary file cannot be written");
    return WEFT_OK;
}

static weft_status run_once(struct bench *b, int round, int position, size_t k, struct scale_data *d, struct weft_error *err)
{
    const struct scale_options *o = b->o;
    const int n_workers = o->workers.at[k];
    const int64_t n = size_of(o, n_workers);
    char **argv = scale_arguments(o->command, n_workers, n), **env = scale_environment(o, n_workers, n, b->trace);
    char run[SCALE_TEXT];
    struct scale_exit e;
    double seconds;
    weft_status st;

    run_text(o, round, n_workers, run);
    if (!argv || !env) {
        st = weft_error_set(err, WEFT_NOMEM, "no memory for the words of a command");
        goto out;
    }
    st = empty(b->out, err);
    if (!st)
        st = empty(b->err, err);
    if (!st)
        st = scale_child_run(&e, &(struct scale_child){.argv = argv, .env = env, .out_fd = fileno(b->out),
                                                       .err_fd = fileno(b->err), .timeout_ns = o->timeout_ns}, err);
    if (!st)
        st = judge_exit(b, &e, run, err);
    if (!st)
        st = judge_output(b, k, run, err);
    if (!st)
        seconds = (double)e.wall_ns / 1e9;
    if (!st && b->trace)
        st = scale_inside_seconds(&seconds, b->trace, o->command[0], err);
    if (!st && round >= 0)
        st = scale_data_add(d, (struct scale_sample){.round = round + 1, .position = position + 1, .n_workers = n_workers,
                                                     .n = n, .work = o->power == 1 ? (double)n : pow((double)n, o->power),
                                                     .seconds = seconds, .whole = (double)e.wall_ns / 1e9, .user = e.user,
                                                     .system = e.system, .peak_bytes = e.peak_bytes}, err);
out:
    scale_free_words(argv);
    scale_free_words(env);
    return st;
}

/* ---- All runs ------------------------------------------------------------------ */

/* Fisher and Yates, by numbers of the seed and the round. */
static void shuffle(size_t *order, size_t n, uint64_t seed, int round)
{
    for (size_t i = n; i-- > 1;) {
        double u;
        size_t j, kept;

        weft_random_units(seed, (uint64_t)round, (int64_t)i, 1, &u);
        j = (size_t)(u * (double)(i + 1));
        kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

/* On a terminal, where it is and how long it may take. */
static void tell(const struct scale_options *o, const struct scale_data *d, int round, int n_workers)
{
    const size_t n_all = o->workers.n * (size_t)o->repeat;
    double sum = 0;
    char run[SCALE_TEXT], left[SCALE_TEXT];

    if (!isatty(STDERR_FILENO))
        return;
    for (size_t i = 0; i < d->n_samples; i++)
        sum += d->samples[i].whole;
    fprintf(stderr, "\r\033[K%s %s", o->command[0], run_text(o, round, n_workers, run));
    if (d->n_samples)
        fprintf(stderr, ", %s to go",
                scale_seconds_text(sum / (double)d->n_samples * (double)(n_all - d->n_samples), left));
}

static void tell_end(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

static weft_status run_all(struct bench *b, size_t *order, struct scale_data *d, struct weft_error *err)
{
    const struct scale_options *o = b->o;
    weft_status st = WEFT_OK;

    for (int round = -o->warmup; round < o->repeat; round++) {
        for (size_t k = 0; k < o->workers.n; k++)
            order[k] = k;
        shuffle(order, o->workers.n, o->seed, round + o->warmup);
        for (size_t i = 0; i < o->workers.n; i++) {
            tell(o, d, round, o->workers.at[order[i]]);
            st = run_once(b, round, (int)i, order[i], d, err);
            if (st) {
                tell_end();
                return st;
            }
        }
    }
    tell_end();
    return st;
}

static void close_file(FILE *f)
{
    if (f)
        fclose(f);
}

weft_status scale_measure(struct scale_data *out, const struct scale_options *o, int *signal, struct weft_error *err)
{
    struct bench b = {.o = o, .signal = signal, .out = tmpfile(), .err = tmpfile(),
                      .first = calloc(o->workers.n, sizeof *b.first),
                      .first_words = calloc(o->workers.n, sizeof *b.first_words)};
    size_t *order = calloc(o->workers.n, sizeof *order);
    struct scale_data d = {.command = scale_command_text(o->command)};
    weft_status st;

    scale_machine_look(&d.machine);
    if (!order || !d.command || !b.first || !b.first_words)
        st = weft_error_set(err, WEFT_NOMEM, "no memory for a measurement");
    else if (!b.out || !b.err)
        st = weft_error_set(err, WEFT_IO, "a temporary file cannot be made: %s", strerror(errno));
    else
        st = o->inside ? scale_inside_init(&b.trace, err) : WEFT_OK;
    if (!st)
        st = run_all(&b, order, &d, err);
    d.machine.load_after = scale_load();
    if (!st) {
        *out = d;
        d = (struct scale_data){0};
    }
    for (size_t k = 0; k < o->workers.n; k++) {
        close_file(b.first ? b.first[k] : NULL);
        free(b.first_words ? b.first_words[k] : NULL);
    }
    scale_inside_fini(b.trace);
    close_file(b.out);
    close_file(b.err);
    free(b.first);
    free(b.first_words);
    free(order);
    scale_data_fini(&d);
    return st;
}
