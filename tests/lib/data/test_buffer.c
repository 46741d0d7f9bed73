/* test_buffer.c - bytes that go with their last holder. */
#include "lib/data/buffer.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "lib/base/mem.h"
#include "tests/support/nomem.h"

static int n_freed;

static void note_freed(void *data)
{
    (void)data;
    n_freed++;
}

Test(buffer, data_starts_on_a_line_and_may_be_read_a_line_too_far)
{
    for (size_t bytes = 0; bytes < 300; bytes += 11) {
        struct wf_buffer *b = wf_buffer_new(bytes);

        cr_assert_not_null(b);
        cr_assert_eq(b->bytes, bytes);
        cr_assert_eq((uintptr_t)b->data % 64, 0);
        memset(b->data, 1, bytes + 64);
        wf_buffer_release(b);
    }
}

Test(buffer, sizes_no_machine_has_are_refused)
{
    cr_assert_null(wf_buffer_new(SIZE_MAX));
    cr_assert_null(wf_buffer_new(SIZE_MAX / 2));
    cr_assert_null(wf_buffer_new((size_t)1 << 62));
}

Test(buffer, wrapped_memory_is_given_back_once_by_the_last_holder)
{
    char mine[10];
    struct wf_buffer *b = wf_buffer_wrap(mine, sizeof mine, note_freed);

    cr_assert_eq(b->data, (void *)mine);
    cr_assert_eq(b->bytes, sizeof mine);
    cr_assert_eq(wf_buffer_retain(b), b);
    wf_buffer_release(b);
    cr_assert_eq(n_freed, 0);
    wf_buffer_release(b);
    cr_assert_eq(n_freed, 1);
}

Test(buffer, nothing_can_be_held_and_let_go)
{
    cr_assert_null(wf_buffer_retain(NULL));
    wf_buffer_release(NULL);
}

static weft_status wrap_one(void *arg)
{
    const int before = n_freed;
    struct wf_buffer *own = wf_buffer_new(100);
    struct wf_buffer *b = wf_buffer_wrap(arg, 10, note_freed);

    wf_buffer_release(own);
    if (!b) {
        /* Still the caller's. */
        cr_assert_eq(n_freed, before);
        return WEFT_NOMEM;
    }
    wf_buffer_release(b);
    cr_assert_eq(n_freed, before + 1);
    return own ? WEFT_OK : WEFT_NOMEM;
}

Test(buffer, without_memory_there_is_none_and_what_was_to_be_wrapped_stays)
{
    char mine[10];

    cr_assert_eq(nomem_everywhere(wrap_one, mine), 2);
}

static void *hold_and_let_go(void *arg)
{
    for (int i = 0; i < 20000; i++) {
        wf_buffer_retain(arg);
        wf_buffer_release(arg);
    }
    wf_buffer_release(arg);
    return NULL;
}

Test(buffer, holders_on_many_threads_are_counted_right)
{
    enum { THREADS = 4 };
    char mine[10];
    struct wf_buffer *b = wf_buffer_wrap(mine, sizeof mine, note_freed);
    pthread_t thread[THREADS];

    for (int i = 0; i < THREADS; i++) {
        wf_buffer_retain(b);
        pthread_create(&thread[i], NULL, hold_and_let_go, b);
    }
    wf_buffer_release(b);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    cr_assert_eq(n_freed, 1);
}
