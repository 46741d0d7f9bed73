/* token.h - what a pass over a bag computes, for keys.
 *
 * A pass is pure when every function of the user in it was said to be. Then its token is
 * made of where the records come from (files by their fingerprints; tasks are inputs, and
 * count by themselves), of the functions with their arguments, and of the sink.
 *
 * All of these answer WEFT_UNSUPPORTED when what they have written means something in this
 * process only, as hash of struct weft_type does.
 */
#ifndef WF_BAG_TOKEN_H
#define WF_BAG_TOKEN_H

#include "lib/bag/pipe.h"

weft_status wf_step_hash(const struct wf_step *step, struct weft_sink *sink);

/* Sets is_pure, token and is_certain of a pipe that is whole but for them. */
void wf_pipe_set_token(struct wf_pipe *pipe, const weft_graph *g);

/* A struct wf_step as the argument of a task; the graph keeps it. */
extern const struct weft_type wf_step_type;
weft_status wf_step_type_hash(const void *step, struct weft_sink *sink);

#endif
