/* g1_sums.c - what Weft finds in the table G1, said as bench/support/g1.h wants it. */
#include "bench/support/g1_sums.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ID1, ID2, ID3, ID4, ID5, ID6, V1, V2, V3, N_COLUMNS };

static const struct {
    const char *name;
    weft_dtype  dtype;
} expected[N_COLUMNS] = {
    { "id1", WEFT_STRING }, { "id2", WEFT_STRING }, { "id3", WEFT_STRING },
    { "id4", WEFT_INT64 },  { "id5", WEFT_INT64 },  { "id6", WEFT_INT64 },
    { "v1", WEFT_INT64 },   { "v2", WEFT_INT64 },   { "v3", WEFT_FLOAT64 },
};

static bool is_as_expected(const weft_chunk *c)
{
    if (weft_chunk_n_columns(c) != N_COLUMNS) {
        fprintf(stderr, "G1 has %d columns, not %d\n", weft_chunk_n_columns(c), N_COLUMNS);
        return false;
    }
    for (int i = 0; i < N_COLUMNS; i++)
        if (strcmp(weft_chunk_name(c, i), expected[i].name)
            || weft_chunk_dtype(c, i) != expected[i].dtype || weft_chunk_n_nulls(c, i)) {
            fprintf(stderr, "G1: column %d is %s, of type %s, with %" PRId64 " nulls\n", i,
                    weft_chunk_name(c, i), weft_dtype_name(weft_chunk_dtype(c, i)),
                    weft_chunk_n_nulls(c, i));
            return false;
        }
    return true;
}

int64_t bench_g1_number(struct weft_text text)
{
    int64_t value = 0;

    if (text.len < 3 || text.ptr[0] != 'i' || text.ptr[1] != 'd')
        return -1;
    for (int64_t i = 2; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        value = 10 * value + (text.ptr[i] - '0');
    }
    return value;
}

bool bench_g1_sums_add(struct bench_g1_sums *s, const weft_chunk *c)
{
    const int64_t n = weft_chunk_n_rows(c);

    if (!is_as_expected(c))
        return false;
    const int64_t *id4 = weft_chunk_values(c, ID4);
    const int64_t *id5 = weft_chunk_values(c, ID5);
    const int64_t *id6 = weft_chunk_values(c, ID6);
    const int64_t *v1 = weft_chunk_values(c, V1);
    const int64_t *v2 = weft_chunk_values(c, V2);
    const double  *v3 = weft_chunk_values(c, V3);

    for (int64_t i = 0; i < n; i++) {
        const int64_t v3_millionths = llrint(v3[i] * 1e6);

        for (int k = 0; k < 3; k++)
            s->id[k] += bench_g1_number(weft_chunk_text_at(c, k, i));
        s->id[3] += id4[i];
        s->id[4] += id5[i];
        s->id[5] += id6[i];
        s->v1 += v1[i];
        s->v2 += v2[i];
        s->v3 += v3_millionths;
        s->mix += id4[i] * v1[i] + id5[i] * v2[i] + id6[i] * v1[i] + id4[i] * v3_millionths;
    }
    s->n_rows += n;
    return true;
}

void bench_g1_sums_print(const struct bench_g1_sums *s)
{
    printf("check rows=%" PRId64, s->n_rows);
    for (int k = 0; k < 6; k++)
        printf(" id%d=%" PRId64, k + 1, s->id[k]);
    printf(" v1=%" PRId64 " v2=%" PRId64 " v3=%" PRId64 " mix=%" PRId64 "\n", s->v1, s->v2, s->v3,
           s->mix);
}
