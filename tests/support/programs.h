/* programs.h - random programs that grow: run as tasks that make tasks, or evaluated by plain recursion.
 *
 * What a body does is decided by a hash of its path from the root, so a program is the
 * same in every schedule: it spawns (children that wait for others, or in a group), forks,
 * runs graphs, blocks, waits, fails, detaches itself, becomes something else.
 */
#ifndef TESTS_PROGRAMS_H
#define TESTS_PROGRAMS_H

#include <weft/pool.h>
#include <weft/spawn.h>

enum { PROGRAM_NODES = 3 };

struct program {
    uint64_t seed;
    int      depth;      /* of who spawns whom */
    bool     is_quiet;   /* no forks, nested runs or blocking */
    bool     detaches;
    /* Sees to it that the task is finished, at some time. NULL: at once, by its body. */
    void   (*post)(void *post_arg, weft_later *later, weft_status status, struct weft_value value,
                   const struct weft_error *err);
    void    *post_arg;
};

struct outcome {
    weft_status status;
    bool        has_value;
    uint64_t    value;
    char        message[40];
};

/* The graph around it has PROGRAM_NODES tasks, each of which may wait for the one before. */
void program_run(weft_pool *pool, const struct program *p, struct outcome outcomes[PROGRAM_NODES]);
void program_eval(const struct program *p, struct outcome outcomes[PROGRAM_NODES]);

bool outcome_equal(const struct outcome *a, const struct outcome *b);

#endif
