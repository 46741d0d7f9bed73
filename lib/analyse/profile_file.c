/* profile_file.c - profiles in files: for other tools, and read again. */
#include <string.h>

#include "lib/analyse/flame.h"
#include "lib/analyse/profile.h"
#include "lib/base/error.h"
#include "lib/base/input.h"
#include "lib/base/mem.h"

/* ---- A line per stack ------------------------------------------------------------- */

static weft_status write_folded(const weft_profile *p, struct wf_sink *s, struct weft_error *err)
{
    const struct weft_profile_stack **sorted = wf_profile_sorted(p);

    if (!sorted)
        return wf_error_nomem(err, "writing a profile");
    for (size_t i = 0; i < p->n; i++) {
        wf_sink_text(s, sorted[i]->text);
        wf_sink_put(s, " ", 1);
        wf_sink_int(s, (int64_t)sorted[i]->count);
        wf_sink_put(s, "\n", 1);
    }
    wf_free(sorted);
    return WEFT_OK;
}

/* ---- speedscope: a table of frames, and stacks as numbers of it -------------------- */

static bool number_frames(struct wf_map *numbers, const weft_profile *p, struct wf_sink *s)
{
    bool fresh, ok = true;
    size_t n = 0;

    for (size_t i = 0; ok && i < p->n; i++)
        for (const char *frame = p->stacks[i].text, *end; ok; frame = end + 1) {
            char name[512];

            end = strchrnul(frame, ';');
            ok = wf_map_put(numbers, frame, (size_t)(end - frame), n, &fresh);
            if (ok && fresh) {
                snprintf(name, sizeof name, "%.*s", (int)(end - frame < 500 ? end - frame : 500), frame);
                wf_sink_text(s, n++ ? ",\n{\"name\":" : "\n{\"name\":");
                wf_sink_json(s, name);
                wf_sink_put(s, "}", 1);
            }
            if (!*end)
                break;
        }
    return ok;
}

/* In time where it is known what a sample stands for. */
static void write_weight(struct wf_sink *s, const weft_profile *p, uint64_t count)
{
    const double us = p->about.rate_hz ? (double)count * 1e6 / p->about.rate_hz : (double)count;

    wf_sink_int(s, us < 9e18 ? (int64_t)us : INT64_MAX);
}

static weft_status write_speedscope(const weft_profile *p, struct wf_sink *s, struct weft_error *err)
{
    const struct weft_profile_stack **sorted = wf_profile_sorted(p);
    struct wf_map numbers;
    bool ok;

    wf_map_init(&numbers);
    wf_sink_text(s, "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"exporter\":\"weft\",\n"
                    "\"shared\":{\"frames\":[");
    ok = sorted && number_frames(&numbers, p, s);
    wf_sink_text(s, "]},\n\"profiles\":[{\"type\":\"sampled\",\"name\":\"tasks\",\"unit\":");
    wf_sink_text(s, p->about.rate_hz ? "\"microseconds\"" : "\"none\"");
    wf_sink_text(s, ",\"startValue\":0,\"endValue\":");
    write_weight(s, p, p->about.n_samples);
    wf_sink_text(s, ",\n\"samples\":[");
    for (size_t i = 0; ok && i < p->n; i++) {
        wf_sink_text(s, i ? ",\n[" : "\n[");
        for (const char *frame = sorted[i]->text, *end;; frame = end + 1) {
            end = strchrnul(frame, ';');
            wf_sink_int(s, (int64_t)*wf_map_find(&numbers, frame, (size_t)(end - frame)));
            if (!*end)
                break;
            wf_sink_put(s, ",", 1);
        }
        wf_sink_put(s, "]", 1);
    }
    wf_sink_text(s, "],\n\"weights\":[");
    for (size_t i = 0; ok && i < p->n; i++) {
        if (i)
            wf_sink_put(s, ",", 1);
        write_weight(s, p, sorted[i]->count);
    }
    wf_sink_text(s, "]}]}\n");
    wf_map_fini(&numbers);
    wf_free(sorted);
    return ok ? WEFT_OK : wf_error_nomem(err, "writing a profile");
}

/* ---- By suffix ------------------------------------------------------------------------ */

typedef weft_status writer(const weft_profile *p, struct wf_sink *s, struct weft_error *err);

static writer *writer_of(const char *path)
{
    static const struct {
        const char *suffix;
        writer     *write;
    } all[] = {{".folded", write_folded}, {".txt", write_folded}, {".svg", wf_flame_write}, {".json", write_speedscope}};
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < sizeof all / sizeof *all; i++)
        if (!strcmp(dot, all[i].suffix))
            return all[i].write;
    return NULL;
}

weft_status weft_profile_write(const weft_profile *p, const char *path, struct weft_error *err)
{
    writer *const write = writer_of(path);
    struct wf_sink s;
    weft_status st;

    if (!write)
        return weft_error_set(err, WEFT_INVALID, "%s: a profile ends in .folded, .txt, .svg or .json", path);
    st = wf_sink_open(&s, path, err);
    if (st)
        return st;
    st = write(p, &s, err);
    st = st ? st : wf_sink_close(&s);
    wf_sink_fini(&s);
    return st;
}

/* ---- Read again ------------------------------------------------------------------------ */

/* "stack count": what stands behind the last blank. `end` is the end of the line, a zero. */
static weft_status read_line(weft_profile *p, char *line, const char *end, struct weft_error *err)
{
    char *blank = strrchr(line, ' ');
    uint64_t count = 0;
    const char *digit;

    if (line + strlen(line) != end)
        return weft_error_set(err, WEFT_PARSE, "a stack has the control character 0");
    if (!blank)
        return weft_error_set(err, WEFT_PARSE, "no count behind '%.60s'", line);
    /* Sixteen digits at most, so that nothing overflows. */
    for (digit = blank + 1; *digit >= '0' && *digit <= '9' && digit - blank <= 16; digit++)
        count = count * 10 + (uint64_t)(*digit - '0');
    if (digit == blank + 1 || *digit)
        return weft_error_set(err, WEFT_PARSE, "'%.40s' is no count", blank + 1);
    *blank = '\0';
    return weft_profile_add(p, line, count, err);
}

weft_status weft_profile_read(weft_profile **out, const char *path, struct weft_error *err)
{
    struct weft_error why;
    weft_profile *p = NULL;
    char *text = NULL, *line, *end;
    size_t n, number = 0;
    weft_status st;

    st = weft_profile_new(&p, err);
    if (!st)
        st = wf_input_read(&text, &n, path, SIZE_MAX, err);
    if (st)
        goto out;
    for (line = text; !st && line < text + n; line = end + 1) {
        char *last;

        number++;
        end = memchr(line, '\n', (size_t)(text + n - line));
        last = end = end ? end : text + n;
        if (last > line && last[-1] == '\r')
            last--;
        *last = '\0';
        if (last == line)
            continue;
        st = read_line(p, line, last, &why);
        if (st == WEFT_NOMEM)
            wf_error_nomem(err, "reading a profile");
        else if (st)
            st = weft_error_set(err, WEFT_PARSE, "%s, line %zu: %s", path, number, why.message);
    }
    if (!st) {
        *out = p;
        p = NULL;
    }
out:
    wf_free(text);
    weft_profile_free(p);
    return st;
}
