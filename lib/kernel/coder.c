/* coder.c - the distinct values of a column, numbered 1, 2, 3, ... as they first appear. */
#include "lib/kernel/coder.h"

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/hash.h"
#include "lib/base/mem.h"

struct wf_code_slot {
    uint32_t tag;  /* high half of the hash */
    uint32_t code; /* 0: empty */
};

enum {
    WINDOW_MIN  = 1 << 12, /* a window so small that it need not earn its place */
    WINDOW_MAX  = 1 << 20, /* 4 MiB of codes */
    WINDOW_ROWS = 4,       /* between them, a window has at most so many places a row */
    FIRST_SLOTS = 1024,    /* 8 KiB: at a hundred keys nearly each sits at home, and guesses of branches hold */
};

/* Order of int64 as order of uint64. */
#define SIGN ((uint64_t)1 << 63)

/* ---- The list of values -------------------------------------------------- */

static bool grow_values(struct wf_coder *c)
{
    const uint32_t room = c->room ? c->room * 2 : 128;

    if (c->n == UINT32_MAX - 1 || room <= c->room)
        return false;
    if (c->dtype == WEFT_STRING) {
        struct wf_view *views = wf_realloc(c->views, room * sizeof *views);

        if (!views)
            return false;
        c->views = views;
    } else {
        uint64_t *words = wf_realloc(c->words, room * sizeof *words);

        if (!words)
            return false;
        c->words = words;
    }
    c->room = room;
    return true;
}

/* The code for one value more; 0: no memory. */
static uint32_t new_code(struct wf_coder *c)
{
    if (c->n + 1 >= c->room && !grow_values(c))
        return 0;
    return ++c->n;
}

/* ---- Open addressing ----------------------------------------------------- */

