/* json.c - all of a measurement in one file: what was asked, where, every run, what they say. */
#include "tools/scale/scale.h"

#include <math.h>
#include <string.h>

static void write_text(FILE *to, const char *text)
{
    putc('"', to);
    while (*text) {
        const unsigned char c = (unsigned char)*text;

        if (c >= 0x20 && c != '"' && c != '\\')
            text = scale_write_character(text, to);
        else
            fprintf(to, c < 0x20 ? "\\u%04x" : "\\%c", *text++);
    }
    putc('"', to);
}

/* No JSON has NaN or infinity. */
static void write_number(FILE *to, double x)
{
    if (isfinite(x))
        fprintf(to, "%.9g", x);
    else
        fputs("null", to);
}

static void text_field(FILE *to, const char *name, const char *text, const char *end)
{
    fprintf(to, "\"%s\": ", name);
    write_text(to, text);
    fputs(end, to);
}

static void number_field(FILE *to, const char *name, double x, const char *end)
{
    fprintf(to, "\"%s\": ", name);
    write_number(to, x);
    fputs(end, to);
}

static void range_field(FILE *to, const char *name, double low, double high, const char *end)
{
    fprintf(to, "\"%s\": [", name);
    write_number(to, low);
    fputs(", ", to);
    write_number(to, high);
    fprintf(to, "]%s", end);
}

static void write_asked(const struct scale_options *o, FILE *to)
{
    fputs("  \"options\": {", to);
    if (!o->from) {
        number_field(to, "power", o->power, ", ");
        fprintf(to, "\"repeat\": %d, \"warmup\": %d, \"base\": %lld, \"seed\": %llu, \"same_output\": %s, ", o->repeat,
                o->warmup, (long long)o->base, (unsigned long long)o->seed, o->same_output ? "true" : "false");
        number_field(to, "timeout_seconds", o->timeout_ns ? (double)o->timeout_ns / 1e9 : NAN, ", ");
        fputs("\"env\": [", to);
        for (size_t i = 0; i < o->n_env; i++) {
            fputs(i ? ", " : "", to);
            write_text(to, o->env[i]);
        }
        fputs("], ", to);
    } else {
        text_field(to, "from", o->from, ", ");
    }
    number_field(to, "confidence", o->confidence, "},\n");
}

static void write_machine(const struct scale_machine *m, FILE *to)
{
    if (!*m->name) {
        fputs("  \"machine\": null,\n", to);
        return;
    }
    fputs("  \"machine\": {", to);
    text_field(to, "name", m->name, ", ");
    text_field(to, "processor", m->processor, ", ");
    fprintf(to, "\"cores\": %d, \"threads\": %d, ", m->n_cores, m->n_threads);
    number_field(to, "quota_cores", m->quota_cores > 0 ? m->quota_cores : NAN, ", ");
    text_field(to, "kernel", m->kernel, ", ");
    text_field(to, "loops", weft_isa(), ", ");
    text_field(to, "begun", m->when, ", ");
    number_field(to, "load_before", m->load_before, ", ");
    number_field(to, "load_after", m->load_after, "},\n");
}

static void write_samples(const struct scale_data *d, FILE *to)
{
    fputs("  \"samples\": [", to);
    for (size_t i = 0; i < d->n_samples; i++) {
        const struct scale_sample *s = &d->samples[i];

        fprintf(to, "%s\n    {\"round\": %d, \"position\": %d, \"workers\": %d, \"n\": %lld, ", i ? "," : "", s->round,
                s->position, s->n_workers, (long long)s->n);
        number_field(to, "work", s->work, ", ");
        number_field(to, "seconds", s->seconds, ", ");
        number_field(to, "whole_seconds", s->whole, ", ");
        number_field(to, "user_seconds", s->user, ", ");
        number_field(to, "system_seconds", s->system, ", ");
        fprintf(to, "\"peak_bytes\": %lld}", (long long)s->peak_bytes);
    }
    fputs("\n  ],\n", to);
}

