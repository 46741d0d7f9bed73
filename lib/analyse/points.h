/* points.h - runs as what a law is fitted to: a point for each number of workers. */
#ifndef WF_POINTS_H
#define WF_POINTS_H

#include <weft/fit.h>

/* All runs with one number of workers. */
struct wf_point {
    double n_workers;
    double n;      /* runs */
    double log_y;  /* of the median of seconds per unit of work */
};

struct wf_points {
    struct wf_point *list;
    size_t        n;
    double        within;     /* variance of a run's logarithm as a median feels it: that of a median of n
                               * runs is within / n */
    double        within_dof;
    double        spread;     /* the usual standard deviation of a run's logarithm, for people */
};

/* Of runs in any order. WEFT_INVALID, one that is no timing; WEFT_NOMEM. */
weft_status wf_points_init(struct wf_points *pts, const struct weft_timing *runs, size_t n, struct weft_error *err);
void        wf_points_fini(struct wf_points *pts); /* a zeroed one is fine */

#endif