static inline uint64_t hash_view(const struct wf_view *v, struct wf_buffer *const *texts)
{
    uint64_t half[2];

    if (v->len > WF_VIEW_INLINE)
        return wf_hash(wf_view_ptr(v, texts), (size_t)v->len);
    memcpy(half, v, sizeof half);
    /* The two halves, each spread, meet in one 128-bit product. */
    __extension__ const unsigned __int128 product =
        (unsigned __int128)(half[0] ^ 0xa0761d6478bd642fu) * (half[1] ^ 0xe7037ed1a0b428dbu);

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static void put_slot(struct wf_coder *c, uint64_t hash, uint32_t code)
{
    uint64_t at = hash & (c->n_slots - 1);

    while (c->slots[at].code)
        at = (at + 1) & (c->n_slots - 1);
    c->slots[at] = (struct wf_code_slot){.tag = (uint32_t)(hash >> 32), .code = code};
}

/* Where the long texts of the values lie, as a column would say it. */
struct own_texts {
    struct wf_buffer head, *one[1];
};

static struct wf_buffer *const *own_texts(const struct wf_coder *c, struct own_texts *at)
{
    at->head.data = c->text;
    at->one[0] = &at->head;
    return at->one;
}

/* Room for one code more at half load; the window's codes move in as well. */
static bool grow_slots(struct wf_coder *c)
{
    struct wf_code_slot *slots;
    struct own_texts texts;
    uint64_t n_slots = c->n_slots ? c->n_slots : FIRST_SLOTS;

    while (n_slots < ((uint64_t)c->n + 1) * 2)
        n_slots *= 2;
    if (n_slots == c->n_slots)
        return true;
    slots = wf_alloc_zero(n_slots, sizeof *slots);
    if (!slots)
        return false;
    wf_free(c->slots);
    wf_free(c->window);
    c->window = NULL;
    c->n_window = 0;
    c->slots = slots;
    c->n_slots = n_slots;
    for (uint32_t code = 1; code <= c->n; code++) {
        if (code == c->null_code)
            continue;
        put_slot(c, c->dtype == WEFT_STRING ? hash_view(&c->views[code], own_texts(c, &texts)) : wf_mix(c->words[code]),
                 code);
    }
    return true;
}

/* ---- Numbers ------------------------------------------------------------- */

static uint32_t add_word(struct wf_coder *c, uint64_t word, uint64_t hash)
{
    uint32_t code;

    if (((uint64_t)c->n + 1) * 2 > c->n_slots && !grow_slots(c))
        return 0;
    code = new_code(c);
    if (code) {
        c->words[code] = word;
        put_slot(c, hash, code);
    }
    return code;
}

static inline uint32_t code_word(struct wf_coder *c, uint64_t word)
{
    const uint64_t hash = wf_mix(word);
    uint64_t at = hash & (c->n_slots - 1);

    if (!c->n_slots)
        return add_word(c, word, hash);
    for (; c->slots[at].code; at = (at + 1) & (c->n_slots - 1))
        if (c->slots[at].tag == (uint32_t)(hash >> 32) && c->words[c->slots[at].code] == word)
            return c->slots[at].code;
    return add_word(c, word, hash);
}

/* A window that also covers `word`, with room to spare on the side it grows to.
 * False: no memory, or the range is too wide to be worth a window. */
static bool widen_window(struct wf_coder *c, uint64_t word)
{
    uint64_t low = c->n_window && c->low < word ? c->low : word;
    uint64_t high = c->n_window && c->low + c->n_window - 1 > word ? c->low + c->n_window - 1 : word;
    uint32_t *window;
    uint64_t n, most = c->n_rows < WINDOW_MAX ? (uint64_t)c->n_rows * WINDOW_ROWS : WINDOW_MAX;

    most = most < WINDOW_MIN ? WINDOW_MIN : most > WINDOW_MAX ? WINDOW_MAX : most;
    if (high - low >= most)
        return false;
    n = 256;
    while (n <= high - low)
        n *= 2;
    if (n > most)
        n = most;
    if (c->n_window && low < c->low)
        low = high >= n - 1 ? high - (n - 1) : 0;
    if (low > UINT64_MAX - (n - 1))
        low = UINT64_MAX - (n - 1);
    window = wf_alloc_zero(n, sizeof *window);
    if (!window)
        return false;
    if (c->n_window)
        memcpy(window + (c->low - low), c->window, c->n_window * sizeof *window);
    wf_free(c->window);
    c->window = window;
    c->low = low;
    c->n_window = n;
    return true;
}

/* A word without a code, or outside the window. */
static uint32_t add_to_window(struct wf_coder *c, uint64_t word)
{
    uint32_t code;

    if (word - c->low >= c->n_window && !widen_window(c, word))
        return grow_slots(c) ? code_word(c, word) : 0;
    code = c->window[word - c->low];
    if (!code) {
        code = new_code(c);
        if (!code)
            return 0;
        c->words[code] = word;
        c->window[word - c->low] = code;
    }
    return code;
}

/* Codes of n words, all of them there. */
static bool code_words(struct wf_coder *c, const uint64_t *words, int64_t n, uint32_t *codes)
{
    int64_t i = 0;

    for (; i < n && !c->n_slots; i++) {
        const uint64_t at = words[i] - c->low;

        codes[i] = at < c->n_window ? c->window[at] : 0;
        if (!codes[i]) {
            codes[i] = add_to_window(c, words[i]);
            if (!codes[i])
                return false;
        }
    }
    for (; i < n; i++) {
        codes[i] = code_word(c, words[i]);
        if (!codes[i])
            return false;
    }
    return true;
}

/* The 64 bits that stand for a value: equal exactly for equal keys. */
static uint64_t word_of_f64(double x)
{
    uint64_t word;

    x += 0.0; /* -0.0 becomes 0.0 */
    memcpy(&word, &x, sizeof word);
    return x == x ? word : 0x7ff8000000000000u;
}

static void words_of(const struct wf_column *c, int64_t n, uint64_t *words)
{
    switch (c->dtype) {
    case WEFT_BOOL:
        for (int64_t i = 0; i < n; i++)
            words[i] = wf_bits_at(c->values, i) | SIGN;
        break;
    case WEFT_INT64:
        for (int64_t i = 0; i < n; i++)
            words[i] = ((const uint64_t *)c->values)[i] ^ SIGN;
        break;
    case WEFT_DATE:
        for (int64_t i = 0; i < n; i++)
            words[i] = (uint64_t)(int64_t)((const int32_t *)c->values)[i] ^ SIGN;
        break;
    case WEFT_FLOAT64:
        for (int64_t i = 0; i < n; i++)
            words[i] = word_of_f64(((const double *)c->values)[i]);
        break;
    case WEFT_FLOAT32:
        for (int64_t i = 0; i < n; i++)
            words[i] = word_of_f64((double)((const float *)c->values)[i]);
        break;
    default:
        WF_ASSERT(!"strings have views, not words");
    }
}

/* Floats are too far apart for a window. */
static bool is_float(weft_dtype dtype)
{
    return dtype == WEFT_FLOAT64 || dtype == WEFT_FLOAT32;
}

/* ---- Strings ------------------------------------------------------------- */

static inline bool same_view(const struct wf_coder *c, uint32_t code, const struct wf_view *v,
                             struct wf_buffer *const *texts)
{
    const struct wf_view *own = &c->views[code];

    /* Inline texts are all in the view, zero-padded. */
    if (v->len <= WF_VIEW_INLINE)
        return memcmp(own, v, sizeof *v) == 0;
    return own->len == v->len
        && memcmp(c->text + own->u.big.offset, wf_view_ptr(v, texts), (size_t)v->len) == 0;
}

static uint32_t add_view(struct wf_coder *c, const struct wf_view *v, struct wf_buffer *const *texts, uint64_t hash)
{
    uint32_t code;

    if (((uint64_t)c->n + 1) * 2 > c->n_slots && !grow_slots(c))
        return 0;
    if (v->len > WF_VIEW_INLINE && c->n_text + (size_t)v->len > c->text_room) {
        const size_t room = (c->n_text + (size_t)v->len) * 2;
        char *text = c->n_text + (size_t)v->len > INT32_MAX ? NULL : wf_realloc(c->text, room);

        if (!text)
            return 0;
        c->text = text;
        c->text_room = room;
    }
    code = new_code(c);
    if (!code)
        return 0;
    c->views[code] = *v;
    if (v->len > WF_VIEW_INLINE) {
        memcpy(c->text + c->n_text, wf_view_ptr(v, texts), (size_t)v->len);
        c->views[code].u.big.text = 0;
        c->views[code].u.big.offset = (int32_t)c->n_text;
        c->n_text += (size_t)v->len;
    }
    put_slot(c, hash, code);
    return code;
}

static uint32_t code_view(struct wf_coder *c, const struct wf_view *v, struct wf_buffer *const *texts)
{
    const uint64_t hash = hash_view(v, texts);
    uint64_t at = hash & (c->n_slots - 1);

    if (c->n_slots)
        for (; c->slots[at].code; at = (at + 1) & (c->n_slots - 1))
            if (c->slots[at].tag == (uint32_t)(hash >> 32) && same_view(c, c->slots[at].code, v, texts))
                return c->slots[at].code;
    return add_view(c, v, texts, hash);
}

/* Short texts that sit at home are found here; all else takes the long way. */
static bool code_views(struct wf_coder *c, const struct wf_view *views, struct wf_buffer *const *texts, int64_t n,
                       uint32_t *codes)
{
    const struct wf_code_slot *slots = c->slots;
    const struct wf_view *own = c->views;
    uint64_t mask = c->n_slots - 1;

    for (int64_t i = 0; i < n; i++) {
        if (slots && views[i].len <= WF_VIEW_INLINE) {
            const uint32_t code = slots[hash_view(&views[i], NULL) & mask].code;

            if (code && memcmp(&own[code], &views[i], sizeof *own) == 0) {
                codes[i] = code;
                continue;
            }
        }
        codes[i] = code_view(c, &views[i], texts);
        if (!codes[i])
            return false;
        slots = c->slots;
        own = c->views;
        mask = c->n_slots - 1;
    }
    return true;
}

/* ---- One column ---------------------------------------------------------- */

void wf_coder_init(struct wf_coder *c, weft_dtype dtype, bool keep_null, int64_t n_rows)
{
    *c = (struct wf_coder){.dtype = dtype, .keep_null = keep_null, .n_rows = n_rows};
}

void wf_coder_fini(struct wf_coder *c)
{
    wf_free(c->words);
    wf_free(c->views);
    wf_free(c->text);
    wf_free(c->window);
    wf_free(c->slots);
}

/* The code of the null key; false: no memory. */
static bool code_null(struct wf_coder *c, uint32_t *code)
{
    if (c->keep_null && !c->null_code) {
        c->null_code = new_code(c);
        if (!c->null_code)
            return false;
        if (c->dtype == WEFT_STRING)
            c->views[c->null_code] = (struct wf_view){.len = 0};
        else
            c->words[c->null_code] = 0;
    }
    *code = c->null_code;
    return true;
}

/* Codes of rows first .. last-1. */
static bool code_rows(struct wf_coder *c, const struct wf_column *col, const uint64_t *words, int64_t first,
                      int64_t last, uint32_t *codes)
{
    if (c->dtype == WEFT_STRING)
        return code_views(c, (const struct wf_view *)col->values + first, col->texts, last - first, codes + first);
    return code_words(c, words + first, last - first, codes + first);
}

bool wf_coder_add(struct wf_coder *c, const struct wf_column *col, int64_t n, uint32_t *codes)
{
    uint64_t words[WF_CODER_BATCH];

    if (c->dtype != WEFT_STRING)
        words_of(col, n, words);
    if (is_float(c->dtype) && !c->n_slots && !grow_slots(c))
        return false;
    if (!col->valid)
        return code_rows(c, col, words, 0, n, codes);
    for (int64_t i = 0; i < n;) {
        int64_t last = i;

        if (wf_bits_at(col->valid, i)) {
            while (last < n && wf_bits_at(col->valid, last))
                last++;
            if (!code_rows(c, col, words, i, last, codes))
                return false;
        } else {
            if (!code_null(c, &codes[i]))
                return false;
            last++;
        }
        i = last;
    }
    return true;
}

bool wf_coder_add_pairs(struct wf_coder *c, const uint32_t *second, int64_t n, uint32_t *codes)
{
    if (!c->n_slots && !grow_slots(c))
        return false;
    for (int64_t i = 0; i < n; i++) {
        if (!codes[i] || !second[i]) {
            codes[i] = 0;
            continue;
        }
        codes[i] = code_word(c, (uint64_t)codes[i] << 32 | second[i]);
        if (!codes[i])
            return false;
    }
    return true;
}

/* ---- Values again --------------------------------------------------------- */

/* The value of code `code` at place i of a column's values. */
static void put_value(const struct wf_coder *c, uint32_t code, void *values, int64_t i)
{
    const uint64_t word = c->dtype == WEFT_STRING ? 0 : c->words[code];
    double x;

    switch (c->dtype) {
    case WEFT_STRING: ((struct wf_view *)values)[i] = c->views[code]; break;
    case WEFT_DATE:   ((int32_t *)values)[i] = (int32_t)(int64_t)(word ^ SIGN); break;
    case WEFT_INT64:  ((int64_t *)values)[i] = (int64_t)(word ^ SIGN); break;
    case WEFT_FLOAT32:
        memcpy(&x, &word, sizeof x);
        ((float *)values)[i] = (float)x;
        break;
    case WEFT_FLOAT64: memcpy((double *)values + i, &word, sizeof word); break;
    case WEFT_BOOL:
        wf_bits_clear(values, i);
        if (word & 1)
            wf_bits_set(values, i);
        break;
    }
}

struct wf_column *wf_coder_values(const struct wf_coder *c, const uint32_t *codes, uint32_t n)
{
    const size_t bytes = c->dtype == WEFT_BOOL ? wf_bits_bytes(n) : (size_t)n * weft_dtype_size(c->dtype);
    struct wf_buffer *values = wf_buffer_new(bytes);
    struct wf_buffer *valid = c->null_code ? wf_buffer_new(wf_bits_bytes(n)) : NULL;
    struct wf_buffer *text = c->n_text ? wf_buffer_new(c->n_text) : NULL;
    int64_t n_nulls = 0;

    if (!values || (c->null_code && !valid) || (c->n_text && !text)) {
        wf_buffer_release(values);
        wf_buffer_release(valid);
        wf_buffer_release(text);
        return NULL;
    }
    if (valid)
        wf_bits_fill(valid->data, n, true);
    if (text)
        memcpy(text->data, c->text, c->n_text);
    for (uint32_t i = 0; i < n; i++) {
        put_value(c, codes[i], values->data, i);
        if (codes[i] != c->null_code)
            continue;
        wf_bits_clear(valid->data, i);
        n_nulls++;
    }
    if (c->dtype == WEFT_STRING)
        return wf_column_new_text(n, values, valid, n_nulls, &text, text != NULL);
    return wf_column_new(c->dtype, n, values, values->data, valid, n_nulls);
}
