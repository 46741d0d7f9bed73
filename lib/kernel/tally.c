/* tally.c - one thing counted, summed or compared, for every group of rows. */
#include "lib/kernel/tally.h"

#include <math.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/mem.h"
#include "lib/data/builder.h"

bool wf_tally_takes(enum wf_tally_kind kind, weft_dtype dtype)
{
    if (kind == WF_TALLY_SUM || kind == WF_TALLY_MOMENTS)
        return dtype == WEFT_BOOL || dtype == WEFT_INT64 || dtype == WEFT_FLOAT64;
    return dtype != WEFT_FLOAT32;
}

static bool is_extreme(enum wf_tally_kind kind)
{
    return kind == WF_TALLY_MIN || kind == WF_TALLY_MAX;
}

void wf_tally_init(struct wf_tally *t, enum wf_tally_kind kind, weft_dtype dtype)
{
    WF_ASSERT(kind == WF_TALLY_SIZE || wf_tally_takes(kind, dtype));
    *t = (struct wf_tally){.kind = kind, .dtype = dtype};
}

void wf_tally_fini(struct wf_tally *t)
{
    wf_free(t->counts);
    wf_free(t->totals);
    wf_free(t->sums);
    wf_free(t->ints);
    wf_free(t->moments);
    wf_free(t->views);
    wf_free(t->text);
    *t = (struct wf_tally){.kind = t->kind, .dtype = t->dtype};
}

/* *p as an array of `room`, zeroed from `n` on. */
static bool grow(void *p, size_t bytes, uint32_t n, uint32_t room)
{
    void *old, *grown;

    memcpy(&old, p, sizeof old);
    grown = wf_realloc(old, room * bytes);
    if (!grown)
        return false;
    memset((char *)grown + n * bytes, 0, (room - n) * bytes);
    memcpy(p, &grown, sizeof grown);
    return true;
}

bool wf_tally_room(struct wf_tally *t, uint32_t n)
{
    uint32_t room = t->room ? t->room : 16;
    bool ok = true;

    if (n <= t->room) {
        t->n = n > t->n ? n : t->n;
        return true;
    }
    while (room < n)
        room = room < UINT32_MAX / 2 ? room * 2 : n;
    if (t->kind == WF_TALLY_SIZE || t->kind == WF_TALLY_COUNT || is_extreme(t->kind))
        ok = ok && grow(&t->counts, sizeof *t->counts, t->room, room);
    if (t->kind == WF_TALLY_MOMENTS)
        ok = ok && grow(&t->moments, sizeof *t->moments, t->room, room);
    if (t->kind == WF_TALLY_SUM && t->dtype != WEFT_FLOAT64)
        ok = ok && grow(&t->totals, sizeof *t->totals, t->room, room);
    if ((t->kind == WF_TALLY_SUM || is_extreme(t->kind)) && t->dtype == WEFT_FLOAT64)
        ok = ok && grow(&t->sums, sizeof *t->sums, t->room, room);
    if (is_extreme(t->kind) && t->dtype == WEFT_STRING)
        ok = ok && grow(&t->views, sizeof *t->views, t->room, room);
    if (is_extreme(t->kind) && t->dtype != WEFT_STRING && t->dtype != WEFT_FLOAT64)
        ok = ok && grow(&t->ints, sizeof *t->ints, t->room, room);
    if (!ok)
        return false;
    t->room = room;
    t->n = n;
    return true;
}

/* ---- All rows of one group: plain loops ----------------------------------- */

/* Rows that integer sums take between looks at overflow. */
enum { BLOCK = 4096 };

static wf_int128 sum_i64(const int64_t *x, int64_t n)
{
    wf_int128 total = 0;

    for (int64_t first = 0; first < n; first += BLOCK) {
        const int64_t last = first + BLOCK < n ? first + BLOCK : n;
        uint64_t sum = 0, spread = 0;

        for (int64_t i = first; i < last; i++) {
            sum += (uint64_t)x[i];
            spread |= (uint64_t)(x[i] ^ (x[i] >> 63));
        }
        /* 4096 numbers below 2^51 cannot leave 64 bits. */
        if (spread < (uint64_t)1 << 51)
            total += (int64_t)sum;
        else
            for (int64_t i = first; i < last; i++)
                total += x[i];
    }
    return total;
}

