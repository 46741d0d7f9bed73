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

/* In the order they were run. A file of only workers, n and seconds is read again as well. */
void scale_write_csv(const struct scale_data *d, FILE *to)
{
    fprintf(to, "round,position,workers,n,seconds,user_seconds,system_seconds,peak_bytes,command\n");
    for (size_t i = 0; i < d->n_samples; i++) {
        const struct scale_sample *s = &d->samples[i];

        fprintf(to, "%d,%d,%d,%lld,%.9f,", s->round, s->position, s->n_workers, (long long)s->n, s->seconds);
        write_number(to, s->user);
        putc(',', to);
        write_number(to, s->system);
        fprintf(to, ",%lld,", (long long)s->peak_bytes);
        write_text(to, d->command);
        putc('\n', to);
    }
}
