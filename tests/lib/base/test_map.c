/* test_map.c - a map against a list that is searched from the front. */
#include "lib/base/map.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "tests/support/nomem.h"

Test(map, an_empty_one_has_nothing)
{
    struct wf_map m, zeroed = {0};

    wf_map_init(&m);
    cr_assert_null(wf_map_find(&m, "x", 1));
    wf_map_fini(&m);
    wf_map_fini(&zeroed);
}

Test(map, the_first_number_under_a_key_stays)
{
    struct wf_map m;
    bool fresh = false;
    uint64_t *at;

    wf_map_init(&m);
    at = wf_map_put(&m, "key", 3, 7, &fresh);
    cr_assert(at && *at == 7 && fresh);
    at = wf_map_put(&m, "key", 3, 8, &fresh);
    cr_assert(at && *at == 7 && !fresh);
    *at = 9;
    cr_assert_eq(*wf_map_find(&m, "key", 3), 9);
    cr_assert_eq(m.n, 1);
    wf_map_fini(&m);
}

Test(map, keys_are_bytes_of_any_length)
{
    const struct { const char *key; size_t n; } keys[] = {
        {"", 0}, {"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2}, {"a\0b", 3}, {"ab", 2},
    };
    struct wf_map m;
    bool fresh;

    wf_map_init(&m);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        cr_assert_not_null(wf_map_put(&m, keys[i].key, keys[i].n, i, &fresh));
        cr_assert(fresh);
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        cr_assert_eq(*wf_map_find(&m, keys[i].key, keys[i].n), i);
    wf_map_fini(&m);
}

/* n_slots a power of two, at least twice n; every key between its home and the next hole. */
static void assert_holds(const struct wf_map *m)
{
    const size_t mask = m->n_slots - 1;
    size_t n = 0;

    cr_assert_eq(m->n_slots & mask, 0);
    cr_assert_geq(m->n_slots, 2 * m->n);
    for (size_t i = 0; i < m->n_slots; i++) {
        if (!m->slots[i].key)
            continue;
        n++;
        for (size_t k = m->slots[i].hash & mask; k != i; k = (k + 1) & mask)
            cr_assert_not_null(m->slots[k].key);
    }
    cr_assert_eq(n, m->n);
}

Test(map, holds_what_a_plain_list_holds)
{
    enum { KEYS = 3000, STEPS = 10000 };
    static char text[KEYS][16];
    static bool there[KEYS];
    static uint64_t number[KEYS];
    struct wf_map m;
    size_t n = 0;

    wf_map_init(&m);
    for (int i = 0; i < KEYS; i++)
        snprintf(text[i], sizeof text[i], "key-%d", i * 37);
    for (uint64_t step = 0; step < STEPS; step++) {
        uint32_t r[4];
        uint64_t *at;
        bool fresh;
        int i;

        wf_random_block(3, 0, step, r);
        i = (int)(r[0] % KEYS);
        at = wf_map_find(&m, text[i], strlen(text[i]));
        cr_assert_eq(at != NULL, there[i]);
        if (at)
            cr_assert_eq(*at, number[i]);
        at = wf_map_put(&m, text[i], strlen(text[i]), step, &fresh);
        cr_assert_eq(fresh, !there[i]);
        if (fresh) {
            there[i] = true;
            number[i] = step;
            n++;
        }
        cr_assert_eq(*at, number[i]);
        cr_assert_eq(m.n, n);
        if (step % 500 == 0)
            assert_holds(&m);
    }
    wf_map_fini(&m);
}

static weft_status fill_one(void *arg)
{
    static char text[200][8];
    struct wf_map m;
    weft_status st = WEFT_OK;
    size_t n = 0;
    bool fresh;

    (void)arg;
    wf_map_init(&m);
    for (int i = 0; i < 200; i++) {
        snprintf(text[i], sizeof text[i], "%d", i);
        if (wf_map_put(&m, text[i], strlen(text[i]), (uint64_t)i, &fresh))
            n++;
        else
            st = WEFT_NOMEM;
    }
    /* A refused key is not in; all others are. */
    cr_assert_eq(m.n, n);
    cr_assert_eq(n, st ? 199 : 200);
    assert_holds(&m);
    wf_map_fini(&m);
    return st;
}

Test(map, without_memory_to_grow_it_keeps_what_it_has)
{
    cr_assert_geq(nomem_everywhere(fill_one, NULL), 4);
}
