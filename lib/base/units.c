/* units.c - sizes and times as text, exactly. */
#include "lib/base/units.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"

struct unit {
    const char *name;
    uint64_t    factor;
};

/* What is written in a kind of units. */
struct measure {
    const char        *what, *example, *least;
    const struct unit *units;
    int                n_units, n_written; /* the first n_written are written, too; others only read */
    uint64_t           most;
    bool               may_lack; /* no unit means the first */
};

static const struct unit bytes_units[] = {
    {"B", 1},
    {"KiB", (uint64_t)1 << 10}, {"MiB", (uint64_t)1 << 20}, {"GiB", (uint64_t)1 << 30},
    {"TiB", (uint64_t)1 << 40}, {"PiB", (uint64_t)1 << 50}, {"EiB", (uint64_t)1 << 60},
    {"kB", 1000},               {"MB", 1000000},            {"GB", 1000000000},
    {"TB", 1000000000000},      {"PB", 1000000000000000},   {"EB", 1000000000000000000},
};

static const struct unit time_units[] = {
    {"ns", 1},           {"us", 1000},           {"ms", 1000000},         {"s", 1000000000},
    {"min", 60000000000}, {"h", 3600000000000}, {"d", 86400000000000}, {"\xc2\xb5s", 1000},
};

static const struct measure bytes = {
    .what = "a size", .example = "64MiB, 1.5GB or 4096", .least = "1 byte",
    .units = bytes_units, .n_units = 13, .n_written = 13, .most = SIZE_MAX, .may_lack = true,
};

static const struct measure times = {
    .what = "a time", .example = "5s, 200ms or 1.5h", .least = "1 ns",
    .units = time_units, .n_units = 8, .n_written = 7, .most = INT64_MAX,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static weft_status no_parse(const struct measure *m, const char *text, struct weft_error *err)
{
    return weft_error_set(err, WEFT_PARSE, "'%.100s' is not %s such as %s", text, m->what, m->example);
}

static weft_status too_much(const struct measure *m, const char *text, struct weft_error *err)
{
    return weft_error_set(err, WEFT_RANGE, "'%.100s' is more than %s can be: %llu %s", text, m->what,
                          (unsigned long long)m->most, m->units[0].name);
}

static const struct unit *find_unit(const struct measure *m, const char *name, size_t n)
{
    if (!n)
        return m->may_lack ? &m->units[0] : NULL;
    for (int i = 0; i < m->n_units; i++)
        if (strlen(m->units[i].name) == n && !strncasecmp(m->units[i].name, name, n))
            return &m->units[i];
    return NULL;
}

/* floor(0.d1 d2 .. dn * factor), exact for any n: from the last digit up,
 * floor((d + x) / 10) is floor((d + floor(x)) / 10). factor < 2^60 + 1, so 10 * factor fits. */
static uint64_t fraction_of(const char *digits, size_t n, uint64_t factor)
{
    uint64_t carry = 0;

    while (n-- > 0)
        carry = ((uint64_t)(digits[n] - '0') * factor + carry) / 10;
    return carry;
}

static weft_status parse(const struct measure *m, const char *text, uint64_t *out, struct weft_error *err)
{
    const char *at = text, *whole, *part = NULL, *name, *end = text + strlen(text);
    size_t n_whole, n_part = 0;
    const struct unit *unit;
    uint64_t value = 0;
    bool is_zero = true, too_big = false;

    while (is_space(*at))
        at++;
    for (whole = at; is_digit(*at); at++)
        is_zero &= *at == '0';
    n_whole = (size_t)(at - whole);
    if (*at == '.') {
        for (part = ++at; is_digit(*at); at++)
            is_zero &= *at == '0';
        n_part = (size_t)(at - part);
    }
    if (!n_whole || (part && !n_part))
        return no_parse(m, text, err);
    while (is_space(*at))
        at++;
    name = at;
    while (end > name && is_space(end[-1]))
        end--;
    unit = find_unit(m, name, (size_t)(end - name));
    if (!unit && is_zero && end == name)
        unit = &m->units[0];
    if (!unit)
        return no_parse(m, text, err);
    for (size_t i = 0; i < n_whole; i++) {
        too_big |= __builtin_mul_overflow(value, 10, &value);
        too_big |= __builtin_add_overflow(value, (uint64_t)(whole[i] - '0'), &value);
    }
    too_big |= __builtin_mul_overflow(value, unit->factor, &value);
    too_big |= __builtin_add_overflow(value, fraction_of(part, n_part, unit->factor), &value);
    if (too_big || value > m->most)
        return too_much(m, text, err);
    if (!value && !is_zero)
        return weft_error_set(err, WEFT_RANGE, "'%.100s' is less than %s", text, m->least);
    *out = value;
    return WEFT_OK;
}

/* `value` in `unit`, which must be all of it with at most three digits behind the point.
 * Answers how many digits that takes; 0: more. */
static int write_in(const struct unit *unit, uint64_t value, char text[WEFT_UNITS_TEXT])
{
    uint64_t rest = value % unit->factor; /* factor < 2^60 + 1, so 10 * rest fits */
    int n = snprintf(text, WEFT_UNITS_TEXT, "%llu", (unsigned long long)(value / unit->factor));
    int n_part = 0;

    for (; rest && n_part < 3; n_part++) {
        if (!n_part)
            text[n++] = '.';
        text[n++] = (char)('0' + rest * 10 / unit->factor);
        rest = rest * 10 % unit->factor;
    }
    snprintf(text + n, (size_t)(WEFT_UNITS_TEXT - n), "%s", unit->name);
    return rest || value < unit->factor ? 0 : n - (n_part > 0);
}

static const char *format(const struct measure *m, uint64_t value, char text[WEFT_UNITS_TEXT])
{
    char other[WEFT_UNITS_TEXT];
    int least = snprintf(text, WEFT_UNITS_TEXT, "%llu", (unsigned long long)value);

    snprintf(text + least, (size_t)(WEFT_UNITS_TEXT - least), "%s", m->units[0].name);
    for (int i = 1; i < m->n_written; i++) {
        const int n = write_in(&m->units[i], value, other);

        if (n && n < least) {
            least = n;
            memcpy(text, other, sizeof other);
        }
    }
    return text;
}

weft_status weft_bytes_parse(const char *text, size_t *out, struct weft_error *err)
{
    uint64_t value;
    const weft_status st = parse(&bytes, text, &value, err);

    if (!st)
        *out = (size_t)value;
    return st;
}

weft_status weft_duration_parse(const char *text, int64_t *out_ns, struct weft_error *err)
{
    uint64_t value;
    const weft_status st = parse(&times, text, &value, err);

    if (!st)
        *out_ns = (int64_t)value;
    return st;
}

const char *weft_bytes_format(size_t n, char text[WEFT_UNITS_TEXT])
{
    return format(&bytes, n, text);
}

const char *weft_duration_format(int64_t ns, char text[WEFT_UNITS_TEXT])
{
    WF_ASSERT(ns >= 0);
    return format(&times, (uint64_t)ns, text);
}

const char *wf_bytes_text(size_t n, char text[WEFT_UNITS_TEXT])
{
    double value = (double)n;
    int u = 0, digits;

    /* 1023.5 would print as 1024. */
    while (u < 6 && value >= (u ? 1023.5 : 1024)) {
        value /= 1024;
        u++;
    }
    digits = u == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    snprintf(text, WEFT_UNITS_TEXT, "%.*f %s", digits, value, bytes_units[u].name);
    return text;
}
