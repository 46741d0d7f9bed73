/* sink.c - many small writes to one file, fast. */
#include "lib/analyse/sink.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"

weft_status wf_sink_open(struct wf_sink *s, const char *path, struct weft_error *err)
{
    weft_status st;

    *s = (struct wf_sink){.err = err, .block = wf_alloc(WF_SINK_BLOCK + WF_SINK_MOST)};
    st = s->block ? wf_output_open(&s->out, path, err) : wf_error_nomem(err, "writing a file");
    if (st)
        wf_sink_fini(s);
    return st;
}

weft_status wf_sink_close(struct wf_sink *s)
{
    wf_sink_flush(s);
    if (!s->st)
        s->st = wf_output_close(&s->out, s->err);
    return s->st;
}

void wf_sink_fini(struct wf_sink *s)
{
    wf_output_fini(&s->out);
    wf_free(s->block);
    s->block = NULL;
}

void wf_sink_flush(struct wf_sink *s)
{
    if (!s->st && s->n)
        s->st = wf_output_write(&s->out, s->block, s->n, s->err);
    s->n = 0;
}

void wf_sink_put(void *sink, const char *bytes, size_t n)
{
    struct wf_sink *s = sink;

    while (n > WF_SINK_MOST) {
        memcpy(wf_sink_room(s), bytes, WF_SINK_MOST);
        wf_sink_wrote(s, WF_SINK_MOST);
        bytes += WF_SINK_MOST;
        n -= WF_SINK_MOST;
    }
    memcpy(wf_sink_room(s), bytes, n);
    wf_sink_wrote(s, n);
}

/* Digits of n to the left of `end`; answers where they begin. */
static char *digits(char *end, uint64_t n)
{
    do
        *--end = (char)('0' + n % 10);
    while (n /= 10);
    return end;
}

void wf_sink_int(struct wf_sink *s, int64_t n)
{
    char text[24], *end = text + sizeof text, *begin = digits(end, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);

    if (n < 0)
        *--begin = '-';
    wf_sink_put(s, begin, (size_t)(end - begin));
}

void wf_sink_us(struct wf_sink *s, int64_t ns)
{
    char text[32], *end = text + sizeof text, *begin = end - 4;

    begin[0] = '.';
    begin[1] = (char)('0' + ns / 100 % 10);
    begin[2] = (char)('0' + ns / 10 % 10);
    begin[3] = (char)('0' + ns % 10);
    begin = digits(begin, (uint64_t)ns / 1000);
    wf_sink_put(s, begin, (size_t)(end - begin));
}

static ssize_t write_to(void *sink, const char *bytes, size_t n)
{
    wf_sink_put(sink, bytes, n);
    return (ssize_t)n;
}

FILE *wf_sink_stream(struct wf_sink *s)
{
    return fopencookie(s, "w", (cookie_io_functions_t){.write = write_to});
}
