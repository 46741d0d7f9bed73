/* make_trace.c - saves a trace of a run that never was: make_trace FILE N_TASKS N_WORKERS [hostile] */
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/dash/made_trace.h"

int main(int argc, char **argv)
{
    struct weft_error err;
    weft_trace *t;
    weft_status st;

    if (argc < 4) {
        fprintf(stderr, "usage: make_trace FILE N_TASKS N_WORKERS [hostile]\n");
        return 2;
    }
    t = made_trace(strtoul(argv[2], NULL, 10), atoi(argv[3]), argc > 4);
    st = weft_trace_write(t, argv[1], &err);
    if (st)
        weft_error_print(&err, stderr);
    weft_trace_free(t);
    return st != WEFT_OK;
}
