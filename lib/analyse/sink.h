/* sink.h - many small writes to one file, fast.
 *
 * What goes wrong is kept in `st`, and all after that is dropped: look at it once, when
 * closing.
 */
#ifndef WF_SINK_H
#define WF_SINK_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/output.h"

enum { WF_SINK_BLOCK = 1 << 20, WF_SINK_MOST = 512 };

struct wf_sink {
    struct wf_output   out;
    struct weft_error *err;
    weft_status        st;
    char              *block; /* WF_SINK_BLOCK and WF_SINK_MOST bytes more */
    size_t             n;
};

weft_status wf_sink_open(struct wf_sink *s, const char *path, struct weft_error *err);
weft_status wf_sink_close(struct wf_sink *s); /* the file appears, when all went well */
void        wf_sink_fini(struct wf_sink *s);  /* drops what was not closed; a zeroed one is fine */

/* Where to write up to WF_SINK_MOST bytes; then tell how many they were. */
static inline char *wf_sink_room(struct wf_sink *s)
{
    return s->block + s->n;
}
void wf_sink_flush(struct wf_sink *s);
static inline void wf_sink_wrote(struct wf_sink *s, size_t n)
{
    s->n += n;
    if (s->n >= WF_SINK_BLOCK)
        wf_sink_flush(s);
}

void wf_sink_put_long(struct wf_sink *s, const char *bytes, size_t n);
static inline void wf_sink_put(struct wf_sink *s, const char *bytes, size_t n)
{
    if (n > WF_SINK_MOST) {
        wf_sink_put_long(s, bytes, n);
        return;
    }
    memcpy(wf_sink_room(s), bytes, n);
    wf_sink_wrote(s, n);
}
static inline void wf_sink_text(struct wf_sink *s, const char *text)
{
    wf_sink_put(s, text, strlen(text));
}
void wf_sink_json(struct wf_sink *s, const char *text); /* as wf_escape_json(); mostly there is nothing to escape */
void wf_sink_xml(struct wf_sink *s, const char *text);
void wf_sink_csv(struct wf_sink *s, const char *text);  /* as wf_escape_csv() */
void wf_sink_int(struct wf_sink *s, int64_t n);
void wf_sink_us(struct wf_sink *s, int64_t ns); /* as microseconds: "1234.567" */

/* A stream into the sink, to be closed before it; NULL: no memory. */
FILE *wf_sink_stream(struct wf_sink *s);

#endif
