/* units.h - sizes and times as text: exact ones are in weft/config.h, for people here. */
#ifndef WF_UNITS_H
#define WF_UNITS_H

#include <stddef.h>

#include <weft/config.h>

/* Rounded, with at most four digits and a unit: "0 B", "1023 B", "1.43 GiB", "64.0 MiB"; answers `text`. */
const char *wf_bytes_text(size_t bytes, char text[WEFT_UNITS_TEXT]);

#endif
