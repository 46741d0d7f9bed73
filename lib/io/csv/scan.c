/* scan.c - one walk over a CSV file: its types, its rows, and where records begin. */
#include "lib/io/csv/scanned.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/io/csv/fingerprint.h"
#include "lib/io/csv/kind.h"
#include "lib/io/csv/loops.h"
#include "lib/io/csv/names.h"
#include "lib/io/csv/plain.h"
#include "lib/io/csv/window.h"

/* A field of the records, and what is known of its column. */
struct field {
    enum wf_csv_kind kind;
    bool             quoted_null;
    bool             is_open;    /* its type is to be found */
    int64_t          changed_at; /* in this piece: where the cell begins that changed the kind last; -1 */
    int64_t          record, line; /* the same, in the file */
};

struct scan {
    struct wf_csv       *f;
    struct wf_file       file;
    struct wf_csv_window window;
    struct wf_csv_walk   walk;
    struct wf_csv_phases phases;
    struct wf_csv_record record;
    struct field        *fields;
    bool                 has_changed; /* one of them has changed_at >= 0 */
    int64_t              n_records, line; /* before the window; physical line of its first byte */
    int64_t              cuts_room;
    int64_t              used;        /* of the piece just walked over */
};

/* ---- Types ----------------------------------------------------------------- */

static void watch_field(struct scan *s, int i)
{
    const struct field *field = &s->fields[i];
    const int n = s->phases.n_fields;

    wf_csv_phase_set(s->phases.ints, n, i, field->is_open && field->kind == WF_CSV_INT);
    wf_csv_phase_set(s->phases.floats, n, i, field->is_open && field->kind == WF_CSV_FLOAT);
    wf_csv_phase_set(s->phases.others, n, i,
                     field->is_open && (field->kind == WF_CSV_EMPTY || field->kind == WF_CSV_BOOL ||
                                        field->kind == WF_CSV_DATE));
}

static void judge_field(struct scan *s, int i, int64_t first, int64_t last)
{
    struct field *field = &s->fields[i];
    const enum wf_csv_kind kind = wf_csv_kind_with(field->kind, &s->f->dialect, s->window.text + first,
                                                   last - first, &field->quoted_null);

    if (kind == field->kind)
        return;
    field->kind = kind;
    field->changed_at = first;
    s->has_changed = true;
    watch_field(s, i);
}

/* A cell found by the loops over 64 bytes, which count the carriage return before a line end as text. */
static void judge_cell(void *arg, int column, int64_t first, int64_t last)
{
    struct scan *s = arg;
    const char *text = s->window.text;

    if (text[last] == '\n' && last > first && text[last - 1] == '\r')
        last--;
    judge_field(s, column, first, last);
}

/* ---- One piece -------------------------------------------------------------- */

static weft_status open_quote_error(const struct scan *s, int64_t n_records, const struct wf_csv_record *r,
                                    struct weft_error *err)
{
    const char *text = s->window.text;
    char where[WF_CSV_WHERE];

    wf_csv_where(where, s->f->path, s->n_records + n_records, s->line + wf_csv_count_lines(text, r->begin));
    return weft_error_set(err, WEFT_PARSE, "%s: the quote opened on line %lld is not closed", where,
                          (long long)(s->line + wf_csv_count_lines(text, r->quote)));
}

/* The piece, character by character. */
static weft_status walk_plainly(struct scan *s, struct weft_error *err)
{
    const char *text = s->window.text;
    const int64_t n = s->window.n;
    struct wf_csv_record *r = &s->record;
    int64_t n_records = 0;

    s->used = 0;
    for (;;) {
        const enum wf_csv_found found = wf_csv_record_find(r, &s->f->dialect, text, n, s->used);

        if (found == WF_CSV_NO_ROOM)
            return wf_error_nomem(err, s->f->path);
        if (found == WF_CSV_PARTIAL && r->quote >= 0 && s->window.is_last)
            return open_quote_error(s, n_records, r, err);
        if (found == WF_CSV_PARTIAL)
            break;
        s->used = r->next;
        if (found == WF_CSV_NOTHING)
            break;
        if (r->n > s->f->n_fields || (r->n < s->f->n_fields && !s->f->dialect.pads))
            return wf_csv_ragged_error(s->f, s->n_records + n_records,
                                       s->line + wf_csv_count_lines(text, r->begin), r->n, err);
        for (int i = 0; i < r->n; i++)
            if (s->fields[i].is_open && s->fields[i].kind != WF_CSV_TEXT)
                judge_field(s, i, r->first[i], r->last[i]);
        n_records++;
    }
    s->walk.n_records = n_records;
    s->walk.n_lines = wf_csv_count_lines(text, s->used);
    s->walk.high = 1;
    return WEFT_OK;
}

