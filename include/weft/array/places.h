/* weft/array/places.h - which call of a program built an array, for errors and explanations.
 *
 * Each function that builds one has a macro of its name here, which tells the graph the
 * file and line of the call (weft_graph_at) and then calls it: `disk.c:12` in an error
 * is the line that asked for what cannot be. Arguments are evaluated once. A function
 * called through a pointer says nothing, and is taken for the call before it. To have no
 * macros define WEFT_NO_PLACES before the first header.
 */
#ifndef WEFT_ARRAY_PLACES_H
#define WEFT_ARRAY_PLACES_H

#include <weft/array.h>

WEFT_BEGIN

/* weft_graph_at() for the graph of the argument, which is the answer. */
WEFT_API weft_array *weft_array_here(const weft_array *a, const char *file, int line);

WEFT_END

#if !defined WEFT_BUILD && !defined WEFT_NO_PLACES
#define WEFT_ARRAY_HERE(a) weft_array_here((a), __FILE__, __LINE__)

#define weft_array_whole(a)            weft_array_whole(WEFT_ARRAY_HERE(a))
#define weft_array_store(a, ...)       weft_array_store(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_keep(a)             weft_array_keep(WEFT_ARRAY_HERE(a))
#define weft_array_chunk_task(a, ...)  weft_array_chunk_task(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_astype(a, ...)      weft_array_astype(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_from_tasks(g, ...)  weft_array_from_tasks(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_zeros(g, ...)       weft_array_zeros(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_ones(g, ...)        weft_array_ones(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_full(g, ...)        weft_array_full(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_empty(g, ...)       weft_array_empty(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_f64(g, ...)         weft_array_f64(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_i64(g, ...)         weft_array_i64(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_range(g, ...)       weft_array_range(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_arange(g, ...)      weft_array_arange(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_linspace(g, ...)    weft_array_linspace(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_logspace(g, ...)    weft_array_logspace(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_from_memory(g, ...) weft_array_from_memory(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_uniform(g, ...)     weft_array_uniform(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_normal(g, ...)      weft_array_normal(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_integers(g, ...)    weft_array_integers(WEFT_GRAPH_HERE(g), __VA_ARGS__)
#define weft_array_zeros_like(a, ...)  weft_array_zeros_like(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_ones_like(a, ...)   weft_array_ones_like(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_full_like(a, ...)   weft_array_full_like(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_empty_like(a, ...)  weft_array_empty_like(WEFT_ARRAY_HERE(a), __VA_ARGS__)

#define weft_array_call1(op, a)       weft_array_call1(op, WEFT_ARRAY_HERE(a))
#define weft_array_call2(op, a, b)    weft_array_call2(op, WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_call3(op, a, b, c) weft_array_call3(op, WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b), WEFT_ARRAY_HERE(c))

#define weft_array_isclose(a, b, ...)  weft_array_isclose(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b), __VA_ARGS__)
#define weft_array_divmod(a, b, ...)   weft_array_divmod(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b), __VA_ARGS__)
#define weft_array_add(a, b)           weft_array_add(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_subtract(a, b)      weft_array_subtract(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_multiply(a, b)      weft_array_multiply(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_divide(a, b)        weft_array_divide(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_floor_divide(a, b)  weft_array_floor_divide(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_remainder(a, b)     weft_array_remainder(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_fmod(a, b)          weft_array_fmod(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_power(a, b)         weft_array_power(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_float_power(a, b)   weft_array_float_power(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_hypot(a, b)         weft_array_hypot(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_minimum(a, b)       weft_array_minimum(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_maximum(a, b)       weft_array_maximum(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_equal(a, b)         weft_array_equal(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_not_equal(a, b)     weft_array_not_equal(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_less(a, b)          weft_array_less(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_less_equal(a, b)    weft_array_less_equal(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_greater(a, b)       weft_array_greater(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_greater_equal(a, b) weft_array_greater_equal(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_logical_and(a, b)   weft_array_logical_and(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_logical_or(a, b)    weft_array_logical_or(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_logical_xor(a, b)   weft_array_logical_xor(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b))
#define weft_array_where(a, b, c)      weft_array_where(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b), WEFT_ARRAY_HERE(c))
#define weft_array_clip(a, b, c)       weft_array_clip(WEFT_ARRAY_HERE(a), WEFT_ARRAY_HERE(b), WEFT_ARRAY_HERE(c))

#define weft_array_negative(a)           weft_array_negative(WEFT_ARRAY_HERE(a))
#define weft_array_positive(a)           weft_array_positive(WEFT_ARRAY_HERE(a))
#define weft_array_abs(a)                weft_array_abs(WEFT_ARRAY_HERE(a))
#define weft_array_sign(a)               weft_array_sign(WEFT_ARRAY_HERE(a))
#define weft_array_square(a)             weft_array_square(WEFT_ARRAY_HERE(a))
#define weft_array_reciprocal(a)         weft_array_reciprocal(WEFT_ARRAY_HERE(a))
#define weft_array_sqrt(a)               weft_array_sqrt(WEFT_ARRAY_HERE(a))
#define weft_array_cbrt(a)               weft_array_cbrt(WEFT_ARRAY_HERE(a))
#define weft_array_exp(a)                weft_array_exp(WEFT_ARRAY_HERE(a))
#define weft_array_log(a)                weft_array_log(WEFT_ARRAY_HERE(a))
#define weft_array_sin(a)                weft_array_sin(WEFT_ARRAY_HERE(a))
#define weft_array_cos(a)                weft_array_cos(WEFT_ARRAY_HERE(a))
#define weft_array_tan(a)                weft_array_tan(WEFT_ARRAY_HERE(a))
#define weft_array_isnan(a)              weft_array_isnan(WEFT_ARRAY_HERE(a))
#define weft_array_isinf(a)              weft_array_isinf(WEFT_ARRAY_HERE(a))
#define weft_array_isfinite(a)           weft_array_isfinite(WEFT_ARRAY_HERE(a))
#define weft_array_logical_not(a)        weft_array_logical_not(WEFT_ARRAY_HERE(a))
#define weft_array_reduce(a, ...)        weft_array_reduce(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_sum(a, ...)           weft_array_sum(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_prod(a, ...)          weft_array_prod(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_min(a, ...)           weft_array_min(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_max(a, ...)           weft_array_max(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_mean(a, ...)          weft_array_mean(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_var(a, ...)           weft_array_var(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_std(a, ...)           weft_array_std(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_any(a, ...)           weft_array_any(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_all(a, ...)           weft_array_all(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_count_nonzero(a, ...) weft_array_count_nonzero(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#define weft_array_ptp(a, ...)           weft_array_ptp(WEFT_ARRAY_HERE(a), __VA_ARGS__)
#endif

#endif
