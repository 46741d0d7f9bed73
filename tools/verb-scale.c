/* verb-scale.c - weft scale: how a program's time changes with the number of its workers. */
#include "tools/verb.h"

#include <signal.h>
#include <stdio.h>

#include "tools/scale/scale.h"

static const char usage[] =
    "usage: weft scale [OPTION]... -- PROGRAM [ARGUMENT]...\n"
    "       weft scale [OPTION]... --from FILE.csv\n"
    "\n"
    "Runs PROGRAM with several numbers of workers, several times each, and tells times,\n"
    "speed-ups and efficiencies with their intervals, and which laws of scaling they follow:\n"
    "Amdahl's (or Gustafson's) and the universal scalability law. Any Weft program will do, as\n"
    "it is: it is told by WEFT_WORKERS. So will any other that is told by its arguments.\n"
    "\n"
    "  {w}, {n}              in ARGUMENT: the number of workers, and the size\n"
    "  --workers LIST        as in 1,2,4-8 or 1,2,...,64; 1, 2, 4 ... up to all cores unless told\n"
    "  --strong              the same work for all: {n} is the base (the default)\n"
    "  --weak                work that grows: {n} is the base times the workers. The program also\n"
    "                        finds {n} in WEFT_SCALE_SIZE, and that factor in WEFT_SCALE_FACTOR\n"
    "  --base N              the base, 1 unless told\n"
    "  --power K             the work is the K-th power of {n}, as of matrices with n rows: when weak,\n"
    "                        {n} is the base times the K-th root of the workers\n"
    "  --repeat N            runs of each, 7 unless told; 4 are the least for 95 % intervals\n"
    "  --warmup N            runs of each before that, not counted; 1 unless told\n"
    "  --timeout TIME        the longest a run may take, as in 90s\n"
    "  --env NAME=VALUE      for PROGRAM, with {w} and {n}: --env OMP_NUM_THREADS={w}\n"
    "  --same-output         all runs must print the same (when weak, all of one size)\n"
    "  --inside              time only the runs of its pool (its last, of several), of a Weft program:\n"
    "                        without starting, reading its arguments and what else it does alone\n"
    "  --seed N              of the order of the runs, which is drawn in each round\n"
    "  --confidence PERCENT  of the intervals, 95 unless told\n"
    "  -o, --out DIR         keep scale.csv (all runs), scale.json (all of it), scale.svg and\n"
    "                        scale.png, and scale.gp and scale.dat, of which gnuplot draws them\n"
    "  --upto N              draw the laws up to N workers\n"
    "  --title TEXT          above the picture, instead of the command\n"
    "  --from FILE.csv       nothing is run: tells and draws what is in a scale.csv, or in any\n"
    "                        table with columns workers and seconds, and work or n if that grew\n"
    "\n"
    "What is timed, unless --inside, is the whole program, from before it is started until it\n"
    "has ended: some milliseconds more than its work, which look like a serial share. All\n"
    "numbers of workers take turns, so that a machine that slows down does so for all. A\n"
    "program that fails ends the measurement. Ctrl-C ends the program, too.\n";

static weft_status tell(const struct scale_options *o, const struct scale_data *d, struct weft_error *err)
{
    struct scale_summary s;
    weft_status st = scale_summarise(&s, d, o->confidence, err);

    if (st)
        return st;
    scale_print_table(&s, d, stdout);
    putchar('\n');
    scale_print_laws(&s, stdout);
    putchar('\n');
    scale_print_notes(&s, d, o, stdout);
    putchar('\n');
    scale_print_chart(&s, stdout);
    if (o->out) {
        putchar('\n');
        st = scale_write_files(o, d, &s, stdout, err);
    }
    scale_summary_fini(&s);
    return st;
}

static int run(int argc, char **argv)
{
    struct scale_options o;
    struct scale_data d = {0};
    struct weft_error err;
    int ended_by = 0, code = scale_options_read(&o, argc, argv);
    weft_status st;

    if (code)
        goto out;
    /* First, for nobody measures an hour to hear that there is no room. */
    st = o.out ? scale_make_folder(o.out, &err) : WEFT_OK;
    if (!st)
        st = o.from ? scale_load_csv(&d, o.from, &err) : scale_measure(&d, &o, &ended_by, &err);
    if (!st)
        st = tell(&o, &d, &err);
    if (st) {
        weft_error_print(&err, stderr);
        code = 1;
    }
out:
    scale_data_fini(&d);
    scale_options_fini(&o);
    if (ended_by) { /* as if it had not been held back: who called sees the same end */
        signal(ended_by, SIG_DFL);
        raise(ended_by);
    }
    return code;
}

const struct verb verb_scale = {
    .summary = "times, speed-ups and laws of a program with 1, 2, 4 ... workers",
    .usage = usage,
    .run = run,
};
