/* weft/frame/places.h - which call of a program built a frame: as weft/array/places.h says. */
#ifndef WEFT_FRAME_PLACES_H
#define WEFT_FRAME_PLACES_H

#include <weft/frame.h>

WEFT_BEGIN

WEFT_API weft_frame *weft_frame_here(weft_frame *f, const char *file, int line);

WEFT_END

#if !defined WEFT_BUILD && !defined WEFT_NO_PLACES
#define WEFT_FRAME_HERE(f) weft_frame_here((f), __FILE__, __LINE__)

#define weft_frame_from_columns(g, ...) weft_frame_from_columns(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_frame_from_chunks(g, ...)  weft_frame_from_chunks(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_frame_from_tasks(g, ...)   weft_frame_from_tasks(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_frame_read_csv(g, ...)     weft_frame_read_csv(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_frame_random(g, ...)       weft_frame_random(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_frame_demo_series(g, ...)  weft_frame_demo_series(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_frame_demo_people(g, ...)  weft_frame_demo_people(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_frame_keep(f)              weft_frame_keep(WEFT_FRAME_HERE(f))
#define weft_frame_size(f)              weft_frame_size(WEFT_FRAME_HERE(f))
#define weft_frame_whole(f)             weft_frame_whole(WEFT_FRAME_HERE(f))
#define weft_frame_select(f, ...)       weft_frame_select(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_column(f, ...)       weft_frame_column(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_drop(f, ...)         weft_frame_drop(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_rename(f, ...)       weft_frame_rename(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_filter(f, ...)       weft_frame_filter(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_filter_expr(f, ...)  weft_frame_filter_expr(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_assign(f, ...)       weft_frame_assign(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_assign_expr(f, ...)  weft_frame_assign_expr(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_assign_fn(f, ...)    weft_frame_assign_fn(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_sum(f, ...)          weft_frame_sum(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_mean(f, ...)         weft_frame_mean(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_min(f, ...)          weft_frame_min(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_max(f, ...)          weft_frame_max(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_std(f, ...)          weft_frame_std(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_count(f, ...)        weft_frame_count(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_group(f, ...)        weft_frame_group(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_value_counts(f, ...) weft_frame_value_counts(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_sort(f, ...)         weft_frame_sort(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_partition(f, ...)    weft_frame_partition(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_store(f, ...)        weft_frame_store(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_head(f, ...)         weft_frame_head(WEFT_FRAME_HERE(f), __VA_ARGS__)
#define weft_frame_to_array(f, ...)     weft_frame_to_array(WEFT_FRAME_HERE(f), __VA_ARGS__)
#endif

#endif
