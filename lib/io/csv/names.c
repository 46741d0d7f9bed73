/* names.c - what the fields of a CSV file are called. */
#include "lib/io/csv/names.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

/* Field i of the header as a name of its own; NULL: no memory. */
static char *header_name(const struct wf_csv_dialect *d, const char *text, const struct wf_csv_record *r, int i)
{
    const int64_t n = (int64_t)r->last[i] - r->first[i];
    char *name = wf_alloc((size_t)n + 1);

    if (name)
        name[wf_csv_unquote(d, text + r->first[i], n, name)] = 0;
    return name;
}

static char *place_name(int i)
{
    char name[32];

    snprintf(name, sizeof name, "column_%d", i);
    return wf_strdup(name);
}

static bool fill(struct wf_csv_names *names, const struct wf_csv_dialect *d, const char *text,
                 const struct wf_csv_record *r, const struct weft_csv_spec *spec, int n)
{
    for (; names->n < n; names->n++) {
        char **name = &names->of[names->n].name;

        if (spec->n_names)
            *name = wf_strdup(spec->names[names->n]);
        else if (!spec->no_header)
            *name = header_name(d, text, r, names->n);
        else
            *name = place_name(names->n);
        if (*name && !**name) {
            wf_free(*name);
            *name = place_name(names->n);
        }
        if (!*name)
            return false;
    }
    return true;
}

/* `name` with .k behind it, for the least k from *k on that no field is called so far. */
static char *numbered(const struct wf_map *seen, const char *name, uint64_t *k)
{
    const size_t room = strlen(name) + 32;
    char *fresh = wf_alloc(room);

    while (fresh) {
        const int n = snprintf(fresh, room, "%s.%llu", name, (unsigned long long)*k);

        ++*k;
        if (!wf_map_find(seen, fresh, (size_t)n))
            break;
    }
    return fresh;
}

/* The map lends from the names, so a name that is replaced must not be in it: the first of
 * equal names stays as it is. Under each name is the number that the next equal one gets. */
static bool make_unique(struct wf_csv_names *names)
{
    struct wf_map seen;
    bool ok = true, fresh;

    wf_map_init(&seen);
    for (int i = 0; ok && i < names->n; i++)
        ok = wf_map_put(&seen, names->of[i].name, strlen(names->of[i].name), (uint64_t)i << 32, &fresh) != NULL;
    for (int i = 0; ok && i < names->n; i++) {
        char *name = names->of[i].name, *other;
        uint64_t *entry = wf_map_find(&seen, name, strlen(name)), k;

        if (*entry >> 32 == (uint64_t)i)
            continue;
        k = (*entry & UINT32_MAX) + 1;
        other = numbered(&seen, name, &k);
        if (other) {
            *entry = (*entry & ~(uint64_t)UINT32_MAX) | (k - 1);
            names->of[i].name = other;
            wf_free(name);
        }
        ok = other && wf_map_put(&seen, other, strlen(other), (uint64_t)i << 32, &fresh);
    }
    wf_map_fini(&seen);
    return ok;
}

static struct wf_csv_name *find(const struct wf_csv_names *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->of[i].name, name) == 0)
            return &names->of[i];
    return NULL;
}

static weft_status apply(struct wf_csv_names *names, const char *path, const struct weft_csv_spec *spec,
                         struct weft_error *err)
{
    for (int i = 0; i < names->n; i++)
        names->of[i].is_kept = spec->n_columns == 0;
    for (int i = 0; i < spec->n_columns; i++) {
        struct wf_csv_name *name = find(names, spec->columns[i]);

        if (!name)
            return weft_error_set(err, WEFT_NOT_FOUND, "%s: no column \"%s\" to keep", path, spec->columns[i]);
        name->is_kept = true;
    }
    for (int i = 0; i < names->n; i++)
        names->n_kept += names->of[i].is_kept;
    for (int i = 0; i < spec->n_dtypes; i++) {
        struct wf_csv_name *name = find(names, spec->dtypes[i].column);

        if (!name)
            return weft_error_set(err, WEFT_NOT_FOUND, "%s: no column \"%s\" to be %s", path, spec->dtypes[i].column,
                                  weft_dtype_name(spec->dtypes[i].dtype));
        name->is_given = true;
        name->dtype = spec->dtypes[i].dtype;
    }
    return WEFT_OK;
}

weft_status wf_csv_names_init(struct wf_csv_names *names, const struct wf_csv_dialect *d, const char *path,
                              const char *text, const struct wf_csv_record *r, const struct weft_csv_spec *spec,
                              struct weft_error *err)
{
    const int n = r->n ? r->n : spec->n_names;
    weft_status st = WEFT_OK;

    *names = (struct wf_csv_names){.of = wf_alloc_zero((size_t)n, sizeof *names->of)};
    if (!names->of || !fill(names, d, text, r, spec, n) || !make_unique(names))
        st = wf_error_nomem(err, path);
    else
        st = apply(names, path, spec, err);
    if (st)
        wf_csv_names_fini(names);
    return st;
}

void wf_csv_names_fini(struct wf_csv_names *names)
{
    for (int i = 0; i < names->n; i++)
        wf_free(names->of[i].name);
    wf_free(names->of);
    *names = (struct wf_csv_names){0};
}
