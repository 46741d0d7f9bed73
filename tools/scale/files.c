/* files.c - what is kept of a measurement, in a folder. */
#include "tools/scale/scale.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef void write_fn(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s, FILE *to);

static void write_csv(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s, FILE *to)
{
    (void)o, (void)s;
    scale_write_csv(d, to);
}

weft_status scale_make_folder(const char *path, struct weft_error *err)
{
    char *copy = strdup(path);
    struct stat is;
    weft_status st = WEFT_OK;

    if (!copy)
        return weft_error_set(err, WEFT_NOMEM, "no memory for the name of a folder");
    for (char *at = copy + 1; !st && *copy; at++) {
        const char kept = *at;

        if (kept && kept != '/')
            continue;
        *at = '\0';
        if (mkdir(copy, 0777) && errno != EEXIST)
            st = weft_error_set(err, WEFT_IO, "%s: %s", copy, strerror(errno));
        *at = kept;
        if (!kept)
            break;
    }
    if (!st && !stat(path, &is) && !S_ISDIR(is.st_mode))
        st = weft_error_set(err, WEFT_IO, "%s: %s", path, strerror(ENOTDIR));
    else if (!st && access(path, W_OK | X_OK))
        st = weft_error_set(err, WEFT_IO, "%s: %s", path, strerror(errno));
    free(copy);
    return st;
}

/* A file that appears when it is complete. */
static weft_status write_file(const char *name, write_fn *write, const struct scale_options *o, const struct scale_data *d,
                              const struct scale_summary *s, struct weft_error *err)
{
    char *path = NULL, *temp = NULL;
    FILE *to = NULL;
    bool ok;
    weft_status st = WEFT_OK;

    if (asprintf(&path, "%s/%s", o->out, name) < 0 || asprintf(&temp, "%s/.%s.%d", o->out, name, (int)getpid()) < 0)
        return weft_error_set(err, WEFT_NOMEM, "no memory for the name of a file");
    to = fopen(temp, "w");
    ok = to != NULL;
    if (to) {
        write(o, d, s, to);
        ok = !ferror(to);
        ok = !fclose(to) && ok && !rename(temp, path);
    }
    if (!ok) {
        st = weft_error_set(err, WEFT_IO, "%s: %s", path, strerror(errno));
        unlink(temp);
    }
    free(temp);
    free(path);
    return st;
}

weft_status scale_write_files(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s,
                              FILE *to, struct weft_error *err)
{
    static const struct { const char *name; write_fn *write; } files[] = {
        {"scale.csv", write_csv}, {"scale.json", scale_write_json}, {"scale.dat", scale_write_dat}, {"scale.gp", scale_write_gp}};
    bool missing;
    weft_status st = WEFT_OK;

    for (size_t i = 0; !st && i < sizeof files / sizeof *files; i++)
        st = write_file(files[i].name, files[i].write, o, d, s, err);
    if (!st)
        st = scale_gnuplot(o->out, &missing, err);
    if (st)
        return st;
    if (missing)
        fprintf(to, "Written: %s/scale.csv, .json, .dat and .gp. There is no gnuplot here to draw them; where there is\n"
                    "(Debian's gnuplot-nox), cd %s && gnuplot scale.gp makes scale.svg and scale.png.\n", o->out, o->out);
    else
        fprintf(to, "Written: %s/scale.svg, .png, .csv, .json; .gp and .dat to draw it again, with gnuplot.\n", o->out);
    return WEFT_OK;
}
