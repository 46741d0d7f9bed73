/* test_entry.c - a result comes back from its bytes as it was, and from no other bytes. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/block.h>
#include <weft/chunk.h>

#include "config.h"
#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "lib/graph/memo/entry.h"
#include "tests/support/scale.h"

static const struct wf_token token = {.hi = 3, .lo = 7};

static struct weft_value block_of(int64_t n, bool random)
{
    weft_block *b = weft_block_new(WEFT_INT64, 1, &n);
    int64_t *to = weft_block_data_mut(b);

    for (int64_t i = 0; i < n; i++) {
        uint32_t r[4];

        wf_random_block(5, 0, (uint64_t)i, r);
        to[i] = random ? (int64_t)((uint64_t)r[0] << 32 | r[1]) : i / 50;
    }
    return weft_value_of_ptr(&weft_type_block, b);
}

/* The bytes of an entry. Given. */
static char *bytes_of(struct weft_value v, bool pack, size_t *n)
{
    struct wf_mark mark;
    char *bytes;

    cr_assert(wf_mark_of(&mark, v.type));
    cr_assert_eq(wf_entry_write(&bytes, n, token, v, &mark, 123, pack), WEFT_OK);
    return bytes;
}

static struct weft_value back(const char *bytes, size_t n)
{
    const struct wf_entry_head *head = wf_entry_check(bytes, n, token);
    struct weft_value v = weft_value_none();

    cr_assert(head);
    cr_assert_eq(head->cost_ns, 123);
    cr_assert(wf_mark_find(&head->mark));
    cr_assert_eq(wf_entry_read(&v, head, wf_mark_find(&head->mark)), WEFT_OK);
    return v;
}

Test(entry, numbers_come_back_to_the_bit)
{
    const struct weft_value values[] = {weft_value_of_f64(-0.0), weft_value_of_f64(0.1), weft_value_of_i64(INT64_MIN),
                                        weft_value_of_bool(true)};

    for (int i = 0; i < 4; i++) {
        size_t n;
        char *bytes = bytes_of(values[i], true, &n);
        const struct weft_value v = back(bytes, n);

        cr_assert_eq(v.type, values[i].type);
        cr_assert_eq(v.as.i64, values[i].as.i64);
        wf_free(bytes);
    }
}

Test(entry, blocks_come_back_packed_or_not)
{
    for (int random = 0; random < 2; random++)
        for (int pack = 0; pack < 2; pack++) {
            struct weft_value v = block_of(100000, random), again;
            size_t n;
            char *bytes = bytes_of(v, pack, &n);

            cr_assert_eq(n < 400000, WF_HAVE_LZ4 && pack && !random);
            again = back(bytes, n);
            cr_assert_eq(again.type, &weft_type_block);
            cr_assert_arr_eq(weft_block_data(weft_value_block(again)), weft_block_data(weft_value_block(v)), 800000);
            weft_value_release(v);
            weft_value_release(again);
            wf_free(bytes);
        }
}

Test(entry, one_bit_that_differs_or_one_byte_that_is_missing_is_found)
{
    for (int pack = 0; pack < 2; pack++) {
        struct weft_value v = block_of(1000, false);
        size_t n;
        char *bytes = bytes_of(v, pack, &n);

        for (size_t i = 0; i < n; i += i < sizeof(struct wf_entry_head) ? 1 : 1 + (size_t)test_scale())
            for (int bit = 0; bit < 8; bit++) {
                bytes[i] = (char)(bytes[i] ^ 1 << bit);
                cr_assert_null(wf_entry_check(bytes, n, token), "bit %d of byte %zu", bit, i);
                bytes[i] = (char)(bytes[i] ^ 1 << bit);
            }
        for (size_t i = 0; i < n; i++)
            cr_assert_null(wf_entry_check(bytes, i, token), "%zu of %zu bytes", i, n);
        cr_assert_null(wf_entry_check(bytes, n, (struct wf_token){token.hi, token.lo + 1}), "another's");
        cr_assert(wf_entry_check(bytes, n, token));
        weft_value_release(v);
        wf_free(bytes);
    }
}