/* Walks over the records of this piece once more, plainly, to number those in which a kind changed. */
static weft_status number_changes(struct scan *s, struct weft_error *err)
{
    const char *text = s->window.text;
    struct wf_csv_record *r = &s->record;
    int64_t line = s->line, at = 0;
    int left = 0;

    for (int i = 0; i < s->f->n_fields; i++)
        left += s->fields[i].changed_at >= 0;
    for (int64_t k = 0; left && k < s->walk.n_records; k++, at = r->next) {
        if (wf_csv_record_find(r, &s->f->dialect, text, s->used, at) != WF_CSV_RECORD)
            return wf_error_nomem(err, s->f->path);
        for (int i = 0; i < s->f->n_fields; i++) {
            struct field *field = &s->fields[i];

            if (field->changed_at < 0 || field->changed_at >= r->next)
                continue;
            field->record = s->n_records + k;
            field->line = line + wf_csv_count_lines(text + at, r->begin - at);
            field->changed_at = -1;
            left--;
        }
        line += wf_csv_count_lines(text + at, r->next - at);
    }
    /* The others are in the record that comes again with the next piece. */
    for (int i = 0; left && i < s->f->n_fields; i++)
        if (s->fields[i].changed_at >= 0)
            s->fields[i].changed_at -= s->used;
    s->has_changed = left > 0;
    return WEFT_OK;
}

static weft_status check_utf8(struct scan *s, struct weft_error *err)
{
    const char *text = s->window.text;
    const int64_t bad = wf_utf8_check(text, s->used);
    struct wf_csv_record *r = &s->record;
    char where[WF_CSV_WHERE];
    int64_t k = 0;
    int field = 0;

    if (bad == s->used)
        return WEFT_OK;
    for (int64_t at = 0;; k++, at = r->next) {
        if (wf_csv_record_find(r, &s->f->dialect, text, s->used, at) != WF_CSV_RECORD)
            return weft_error_set(err, WEFT_PARSE, "%s: line %lld: byte 0x%02x is not UTF-8", s->f->path,
                                  (long long)(s->line + wf_csv_count_lines(text, bad)), (unsigned char)text[bad]);
        if (bad < r->next)
            break;
    }
    while (field < r->n - 1 && r->last[field] <= bad)
        field++;
    wf_csv_where(where, s->f->path, s->n_records + k, s->line + wf_csv_count_lines(text, r->begin));
    return weft_error_set(err, WEFT_PARSE, "%s: field %d: byte 0x%02x is not UTF-8", where, field + 1,
                          (unsigned char)text[bad]);
}

static weft_status add_cut(struct scan *s, struct weft_error *err)
{
    struct wf_csv *f = s->f;

    if (f->n_cuts == s->cuts_room) {
        const int64_t room = s->cuts_room ? s->cuts_room * 2 : 64;
        struct wf_csv_cut *cuts = wf_realloc(f->cuts, (size_t)room * sizeof *cuts);

        if (!cuts)
            return wf_error_nomem(err, f->path);
        f->cuts = cuts;
        s->cuts_room = room;
    }
    f->cuts[f->n_cuts++] = (struct wf_csv_cut){
        s->window.at < f->stamp.size ? s->window.at : f->stamp.size, s->n_records, s->line};
    return WEFT_OK;
}

static weft_status walk_piece(struct scan *s, const struct wf_csv_steps *steps, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    if (steps->scan(&s->walk, s->window.text, s->window.n))
        s->used = s->walk.end;
    else
        st = walk_plainly(s, err);
    /* The last piece ends with a line end: if more is left, it is within quotes. */
    if (!st && s->window.is_last && s->used < s->window.n)
        st = walk_plainly(s, err);
    if (!st && s->walk.high)
        st = check_utf8(s, err);
    if (!st && s->has_changed)
        st = number_changes(s, err);
    return st;
}

static weft_status walk_all(struct scan *s, struct weft_error *err)
{
    const struct wf_csv_steps *steps = wf_csv_steps_of(wf_isa());
    weft_status st = WEFT_OK;

    while (!st && (s->window.n || !s->window.is_last)) {
        st = walk_piece(s, steps, err);
        if (st)
            break;
        if (s->used) {
            st = add_cut(s, err);
            s->n_records += s->walk.n_records;
            s->line += s->walk.n_lines;
        } else if (s->window.n >= WF_CSV_RECORD_MAX) {
            char where[WF_CSV_WHERE];

            wf_csv_where(where, s->f->path, s->n_records, s->line);
            st = weft_error_set(err, WEFT_PARSE, "%s is longer than 1 GiB, or a quote in it is not closed", where);
        }
        if (!st)
            st = wf_csv_window_move(&s->window, s->used, err);
    }
    return st;
}

/* ---- Before the first record -------------------------------------------------- */

