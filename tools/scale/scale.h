/* scale.h - how a program scales: what is asked, what was measured, what that says.
 *
 *     options     the command line
 *     measure     the runs, one after another     command child inside machine
 *     load        or those of a file
 *     summary     medians, speed-ups, laws
 *     table chart in the terminal
 *     files       what is kept                    csv json dat picture gnuplot
 *
 * Functions answer a weft_status and explain in `err`, as the library does.
 */
#ifndef SCALE_H
#define SCALE_H

#include <stdint.h>
#include <stdio.h>

#include <weft/weft.h>

#include "tools/options.h"

struct scale_options {
    bool         weak;
    struct option_numbers workers;
    int          repeat, warmup;
    int64_t      base;         /* {n} for one worker */
    double       power;        /* the work of {n} is its so many-th power: what grows as the workers when weak */
    char       **env;          /* "NAME=VALUE", with patterns; lent by the command line */
    size_t       n_env;
    int64_t      timeout_ns;   /* of one run; 0: none */
    bool         same_output;
    bool         inside;       /* only the runs of its pool are timed */
    uint64_t     seed;         /* of the order of runs */
    double       confidence;
    const char  *out;          /* a folder; NULL: nothing is kept */
    const char  *title;        /* NULL: the command */
    const char  *from;         /* a CSV file instead of a program */
    int          upto;         /* laws are drawn to so many workers; 0: as many as were measured */
    char *const *command;      /* ends with NULL; lent */
};

/* 0, or 2 having said what is wrong. */
int  scale_options_read(struct scale_options *o, int argc, char **argv);
void scale_options_fini(struct scale_options *o);

/* ---- Runs ------------------------------------------------------------------- */

struct scale_sample {
    int     round, position;  /* from 1: which round, and which run of it; 0: from a file that does not say */
    int     n_workers;
    int64_t n;                /* what {n} was */
    double  work;             /* how much that is: n, or a power of it */
    double  seconds;          /* what is judged: all of it, or its pool's runs */
    double  whole;            /* seconds from before it was started until it had ended */
    double  user, system;     /* seconds of processor time, of it and its children; NaN: unknown */
    int64_t peak_bytes;       /* the most memory it had; 0: unknown */
};

/* What is told of where and when. */
struct scale_machine {
    char   name[128], processor[128], kernel[128], when[32];
    int    n_cores, n_threads;
    double quota_cores;       /* 0: none */
    double load_before, load_after; /* processes that wanted to run, mean of a minute; NaN: unknown */
};

struct scale_data {
    struct scale_sample *samples;
    size_t               n_samples, room;
    char                *command; /* as a shell would take it; "" when a file does not say */
    struct scale_machine machine; /* .name "" for data from a file */
};

weft_status scale_data_add(struct scale_data *d, struct scale_sample s, struct weft_error *err);
void        scale_data_fini(struct scale_data *d);
bool        scale_data_inside(const struct scale_data *d); /* whether less than the whole program is judged */

void scale_machine_look(struct scale_machine *m);
double scale_load(void); /* NaN: unknown */

/* Runs the program as asked. *signal is what ended it when the status is WEFT_CANCELLED. */
weft_status scale_measure(struct scale_data *out, const struct scale_options *o, int *signal, struct weft_error *err);

/* Samples of a CSV file: columns workers and seconds, and those of csv.c that are there. */
weft_status scale_load_csv(struct scale_data *out, const char *path, struct weft_error *err);

/* ---- What they say ------------------------------------------------------------ */

struct scale_row {
    int     n_workers;
    int64_t n;
    double  work;
    struct weft_median time; /* seconds */
    struct weft_band   speedup, efficiency; /* over the first row, of work per second */
    double  speedup_confidence; /* of its interval, at least; 1 for the first row */
    double  busy;            /* cores, median; NaN: unknown */
    int64_t peak_bytes;      /* of any run */
};

enum { SCALE_LAWS = 2 };