/* Eight sums side by side, then together: the order is fixed by n alone. */
static double sum_f64(const double *x, int64_t n)
{
    double s[8] = {0}, rest = 0;
    int64_t i = 0;

    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            s[k] += x[i + k] == x[i + k] ? x[i + k] : 0;
    for (; i < n; i++)
        rest += x[i] == x[i] ? x[i] : 0;
    return (((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))) + rest;
}

static int64_t count_f64(const double *x, int64_t n)
{
    int64_t count = 0;

    for (int64_t i = 0; i < n; i++)
        count += x[i] == x[i];
    return count;
}

static void join(struct wf_tally_moments *a, struct wf_tally_moments b)
{
    const int64_t count = a->count + b.count;
    const double apart = b.mean - a->mean;

    if (!b.count)
        return;
    if (!a->count) {
        *a = b;
        return;
    }
    a->mean += apart * ((double)b.count / (double)count);
    a->m2 += b.m2 + apart * apart * ((double)a->count * (double)b.count / (double)count);
    a->count = count;
}

/* Twice over a block that stays in cache: first the mean, then the distances. */
static struct wf_tally_moments moments_f64(const double *x, int64_t n)
{
    struct wf_tally_moments all = {0};

    for (int64_t first = 0; first < n; first += BLOCK) {
        const int64_t m = first + BLOCK < n ? BLOCK : n - first;
        struct wf_tally_moments one = {.count = count_f64(x + first, m)};
        double s[4] = {0};

        if (!one.count)
            continue;
        one.mean = sum_f64(x + first, m) / (double)one.count;
        for (int64_t i = 0; i < m; i++) {
            const double d = x[first + i] - one.mean;

            s[i & 3] += d == d ? d * d : 0;
        }
        one.m2 = (s[0] + s[1]) + (s[2] + s[3]);
        join(&all, one);
    }
    return all;
}

static struct wf_tally_moments moments_i64(const int64_t *x, int64_t n)
{
    struct wf_tally_moments all = {0};
    double block[BLOCK];

    for (int64_t first = 0; first < n; first += BLOCK) {
        const int64_t m = first + BLOCK < n ? BLOCK : n - first;

        for (int64_t i = 0; i < m; i++)
            block[i] = (double)x[first + i];
        join(&all, moments_f64(block, m));
    }
    return all;
}

/* ---- Runs of valid rows --------------------------------------------------- */

/* The next run of valid rows from *last on: true, and first .. last-1 of it. */
static bool next_run(const uint64_t *valid, int64_t n, int64_t *first, int64_t *last)
{
    int64_t i = *last;

    if (!valid) {
        *first = i;
        *last = n;
        return i < n;
    }
    while (i < n) {
        const uint64_t word = valid[i >> 6] >> (i & 63);

        if (word) {
            i += __builtin_ctzll(word);
            break;
        }
        i = (i | 63) + 1;
    }
    if (i >= n)
        return false;
    *first = i;
    while (i < n) {
        const uint64_t word = ~valid[i >> 6] >> (i & 63);

        if (word) {
            i += __builtin_ctzll(word);
            break;
        }
        i = (i | 63) + 1;
    }
    *last = i < n ? i : n;
    return true;
}

/* Which group row i is of. */
static inline uint32_t at(const uint32_t *number, int64_t i)
{
    return number ? number[i] : 1;
}

static int64_t int_at(const struct wf_column *c, int64_t i)
{
    switch (c->dtype) {
    case WEFT_BOOL: return wf_bits_at(c->values, i);
    case WEFT_DATE: return ((const int32_t *)c->values)[i];
    default:        return ((const int64_t *)c->values)[i];
    }
}

/* ---- Adding, one kind and type each, rows first .. last-1 of a run -------- */

static void add_counts(struct wf_tally *t, const struct wf_column *c, const uint32_t *number, int64_t first,
                       int64_t last)
{
    const double *x = c && c->dtype == WEFT_FLOAT64 && t->kind == WF_TALLY_COUNT ? c->values : NULL;

    if (!number)
        t->counts[1] += x ? count_f64(x + first, last - first) : last - first;
    else if (x)
        for (int64_t i = first; i < last; i++)
            t->counts[number[i]] += x[i] == x[i];
    else
        for (int64_t i = first; i < last; i++)
            t->counts[number[i]]++;
}

