/* wire.h - a chunk as a row of bytes and back: to other processes and to disk.
 *
 *     int64: rows, columns
 *     per column: int64 dtype, bytes of the name, nulls, texts; the name;
 *                 values; bitmap if there are nulls; per text its size and bytes
 *
 * Numbers are little-endian, as in memory on the machines Weft runs on.
 */
#ifndef WF_WIRE_H
#define WF_WIRE_H

#include <weft/chunk.h>

weft_status wf_wire_write(const void *chunk, struct weft_sink *sink);
weft_status wf_wire_read(void **chunk, struct weft_source *source); /* WEFT_PARSE: not such bytes */

#endif
