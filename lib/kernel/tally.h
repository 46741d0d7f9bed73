/* tally.h - one thing counted, summed or compared, for every group of rows.
 *
 * A tally keeps a small state per group and is fed batches of a column beside the
 * group number of each row (kernel/group.h; group 0 takes dropped rows and is
 * never asked). Nulls and NaN are skipped. States come out as columns, so that
 * the tallies of two partitions meet by feeding one the other's states.
 *
 * Integer sums are kept in 128 bits: whether a sum leaves int64 depends on the
 * sum, not on the order of adding. Moments follow Welford (1962) row by row and
 * Chan, Golub and LeVeque (1983) between states. Strings of MIN and MAX are
 * compared by bytes.
 *
 * The same batches in the same order give the same bits.
 */
#ifndef WF_TALLY_H
#define WF_TALLY_H

#include "lib/data/column.h"

enum wf_tally_kind {
    WF_TALLY_SIZE,    /* rows, null or not; needs no column */
    WF_TALLY_COUNT,   /* rows with a value */
    WF_TALLY_SUM,     /* of bool and int64 as integers, of float64 */
    WF_TALLY_MOMENTS, /* count, mean, sum of squared distances from the mean */
    WF_TALLY_MIN,
    WF_TALLY_MAX,
};

__extension__ typedef __int128 wf_int128;

struct wf_tally_moments {
    int64_t count;
    double  mean, m2;
};

struct wf_tally {
    enum wf_tally_kind kind;
    weft_dtype         dtype;   /* of the column */
    uint32_t           n, room; /* groups 0..n-1 have a state */
    int64_t           *counts;  /* SIZE, COUNT; MIN, MAX: 0 while there is none */
    wf_int128         *totals;  /* SUM of integers */
    double            *sums;    /* SUM of float64; MIN, MAX of float64 */
    int64_t           *ints;    /* MIN, MAX of bool, int64, date */
    struct wf_tally_moments *moments;
    struct wf_view    *views;   /* MIN, MAX of strings; long texts lie in `text` */
    char              *text;
    size_t             n_text, text_room;
};

/* Whether the kind has a meaning for the type. */
bool wf_tally_takes(enum wf_tally_kind kind, weft_dtype dtype);

void wf_tally_init(struct wf_tally *t, enum wf_tally_kind kind, weft_dtype dtype);
void wf_tally_fini(struct wf_tally *t); /* a zeroed one is fine */

/* States for groups 0 .. n-1, new ones empty. False: no memory. */
bool wf_tally_room(struct wf_tally *t, uint32_t n);

/* Row i of `values` (NULL for SIZE) belongs to group number[i]; number NULL: all
 * rows to group 1. False: no memory. */
bool wf_tally_add(struct wf_tally *t, const struct wf_column *values, const uint32_t *number, int64_t n);

/* The states of groups 1..n as columns, and their types: at most WF_TALLY_STATES. */
enum { WF_TALLY_STATES = 3 };
int  wf_tally_state_types(enum wf_tally_kind kind, weft_dtype dtype, weft_dtype types[WF_TALLY_STATES]);
/* Given; false: no memory, and then all are NULL. */
bool wf_tally_states(const struct wf_tally *t, uint32_t n, struct wf_column *states[WF_TALLY_STATES]);
/* Row i of `states` is a state to be joined to group number[i]. False: no memory. */
bool wf_tally_merge(struct wf_tally *t, struct wf_column *const *states, const uint32_t *number, int64_t n);

#endif
