/* server_metrics.c - what is seen, for Prometheus: text format 0.0.4.
 *
 * Names as its guide asks: the unit in the name, in base units; what only grows ends in
 * _total and is a counter; all else is a gauge. The names that begin with process_ are those of every
 * exporter.
 */
#include "lib/dash/server_message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/machine.h>

#include "lib/base/escape.h"
#include "lib/base/utf8.h"

static void head(FILE *to, const char *name, const char *type, const char *help)
{
    fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(FILE *to, const char *name, const char *type, const char *help, double value)
{
    head(to, name, type, help);
    fprintf(to, "%s %.17g\n", name, value);
}

/* The value of a label: \ " and line ends escaped; U+FFFD for what is no UTF-8. */
static void label(FILE *to, const char *text)
{
    while (*text) {
        const size_t n = wf_utf8_length(text);

        if (*text == '\n')
            fputs("\\n", to);
        else if (*text == '\\' || *text == '"')
            fprintf(to, "\\%c", *text);
        else if (n)
            fwrite(text, 1, n, to);
        else
            fputs(WF_NO_CHARACTER, to);
        text += n ? n : 1;
    }
}

/* Two groups may have one name, a layer and a task: the id tells them apart. */
static void of_group(FILE *to, const char *name, const struct weft_live_group *g, size_t id, double value)
{
    fprintf(to, "%s{group=\"", name);
    label(to, g->name);
    fprintf(to, "\",id=\"%zu\"} %.17g\n", id, value);
}

enum part { TASKS, DONE, FAILED, SKIPPED, RUNNING, BUSY };

static double part_of(const struct weft_live_group *g, enum part part)
{
    switch (part) {
    case TASKS:   return (double)g->n_tasks;
    case DONE:    return (double)g->n_done;
    case FAILED:  return (double)g->n_failed;
    case SKIPPED: return (double)g->n_skipped;
    case RUNNING: return (double)g->n_running;
    case BUSY:    return (double)g->busy_ns / 1e9;
    }
    return 0;
}

static void say_groups(FILE *to, const struct wf_view *v)
{
    static const struct {
        const char *name, *type, *help;
        enum part   part;
    } table[] = {
        {"weft_tasks_total", "counter", "Tasks of all runs.", TASKS},
        {"weft_tasks_done_total", "counter", "Tasks whose body has run, failed ones too.", DONE},
        {"weft_tasks_failed_total", "counter", "Tasks whose body failed.", FAILED},
        {"weft_tasks_skipped_total", "counter", "Tasks that did not run: what they need failed, or the run was stopped.",
         SKIPPED},
        {"weft_tasks_running", "gauge", "Tasks whose body runs now.", RUNNING},
        {"weft_tasks_busy_seconds_total", "counter", "Time in bodies.", BUSY},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        head(to, table[i].name, table[i].type, table[i].help);
        for (size_t g = 0; g < v->n_groups && g < WF_MOST_GROUPS; g++)
            of_group(to, table[i].name, &v->now.groups[g], g, part_of(&v->now.groups[g], table[i].part));
    }
}

static void say_workers(FILE *to, const struct wf_view *v)
{
    const int n = v->now.n_workers;

    one(to, "weft_workers", "gauge", "Workers of the pool.", n);
    head(to, "weft_worker_tasks_total", "counter", "Bodies this worker has run.");
    for (int i = 0; i < n; i++)
        fprintf(to, "weft_worker_tasks_total{worker=\"%d\"} %" PRIu64 "\n", i, v->now.workers[i].n_tasks);
    head(to, "weft_worker_busy_seconds_total", "counter", "Time this worker was in bodies.");
    for (int i = 0; i < n; i++)
        fprintf(to, "weft_worker_busy_seconds_total{worker=\"%d\"} %.17g\n", i, (double)v->now.workers[i].busy_ns / 1e9);
    head(to, "weft_worker_load_ratio", "gauge", "Share of its time in bodies since the look before.");
    for (int i = 0; i < n; i++)
        fprintf(to, "weft_worker_load_ratio{worker=\"%d\"} %.17g\n", i, v->now.workers[i].load);
}

static void say_memory(FILE *to, const struct weft_pool_memory *m)
{
    one(to, "weft_memory_limit_bytes", "gauge", "What runs may hold in memory; 0 is no limit.", (double)m->limit);
    one(to, "weft_memory_managed_bytes", "gauge", "Results in memory that runs hold.", (double)m->managed);
    one(to, "weft_memory_unmanaged_bytes", "gauge", "All other memory of the process.", (double)m->unmanaged);
    one(to, "weft_memory_scratch_bytes", "gauge", "What running tasks said they need.", (double)m->scratch);
    one(to, "weft_memory_spilled_bytes", "gauge", "Results on disk.", (double)m->spilled);
    one(to, "weft_memory_waits_total", "counter", "How often a task was put aside for want of memory.", (double)m->n_waits);
    one(to, "weft_spill_disk_bytes", "gauge", "Size of the file of results on disk.", (double)m->disk);
    one(to, "weft_spill_written_bytes_total", "counter", "Bytes written to it.", (double)m->written);
    one(to, "weft_spill_read_bytes_total", "counter", "Bytes read from it.", (double)m->read);
}

char *wf_say_metrics(const struct wf_say *say, size_t *n)
{
    const struct wf_view *v = say->view;
    char *text = NULL;
    FILE *to = open_memstream(&text, n);
    bool failed;

    if (!to)
        return NULL;
    head(to, "weft_info", "gauge", "What runs here.");
    fprintf(to, "weft_info{version=\"%s\",isa=\"%s\",program=\"", weft_version(), weft_isa());
    label(to, say->about->of.program);
    fputs("\"} 1\n", to);
    one(to, "weft_uptime_seconds", "gauge", "Since the dashboard was opened.", (double)v->now.now_ns / 1e9);
    one(to, "weft_runs_total", "counter", "Runs that have begun.", (double)v->now.n_runs_begun);
    one(to, "weft_runs_open", "gauge", "Runs that go on.", (double)(v->now.n_runs_begun - v->now.n_runs_ended));
    one(to, "weft_groups", "gauge", "Groups of tasks known.", (double)v->n_groups);
    say_groups(to, v);
    say_workers(to, v);
    say_memory(to, &v->now.memory);
    one(to, "weft_dashboard_streams", "gauge", "Pages that are open.", say->n_streams);
    one(to, "weft_trace_missed_total", "counter", "Events that were overwritten before they were seen.",
        (double)v->now.n_missed);
    one(to, "process_resident_memory_bytes", "gauge", "Memory of the process.", (double)v->now.memory.resident);
    one(to, "process_cpu_seconds_total", "counter", "Time of processors it has used.", v->process.cpu_s);
    one(to, "process_open_fds", "gauge", "Open file descriptors.", v->process.n_fds);
    one(to, "process_threads", "gauge", "Threads.", v->process.n_threads);
    failed = ferror(to);
    if (fclose(to) || failed) {
        free(text);
        return NULL;
    }
    return text;
}
