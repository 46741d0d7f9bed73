/* weft/config.h - sizes and times as people write them, and what can be set.
 *
 * Errors: WEFT_PARSE for what is no size or time, WEFT_RANGE for one that is too much
 *         for its type; the message shows the text and what was expected.
 */
#ifndef WEFT_CONFIG_H
#define WEFT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <weft/status.h>

WEFT_BEGIN

/* ---- Sizes and times -----------------------------------------------------
 * A number, with or without a fraction, and a unit, with or without a space between;
 * case counts for nothing. Exact: the decimal number is multiplied as it is written, and
 * what is less than one byte or nanosecond is cut off.
 *
 *     bytes  none or B, KiB MiB GiB TiB PiB EiB (powers of 1024), kB MB GB TB PB EB (of 1000)
 *     times  ns us ms s min h d; no unit only for 0
 *
 * Not heard: "64M", which some mean in thousands and others not; "5m", a minute or a metre. */

WEFT_API weft_status weft_bytes_parse(const char *text, size_t *out, struct weft_error *err);
WEFT_API weft_status weft_duration_parse(const char *text, int64_t *out_ns, struct weft_error *err);

/* The text of fewest digits that is parsed back to just this: "64MiB", "1.5GB", "4097B";
 * "200ms", "90min". Answer `text`. A time is not negative. */
enum { WEFT_UNITS_TEXT = 32 };
WEFT_API const char *weft_bytes_format(size_t bytes, char text[WEFT_UNITS_TEXT]);
WEFT_API const char *weft_duration_format(int64_t ns, char text[WEFT_UNITS_TEXT]);

WEFT_END
#endif
