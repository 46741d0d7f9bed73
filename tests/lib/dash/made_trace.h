/* made_trace.h - a trace of any size, of a run that never was.
 *
 * Chunks are loaded, parsed, cleaned and summed up; their sums meet in a tree, and all of that
 * twice, as two runs:
 *
 *     load -> parse -> clean -> describe -. . combine -.
 *                         \---> histogram -'            >- combine -> ...
 *
 * Workers take what is ready in order, now and then steal, sleep, and write to disk; some
 * bodies fail. The same arguments give the same trace.
 */
#ifndef TESTS_DASH_MADE_TRACE_H
#define TESTS_DASH_MADE_TRACE_H

#include <stdbool.h>
#include <weft/trace.h>

/* About n tasks, at least 8. No workers: it has not run. Hostile: names are what nobody should
 * be called. Given: weft_trace_free(). */
weft_trace *made_trace(size_t n, int n_workers, bool hostile);

#endif
