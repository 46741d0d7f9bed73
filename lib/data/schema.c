/* schema.c - the names and types of the columns of a frame, known before its data. */
#include "lib/data/schema.h"

#include <string.h>

#include "lib/base/mem.h"

struct wf_schema *wf_schema_new(int n, const char *const *names, const weft_dtype *dtypes)
{
    struct wf_schema *s = wf_alloc_zero(1, sizeof *s);

    if (!s)
        return NULL;
    wf_count_init(&s->holders);
    s->names = wf_alloc_zero((size_t)n, sizeof *s->names);
    s->dtypes = wf_alloc_zero((size_t)n, sizeof *s->dtypes);
    if (!s->names || !s->dtypes) {
        wf_schema_release(s);
        return NULL;
    }
    for (; s->n < n; s->n++) {
        s->dtypes[s->n] = dtypes[s->n];
        s->names[s->n] = wf_strdup(names[s->n]);
        if (!s->names[s->n]) {
            wf_schema_release(s);
            return NULL;
        }
    }
    return s;
}

struct wf_schema *wf_schema_retain(struct wf_schema *s)
{
    wf_count_add(&s->holders);
    return s;
}

void wf_schema_release(struct wf_schema *s)
{
    if (!s || !wf_count_drop(&s->holders))
        return;
    for (int i = 0; i < s->n; i++)
        wf_free(s->names[i]);
    wf_free(s->names);
    wf_free(s->dtypes);
    wf_free(s);
}

int wf_schema_find(const struct wf_schema *s, const char *name)
{
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->names[i], name) == 0)
            return i;
    return -1;
}
