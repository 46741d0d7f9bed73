/* report_names.c - texts that many tasks share, each once. */
#include "lib/dash/report.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

static const char *name_of(const struct weft_trace_task *t)
{
    return t->name;
}

static const char *file_of(const struct weft_trace_task *t)
{
    return t->file;
}

static bool add(struct wf_report_words *w, const char *word)
{
    const char **grown = wf_grow(w->words, w->n, &w->room, sizeof *grown);

    if (!grown)
        return false;
    w->words = grown;
    w->words[w->n++] = word;
    return true;
}

static bool collect(struct wf_report_words *w, const weft_trace *t, const char *(*word_of)(const struct weft_trace_task *t))
{
    const size_t n_tasks = weft_trace_n_tasks(t);
    struct wf_map map;
    bool ok, fresh;

    wf_map_init(&map);
    w->of = wf_alloc_array(n_tasks + 1, sizeof *w->of);
    ok = w->of;
    for (size_t i = 0; ok && i < n_tasks; i++) {
        const char *word = word_of(weft_trace_task(t, i));
        const uint64_t *place = wf_map_put(&map, word, strlen(word), w->n, &fresh);

        ok = place && (!fresh || add(w, word));
        if (ok)
            w->of[i] = (uint32_t)*place;
    }
    wf_map_fini(&map);
    return ok;
}

static void write_words(struct wf_json *j, const char *key, const struct wf_report_words *w)
{
    wf_json_put_open(j, key, '[');
    for (size_t i = 0; i < w->n; i++)
        wf_json_text(j, w->words[i]);
    wf_json_close(j, ']');
}

/* Where the first task of each name was added: "file.c:12"; null: not known. */
static weft_status write_places(struct wf_report *r, struct weft_error *err)
{
    uint32_t *first = wf_alloc_array(r->names.n + 1, sizeof *first);
    char place[1024];

    if (!first)
        return wf_error_nomem(err, "where tasks were added");
    for (size_t i = weft_trace_n_tasks(r->trace); i-- > 0;)
        first[r->names.of[i]] = (uint32_t)i;
    wf_json_put_open(&r->json, "added_at", '[');
    for (size_t i = 0; i < r->names.n; i++) {
        const struct weft_trace_task *t = weft_trace_task(r->trace, first[i]);

        snprintf(place, sizeof place, "%s:%d", t->file, t->line);
        wf_json_text(&r->json, t->file[0] ? place : NULL);
    }
    wf_json_close(&r->json, ']');
    wf_free(first);
    return WEFT_OK;
}

weft_status wf_report_names(struct wf_report *r, struct weft_error *err)
{
    if (!collect(&r->names, r->trace, name_of) || !collect(&r->files, r->trace, file_of))
        return wf_error_nomem(err, "the names of tasks");
    write_words(&r->json, "names", &r->names);
    write_words(&r->json, "files", &r->files);
    return write_places(r, err);
}

void wf_report_names_fini(struct wf_report *r)
{
    wf_free(r->names.words);
    wf_free(r->names.of);
    wf_free(r->files.words);
    wf_free(r->files.of);
}
