/* records.c - records one after another: structs, texts, or both. */
#include "lib/bag/records.h"

#include <string.h>

#include "lib/bag/key.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

const char *wf_kind_text(enum weft_record_kind kind)
{
    static const char *const names[] = {"the same", "structs", "texts", "pairs", "groups"};

    return names[kind];
}

struct weft_text weft_text_of(const char *string)
{
    return (struct weft_text){string, (int64_t)strlen(string)};
}

static int64_t grown(int64_t room, int64_t wanted)
{
    const int64_t more = room < 8 ? 8 : room * 2;

    return more < wanted ? wanted : more;
}

/* Gives *p `n` elements; false: no memory, and *p as it was. */
static bool resize(void **p, int64_t n, size_t bytes)
{
    size_t all;
    void *q = __builtin_mul_overflow((size_t)n, bytes, &all) ? NULL : wf_realloc(*p, all);

    if (q)
        *p = q;
    return q != NULL;
}

/* Room for so many rows; a place more than rows says where the last one ends. */
static bool reserve_rows(weft_records *r, int64_t wanted)
{
    const int64_t room = grown(r->room, wanted);
    void *text_at = r->text_at, *data_at = r->data_at;
    bool ok;

    if (wanted <= r->room)
        return true;
    ok = (!text_at || resize(&text_at, room + 1, sizeof *r->text_at)) &&
         (!data_at || resize(&data_at, room + 1, sizeof *r->data_at));
    r->text_at = text_at;
    r->data_at = data_at;
    if (ok)
        r->room = room;
    return ok;
}

static bool reserve_data(weft_records *r, int64_t wanted)
{
    const int64_t room = grown(r->data_room, wanted);
    void *data = r->data;

    if (wanted <= r->data_room)
        return true;
    if (!resize(&data, room, r->shape.bytes))
        return false;
    r->data = data;
    r->data_room = room;
    return true;
}

static bool reserve_text(weft_records *r, int64_t wanted)
{
    const int64_t room = grown(r->text_room, wanted);
    void *text = r->text;

    if (wanted <= r->text_room)
        return true;
    if (!resize(&text, room, 1))
        return false;
    r->text = text;
    r->text_room = room;
    return true;
}

weft_records *wf_records_sized(struct wf_shape shape, int64_t n, int64_t n_data, int64_t n_text)
{
    weft_records *r = wf_alloc_zero(1, sizeof *r);

    if (!r)
        return NULL;
    wf_count_init(&r->holders);
    r->shape = shape;
    r->room = n;
    r->data_room = n_data;
    r->text_room = n_text;
    if (wf_shape_has_data(shape) && n_data > 0) {
        r->data = wf_alloc_array((size_t)n_data, shape.bytes);
        if (!r->data)
            goto nomem;
    }
    if (shape.kind == WEFT_GROUPS) {
        r->data_at = wf_alloc_array((size_t)n + 1, sizeof *r->data_at);
        if (!r->data_at)
            goto nomem;
        r->data_at[0] = 0;
    }
    if (wf_shape_has_text(shape)) {
        r->text_at = wf_alloc_array((size_t)n + 1, sizeof *r->text_at);
        if (!r->text_at)
            goto nomem;
        r->text_at[0] = 0;
        if (n_text > 0) {
            r->text = wf_alloc((size_t)n_text);
            if (!r->text)
                goto nomem;
        }
    }
    return r;
nomem:
    weft_records_release(r);
    return NULL;
}

weft_records *wf_records_new(struct wf_shape shape, int64_t room)
{
    return wf_records_sized(shape, room, shape.kind == WEFT_TEXTS ? 0 : room, 0);
}

weft_records *weft_records_retain(weft_records *r)
{
    wf_count_add(&r->holders);
    return r;
}

void weft_records_release(weft_records *r)
{
    if (!r || !wf_count_drop(&r->holders))
        return;
    wf_free(r->slots);
    wf_free(r->text_at);
    wf_free(r->text);
    wf_free(r->data_at);
    wf_free(r->data);
    wf_free(r);
}

/* ---- Filling --------------------------------------------------------------- */

/* Room for so many more of each; what is there stays. */
static bool reserve_all(weft_records *r, int64_t rows, int64_t structs, int64_t bytes)
{
    return reserve_rows(r, r->n + rows) && reserve_data(r, wf_records_n_data(r) + structs) &&
           reserve_text(r, wf_records_n_text(r) + bytes);
}

bool wf_records_add(weft_records *r, const struct weft_record *record)
{
    const int64_t d = wf_records_n_data(r), t = wf_records_n_text(r);

    WF_ASSERT(wf_count_is_one(&r->holders));
    if (!reserve_all(r, 1, record->n, record->text.len))
        return false;
    if (r->text_at) {
        if (record->text.len)
            memcpy(r->text + t, record->text.ptr, (size_t)record->text.len);
        r->text_at[r->n + 1] = t + record->text.len;
    }
    if (record->n)
        memcpy(r->data + (size_t)d * r->shape.bytes, record->data, (size_t)record->n * r->shape.bytes);
    if (r->data_at)
        r->data_at[r->n + 1] = d + record->n;
    r->n++;
    return true;
}

