#include <criterion/criterion.h>
#include <stdlib.h>

#include "lib/dash/report_sieve.h"

enum { N = 5000 };

static void fill(struct weft_event *e, int kind)
{
    uint64_t state = 3;

    for (int i = 0; i < N; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        e[i] = (struct weft_event){.begin_ns = i, .end_ns = i + (kind == 0 ? 1000 : kind == 1 ? i : (int64_t)(state >> (1 + (state >> 7) % 63)))};
    }
}

static bool passes[N];

static size_t sift(const struct weft_event *e, size_t most)
{
    struct wf_sieve *s = calloc(1, sizeof *s);
    size_t n = 0;

    for (int i = 0; i < N; i++)
        wf_sieve_count(s, &e[i]);
    wf_sieve_settle(s, most);
    for (int i = 0; i < N; i++)
        n += passes[i] = wf_sieve_passes(s, &e[i]);
    free(s);
    return n;
}

Test(sieve, just_as_many_pass_as_there_is_room_for)
{
    static const size_t rooms[] = {0, 1, 2, 63, 1000, N - 1, N, N + 1, 10 * N};
    struct weft_event *e = malloc(N * sizeof *e);

    for (int kind = 0; kind < 3; kind++) {
        fill(e, kind);
        for (size_t k = 0; k < sizeof rooms / sizeof *rooms; k++)
            cr_assert_eq(sift(e, rooms[k]), rooms[k] < N ? rooms[k] : N, "kind %d, room for %zu", kind, rooms[k]);
    }
    free(e);
}

Test(sieve, what_passes_is_not_much_shorter_than_what_does_not)
{
    struct weft_event *e = malloc(N * sizeof *e);
    int64_t shortest = INT64_MAX, longest = 0;

    fill(e, 2);
    sift(e, 500);
    for (int i = 0; i < N; i++) {
        const int64_t length = e[i].end_ns - e[i].begin_ns;

        if (passes[i])
            shortest = length < shortest ? length : shortest;
        else
            longest = length > longest ? length : longest;
    }
    cr_assert((double)(shortest + 64) > (double)(longest + 64) * (1 - 1.0 / 64), "%g and %g", (double)shortest, (double)longest);
    free(e);
}

Test(sieve, of_equal_lengths_every_nth_passes)
{
    struct weft_event *e = malloc(N * sizeof *e);
    int last = -1;

    fill(e, 0);
    cr_assert_eq(sift(e, N / 10), N / 10);
    for (int i = 0; i < N; i++) {
        if (passes[i]) {
            cr_assert(last < 0 || i - last == 10);
            last = i;
        }
    }
    free(e);
}
