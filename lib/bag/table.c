/* table.c - one value per key, in order of first appearance. */
#include "lib/bag/table.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/mem.h"

enum { SMALL = 12, FIRST_ROWS = 16 };

void wf_table_init(struct wf_table *t, size_t value_bytes)
{
    *t = (struct wf_table){.value_bytes = value_bytes,
                           .stride = sizeof(struct wf_key) + (value_bytes + 15) / 16 * 16};
}

void wf_table_fini(struct wf_table *t)
{
    wf_free(t->slots);
    wf_free(t->text);
    wf_free(t->rows);
    *t = (struct wf_table){0};
}

static struct wf_key *key_at(const struct wf_table *t, uint32_t i)
{
    return (struct wf_key *)(t->rows + (size_t)i * t->stride);
}

static const char *key_ptr(const struct wf_table *t, const struct wf_key *k)
{
    return k->len <= SMALL ? k->u.small : t->text + ((size_t)k->u.at[1] << 32 | k->u.at[0]);
}

struct weft_text wf_table_key(const struct wf_table *t, uint32_t i)
{
    const struct wf_key *k = key_at(t, i);

    WF_ASSERT(i < t->n);
    return (struct weft_text){key_ptr(t, k), k->len};
}

void *wf_table_value(const struct wf_table *t, uint32_t i)
{
    WF_ASSERT(i < t->n);
    return key_at(t, i) + 1;
}

/* The key as a row has it; of a long one only the length. */
static struct wf_key key_of(struct weft_text key)
{
    struct wf_key k = {.len = (uint32_t)key.len};

    if (key.len > 0 && key.len <= SMALL)
        memcpy(k.u.small, key.ptr, (size_t)key.len);
    return k;
}

static bool key_is(const struct wf_table *t, const struct wf_key *k, const struct wf_key *wanted,
                   struct weft_text key)
{
    if (k->len <= SMALL || k->len != wanted->len)
        return memcmp(k, wanted, sizeof *k) == 0;
    return memcmp(key_ptr(t, k), key.ptr, (size_t)key.len) == 0;
}

static bool grow_slots(struct wf_table *t)
{
    const size_t n_slots = t->n_slots ? t->n_slots * 2 : FIRST_ROWS * 2;
    struct wf_slot *slots = wf_alloc_zero(n_slots, sizeof *slots);

    if (!slots)
        return false;
    /* Old slots in order keep what is near each other near. */
    for (size_t i = 0; i < t->n_slots; i++) {
        size_t to = t->slots[i].hash & (n_slots - 1);

        if (!t->slots[i].row)
            continue;
        while (slots[to].row)
            to = (to + 1) & (n_slots - 1);
        slots[to] = t->slots[i];
    }
    wf_free(t->slots);
    t->slots = slots;
    t->n_slots = n_slots;
    return true;
}

static bool grow_rows(struct wf_table *t)
{
    const uint32_t room = t->room ? t->room * 2 : FIRST_ROWS;
    size_t bytes;
    char *rows;

    /* Row numbers are 31 bits, so that row + 1 and doubling stay in 32. */
    if (t->room >= UINT32_C(1) << 30 || __builtin_mul_overflow((size_t)room, t->stride, &bytes))
        return false;
    rows = wf_realloc(t->rows, bytes);
    if (!rows)
        return false;
    t->rows = rows;
    t->room = room;
    return true;
}

/* Room for a long key behind the others. */
static bool grow_text(struct wf_table *t, size_t len)
{
    size_t room = t->text_room ? t->text_room * 2 : 256;
    char *text;

    if (t->text_room - t->n_text >= len)
        return true;
    if (room - t->n_text < len)
        room = t->n_text + len;
    text = wf_realloc(t->text, room);
    if (!text)
        return false;
    t->text = text;
    t->text_room = room;
    return true;
}

/* Puts a long key behind the others; there is room. */
static void keep_text(struct wf_table *t, struct wf_key *k, struct weft_text key)
{
    k->u.at[0] = (uint32_t)t->n_text;
    k->u.at[1] = (uint32_t)(t->n_text >> 32);
    memcpy(t->text + t->n_text, key.ptr, (size_t)key.len);
    t->n_text += (size_t)key.len;
}

void *wf_table_put(struct wf_table *t, struct weft_text key, uint64_t hash, bool *fresh)
{
    struct wf_key k = key_of(key);
    struct wf_slot *slot;
    size_t i;

    /* Keys of 4 GiB and more have no place. At most three quarters of the slots are used. */
    if (key.len > (int64_t)UINT32_MAX)
        return NULL;
    if ((size_t)t->n * 4 >= t->n_slots * 3 && !grow_slots(t))
        return NULL;
    for (i = (uint32_t)hash & (t->n_slots - 1);; i = (i + 1) & (t->n_slots - 1)) {
        slot = &t->slots[i];
        if (!slot->row)
            break;
        if (slot->hash == (uint32_t)hash && key_is(t, key_at(t, slot->row - 1), &k, key)) {
            *fresh = false;
            return key_at(t, slot->row - 1) + 1;
        }
    }
    if (t->n == t->room && !grow_rows(t))
        return NULL;
    if (key.len > SMALL && !grow_text(t, (size_t)key.len))
        return NULL;
    if (key.len > SMALL)
        keep_text(t, &k, key);
    *key_at(t, t->n) = k;
    t->n++;
    *slot = (struct wf_slot){.hash = (uint32_t)hash, .row = t->n};
    *fresh = true;
    return key_at(t, t->n - 1) + 1;
}
