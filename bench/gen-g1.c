/* gen-g1.c - writes the table G1 of a given number of rows: gen-g1 10000000 FILE. */
#include "bench/support/g1.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    const long long n_rows = argc == 3 ? atoll(argv[1]) : 0;

    if (n_rows < 1) {
        fputs("gen-g1 ROWS FILE: writes FILE and FILE.truth\n", stderr);
        return 2;
    }
    return !bench_g1_write(argv[2], n_rows);
}
