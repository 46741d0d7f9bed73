/* machine.h - on what machine, and with what, the figures were taken. */
#ifndef BENCH_SUPPORT_MACHINE_H
#define BENCH_SUPPORT_MACHINE_H

#include <stdio.h>

/* Two or three lines of prose. */
void bench_machine_print(FILE *to);

#endif
