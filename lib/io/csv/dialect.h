/* dialect.h - how one CSV file is written: which characters mean what, which texts are null. */
#ifndef WF_CSV_DIALECT_H
#define WF_CSV_DIALECT_H

#include <weft/io.h>
#include <weft/status.h>

struct wf_csv_dialect {
    char     sep, quote, point, thousands, comment; /* thousands, comment: 0 for none */
    bool     has_quote;
    bool     pads;       /* short records are filled with nulls */
    char   **nulls;      /* texts that are null, besides the empty one */
    int      n_nulls;
    bool     nulls_like_numbers; /* one of them could be a number, as -999 */
    /* Bit min(n, 63) of null_lengths[c]: a null of n bytes may begin with c. An empty
     * text counts as beginning with 0. */
    uint64_t null_lengths[256];
};

/* What makes no sense together is WEFT_INVALID. */
weft_status wf_csv_dialect_init(struct wf_csv_dialect *d, const struct weft_csv_spec *spec,
                                struct weft_error *err);
void        wf_csv_dialect_fini(struct wf_csv_dialect *d); /* a zeroed one is fine */

bool wf_csv_is_null(const struct wf_csv_dialect *d, const char *text, int64_t n);

/* A field as it stands in the file: its quotes undone. `to` has room for n bytes and may
 * not be `raw`. Returns the length. */
int64_t wf_csv_unquote(const struct wf_csv_dialect *d, const char *raw, int64_t n, char *to);

static inline bool wf_csv_is_quoted(const struct wf_csv_dialect *d, const char *raw, int64_t n)
{
    return n > 0 && d->has_quote && raw[0] == d->quote;
}

#endif