static void add_sums(struct wf_tally *t, const struct wf_column *c, const uint32_t *number, int64_t first,
                     int64_t last)
{
    const double *x = c->values;
    const int64_t *y = c->values;

    if (c->dtype == WEFT_FLOAT64 && !number)
        t->sums[1] += sum_f64(x + first, last - first);
    else if (c->dtype == WEFT_FLOAT64)
        for (int64_t i = first; i < last; i++)
            t->sums[number[i]] += x[i] == x[i] ? x[i] : 0;
    else if (c->dtype == WEFT_INT64 && !number)
        t->totals[1] += sum_i64(y + first, last - first);
    else if (c->dtype == WEFT_INT64)
        for (int64_t i = first; i < last; i++)
            t->totals[number[i]] += y[i];
    else
        for (int64_t i = first; i < last; i++)
            t->totals[at(number, i)] += wf_bits_at(c->values, i);
}

static void add_moments(struct wf_tally *t, const struct wf_column *c, const uint32_t *number, int64_t first,
                        int64_t last)
{
    const double *x = c->values;
    const int64_t *y = c->values;

    if (!number && c->dtype == WEFT_FLOAT64) {
        join(&t->moments[1], moments_f64(x + first, last - first));
    } else if (!number && c->dtype == WEFT_INT64) {
        join(&t->moments[1], moments_i64(y + first, last - first));
    } else {
        for (int64_t i = first; i < last; i++) {
            const double v = c->dtype == WEFT_FLOAT64 ? x[i] : (double)int_at(c, i);
            struct wf_tally_moments *m = &t->moments[at(number, i)];
            const double apart = v - m->mean;

            if (v != v)
                continue;
            m->count++;
            m->mean += apart / (double)m->count;
            m->m2 += apart * (v - m->mean);
        }
    }
}

/* The least of n values, or the greatest; NaN is never taken, so `worst` stays if there
 * is nothing else. Eight side by side, each compared as the processor's own minimum is. */
static double extreme_f64(const double *x, int64_t n, bool is_min)
{
    const double worst = is_min ? INFINITY : -INFINITY;
    double best[8] = {worst, worst, worst, worst, worst, worst, worst, worst};
    int64_t i = 0;

    for (; i + 8 <= n; i += 8) {
        if (is_min)
            for (int k = 0; k < 8; k++)
                best[k] = x[i + k] < best[k] ? x[i + k] : best[k];
        else
            for (int k = 0; k < 8; k++)
                best[k] = x[i + k] > best[k] ? x[i + k] : best[k];
    }
    for (; i < n; i++)
        best[0] = (is_min ? x[i] < best[0] : x[i] > best[0]) ? x[i] : best[0];
    for (int k = 1; k < 8; k++)
        best[0] = (is_min ? best[k] < best[0] : best[k] > best[0]) ? best[k] : best[0];
    return best[0];
}

static void add_float_extremes(struct wf_tally *t, const struct wf_column *c, const uint32_t *number, int64_t first,
                               int64_t last)
{
    const double *x = c->values, sign = t->kind == WF_TALLY_MIN ? 1 : -1;

    if (!number && count_f64(x + first, last - first)) {
        const double best = extreme_f64(x + first, last - first, t->kind == WF_TALLY_MIN);

        if (!t->counts[1] || sign * best < sign * t->sums[1])
            t->sums[1] = best;
        t->counts[1] = 1;
        return;
    }
    for (int64_t i = first; i < last; i++) {
        const uint32_t g = at(number, i);

        if (x[i] == x[i] && (!t->counts[g] || sign * x[i] < sign * t->sums[g])) {
            t->sums[g] = x[i];
            t->counts[g] = 1;
        }
    }
}

static void add_int_extremes(struct wf_tally *t, const struct wf_column *c, const uint32_t *number, int64_t first,
                             int64_t last)
{
    const bool is_min = t->kind == WF_TALLY_MIN;

    for (int64_t i = first; i < last; i++) {
        const uint32_t g = at(number, i);
        const int64_t v = int_at(c, i);

        if (!t->counts[g] || (is_min ? v < t->ints[g] : v > t->ints[g])) {
            t->ints[g] = v;
            t->counts[g] = 1;
        }
    }
}

