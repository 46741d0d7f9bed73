/* trace_names.c - texts that many tasks of a trace share, each once: their names, or their layers. */
#include "lib/graph/trace_names.h"

#include <string.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"

/* Which number `text` has, from 0; NULL: no memory. */
static const uint64_t *number_of(struct wf_names *names, struct wf_map *numbers, size_t *room, const char *text)
{
    bool fresh;
    const uint64_t *number = wf_map_put(numbers, text, strlen(text), names->n, &fresh);
    const char **texts = number ? wf_grow(names->texts, names->n, room, sizeof *texts) : NULL;

    if (!texts)
        return NULL;
    names->texts = texts;
    if (fresh)
        texts[names->n++] = text;
    return number;
}

bool wf_names_init(struct wf_names *names, const weft_trace *t, bool of_layers)
{
    const size_t n = weft_trace_n_tasks(t);
    const char *last = NULL;
    struct wf_map numbers;
    size_t room = 0;
    bool ok;

    *names = (struct wf_names){.of = wf_alloc_array(n, sizeof *names->of)};
    ok = names->of != NULL;
    wf_map_init(&numbers);
    for (size_t i = 0; ok && i < n; i++) {
        const char *text = of_layers ? weft_trace_task(t, i)->layer : weft_trace_task(t, i)->name;
        const uint64_t *number = NULL;

        if (text == last) { /* neighbours are mostly of one */
            names->of[i] = names->of[i - 1];
            continue;
        }
        last = text;
        number = number_of(names, &numbers, &room, text);
        ok = number != NULL;
        if (ok)
            names->of[i] = (uint32_t)*number;
    }
    wf_map_fini(&numbers);
    if (!ok)
        wf_names_fini(names);
    return ok;
}

void wf_names_fini(struct wf_names *names)
{
    wf_free(names->of);
    wf_free(names->texts);
    *names = (struct wf_names){0};
}
