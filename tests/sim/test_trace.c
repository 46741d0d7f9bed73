/* test_trace.c - a worker notes and turns its blocks over while another reads, under every schedule. */
#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "scheduler/trace.h"
#include "tests/sim/sims.h"

/* Four records a block, five blocks: of 16 the latest are kept. */
enum { N_EVENTS = 16, MOST_KEPT = 20 };

struct scene {
    struct wf_tracer tracer;
    int              n_before, n_notes; /* noted before the reader comes, and while it reads */
    _Atomic uint32_t ended;
};

static void note(struct scene *s, uint32_t i)
{
    wf_tracer_note(&s->tracer, i, i + 1, i, 0, WEFT_EVENT_TASK, 0);
}

static void *write_some(void *arg)
{
    struct scene *s = arg;

    for (int i = 0; i < s->n_notes; i++)
        note(s, (uint32_t)(s->n_before + i));
    wf_store_release(&s->ended, 1);
    return NULL;
}

/* What is read is what was noted, in order, and what is not was counted as missed. */
static void read_and_check(struct scene *s, uint64_t *seen, uint64_t *n_missed)
{
    struct wf_record got[8];
    const uint64_t before = *seen, missed = *n_missed;
    const size_t n = wf_tracer_since(&s->tracer, seen, got, 8, n_missed);

    wf_sim_check(*seen == before + (*n_missed - missed) + n, "saw %zu of %d", n, (int)(*seen - before));
    for (size_t i = 0; i < n; i++)
        wf_sim_check(got[i].node == *seen - n + i && got[i].begin == got[i].node && got[i].end == got[i].begin + 1,
                     "record %u where %d should be", got[i].node, (int)(*seen - n + i));
}

static void notes_and_looks(void *arg)
{
    struct scene *s = arg;
    const uint32_t all = (uint32_t)(s->n_before + s->n_notes);
    uint64_t seen = 0, n_missed = 0;
    wf_thread writer;

    wf_sim_check(wf_tracer_init(&s->tracer, N_EVENTS), "no memory");
    wf_init(&s->ended, 0);
    for (int i = 0; i < s->n_before; i++)
        note(s, (uint32_t)i);
    wf_thread_start(&writer, write_some, s);
    for (int i = 0; i < 3; i++)
        read_and_check(s, &seen, &n_missed);
    wf_thread_join(writer);
    while (seen < all)
        read_and_check(s, &seen, &n_missed);
    wf_sim_check(wf_tracer_end_of(&s->tracer) == all, "%d were noted, not %u", (int)wf_tracer_end_of(&s->tracer), all);
    wf_sim_check(n_missed <= all - (all < N_EVENTS ? all : N_EVENTS), "missed %d of %u", (int)n_missed, all);
    wf_tracer_fini(&s->tracer);
}

Test(sim_trace, every_note_is_seen_once_or_counted_as_missed)
{
    static const int cases[][2] = {{0, 6}, {3, 3}, {19, 6}, {22, 3}, {40, 9}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene s = {.n_before = cases[i][0], .n_notes = cases[i][1]};

        sim_all("notes-and-looks", notes_and_looks, &s, 2, 1);
        sim_some("notes-and-looks", notes_and_looks, &s, 3000);
    }
}
