/* graphviz.h - a graph in the language of dot, laid out and rendered by Graphviz. */
#ifndef WF_DRAW_GRAPHVIZ_H
#define WF_DRAW_GRAPHVIZ_H

#include "lib/draw/text.h"

#include <weft/status.h>

/* Whether this build has Graphviz at all. */
bool wf_graphviz_is_here(void);

/* Adds the picture to `out`; format is "svg", "png" or "pdf". WEFT_UNSUPPORTED with the
 * reason when Graphviz lacks a part; `path` names the picture in errors. */
weft_status wf_graphviz_render(struct wf_text *out, const char *dot, const char *format, const char *path,
                               struct weft_error *err);

#endif
