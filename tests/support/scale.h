/* scale.h - less work and more patience where every step is slow.
 *
 * tools/check sets WEFT_TEST_SCALE=8 for the sanitizers' builds: a test with a million of
 * something asks for test_scaled(1000000). test_patient_ns() is ten times what a quiet machine may
 * take, and more: no claim of speed, which is the benches', but a bound for what has become quadratic.
 */
#ifndef TESTS_SCALE_H
#define TESTS_SCALE_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static inline int64_t test_scale(void)
{
    const char *text = getenv("WEFT_TEST_SCALE");
    const int64_t scale = text ? atoll(text) : 1;

    return scale > 0 ? scale : 1;
}

static inline int64_t test_scaled(int64_t n) /* at least 1 */
{
    const int64_t scale = test_scale();

    return n > scale ? n / scale : 1;
}

/* Processor time of this process alone: others run beside tests. */
static inline int64_t test_cpu_ns(void)
{
    return (int64_t)clock() * (1000000000 / CLOCKS_PER_SEC);
}

static inline int64_t test_patient_ns(int64_t limit_ns)
{
    return 10 * limit_ns * test_scale() * test_scale();
}

/* How many workers a pool of processes may have. The address sanitizer's allocator (gcc 12) does not
 * survive a fork while another thread is in it: there nothing else may run. */
static inline int test_forking(int n_workers)
{
#ifdef __SANITIZE_ADDRESS__
    (void)n_workers;
    return 1;
#else
    return n_workers;
#endif
}

#endif
