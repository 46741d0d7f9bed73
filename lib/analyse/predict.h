/* predict.h - a predictor from inside. */
#ifndef WF_PREDICT_H
#define WF_PREDICT_H

#include "lib/analyse/predict_model.h"

struct weft_predictor {
    struct wf_model        m;
    struct wf_model_bounds bounds;
    struct weft_overheads  overheads;
    int                    n_draws;
    uint64_t               seed;
    int64_t                one_ns; /* the makespan of one worker */
};

/* One draw of the whole program with these costs: makespan, and time in bodies. False: no memory. */
bool wf_predictor_draw(const weft_predictor *p, const struct wf_replay_node *nodes, int n_workers, int draw,
                       int64_t *makespan_ns, int64_t *busy_ns);

#endif
