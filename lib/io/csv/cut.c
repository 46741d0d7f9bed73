/* cut.c - a scanned CSV file as ranges of records: by bytes or by rows. */
#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/io/csv/pieces.h"

enum { PARTITION_BYTES = 32 << 20 };

/* Looks for the places of records, in rising order. */
struct finder {
    const struct wf_csv *f;
    struct wf_csv_pieces pieces;
    bool                 is_open;
    struct wf_csv_cut    end;    /* behind the current piece */
};

/* Whether a cut lies before or at what is looked for: a number of bytes or of records. */
static bool is_before(const struct wf_csv_cut *cut, int64_t target, bool by_record)
{
    return (by_record ? cut->record : cut->offset) <= target;
}

/* The last cut that is before or at the target. */
static const struct wf_csv_cut *nearest(const struct wf_csv *f, int64_t target, bool by_record)
{
    int64_t low = 0, high = f->n_cuts;

    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;

        if (is_before(&f->cuts[middle], target, by_record))
            low = middle;
        else
            high = middle;
    }
    return &f->cuts[low];
}

static int64_t begin_of(const struct wf_csv_pieces *p, int64_t r)
{
    return (uint32_t)(p->ends[r * p->stride] + 1);
}

/* The first record of the current piece that is not before the target; n_records: none. */
static int64_t first_from(const struct wf_csv_pieces *p, int64_t target, bool by_record)
{
    int64_t low = 0, high = p->n_records;

    if (by_record)
        return target - p->first_record;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;

        if (p->window.at + begin_of(p, middle) < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static weft_status next_piece(struct finder *w, struct weft_error *err)
{
    weft_status st = wf_csv_pieces_next(&w->pieces, err);

    if (st)
        return st;
    if (!w->pieces.n_records)
        w->end = w->f->cuts[w->f->n_cuts];
    else
        w->end = (struct wf_csv_cut){w->pieces.window.at + w->pieces.used,
                                     w->pieces.first_record + w->pieces.n_records,
                                     w->pieces.line + w->pieces.n_lines};
    /* The window ends its last line itself, if the file does not. */
    if (w->end.offset > w->f->stamp.size)
        w->end.offset = w->f->stamp.size;
    return WEFT_OK;
}

static weft_status open_at(struct finder *w, const struct wf_csv_cut *cut, struct weft_error *err)
{
    const struct wf_csv_cut *end = &w->f->cuts[w->f->n_cuts];
    const struct wf_csv_range range = {cut->offset, end->offset, cut->record, end->record - cut->record, cut->line};
    weft_status st;

    if (w->is_open)
        wf_csv_pieces_fini(&w->pieces);
    w->is_open = true;
    st = wf_csv_pieces_init(&w->pieces, w->f, &range, err);
    return st ? st : next_piece(w, err);
}

/* The first record that begins at byte `target` or later, or record number `target`. */
static weft_status find(struct wf_csv_cut *out, struct finder *w, int64_t target, bool by_record,
                        struct weft_error *err)
{
    const struct wf_csv_cut *cut = nearest(w->f, target, by_record), *end = &w->f->cuts[w->f->n_cuts];
    const struct wf_csv_pieces *p = &w->pieces;
    weft_status st = WEFT_OK;
    int64_t r;

    if (is_before(end, target, by_record) || is_before(&w->f->cuts[0], target, by_record) == false ||
        target == (by_record ? cut->record : cut->offset)) {
        *out = is_before(end, target, by_record) ? *end : *cut;
        return WEFT_OK;
    }
    if (!w->is_open || cut->offset >= w->end.offset)
        st = open_at(w, cut, err);
    while (!st && p->n_records && is_before(&w->end, target, by_record))
        st = next_piece(w, err);
    if (st)
        return st;
    r = p->n_records ? first_from(p, target, by_record) : 0;
    if (r < p->n_records) {
        const int64_t begin = begin_of(p, r);

        *out = (struct wf_csv_cut){p->window.at + begin, p->first_record + r,
                                   p->line + wf_csv_count_lines(p->text, begin)};
    } else {
        *out = w->end;
    }
    return WEFT_OK;
}

static struct wf_csv_range between(const struct wf_csv_cut *a, const struct wf_csv_cut *b)
{
    return (struct wf_csv_range){a->offset, b->offset, a->record, b->record - a->record, a->line};
}

/* Where part i of n begins, of `all` bytes or rows: the first all % n are one larger. */
static int64_t share(int64_t all, int64_t n, int64_t i)
{
    const int64_t rest = all % n;

    return all / n * i + (i < rest ? i : rest);
}

weft_status wf_csv_split(struct wf_csv_range **ranges, int64_t *n, const struct wf_csv *f, struct weft_error *err)
{
    const struct wf_csv_range all = wf_csv_all(f);
    const int64_t bytes = f->partition_bytes > 0 ? f->partition_bytes : PARTITION_BYTES;
    const bool by_record = f->n_partitions > 0;
    const int64_t n_parts = by_record ? f->n_partitions : (all.end - all.begin + bytes - 1) / bytes;
    struct finder w = {.f = f};
    struct wf_csv_cut last = f->cuts[0];
    struct wf_csv_range *parts = NULL;
    weft_status st = WEFT_OK;
    int64_t k = 0;

    parts = wf_alloc_array(n_parts ? (size_t)n_parts : 1, sizeof *parts);
    if (!parts) {
        st = wf_error_nomem(err, f->path);
        goto out;
    }
    for (int64_t i = 1; i <= n_parts; i++) {
        struct wf_csv_cut next = f->cuts[f->n_cuts];

        if (i < n_parts) {
            const int64_t target = by_record ? share(all.n_records, n_parts, i)
                                             : all.begin + share(all.end - all.begin, n_parts, i);

            st = find(&next, &w, target, by_record, err);
            if (st)
                goto out;
        }
        /* By bytes no part is empty: a long record can be as long as several, and comments
         * at the end belong to the last record. */
        if (by_record || next.record > last.record)
            parts[k++] = between(&last, &next);
        else if (k > 0)
            parts[k - 1].end = next.offset;
        else
            continue;
        last = next;
    }
    if (k == 0)
        parts[k++] = all;
    *ranges = parts;
    *n = k;
    parts = NULL;
out:
    if (w.is_open)
        wf_csv_pieces_fini(&w.pieces);
    wf_free(parts);
    return st;
}

weft_status wf_csv_rows(struct wf_csv_range *out, const struct wf_csv *f, int64_t first, int64_t n,
                        struct weft_error *err)
{
    struct finder w = {.f = f};
    struct wf_csv_cut begin, end;
    weft_status st;

    WF_ASSERT(first >= 0 && n >= 0 && first + n <= wf_csv_n_records(f));
    st = find(&begin, &w, first, true, err);
    if (!st)
        st = find(&end, &w, first + n, true, err);
    if (!st)
        *out = between(&begin, &end);
    if (w.is_open)
        wf_csv_pieces_fini(&w.pieces);
    return st;
}