static const char *own_text(const struct wf_tally *t, const struct wf_view *v)
{
    return v->len <= WF_VIEW_INLINE ? v->u.small : t->text + v->u.big.offset;
}

/* Drops the texts of views that have been replaced. */
static bool squeeze_text(struct wf_tally *t, size_t room)
{
    char *text = wf_alloc(room);
    size_t n = 0;

    if (!text)
        return false;
    for (uint32_t g = 0; g < t->n; g++) {
        struct wf_view *v = &t->views[g];

        if (v->len <= WF_VIEW_INLINE)
            continue;
        memcpy(text + n, own_text(t, v), (size_t)v->len);
        v->u.big.offset = (int32_t)n;
        n += (size_t)v->len;
    }
    wf_free(t->text);
    t->text = text;
    t->n_text = n;
    t->text_room = room;
    return true;
}

static bool set_text(struct wf_tally *t, uint32_t g, struct weft_text s)
{
    if (s.len > WF_VIEW_INLINE && t->n_text + (size_t)s.len > t->text_room) {
        size_t live = (size_t)s.len;

        t->views[g] = (struct wf_view){.len = 0};
        for (uint32_t k = 0; k < t->n; k++)
            live += t->views[k].len > WF_VIEW_INLINE ? (size_t)t->views[k].len : 0;
        if (live > INT32_MAX / 2 || !squeeze_text(t, live * 2))
            return false;
    }
    t->views[g] = wf_view_of(s.ptr, (int32_t)s.len, 0, (int32_t)t->n_text);
    if (s.len > WF_VIEW_INLINE) {
        memcpy(t->text + t->n_text, s.ptr, (size_t)s.len);
        t->n_text += (size_t)s.len;
    }
    t->counts[g] = 1;
    return true;
}

static int compare_texts(const char *a, int64_t n_a, const char *b, int64_t n_b)
{
    const int order = memcmp(a, b, (size_t)(n_a < n_b ? n_a : n_b));

    return order ? order : n_a < n_b ? -1 : n_a > n_b;
}

static bool add_text_extremes(struct wf_tally *t, const struct wf_column *c, const uint32_t *number, int64_t first,
                              int64_t last)
{
    for (int64_t i = first; i < last; i++) {
        const uint32_t g = at(number, i);
        const struct weft_text s = wf_column_text(c, i);
        const struct wf_view *v = &t->views[g];
        const int order = t->counts[g] ? compare_texts(s.ptr, s.len, own_text(t, v), v->len) : 0;

        if ((!t->counts[g] || (t->kind == WF_TALLY_MIN ? order < 0 : order > 0)) && !set_text(t, g, s))
            return false;
    }
    return true;
}

bool wf_tally_add(struct wf_tally *t, const struct wf_column *values, const uint32_t *number, int64_t n)
{
    int64_t first = 0, last = 0;

    if (t->kind == WF_TALLY_SIZE) {
        add_counts(t, NULL, number, 0, n);
        return true;
    }
    while (next_run(values->valid, n, &first, &last)) {
        switch (t->kind) {
        case WF_TALLY_COUNT:   add_counts(t, values, number, first, last); break;
        case WF_TALLY_SUM:     add_sums(t, values, number, first, last); break;
        case WF_TALLY_MOMENTS: add_moments(t, values, number, first, last); break;
        default:
            if (t->dtype == WEFT_FLOAT64)
                add_float_extremes(t, values, number, first, last);
            else if (t->dtype != WEFT_STRING)
                add_int_extremes(t, values, number, first, last);
            else if (!add_text_extremes(t, values, number, first, last))
                return false;
        }
    }
    return true;
}

/* ---- States as columns ---------------------------------------------------- */

int wf_tally_state_types(enum wf_tally_kind kind, weft_dtype dtype, weft_dtype types[WF_TALLY_STATES])
{
    switch (kind) {
    case WF_TALLY_SIZE:
    case WF_TALLY_COUNT:
        types[0] = WEFT_INT64;
        return 1;
    case WF_TALLY_SUM:
        types[0] = dtype == WEFT_FLOAT64 ? WEFT_FLOAT64 : WEFT_INT64;
        types[1] = WEFT_INT64;
        return dtype == WEFT_FLOAT64 ? 1 : 2;
    case WF_TALLY_MOMENTS:
        types[0] = WEFT_INT64;
        types[1] = types[2] = WEFT_FLOAT64;
        return 3;
    default:
        types[0] = dtype;
        return 1;
    }
}

