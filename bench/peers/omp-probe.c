/* omp-probe.c - compiles where OpenMP is there. */
#include <omp.h>

int main(void)
{
    return omp_get_max_threads() < 1;
}