Test(entry, any_bytes_with_any_damage_are_refused_and_read_no_further_than_they_are)
{
    struct weft_value v = block_of(200, false);
    size_t n;
    char *bytes = bytes_of(v, true, &n);

    for (uint64_t seed = 0; seed < 20000 / (uint64_t)test_scale(); seed++) {
        uint32_t r[4];
        size_t size;
        char *damaged;

        wf_random_block(seed, 2, 0, r);
        size = r[0] % (2 * n);
        damaged = malloc(size + 1); /* of its own, for the sanitizer to guard */
        for (size_t i = 0; i < size; i++)
            damaged[i] = i < n ? bytes[i] : (char)r[3];
        for (uint32_t k = 0; k < 1 + r[1] % 8 && size; k++) {
            uint32_t where[4];

            wf_random_block(seed, 3, k, where);
            damaged[where[0] % size] = (char)where[1];
        }
        if (size == n && memcmp(damaged, bytes, n) == 0) {
            free(damaged);
            continue;
        }
        cr_assert_null(wf_entry_check(damaged, size, token), "seed %d", (int)seed);
        free(damaged);
    }
    weft_value_release(v);
    wf_free(bytes);
}

/* A type that says of its bytes that they are wrong, or leaves some. */
static weft_status write_two(const void *data, struct weft_sink *sink)
{
    return sink->write(sink->to, data, 2);
}

static weft_status read_none(void **data, struct weft_source *source)
{
    (void)data, (void)source;
    return WEFT_PARSE;
}

static weft_status read_one(void **data, struct weft_source *source)
{
    char *c = wf_alloc(1);
    weft_status st = c ? source->read(source->from, c, 1) : WEFT_NOMEM;

    *data = c;
    return st;
}

static weft_status read_three(void **data, struct weft_source *source)
{
    char three[3];

    (void)data;
    return source->read(source->from, three, 3);
}

static const struct weft_type picky = {.name = "picky", .write = write_two, .read = read_none};
static const struct weft_type modest = {.name = "modest", .write = write_two, .read = read_one, .free = wf_free};
static const struct weft_type greedy = {.name = "greedy", .write = write_two, .read = read_three};

Test(entry, a_type_that_reads_too_little_too_much_or_not_at_all_is_not_believed)
{
    const struct weft_type *const types[] = {&picky, &modest, &greedy};

    for (int i = 0; i < 3; i++) {
        char two[2] = "x";
        size_t n;
        char *bytes = bytes_of(weft_value_of_ptr(types[i], two), false, &n);
        const struct wf_entry_head *head = wf_entry_check(bytes, n, token);
        struct weft_value v;

        cr_assert(head);
        cr_assert_eq(wf_mark_find(&head->mark), types[i], "it is found by its place, for it has no symbol");
        cr_assert_eq(wf_entry_read(&v, head, types[i]), WEFT_PARSE);
        wf_free(bytes);
    }
}

Test(entry, a_type_this_program_does_not_have_is_not_found)
{
    struct wf_mark mark;

    cr_assert(wf_mark_of(&mark, &weft_type_chunk));
    cr_assert_eq(wf_mark_find(&mark), &weft_type_chunk);
    mark.read_offset ^= 16;
    cr_assert_null(wf_mark_find(&mark), "another function would read it");
    mark.read_offset ^= 16;
    mark.read_id[3] ^= 1;
    cr_assert_null(wf_mark_find(&mark), "its bytes are of another build");
    mark.read_id[3] ^= 1;
    mark.symbol[0] = 0;
    mark.type_offset = (uint64_t)1 << 40;
    cr_assert_null(wf_mark_find(&mark), "there is nothing");
    mark.type_id[0] ^= 1;
    cr_assert_null(wf_mark_find(&mark), "nobody has that build-id");
    memset(mark.symbol, 'x', sizeof mark.symbol);
    cr_assert_null(wf_mark_find(&mark), "a symbol without end");
}

Test(entry, a_type_that_cannot_be_read_has_no_mark)
{
    static const struct weft_type mute = {.name = "mute", .write = write_two};
    struct wf_mark mark;

    cr_assert_not(wf_mark_of(&mark, &mute));
}