/* The extremes of groups 1..n, null where there is none. NULL: no memory. */
static struct wf_column *extremes(const struct wf_tally *t, uint32_t n)
{
    struct wf_builder b;

    wf_builder_init(&b, t->dtype);
    for (uint32_t g = 1; g <= n; g++) {
        if (!t->counts[g])
            wf_builder_add_null(&b);
        else if (t->dtype == WEFT_STRING)
            wf_builder_add_text(&b, own_text(t, &t->views[g]), t->views[g].len);
        else if (t->dtype == WEFT_FLOAT64)
            wf_builder_add_f64(&b, t->sums[g]);
        else
            wf_builder_add_i64(&b, t->ints[g]);
    }
    return wf_builder_finish(&b);
}

/* State number `part` of groups 1..n, all of 8 bytes. */
static void put_state(const struct wf_tally *t, uint32_t n, int part, void *values)
{
    double *x = values;
    int64_t *y = values;

    if (t->kind == WF_TALLY_SIZE || t->kind == WF_TALLY_COUNT)
        memcpy(y, t->counts + 1, n * sizeof *y);
    else if (t->kind == WF_TALLY_SUM && t->dtype == WEFT_FLOAT64)
        memcpy(x, t->sums + 1, n * sizeof *x);
    else if (t->kind == WF_TALLY_SUM)
        for (uint32_t g = 1; g <= n; g++)
            y[g - 1] = part == 0 ? (int64_t)(uint64_t)t->totals[g] : (int64_t)(t->totals[g] >> 64);
    else
        for (uint32_t g = 1; g <= n; g++) {
            if (part == 0)
                y[g - 1] = t->moments[g].count;
            else
                x[g - 1] = part == 1 ? t->moments[g].mean : t->moments[g].m2;
        }
}

static struct wf_column *state(const struct wf_tally *t, uint32_t n, int part, weft_dtype type)
{
    struct wf_buffer *values;

    if (is_extreme(t->kind))
        return extremes(t, n);
    values = wf_buffer_new((size_t)n * 8);
    if (!values)
        return NULL;
    put_state(t, n, part, values->data);
    return wf_column_new(type, n, values, values->data, NULL, 0);
}

bool wf_tally_states(const struct wf_tally *t, uint32_t n, struct wf_column *states[WF_TALLY_STATES])
{
    weft_dtype types[WF_TALLY_STATES];
    const int n_states = wf_tally_state_types(t->kind, t->dtype, types);
    bool ok = true;

    for (int part = 0; part < n_states; part++) {
        states[part] = state(t, n, part, types[part]);
        ok = ok && states[part];
    }
    for (int part = 0; !ok && part < n_states; part++) {
        wf_column_release(states[part]);
        states[part] = NULL;
    }
    return ok;
}

bool wf_tally_merge(struct wf_tally *t, struct wf_column *const *states, const uint32_t *number, int64_t n)
{
    const int64_t *counts = states[0]->values, *high;
    const double *means, *m2s;

    switch (t->kind) {
    case WF_TALLY_SIZE:
    case WF_TALLY_COUNT:
        for (int64_t i = 0; i < n; i++)
            t->counts[at(number, i)] += counts[i];
        return true;
    case WF_TALLY_SUM:
        if (t->dtype == WEFT_FLOAT64) {
            const double *sums = states[0]->values;

            for (int64_t i = 0; i < n; i++)
                t->sums[at(number, i)] += sums[i];
            return true;
        }
        high = states[1]->values;
        for (int64_t i = 0; i < n; i++)
            t->totals[at(number, i)] += ((wf_int128)high[i] * ((wf_int128)1 << 64)) + (uint64_t)counts[i];
        return true;
    case WF_TALLY_MOMENTS:
        means = states[1]->values;
        m2s = states[2]->values;
        for (int64_t i = 0; i < n; i++)
            join(&t->moments[at(number, i)], (struct wf_tally_moments){counts[i], means[i], m2s[i]});
        return true;
    default:
        return wf_tally_add(t, states[0], number, n);
    }
}