bool wf_records_add_rows(weft_records *r, const weft_records *from, int64_t first, int64_t n)
{
    const int64_t d = wf_records_n_data(r), t = wf_records_n_text(r), last = first + n;
    const int64_t from_d = from->data_at ? from->data_at[first] : first;
    const int64_t more_d = from->data_at ? from->data_at[last] - from_d : wf_shape_has_data(r->shape) ? n : 0;
    const int64_t from_t = from->text_at ? from->text_at[first] : 0;
    const int64_t more_t = from->text_at ? from->text_at[last] - from_t : 0;

    WF_ASSERT(wf_shape_equal(r->shape, from->shape) && first >= 0 && last <= from->n);
    if (!reserve_all(r, n, more_d, more_t))
        return false;
    if (more_d)
        memcpy(r->data + (size_t)d * r->shape.bytes, from->data + (size_t)from_d * r->shape.bytes,
               (size_t)more_d * r->shape.bytes);
    if (more_t)
        memcpy(r->text + t, from->text + from_t, (size_t)more_t);
    for (int64_t i = 1; r->text_at && i <= n; i++)
        r->text_at[r->n + i] = t + from->text_at[first + i] - from_t;
    for (int64_t i = 1; r->data_at && i <= n; i++)
        r->data_at[r->n + i] = d + from->data_at[first + i] - from_d;
    r->n += n;
    return true;
}

/* ---- Asking ---------------------------------------------------------------- */

enum weft_record_kind weft_records_kind(const weft_records *r)  { return r->shape.kind; }
size_t                weft_records_bytes(const weft_records *r) { return r->shape.bytes; }
int64_t               weft_records_n(const weft_records *r)     { return r->n; }
const void           *weft_records_data(const weft_records *r)  { return r->data; }

struct weft_record weft_records_at(const weft_records *r, int64_t i)
{
    struct weft_record out = {.text.ptr = ""};

    WF_ASSERT(i >= 0 && i < r->n);
    if (r->text_at) {
        out.text.len = r->text_at[i + 1] - r->text_at[i];
        if (out.text.len)
            out.text.ptr = r->text + r->text_at[i];
    }
    if (wf_shape_has_data(r->shape)) {
        const int64_t at = r->data_at ? r->data_at[i] : i;

        out.n = r->data_at ? r->data_at[i + 1] - at : 1;
        out.data = r->data ? r->data + (size_t)at * r->shape.bytes : NULL;
    }
    return out;
}

static bool text_is(const weft_records *r, int64_t i, struct weft_text text)
{
    const struct weft_text at = weft_records_at(r, i).text;

    return at.len == text.len && memcmp(at.ptr, text.ptr, (size_t)text.len) == 0;
}

bool wf_records_index(weft_records *r)
{
    size_t n_slots = 16;

    if (!r->text_at || r->n >= (int64_t)UINT32_MAX / 2)
        return true; /* nothing to look up, or too much: find walks */
    while (n_slots < (size_t)r->n * 2)
        n_slots *= 2;
    r->slots = wf_alloc_zero(n_slots, sizeof *r->slots);
    if (!r->slots)
        return false;
    r->n_slots = n_slots;
    for (int64_t row = 0; row < r->n; row++) {
        size_t i = wf_key_hash(weft_records_at(r, row).text) & (n_slots - 1);

        while (r->slots[i])
            i = (i + 1) & (n_slots - 1);
        r->slots[i] = (uint32_t)row + 1;
    }
    return true;
}

int64_t weft_records_find(const weft_records *r, struct weft_text text)
{
    if (!r->slots) {
        for (int64_t i = 0; i < r->n; i++)
            if (text_is(r, i, text))
                return i;
        return -1;
    }
    /* Rows were entered in order, so the first of equal ones is met first. */
    for (size_t i = wf_key_hash(text) & (r->n_slots - 1); r->slots[i]; i = (i + 1) & (r->n_slots - 1))
        if (text_is(r, r->slots[i] - 1, text))
            return r->slots[i] - 1;
    return -1;
}

weft_status wf_records_check(struct weft_value v, struct wf_shape shape, const char *what,
                             struct weft_error *err)
{
    const weft_records *r = weft_value_records(v);

    if (!r)
        return weft_error_set(err, WEFT_TYPE, "%s: its input is %s, not records", what,
                              v.type ? v.type->name : "no value");
    if (!wf_shape_equal(r->shape, shape))
        return weft_error_set(err, WEFT_TYPE, "%s: its input is %s of %zu bytes, not %s of %zu", what,
                              wf_kind_text(r->shape.kind), r->shape.bytes, wf_kind_text(shape.kind),
                              shape.bytes);
    return WEFT_OK;
}

