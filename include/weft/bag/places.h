/* weft/bag/places.h - which call of a program built a bag: as weft/array/places.h says. What a
 * weft_step tells of its place goes before. */
#ifndef WEFT_BAG_PLACES_H
#define WEFT_BAG_PLACES_H

#include <weft/bag.h>

WEFT_BEGIN

WEFT_API weft_bag *weft_bag_here(weft_bag *b, const char *file, int line);

WEFT_END

#if !defined WEFT_BUILD && !defined WEFT_NO_PLACES
#define WEFT_BAG_HERE(b) weft_bag_here((b), __FILE__, __LINE__)

#define weft_bag_parallelize(g, ...)       weft_bag_parallelize(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_bag_parallelize_texts(g, ...) weft_bag_parallelize_texts(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_bag_text(g, ...)              weft_bag_text(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_bag_of_tasks(g, ...)          weft_bag_of_tasks(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_bag_keys(b)                   weft_bag_keys(WEFT_BAG_HERE(b))
#define weft_bag_values(b)                 weft_bag_values(WEFT_BAG_HERE(b))
#define weft_bag_keep(b)                   weft_bag_keep(WEFT_BAG_HERE(b))
#define weft_bag_collect(b)                weft_bag_collect(WEFT_BAG_HERE(b))
#define weft_bag_count(b)                  weft_bag_count(WEFT_BAG_HERE(b))
#define weft_bag_first(b)                  weft_bag_first(WEFT_BAG_HERE(b))
#define weft_bag_is_empty(b)               weft_bag_is_empty(WEFT_BAG_HERE(b))
#define weft_bag_count_by_key(b)           weft_bag_count_by_key(WEFT_BAG_HERE(b))
#define weft_bag_map(b, ...)               weft_bag_map(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_flat_map(b, ...)          weft_bag_flat_map(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_filter(b, ...)            weft_bag_filter(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_map_partitions(b, ...)    weft_bag_map_partitions(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_coalesce(b, ...)          weft_bag_coalesce(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_reduce_by_key(b, ...)     weft_bag_reduce_by_key(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_group_by_key(b, ...)      weft_bag_group_by_key(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_take(b, ...)              weft_bag_take(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_task(b, ...)              weft_bag_task(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_reduce(b, ...)            weft_bag_reduce(WEFT_BAG_HERE(b), __VA_ARGS__)
#define weft_bag_union(a, b)               weft_bag_union(WEFT_BAG_HERE(a), WEFT_BAG_HERE(b))
#endif

#endif
