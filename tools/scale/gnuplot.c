/* gnuplot.c - asking gnuplot to draw. */
#include "tools/scale/scale.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

weft_status scale_gnuplot(const char *dir, bool *missing, struct weft_error *err)
{
    static char *const argv[] = {"gnuplot", "scale.gp", NULL};
    FILE *said = tmpfile();
    struct scale_exit e;
    char line[200] = "";
    weft_status st;

    *missing = false;
    if (!said)
        return weft_error_set(err, WEFT_IO, "a temporary file cannot be made: %s", strerror(errno));
    st = scale_child_run(&e, &(struct scale_child){.argv = argv, .env = environ, .dir = dir, .out_fd = fileno(said),
                                                   .err_fd = fileno(said), .timeout_ns = 120000000000}, err);
    if (st == WEFT_NOT_FOUND) {
        *missing = true;
        st = WEFT_OK;
    } else if (!st && (e.end != SCALE_EXITED || !WIFEXITED(e.wait_status) || WEXITSTATUS(e.wait_status))) {
        rewind(said);
        while (fgets(line, sizeof line, said) && (*line == '\n' || *line == ' ' || *line == '^'))
            ;
        st = weft_error_set(err, WEFT_FAILED, "gnuplot cannot draw %s/scale.gp: %.*s", dir, (int)strcspn(line, "\n"), line);
    }
    fclose(said);
    return st;
}