struct scale_summary {
    bool             weak;
    struct scale_row *rows;  /* by workers */
    size_t           n_rows;
    int              repeat; /* runs of a row, the least */
    double           confidence; /* asked for */
    enum weft_law    law[SCALE_LAWS];
    bool             fitted[SCALE_LAWS];
    struct weft_fit  fit[SCALE_LAWS];
    struct weft_error refused[SCALE_LAWS]; /* why not */
};

weft_status scale_summarise(struct scale_summary *out, const struct scale_data *d, double confidence,
                            struct weft_error *err);
void        scale_summary_fini(struct scale_summary *s);

/* A law beside the measured speed-ups: of work per second over the first row's median. */
struct weft_band scale_law_speedup(const struct scale_summary *s, int law, double n_workers);
double           scale_work(const struct scale_summary *s, double n_workers); /* for so many */

/* ---- Telling it --------------------------------------------------------------- */

enum { SCALE_TEXT = 160 };
const char *scale_seconds_text(double seconds, char text[SCALE_TEXT]); /* "1.28 s", "417 us" */
const char *scale_law_text(const struct scale_summary *s, int law, char text[SCALE_TEXT]); /* its parameters */
const char *scale_refusal(const struct scale_summary *s, int law); /* why it is not fitted; without its name */

void scale_print_table(const struct scale_summary *s, const struct scale_data *d, FILE *to);
void scale_print_laws(const struct scale_summary *s, FILE *to);
void scale_print_notes(const struct scale_summary *s, const struct scale_data *d, const struct scale_options *o, FILE *to);
void scale_print_chart(const struct scale_summary *s, FILE *to);

/* ---- Keeping it --------------------------------------------------------------- */

/* Makes it and those it is in, where they are not there; WEFT_IO, too, when nothing can be written to it. */
weft_status scale_make_folder(const char *path, struct weft_error *err);

/* All of them into folder o->out. What could not be drawn for want of gnuplot is told on `to`. */
weft_status scale_write_files(const struct scale_options *o, const struct scale_data *d,
                              const struct scale_summary *s, FILE *to, struct weft_error *err);

void scale_write_csv(const struct scale_data *d, FILE *to);
void scale_write_json(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s, FILE *to);
void scale_write_dat(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s, FILE *to);
void scale_write_gp(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s, FILE *to);

/* Draws in folder `dir`. *missing: there is no gnuplot. */
weft_status scale_gnuplot(const char *dir, bool *missing, struct weft_error *err);

/* ---- Parts -------------------------------------------------------------------- */

char **scale_arguments(char *const *command, int n_workers, int64_t n); /* given: scale_free_words(); NULL: no memory */
/* Likewise. `trace`: where a Weft program is to leave one; NULL: nowhere. */
char **scale_environment(const struct scale_options *o, int n_workers, int64_t n, const char *trace);
void   scale_free_words(char **words); /* NULL is fine */
char  *scale_command_text(char *const *command); /* as a shell would take it; given: free(). NULL: no memory */
/* The character that `p` begins with, U+FFFD where that is none of UTF-8; answers what comes next. */
const char *scale_write_character(const char *p, FILE *to);

/* --inside: where a program leaves its trace, and what it says. `path` is given: _fini(). */
weft_status scale_inside_init(char **path, struct weft_error *err);
void        scale_inside_fini(char *path); /* NULL is fine */
weft_status scale_inside_seconds(double *out, const char *path, const char *program, struct weft_error *err);

/* One program, run to its end. Its group of processes is killed with it, whatever becomes
 * of it or of us. */
struct scale_child {
    char *const *argv, *const *env; /* end with NULL */
    const char *dir;                /* NULL: here */
    int         out_fd, err_fd;     /* where its words go */
    int64_t     timeout_ns;         /* 0: none */
};
enum scale_end { SCALE_EXITED, SCALE_TIMED_OUT, SCALE_INTERRUPTED };
struct scale_exit {
    enum scale_end end;
    int     wait_status;            /* as of waitpid() */
    int     signal;                 /* that interrupted us */
    int64_t wall_ns;
    double  user, system;
    int64_t peak_bytes;
};
weft_status scale_child_run(struct scale_exit *out, const struct scale_child *child, struct weft_error *err);

#endif