static void write_summary(const struct scale_summary *s, FILE *to)
{
    fputs("  \"summary\": [", to);
    for (size_t i = 0; i < s->n_rows; i++) {
        const struct scale_row *r = &s->rows[i];

        fprintf(to, "%s\n    {\"workers\": %d, \"n\": %lld, \"runs\": %zu, ", i ? "," : "", r->n_workers, (long long)r->n,
                r->time.n);
        number_field(to, "work", r->work, ", ");
        number_field(to, "median", r->time.median, ", ");
        range_field(to, "quartiles", r->time.q1, r->time.q3, ", ");
        range_field(to, "range", r->time.least, r->time.most, ", ");
        range_field(to, "median_interval", r->time.low, r->time.high, ", ");
        number_field(to, "median_confidence", r->time.confidence, ",\n     ");
        number_field(to, "speedup", r->speedup.value, ", ");
        range_field(to, "speedup_interval", r->speedup.low, r->speedup.high, ", ");
        number_field(to, "efficiency", r->efficiency.value, ", ");
        range_field(to, "efficiency_interval", r->efficiency.low, r->efficiency.high, ", ");
        number_field(to, "speedup_confidence", r->speedup_confidence, ", ");
        number_field(to, "cores_busy", r->busy, ", ");
        fprintf(to, "\"peak_bytes\": %lld}", (long long)r->peak_bytes);
    }
    fputs("\n  ],\n", to);
}

static void write_fit(const struct weft_fit *fit, FILE *to)
{
    const struct weft_band limit = weft_fit_limit(fit);

    fputs("\"parameters\": [", to);
    for (int i = 0; i < fit->n_params; i++) {
        const struct weft_fit_param *p = &fit->params[i];

        fputs(i ? ", {" : "{", to);
        text_field(to, "name", p->name, ", ");
        number_field(to, "value", p->value, ", ");
        range_field(to, "interval", p->low, p->high, ", ");
        fprintf(to, "\"at_bound\": %s}", p->at_bound ? "true" : "false");
    }
    fputs("],\n     ", to);
    number_field(to, "scatter", fit->scatter, ", ");
    number_field(to, "misfit", fit->misfit, ", ");
    number_field(to, "lack_p", fit->lack_p, ", ");
    fprintf(to, "\"lacking\": %s, ", fit->lacking ? "true" : "false");
    number_field(to, "limit", limit.value, ", ");
    range_field(to, "limit_interval", limit.low, limit.high, ", ");
    number_field(to, "peak_workers", weft_fit_peak(fit), "}");
}

static void write_fits(const struct scale_summary *s, FILE *to)
{
    fputs("  \"fits\": [", to);
    for (int i = 0; i < SCALE_LAWS; i++) {
        fputs(i ? ",\n    {" : "\n    {", to);
        text_field(to, "law", weft_law_name(s->law[i]), ", ");
        if (s->fitted[i])
            write_fit(&s->fit[i], to);
        else
            text_field(to, "refused", s->refused[i].message, "}");
    }
    fputs("\n  ]\n", to);
}

void scale_write_json(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s, FILE *to)
{
    fputs("{\n  ", to);
    text_field(to, "weft", weft_version(), ",\n");
    fprintf(to, "  \"kind\": \"%s\",\n", s->weak ? "weak" : "strong");
    fputs("  ", to);
    text_field(to, "command", d->command, ",\n");
    fputs("  ", to);
    text_field(to, "measured", scale_data_inside(d)
               ? "time in which its pool had a run going on, by its trace"
               : "wall time of the whole program by the monotonic clock, from before it is started until it has ended", ",\n");
    write_asked(o, to);
    write_machine(&d->machine, to);
    write_samples(d, to);
    write_summary(s, to);
    write_fits(s, to);
    fputs("}\n", to);
}
