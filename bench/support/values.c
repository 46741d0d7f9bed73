/* values.c - one number a task, read by its successors: results written by hand. */
#include "bench/support/values.h"

#include "bench/support/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench_values {
    const struct bench_shape *shape;
    uint64_t                 *value;
    struct bench_value       *args;
};

struct bench_values *bench_values_new(const struct bench_shape *shape)
{
    struct bench_values *values = bench_alloc(1, sizeof *values);

    values->shape = shape;
    values->value = bench_alloc(shape->n, sizeof *values->value);
    values->args = bench_alloc(shape->n, sizeof *values->args);
    for (uint32_t i = 0; i < shape->n; i++)
        values->args[i] = (struct bench_value){ values, i };
    return values;
}

void bench_values_free(struct bench_values *values)
{
    if (!values)
        return;
    free(values->value);
    free(values->args);
    free(values);
}

static uint64_t sum_before(const struct bench_shape *shape, const uint64_t *value, uint32_t task)
{
    uint64_t sum = 1;

    for (uint32_t d = shape->dep_begin[task]; d < shape->dep_begin[task + 1]; d++)
        sum += value[shape->dep[d]];
    return sum;
}

void bench_value_add(void *arg)
{
    const struct bench_value *v = arg;

    v->all->value[v->task] = sum_before(v->all->shape, v->all->value, v->task);
}

void bench_value_check(void *arg)
{
    bench_value_add(arg);
}

struct bench_body bench_values_body(struct bench_values *values, bool check)
{
    return (struct bench_body){
        .fn = check ? bench_value_check : bench_value_add,
        .args = (char *)values->args,
        .stride = sizeof *values->args,
    };
}

void bench_value_note(const struct bench_value *value, uint64_t is)
{
    value->all->value[value->task] = is;
}

void bench_values_begin(struct bench_values *values)
{
    memset(values->value, 0, values->shape->n * sizeof *values->value);
}

bool bench_values_end(const struct bench_values *values)
{
    const struct bench_shape *shape = values->shape;
    uint64_t                 *right = bench_alloc(shape->n, sizeof *right);
    uint32_t                  n_wrong = 0;

    /* Tasks are numbered so that all before one have lower numbers. */
    for (uint32_t i = 0; i < shape->n; i++) {
        right[i] = sum_before(shape, right, i);
        n_wrong += right[i] != values->value[i];
    }
    free(right);
    if (n_wrong)
        fprintf(stderr, "%u of %u values are wrong\n", n_wrong, shape->n);
    return !n_wrong;
}