/* Fills the window; passes over the byte order mark and the lines that are not wanted. */
static weft_status skip(struct scan *s, int64_t n_lines, struct weft_error *err)
{
    struct wf_csv_window *w = &s->window;
    weft_status st = wf_csv_window_move(w, 0, err);

    while (!st && w->n < 3 && !w->is_last)
        st = wf_csv_window_move(w, 0, err);
    if (st)
        return st;
    if (w->n >= 2 && (!memcmp(w->text, "\xff\xfe", 2) || !memcmp(w->text, "\xfe\xff", 2)))
        return weft_error_set(err, WEFT_PARSE, "%s: begins with the mark of UTF-16; only UTF-8 is read", s->f->path);
    if (w->n >= 3 && !memcmp(w->text, "\xef\xbb\xbf", 3))
        st = wf_csv_window_move(w, 3, err);
    while (!st && n_lines && (w->n || !w->is_last)) {
        const char *end = w->n ? memchr(w->text, '\n', (size_t)w->n) : NULL;

        n_lines -= end != NULL;
        s->line += end != NULL;
        st = wf_csv_window_move(w, end ? end - w->text + 1 : w->n, err);
    }
    return st;
}

/* The first record stands at the begin of the window: s->record, whose n is 0 if there is none. */
static weft_status find_first(struct scan *s, struct weft_error *err)
{
    struct wf_csv_window *w = &s->window;
    struct wf_csv_record *r = &s->record;

    for (;;) {
        const enum wf_csv_found found = wf_csv_record_find(r, &s->f->dialect, w->text, w->n, 0);
        weft_status st;

        if (found == WF_CSV_NO_ROOM)
            return wf_error_nomem(err, s->f->path);
        if (found == WF_CSV_RECORD || (found == WF_CSV_NOTHING && w->is_last))
            return WEFT_OK;
        if (found == WF_CSV_PARTIAL && w->is_last)
            return weft_error_set(err, WEFT_PARSE, "%s: the quote opened on line %lld is not closed", s->f->path,
                                  (long long)(s->line + wf_csv_count_lines(w->text, r->quote)));
        if (found == WF_CSV_PARTIAL && w->n >= WF_CSV_RECORD_MAX)
            return weft_error_set(err, WEFT_PARSE, "%s: line %lld is longer than 1 GiB, or a quote in it is not closed",
                                  s->f->path, (long long)s->line);
        s->line += wf_csv_count_lines(w->text, found == WF_CSV_NOTHING ? r->next : r->begin);
        st = wf_csv_window_move(w, found == WF_CSV_NOTHING ? r->next : r->begin, err);
        if (st)
            return st;
    }
}

/* Names and number of the fields; the window begins with the first record of data then. */
static weft_status read_header(struct scan *s, const struct weft_csv_spec *spec, struct wf_csv_names *names,
                               struct weft_error *err)
{
    struct wf_csv *f = s->f;
    struct wf_csv_record *r = &s->record;
    weft_status st = find_first(s, err);

    if (st)
        return st;
    if (!r->n && !(spec->no_header && spec->n_names))
        return weft_error_set(err, WEFT_PARSE, "%s: no columns: the file is empty", f->path);
    if (r->n && spec->n_names && spec->n_names != r->n)
        return weft_error_set(err, WEFT_INVALID, "%s: %d names are given, %s has %d fields", f->path, spec->n_names,
                              f->has_header ? "the header" : "the first record", r->n);
    f->n_fields = r->n ? r->n : spec->n_names;
    if (f->has_header && wf_utf8_check(s->window.text, r->next) < r->next)
        return weft_error_set(err, WEFT_PARSE, "%s: line %lld: the header is not UTF-8", f->path, (long long)s->line);
    st = wf_csv_names_init(names, &f->dialect, f->path, s->window.text, r, spec, err);
    if (st || !f->has_header)
        return st;
    s->line += wf_csv_count_lines(s->window.text, r->next);
    return wf_csv_window_move(&s->window, r->next, err);
}

/* ---- The whole ---------------------------------------------------------------- */

static weft_status init_fields(struct scan *s, const struct wf_csv_names *names, struct weft_error *err)
{
    struct wf_csv *f = s->f;
    const size_t n = (size_t)f->n_fields;

    f->lines = wf_alloc_zero(n, sizeof *f->lines);
    s->fields = wf_alloc_zero(n, sizeof *s->fields);
    s->phases = (struct wf_csv_phases){
        .n_fields = f->n_fields,
        .line = f->lines,
        .ints = wf_alloc_zero(n, sizeof(uint64_t)),
        .floats = wf_alloc_zero(n, sizeof(uint64_t)),
        .others = wf_alloc_zero(n, sizeof(uint64_t)),
    };
    if (!f->lines || !s->fields || !s->phases.ints || !s->phases.floats || !s->phases.others)
        return wf_error_nomem(err, f->path);
    wf_csv_phase_set(f->lines, f->n_fields, f->n_fields - 1, true);
    for (int i = 0; i < f->n_fields; i++) {
        s->fields[i].changed_at = s->fields[i].record = s->fields[i].line = -1;
        s->fields[i].is_open = names->of[i].is_kept && !names->of[i].is_given;
        watch_field(s, i);
    }
    s->walk = (struct wf_csv_walk){.dialect = &f->dialect, .phases = &s->phases, .judge = judge_cell, .arg = s};
    return WEFT_OK;
}

