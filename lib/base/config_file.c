/* config_file.c - settings from files: lines of `name = value`. */
#include "lib/base/setting.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/input.h"
#include "lib/base/mem.h"

/* More than this is no configuration: a disk, or a file of something else. */
enum { MOST_BYTES = 1 << 20, MOST_NAME = 128 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* What is between begin and end, without blanks around it. */
struct part {
    const char *text;
    size_t      n;
};

static struct part trimmed(const char *begin, const char *end)
{
    while (begin < end && is_blank(*begin))
        begin++;
    while (end > begin && is_blank(end[-1]))
        end--;
    return (struct part){begin, (size_t)(end - begin)};
}

struct reader {
    weft_config *config;
    const char  *path;
    int          line;
    struct part  section;
};

static weft_status wrong_line(const struct reader *r, struct part line, struct weft_error *err)
{
    return weft_error_set(err, WEFT_PARSE, "%s:%d: '%.*s' is neither name = value nor [section] nor # a remark", r->path,
                          r->line, (int)(line.n < 100 ? line.n : 100), line.text);
}

/* `line` is writable: its value is ended there for a moment. */
static weft_status hear_line(struct reader *r, char *begin, char *end, struct weft_error *err)
{
    const struct part line = trimmed(begin, end);
    const char *equals = memchr(line.text, '=', line.n);
    char from[PATH_MAX + 16], full[MOST_NAME];
    struct part name, value;
    int n;

    if (!line.n || *line.text == '#')
        return WEFT_OK;
    if (*line.text == '[' && line.text[line.n - 1] == ']') {
        r->section = trimmed(line.text + 1, line.text + line.n - 1);
        return WEFT_OK;
    }
    name = trimmed(line.text, equals ? equals : line.text);
    if (!name.n || memchr(line.text, '\0', line.n))
        return wrong_line(r, line, err);
    value = trimmed(equals + 1, line.text + line.n);
    begin[value.text + value.n - begin] = '\0';
    snprintf(from, sizeof from, "%s:%d", r->path, r->line);
    n = snprintf(full, sizeof full, "%.*s%s%.*s", (int)(r->section.n < MOST_NAME ? r->section.n : MOST_NAME),
                 r->section.text, r->section.n ? "." : "", (int)(name.n < MOST_NAME ? name.n : MOST_NAME), name.text);
    return wf_config_put(r->config, full, n < MOST_NAME ? (size_t)n : MOST_NAME - 1, value.text, from, err);
}

weft_status weft_config_read(weft_config *c, const char *path, struct weft_error *err)
{
    struct reader r = {.config = c, .path = path, .section = {"", 0}};
    char *text = NULL;
    size_t n = 0;
    weft_status st = wf_input_read(&text, &n, path, MOST_BYTES + 1, err);

    if (!st && n > MOST_BYTES)
        st = weft_error_set(err, WEFT_PARSE, "%s: a configuration has at most %d bytes", path, MOST_BYTES);
    for (char *at = text, *end, *last = text + n; !st && at < last; at = end + 1) {
        end = memchr(at, '\n', (size_t)(last - at));
        end = end ? end : last;
        r.line++;
        st = hear_line(&r, at, end, err);
    }
    wf_free(text);
    return st;
}

/* A file that need not be there, and need not be ours to read. */
static weft_status read_if_there(weft_config *c, const char *path, struct weft_error *err)
{
    return access(path, R_OK) ? WEFT_OK : weft_config_read(c, path, err);
}

weft_status wf_config_read_files(weft_config *c, struct weft_error *err)
{
    const char *xdg = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");
    const char *named = secure_getenv("WEFT_CONFIG");
    char path[PATH_MAX];
    weft_status st = read_if_there(c, "/etc/weft.conf", err);
    int n = 0;

    /* An XDG path that is not absolute is to be passed over, says its specification. */
    if (xdg && *xdg == '/')
        n = snprintf(path, sizeof path, "%s/weft/weft.conf", xdg);
    else if (home && *home)
        n = snprintf(path, sizeof path, "%s/.config/weft/weft.conf", home);
    if (!st && n > 0 && (size_t)n < sizeof path)
        st = read_if_there(c, path, err);
    if (!st && named && *named)
        st = weft_config_read(c, named, err);
    return st;
}
