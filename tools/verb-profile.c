/* verb-profile.c - weft profile: which functions the time inside tasks went to. */
#include "tools/verb.h"

#include <stdio.h>

#include <weft/weft.h>

#include "tools/options.h"

static const char usage[] =
    "usage: weft profile FILE [OPTION]...\n"
    "\n"
    "Tells which functions the time inside tasks went to, as FILE has it: stacks of calls with counts,\n"
    "\"group;function;function count\" in each line, as a program writes them with WEFT_PROFILE=FILE,\n"
    "if FILE ends in .folded or .txt, and as other tools for flame graphs do.\n"
    "\n"
    "  -o PICTURE        writes instead: .svg a flame graph, .json for speedscope, .folded the same again\n"
    "  --top N           so many functions; 30 unless told, 0 for all\n"
    "\n"
    "`self` is time in the function itself, `total` with all that it called.\n";

struct request {
    const char *from, *to;
    size_t      top;
};

static int read_options(int argc, char **argv, struct request *r)
{
    const struct option_row rows[] = {
        {"o", OPTION_TEXT, INTO(r->to)},
        {"top", OPTION_COUNT, INTO(r->top)},
    };

    return options_read(argc, argv, rows, N_ROWS(rows), "FILE", &r->from);
}

static weft_status print_table(const weft_profile *p, size_t top, struct weft_error *err)
{
    const uint64_t all = weft_profile_about(p).n_samples;
    struct weft_profile_frame *frames = NULL;
    size_t n, most;
    const weft_status st = weft_profile_frames(p, &frames, &n, err);

    if (st)
        return st;
    most = top && top < n ? top : n;
    printf("%llu samples, %zu stacks\n\n   self   total  samples  function\n", (unsigned long long)all,
           weft_profile_n_stacks(p));
    for (size_t i = 0; i < most; i++)
        printf("%5.1f %% %5.1f %% %8llu  %s\n", 100.0 * (double)frames[i].self / (double)all,
               100.0 * (double)frames[i].total / (double)all, (unsigned long long)frames[i].total, frames[i].name);
    if (most < n)
        printf("%17s and %zu more\n", "", n - most);
    weft_profile_frames_free(frames);
    return WEFT_OK;
}

static int run(int argc, char **argv)
{
    struct request r = {.top = 30};
    struct weft_error err;
    weft_profile *p = NULL;
    int code = read_options(argc, argv, &r);
    weft_status st;

    if (code)
        return code;
    st = weft_profile_read(&p, r.from, &err);
    if (!st)
        st = r.to ? weft_profile_write(p, r.to, &err) : print_table(p, r.top, &err);
    if (st)
        code = failed("profile", &err);
    weft_profile_free(p);
    return code;
}

const struct verb verb_profile = {
    .summary = "which functions the time inside tasks went to, or that as a flame graph",
    .usage = usage,
    .run = run,
};