/* The schema of the columns kept, and where they come from. */
static weft_status finish(struct scan *s, const struct wf_csv_names *names, struct weft_error *err)
{
    struct wf_csv *f = s->f;
    const size_t n = (size_t)names->n_kept;
    const char **kept = wf_alloc_array(n, sizeof *kept);
    weft_dtype *dtypes = wf_alloc_array(n, sizeof *dtypes);
    int k = 0;

    f->field_of = wf_alloc_array(n, sizeof *f->field_of);
    f->origins = wf_alloc_array(n, sizeof *f->origins);
    if (kept && dtypes && f->field_of && f->origins) {
        for (int i = 0; i < f->n_fields; i++) {
            const struct field *field = &s->fields[i];

            if (!names->of[i].is_kept)
                continue;
            kept[k] = names->of[i].name;
            dtypes[k] = names->of[i].is_given ? names->of[i].dtype
                                              : wf_csv_kind_dtype(field->kind, field->quoted_null);
            f->field_of[k] = i;
            f->origins[k++] = (struct wf_csv_origin){names->of[i].is_given, field->record, field->line};
        }
        f->schema = wf_schema_new(k, kept, dtypes);
    }
    wf_free(kept);
    wf_free(dtypes);
    return f->schema ? WEFT_OK : wf_error_nomem(err, f->path);
}

static weft_status scan_file(struct scan *s, const struct weft_csv_spec *spec, struct weft_error *err)
{
    struct wf_csv_names names = {0};
    struct wf_csv *f = s->f;
    weft_status st;

    st = wf_csv_window_init(&s->window, &s->file, 0, s->file.stamp.size, f->piece_bytes, err);
    if (st)
        goto out;
    st = skip(s, spec->skip_rows, err);
    if (st)
        goto out;
    st = read_header(s, spec, &names, err);
    if (st)
        goto out;
    st = init_fields(s, &names, err);
    if (st)
        goto out;
    st = walk_all(s, err);
    if (st)
        goto out;
    if (f->n_cuts == 0) {
        st = add_cut(s, err); /* no records: the one range is empty */
        if (st)
            goto out;
    }
    st = add_cut(s, err);
    if (st)
        goto out;
    f->n_cuts--;
    st = finish(s, &names, err);
out:
    wf_csv_names_fini(&names);
    return st;
}

weft_status wf_csv_scan_by(struct wf_csv **out, const char *path, const struct weft_csv_spec *spec,
                           int64_t piece_bytes, struct weft_error *err)
{
    static const struct weft_csv_spec usual;
    struct scan s = {.file = {.fd = -1}, .line = 1};
    weft_status st;

    spec = spec ? spec : &usual;
    s.f = wf_alloc_zero(1, sizeof *s.f);
    if (!s.f)
        return wf_error_nomem(err, path);
    wf_count_init(&s.f->holders);
    s.f->has_header = !spec->no_header;
    s.f->piece_bytes = piece_bytes;
    s.f->partition_bytes = spec->partition_bytes;
    s.f->n_partitions = spec->n_partitions;
    s.f->token = wf_csv_spec_token(spec);
    s.f->path = wf_strdup(path);
    if (!s.f->path) {
        st = wf_error_nomem(err, path);
        goto out;
    }
    st = wf_csv_dialect_init(&s.f->dialect, spec, err);
    if (st)
        goto out;
    st = wf_file_open(&s.file, s.f->path, err);
    if (st)
        goto out;
    s.f->stamp = s.file.stamp;
    st = scan_file(&s, spec, err);
    if (st)
        goto out;
    *out = s.f;
    s.f = NULL;
out:
    wf_file_close(&s.file);
    wf_csv_window_fini(&s.window);
    wf_csv_record_fini(&s.record);
    wf_free(s.fields);
    wf_free(s.phases.ints);
    wf_free(s.phases.floats);
    wf_free(s.phases.others);
    wf_csv_release(s.f);
    return st;
}

weft_status wf_csv_scan(struct wf_csv **out, const char *path, const struct weft_csv_spec *spec,
                        struct weft_error *err)
{
    return wf_csv_scan_by(out, path, spec, WF_CSV_PIECE, err);
}
