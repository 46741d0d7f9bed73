/* sink.c - many small writes to one file, fast. */
#include "lib/analyse/sink.h"

#include "lib/base/error.h"
#include "lib/base/escape.h"
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

void wf_sink_put_long(struct wf_sink *s, const char *bytes, size_t n)
{
    for (; n > WF_SINK_MOST; bytes += WF_SINK_MOST, n -= WF_SINK_MOST)
        wf_sink_put(s, bytes, WF_SINK_MOST);
    wf_sink_put(s, bytes, n);
}

static void put_any(void *sink, const char *bytes, size_t n)
{
    wf_sink_put(sink, bytes, n);
}

void wf_sink_json(struct wf_sink *s, const char *text)
{
    char *to = wf_sink_room(s);
    size_t n = 0;

    to[0] = '"';
    while (n < WF_SINK_MOST - 2 && text[n] >= 0x20 && text[n] < 0x7f && text[n] != '"' && text[n] != '\\') {
        to[n + 1] = text[n];
        n++;
    }
    if (text[n]) {
        wf_escape_json(text, put_any, s);
        return;
    }
    to[n + 1] = '"';
    wf_sink_wrote(s, n + 2);
}

void wf_sink_xml(struct wf_sink *s, const char *text)
{
    wf_escape_xml(text, put_any, s);
}

void wf_sink_csv(struct wf_sink *s, const char *text)
{
    wf_escape_csv(text, put_any, s);
}

/* ---- Numbers --------------------------------------------------------------------- */

/* Writes n; answers how many digits that were. Two at a time, from the last. */
static size_t put_digits(char *to, uint64_t n)
{
    char text[24];
    size_t at = sizeof text;

    for (; n >= 100; n /= 100) {
        const unsigned two = (unsigned)(n % 100);

        text[--at] = (char)('0' + two % 10);
        text[--at] = (char)('0' + two / 10);
    }
    text[--at] = (char)('0' + n % 10);
    if (n >= 10)
        text[--at] = (char)('0' + n / 10);
    memcpy(to, text + at, sizeof text - at);
    return sizeof text - at;
}

void wf_sink_int(struct wf_sink *s, int64_t n)
{
    char *to = wf_sink_room(s);

    to[0] = '-';
    wf_sink_wrote(s, n < 0 ? 1 + put_digits(to + 1, 0 - (uint64_t)n) : put_digits(to, (uint64_t)n));
}

void wf_sink_us(struct wf_sink *s, int64_t ns)
{
    char *to = wf_sink_room(s);
    const size_t n = put_digits(to, (uint64_t)ns / 1000);
    const unsigned rest = (unsigned)(ns % 1000);

    to[n] = '.';
    to[n + 1] = (char)('0' + rest / 100);
    to[n + 2] = (char)('0' + rest / 10 % 10);
    to[n + 3] = (char)('0' + rest % 10);
    wf_sink_wrote(s, n + 4);
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