/* ---- As a value ------------------------------------------------------------ */

static size_t value_bytes(const void *data)
{
    const weft_records *r = data;
    const size_t n_at = (r->text_at ? 1 : 0) + (r->data_at ? 1 : 0);

    return sizeof *r + (size_t)r->data_room * r->shape.bytes + (size_t)r->text_room +
           n_at * (size_t)(r->room + 1) * sizeof(int64_t) + r->n_slots * sizeof *r->slots;
}

static void value_free(void *data)
{
    weft_records_release(data);
}

static void *value_share(void *data)
{
    return weft_records_retain(data);
}

static void *value_copy(const void *data)
{
    const weft_records *r = data;
    weft_records *copy = wf_records_sized(r->shape, r->n, wf_records_n_data(r), wf_records_n_text(r));

    if (copy && (!wf_records_add_rows(copy, r, 0, r->n) || (r->slots && !wf_records_index(copy)))) {
        weft_records_release(copy);
        return NULL;
    }
    return copy;
}

/* On the wire, little-endian: kind, bytes, n, structs, bytes of text, whether
 * indexed, as int64; then what there is of data_at, data, text_at, text. */
enum { HEAD = 6 };

static weft_status value_write(const void *data, struct weft_sink *sink)
{
    const weft_records *r = data;
    const int64_t head[HEAD] = {r->shape.kind, (int64_t)r->shape.bytes, r->n, wf_records_n_data(r),
                                wf_records_n_text(r), r->slots != NULL};
    weft_status st = sink->write(sink->to, head, sizeof head);

    if (!st && r->data_at)
        st = sink->write(sink->to, r->data_at, (size_t)(r->n + 1) * sizeof *r->data_at);
    if (!st && wf_records_n_data(r))
        st = sink->write(sink->to, r->data, (size_t)wf_records_n_data(r) * r->shape.bytes);
    if (!st && r->text_at)
        st = sink->write(sink->to, r->text_at, (size_t)(r->n + 1) * sizeof *r->text_at);
    if (!st && wf_records_n_text(r))
        st = sink->write(sink->to, r->text, (size_t)wf_records_n_text(r));
    return st;
}

/* Whether places start at 0, never go down, and end at `end`. */
static bool places_are_sound(const int64_t *at, int64_t n, int64_t end)
{
    if (!at)
        return true;
    for (int64_t i = 0; i < n; i++)
        if (at[i] > at[i + 1])
            return false;
    return at[0] == 0 && at[n] == end;
}

static bool head_is_sound(const int64_t *head)
{
    const bool has_data = head[0] != WEFT_TEXTS;
    const int64_t most = INT64_C(1) << 48; /* more than any machine holds; products stay in 64 bits */

    if (head[0] < WEFT_STRUCTS || head[0] > WEFT_GROUPS || (head[1] > 0) != has_data)
        return false;
    for (int i = 1; i < 5; i++)
        if (head[i] < 0 || head[i] > most)
            return false;
    if (head[0] != WEFT_GROUPS && head[3] != (has_data ? head[2] : 0))
        return false;
    return head[3] <= most / (head[1] > 0 ? head[1] : 1) && (head[0] != WEFT_STRUCTS || head[4] == 0);
}

static weft_status value_read(void **data, struct weft_source *source)
{
    int64_t head[HEAD];
    weft_records *r = NULL;
    weft_status st = source->read(source->from, head, sizeof head);

    if (st)
        goto out;
    st = WEFT_PARSE;
    if (!head_is_sound(head))
        goto out;
    st = WEFT_NOMEM;
    r = wf_records_sized((struct wf_shape){(enum weft_record_kind)head[0], (size_t)head[1]}, head[2], head[3],
                         head[4]);
    if (!r)
        goto out;
    st = WEFT_OK;
    if (r->data_at)
        st = source->read(source->from, r->data_at, (size_t)(head[2] + 1) * sizeof *r->data_at);
    if (!st && head[3])
        st = source->read(source->from, r->data, (size_t)head[3] * (size_t)head[1]);
    if (!st && r->text_at)
        st = source->read(source->from, r->text_at, (size_t)(head[2] + 1) * sizeof *r->text_at);
    if (!st && head[4])
        st = source->read(source->from, r->text, (size_t)head[4]);
    if (st)
        goto out;
    st = WEFT_PARSE;
    if (!places_are_sound(r->data_at, head[2], head[3]) || !places_are_sound(r->text_at, head[2], head[4]))
        goto out;
    r->n = head[2];
    st = head[5] && !wf_records_index(r) ? WEFT_NOMEM : WEFT_OK;
out:
    if (st)
        weft_records_release(r);
    else
        *data = r;
    return st;
}

const struct weft_type weft_type_records = {
    .name = "records", .bytes = value_bytes, .free = value_free, .share = value_share,
    .copy = value_copy, .write = value_write, .read = value_read,
};
