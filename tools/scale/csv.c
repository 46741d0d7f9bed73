/* csv.c - every run as a line of a table. */
#include "tools/scale/scale.h"

#include <math.h>

static void write_text(FILE *to, const char *text)
{
    putc('"', to);
    for (; *text; text++)
        fputs(*text == '"' ? "\"\"" : (char[]){*text, 0}, to);
    putc('"', to);
}

static void write_number(FILE *to, double x)
{
    if (!isnan(x))
        fprintf(to, "%.9g", x);
}

/* In the order they were run, each with all that is known of it: the file alone is enough to
 * tell and draw everything again, and lines of several files can be put together. */
void scale_write_csv(const struct scale_data *d, FILE *to)
{
    const struct scale_machine *m = &d->machine;

    fprintf(to, "round,position,workers,n,work,seconds,whole_seconds,user_seconds,system_seconds,peak_bytes,command,machine,processor,"
                "cores,threads,quota_cores,kernel,begun,load_before,load_after\n");
    for (size_t i = 0; i < d->n_samples; i++) {
        const struct scale_sample *s = &d->samples[i];
        const char *const texts[] = {d->command, m->name, m->processor};

        fprintf(to, "%d,%d,%d,%lld,%.17g,%.9f,%.9f,", s->round, s->position, s->n_workers, (long long)s->n, s->work, s->seconds,
                s->whole);
        write_number(to, s->user);
        putc(',', to);
        write_number(to, s->system);
        fprintf(to, ",%lld,", (long long)s->peak_bytes);
        for (size_t k = 0; k < 3; k++) {
            write_text(to, texts[k]);
            putc(',', to);
        }
        fprintf(to, "%d,%d,%g,", m->n_cores, m->n_threads, m->quota_cores);
        write_text(to, m->kernel);
        fprintf(to, ",%s,", m->when);
        write_number(to, m->load_before);
        putc(',', to);
        write_number(to, m->load_after);
        putc('\n', to);
    }
}
