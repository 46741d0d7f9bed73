/* graphviz.c - the only door to Graphviz. */
#include "lib/draw/graphviz.h"

#include "config.h"

#include "lib/base/error.h"

#if WF_HAVE_GRAPHVIZ

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>

/* Graphviz keeps state of its own in globals, and tells its errors to one function:
 * all calls into it, and what it said last, are behind this lock. So is its context,
 * made once and kept: its text layout remembers the last font by a pointer into the
 * context, and reads there again when the next one is laid out (seen in 2.42). */
static pthread_mutex_t graphviz = PTHREAD_MUTEX_INITIALIZER;
static GVC_t          *context;
static char            said[256];

bool wf_graphviz_is_here(void)
{
    return true;
}

static int listen(char *words)
{
    const size_t n = strlen(said);

    snprintf(said + n, sizeof said - n, "%s", words);
    return 0;
}

/* Lays out and renders; *bytes is the caller's to free(), as Graphviz uses malloc(). */
static bool as_picture(Agraph_t *g, const char *format, char **bytes, unsigned *n)
{
    bool ok = false;

    if (!context)
        context = gvContext();
    if (!context)
        return false;
    if (gvLayout(context, g, "dot") == 0) {
        ok = gvRenderData(context, g, format, bytes, n) == 0 && *bytes;
        gvFreeLayout(context, g);
    }
    return ok;
}

weft_status wf_graphviz_render(struct wf_text *out, const char *dot, const char *format, const char *path,
                               struct weft_error *err)
{
    weft_status st = WEFT_OK;
    char *bytes = NULL;
    unsigned n = 0;
    agusererrf before;
    Agraph_t *g;

    pthread_mutex_lock(&graphviz);
    said[0] = '\0';
    before = agseterrf(listen);
    g = agmemread(dot);
    if (!g || !as_picture(g, format, &bytes, &n)) {
        const char *why = strncmp(said, "Error: ", 7) == 0 ? said + 7 : said;

        said[strcspn(said, "\n")] = '\0';
        st = weft_error_set(err, WEFT_UNSUPPORTED, "%s: Graphviz cannot render %s: %s", path, format,
                            why[0] ? why : "no reason given");
    } else {
        wf_text_add_bytes(out, bytes, n);
        st = out->failed ? wf_error_nomem(err, "a picture") : WEFT_OK;
    }
    if (g)
        agclose(g);
    free(bytes);
    agseterrf(before);
    pthread_mutex_unlock(&graphviz);
    return st;
}

#else

bool wf_graphviz_is_here(void)
{
    return false;
}

weft_status wf_graphviz_render(struct wf_text *out, const char *dot, const char *format, const char *path,
                               struct weft_error *err)
{
    (void)out;
    (void)dot;
    return weft_error_set(err, WEFT_UNSUPPORTED, "%s: this Weft was built without Graphviz, which makes .%s; .svg and "
                          ".dot need none", path, format);
}

#endif
