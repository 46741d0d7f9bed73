/* weft/config.h - what can be set, from where, and sizes and times as people write them.
 *
 * A configuration says for each setting ("pool.workers", "memory.limit", ...) what it
 * is and who said so. There is no global one: a pool reads the files and the environment
 * when it is made, or is given a weft_config that a program has made (weft/pool.h).
 * `weft config` lists the settings, what they are here and why; one of them with its name.
 *
 * From the weakest source to the strongest:
 *
 *     the defaults
 *     /etc/weft.conf
 *     $XDG_CONFIG_HOME/weft/weft.conf, or ~/.config/weft/weft.conf
 *     the file $WEFT_CONFIG names, which must be there
 *     the environment: WEFT_A__B for "a.b", in capitals; shorter for some, as WEFT_WORKERS.
 *                      The long name goes before the short one; an empty variable is none
 *     weft_config_set()
 *     a field of the spec of a pool that is not 0
 *
 * A file has lines `name = value`; `[section]` puts "section." before the names that follow;
 * a line that begins with # is a remark.
 *
 *     memory.limit = 4GiB
 *     [pool]
 *     workers = 8
 *
 * Ownership: a weft_config is given: free it. What is read from one is lent, until it is
 *            changed or freed. A pool copies what it needs.
 * Errors:    a name that is not known (WEFT_NOT_FOUND, with the nearest that is), a value
 *            that makes no sense (WEFT_PARSE, WEFT_RANGE), a file that cannot be read (WEFT_IO):
 *            the message begins with the file and line, or the variable. Nothing wrong is
 *            passed over.
 * Threads:   one at a time may change a weft_config. The environment must not change
 *            while it is read.
 */
#ifndef WEFT_CONFIG_H
#define WEFT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <weft/status.h>

WEFT_BEGIN

typedef struct weft_config weft_config;

/* ---- Making, and setting ------------------------------------------------- */

WEFT_API weft_status weft_config_new(weft_config **out, struct weft_error *err);      /* from all sources */
WEFT_API weft_status weft_config_defaults(weft_config **out, struct weft_error *err); /* from none */
/* Another that says the same: to change some settings for a while, change a copy. */
WEFT_API weft_status weft_config_copy(weft_config **out, const weft_config *c, struct weft_error *err);
WEFT_API void        weft_config_free(weft_config *c); /* NULL is fine */

/* On an error `c` is as before; of a file, the lines before the wrong one are heard. */
WEFT_API weft_status weft_config_set(weft_config *c, const char *name, const char *value, struct weft_error *err);
WEFT_API weft_status weft_config_read(weft_config *c, const char *path, struct weft_error *err);

/* ---- Asking -------------------------------------------------------------- */

enum weft_setting_kind {
    WEFT_SETTING_COUNT,
    WEFT_SETTING_BYTES,    /* "64MiB" */
    WEFT_SETTING_DURATION, /* "200ms" */
    WEFT_SETTING_BOOL,     /* yes, no; on, off; true, false; 1, 0 */
    WEFT_SETTING_WORD,     /* one of several */
    WEFT_SETTING_TEXT,     /* anything */
};

struct weft_setting {
    const char *name;     /* "pool.workers" */
    enum weft_setting_kind kind;
    const char *value;    /* "8", as it was written */
    const char *from;     /* who said so: "default", "/etc/weft.conf:3", "WEFT_WORKERS", "the program" */
    uint64_t    number;   /* what it stands for: a count, bytes, nanoseconds, 0 or 1, the number of a word
                           * in the order of `accepts`, from 1; 0 for none and auto, and for a text */
    const char *fallback; /* its default: "auto" */
    const char *accepts;  /* "a number from 1 to 4096, or auto" */
    const char *about;    /* one sentence */
    const char *variable; /* a short name in the environment; NULL: none */
};

WEFT_API size_t weft_config_n(void); /* how many settings there are */
/* Setting i, in the order of their names; i < weft_config_n(). */
WEFT_API void        weft_config_at(const weft_config *c, size_t i, struct weft_setting *out);
WEFT_API weft_status weft_config_get(const weft_config *c, const char *name, struct weft_setting *out,
                                     struct weft_error *err);

/* ---- Sizes and times -----------------------------------------------------
 * A number, with or without a fraction, and a unit, with or without a space between;
 * case counts for nothing. Exact: the decimal number is multiplied as it is written, and
 * what is less than one byte or nanosecond is cut off.
 *
 *     bytes  none or B, KiB MiB GiB TiB PiB EiB (powers of 1024), kB MB GB TB PB EB (of 1000)
 *     times  ns us ms s min h d; no unit only for 0
 *
 * Not heard: "64M", which some mean in thousands and others not; "5m", a minute or a metre.
 *
 * Errors: WEFT_PARSE for what is no size or time, WEFT_RANGE for one that is too much for
 * its type, or less than the least but not 0. */

WEFT_API weft_status weft_bytes_parse(const char *text, size_t *out, struct weft_error *err);
WEFT_API weft_status weft_duration_parse(const char *text, int64_t *out_ns, struct weft_error *err);

/* The text of fewest digits that is parsed back to just this: "64MiB", "1.5GB", "4097B";
 * "200ms", "90min". Answer `text`. A time is not negative. */
enum { WEFT_UNITS_TEXT = 32 };
WEFT_API const char *weft_bytes_format(size_t bytes, char text[WEFT_UNITS_TEXT]);
WEFT_API const char *weft_duration_format(int64_t ns, char text[WEFT_UNITS_TEXT]);

WEFT_END
#endif
