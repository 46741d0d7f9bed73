/* dialect.c - how one CSV file is written. */
#include "lib/io/csv/dialect.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

static const char *const usual_nulls[] = {
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "None", "n/a",  "nan",    "null",
};
enum { N_USUAL = sizeof usual_nulls / sizeof *usual_nulls };

/* No character may mean two things, and none of them a part of numbers or of line ends. */
static weft_status check(const struct wf_csv_dialect *d, struct weft_error *err)
{
    const struct {
        const char *name;
        char        c;
    } all[] = {
        {"sep", d->sep}, {"quote", d->has_quote ? d->quote : 0}, {"decimal", d->point},
        {"thousands", d->thousands}, {"comment", d->comment},
    };
    const int n = sizeof all / sizeof *all;

    for (int i = 0; i < n; i++) {
        if (!all[i].c)
            continue;
        if (strchr("\n\r+-0123456789eE", all[i].c))
            return weft_error_set(err, WEFT_INVALID,
                                  "read_csv: %s is byte %d, which numbers or line ends are written with",
                                  all[i].name, (unsigned char)all[i].c);
        for (int k = 0; k < i; k++)
            if (all[k].c == all[i].c)
                return weft_error_set(err, WEFT_INVALID, "read_csv: %s and %s are both '%c'", all[k].name,
                                      all[i].name, all[i].c);
    }
    return WEFT_OK;
}

static bool could_be_number(const struct wf_csv_dialect *d, const char *text)
{
    for (; *text; text++)
        if (!strchr("0123456789+-eE \t", *text) && *text != d->point)
            return false;
    return true;
}

static weft_status add_nulls(struct wf_csv_dialect *d, const char *const *texts, int n)
{
    for (int i = 0; i < n; i++) {
        const size_t len = strlen(texts[i]);

        d->nulls[d->n_nulls] = wf_strdup(texts[i]);
        if (!d->nulls[d->n_nulls])
            return WEFT_NOMEM;
        d->n_nulls++;
        d->nulls_like_numbers = d->nulls_like_numbers || could_be_number(d, texts[i]);
        d->null_lengths[(unsigned char)texts[i][0]] |= (uint64_t)1 << (len < 63 ? len : 63);
    }
    return WEFT_OK;
}

weft_status wf_csv_dialect_init(struct wf_csv_dialect *d, const struct weft_csv_spec *spec,
                                struct weft_error *err)
{
    const int n_usual = spec->no_usual_nulls ? 0 : N_USUAL;
    weft_status st;

    *d = (struct wf_csv_dialect){
        .sep = spec->sep ? spec->sep : ',',
        .quote = spec->quote ? spec->quote : '"',
        .has_quote = !spec->no_quote,
        .point = spec->decimal ? spec->decimal : '.',
        .thousands = spec->thousands,
        .comment = spec->comment,
        .pads = spec->ragged == WEFT_RAGGED_PAD,
    };
    st = check(d, err);
    if (st)
        return st;
    d->null_lengths[0] = 1;
    d->nulls = wf_alloc_array((size_t)(n_usual + spec->n_na_values), sizeof *d->nulls);
    if (!d->nulls || add_nulls(d, usual_nulls, n_usual) ||
        add_nulls(d, spec->na_values, spec->n_na_values)) {
        wf_csv_dialect_fini(d);
        return wf_error_nomem(err, "the texts that are null");
    }
    return WEFT_OK;
}

void wf_csv_dialect_fini(struct wf_csv_dialect *d)
{
    for (int i = 0; i < d->n_nulls; i++)
        wf_free(d->nulls[i]);
    wf_free(d->nulls);
    d->nulls = NULL;
    d->n_nulls = 0;
}

bool wf_csv_is_null(const struct wf_csv_dialect *d, const char *text, int64_t n)
{
    if (n == 0)
        return true;
    if (!(d->null_lengths[(unsigned char)text[0]] >> (n < 63 ? n : 63) & 1))
        return false;
    for (int i = 0; i < d->n_nulls; i++)
        if (strlen(d->nulls[i]) == (size_t)n && memcmp(d->nulls[i], text, (size_t)n) == 0)
            return true;
    return false;
}

int64_t wf_csv_unquote(const struct wf_csv_dialect *d, const char *raw, int64_t n, char *to)
{
    int64_t n_to = 0, i = 1;

    if (!wf_csv_is_quoted(d, raw, n)) {
        memcpy(to, raw, (size_t)n);
        return n;
    }
    for (; i < n; i++) {
        if (raw[i] == d->quote && (i + 1 == n || raw[i + 1] != d->quote))
            break;
        i += raw[i] == d->quote;
        to[n_to++] = raw[i];
    }
    /* Behind the closing quote stands nothing, or letters that are taken as they are. */
    if (i + 1 < n) {
        memcpy(to + n_to, raw + i + 1, (size_t)(n - i - 1));
        n_to += n - i - 1;
    }
    return n_to;
}
