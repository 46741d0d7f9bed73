/* g1.c - writing the table of the db-benchmark, and what its readers must find. */
#include "bench/support/g1.h"

#include "bench/support/bench.h"
#include "bench/support/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { K = 100, ROW_MAX = 128, BLOCK = 1 << 16 };

struct row {
    uint32_t id[6];
    uint32_t v1;
    uint32_t v2;
    uint32_t v3;  /* millionths */
};

struct truth {
    int64_t n_rows;
    int64_t id[6];
    int64_t v1, v2, v3;
    int64_t mix;
    int64_t group[K + 1];  /* sum of v1 by id1 */
};

/* Each row has a seed of its own, so that a table of n rows is not the head of a
 * longer one: id3 and id6 depend on n anyway. */
static struct row row_at(int64_t i, uint32_t n_small)
{
    uint64_t seed = (uint64_t)i * 64;

    return (struct row){
        .id = {
            1 + bench_random_below(&seed, K),
            1 + bench_random_below(&seed, K),
            1 + bench_random_below(&seed, n_small),
            1 + bench_random_below(&seed, K),
            1 + bench_random_below(&seed, K),
            1 + bench_random_below(&seed, n_small),
        },
        .v1 = 1 + bench_random_below(&seed, 5),
        .v2 = 1 + bench_random_below(&seed, 15),
        .v3 = bench_random_below(&seed, 100000001),
    };
}

static void count(struct truth *t, const struct row *r)
{
    t->n_rows++;
    for (int i = 0; i < 6; i++)
        t->id[i] += r->id[i];
    t->v1 += r->v1;
    t->v2 += r->v2;
    t->v3 += r->v3;
    t->mix += (int64_t)r->id[3] * r->v1 + (int64_t)r->id[4] * r->v2 + (int64_t)r->id[5] * r->v1
            + (int64_t)r->id[3] * r->v3;
    t->group[r->id[0]] += r->v1;
}

/* At least `width` digits. */
static char *put_number(char *to, uint32_t value, int width)
{
    char digits[10];
    int  n = 0;

    do
        digits[n++] = (char)('0' + value % 10);
    while ((value /= 10));
    while (n < width)
        digits[n++] = '0';
    while (n)
        *to++ = digits[--n];
    return to;
}

static char *put_text(char *to, uint32_t value, int width, char end)
{
    *to++ = 'i';
    *to++ = 'd';
    to = put_number(to, value, width);
    *to++ = end;
    return to;
}

static char *put_millionths(char *to, uint32_t value)
{
    to = put_number(to, value / 1000000, 1);
    if (value % 1000000 == 0)
        return to;
    *to++ = '.';
    to = put_number(to, value % 1000000, 6);
    while (to[-1] == '0')
        to--;
    return to;
}

static char *put_row(char *to, const struct row *r)
{
    to = put_text(to, r->id[0], 3, ',');
    to = put_text(to, r->id[1], 3, ',');
    to = put_text(to, r->id[2], 10, ',');
    for (int i = 3; i < 6; i++) {
        to = put_number(to, r->id[i], 1);
        *to++ = ',';
    }
    to = put_number(to, r->v1, 1);
    *to++ = ',';
    to = put_number(to, r->v2, 1);
    *to++ = ',';
    to = put_millionths(to, r->v3);
    *to++ = '\n';
    return to;
}

static bool write_rows(FILE *f, int64_t n_rows, struct truth *t)
{
    const uint32_t n_small = n_rows < K ? 1 : (uint32_t)(n_rows / K);
    char          *block = bench_alloc(BLOCK + ROW_MAX, 1);
    char          *to = block;

    fputs("id1,id2,id3,id4,id5,id6,v1,v2,v3\n", f);
    for (int64_t i = 0; i < n_rows; i++) {
        const struct row r = row_at(i, n_small);

        count(t, &r);
        to = put_row(to, &r);
        if (to - block < BLOCK && i + 1 < n_rows)
            continue;
        fwrite(block, 1, (size_t)(to - block), f);
        to = block;
    }
    free(block);
    return !ferror(f);
}

static void write_truth(FILE *f, const struct truth *t)
{
    int64_t n_groups = 0, mix = 0;

    fprintf(f, "csv-read rows=%" PRId64, t->n_rows);
    for (int i = 0; i < 6; i++)
        fprintf(f, " id%d=%" PRId64, i + 1, t->id[i]);
    fprintf(f, " v1=%" PRId64 " v2=%" PRId64 " v3=%" PRId64 " mix=%" PRId64 "\n",
            t->v1, t->v2, t->v3, t->mix);
    for (int k = 1; k <= K; k++) {
        n_groups += t->group[k] > 0;
        mix += k * t->group[k];
    }
    fprintf(f, "groupby-sum groups=%" PRId64 " mix=%" PRId64 "\n", n_groups, mix);
}

/* The truth is renamed into place last: where it stands, the table is whole. */
bool bench_g1_write(const char *path, int64_t n_rows)
{
    struct truth t = { 0 };
    char         name[4][700];
    FILE        *table = NULL, *truth = NULL;
    bool         right = false;

    snprintf(name[0], sizeof name[0], "%s.%d", path, (int)getpid());
    snprintf(name[1], sizeof name[1], "%s.truth.%d", path, (int)getpid());
    snprintf(name[2], sizeof name[2], "%s", path);
    snprintf(name[3], sizeof name[3], "%s.truth", path);
    table = fopen(name[0], "w");
    truth = fopen(name[1], "w");
    if (table && truth) {
        right = write_rows(table, n_rows, &t);
        write_truth(truth, &t);
    }
    right = table && !fclose(table) && right;
    right = truth && !fclose(truth) && right;
    right = right && !rename(name[0], name[2]) && !rename(name[1], name[3]);
    if (!right) {
        fprintf(stderr, "cannot write %s\n", path);
        remove(name[0]);
        remove(name[1]);
    }
    return right;
}

void bench_g1_path(char *out, size_t size, const char *data, const char *folder, int64_t n_rows)
{
    if (data)
        snprintf(out, size, "%s/G1_%" PRId64 "_%d.csv", data, n_rows, K);
    else
        snprintf(out, size, "%s/data/G1_%" PRId64 "_%d.csv", folder, n_rows, K);
}

static bool read_truth(const char *path, char *truth, size_t size, const char *bench)
{
    char  name[700], line[512];
    FILE *f = NULL;
    bool  found = false;

    snprintf(name, sizeof name, "%s.truth", path);
    f = fopen(name, "r");
    while (f && !found && fgets(line, sizeof line, f)) {
        const size_t n = strlen(bench);

        line[strcspn(line, "\n")] = '\0';
        found = !strncmp(line, bench, n) && line[n] == ' ';
        if (found)
            snprintf(truth, size, "%s", line + n + 1);
    }
    if (f)
        fclose(f);
    return found;
}

bool bench_g1_ensure(const char *path, int64_t n_rows, char *truth, size_t size, const char *bench)
{
    char folder[700];

    if (access(path, R_OK) == 0 && read_truth(path, truth, size, bench))
        return true;
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    mkdir(folder, 0777);
    return bench_g1_write(path, n_rows) && read_truth(path, truth, size, bench);
}
