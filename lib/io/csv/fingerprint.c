/* fingerprint.c - what a CSV file is and how it is read, as a token. */
#include "lib/io/csv/fingerprint.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/io/csv/pieces.h"

static struct wf_token add_text(struct wf_token t, const char *text)
{
    return wf_token_add(t, text, strlen(text) + 1);
}

static struct wf_token add_texts(struct wf_token t, const char *const *texts, int n)
{
    t = wf_token_add(t, &n, sizeof n);
    for (int i = 0; i < n; i++)
        t = add_text(t, texts[i]);
    return t;
}

struct wf_token wf_csv_spec_token(const struct weft_csv_spec *spec)
{
    const int64_t numbers[] = {spec->sep, spec->quote, spec->no_quote, spec->decimal, spec->thousands, spec->comment,
                               spec->no_header, spec->no_usual_nulls, spec->ragged, spec->skip_rows, spec->n_dtypes};
    struct wf_token t = wf_token_add((struct wf_token){0, 0}, numbers, sizeof numbers);

    t = add_texts(t, spec->names, spec->n_names);
    t = add_texts(t, spec->columns, spec->n_columns);
    t = add_texts(t, spec->na_values, spec->n_na_values);
    for (int i = 0; i < spec->n_dtypes; i++) {
        const int64_t dtype = spec->dtypes[i].dtype;

        t = wf_token_add(add_text(t, spec->dtypes[i].column), &dtype, sizeof dtype);
    }
    return t;
}

weft_status wf_csv_fingerprint(struct wf_csv *f, bool by_content, struct weft_error *err)
{
    struct wf_file file = {.fd = -1};
    struct wf_token token;
    weft_status st = wf_file_open(&file, f->path, err);

    if (!st && !wf_file_is_same(&file.stamp, &f->stamp))
        st = wf_csv_changed(f, err);
    if (!st)
        st = wf_file_fingerprint(&file, by_content, &token, err);
    if (!st)
        f->token = wf_token_add(f->token, &token, sizeof token);
    wf_file_close(&file);
    return st;
}

struct wf_token wf_csv_token(const struct wf_csv *f)
{
    return f->token;
}
