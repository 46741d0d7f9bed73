/* options.h - the command line of a verb, told by a table of its options.
 *
 *     const struct option_row rows[] = {
 *         {"o", OPTION_TEXT, INTO(r->to)},
 *         {"top", OPTION_COUNT, INTO(r->top), .least = 1, .most = 1000},
 *     };
 *
 * An option of one letter is given as -o, others as --top or as much of it as is its alone.
 * What is set before stays when the option is not given; of one given twice the last counts.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
    OPTION_IS,      /* takes no value: the integer becomes .is */
    OPTION_TEXT,    /* a const char *, lent by the command line */
    OPTION_WORD,    /* one of .words, which end with NULL: the integer becomes its place */
    OPTION_COUNT,   /* a whole number from .least to .most, or any from there if .most is 0: an integer */
    OPTION_REAL,    /* a number above 0, or one from .least to .most: a double */
    OPTION_TIME,    /* as weft_duration_parse() reads it, .least nanoseconds or more: an int64_t */
    OPTION_NUMBERS, /* a list of numbers from 1 to .most: a struct option_numbers */
    OPTION_READ,    /* anything: .read(.to, value), which may cut a value that is right; false: it is .wrong */
};

struct option_row {
    const char       *name;
    enum option_kind  kind;
    void             *to;
    size_t            size; /* of *to */
    int               is;
    double            least, most;
    const char *const *words;
    bool            (*read)(void *to, char *value);
    const char       *wrong;
};

/* An integer may be a bool, an enum, or any of int's or int64_t's size. */
#define INTO(variable) .to = &(variable), .size = sizeof(variable)
#define N_ROWS(rows)   (sizeof(rows) / sizeof *(rows))

/* Reads options, in any place, and the one argument that is `what`; *out set before: it may
 * be missing. With `what` NULL options end where something else begins, at argv[optind].
 * 0, or 2 having said what is wrong; argv[0] is the verb. */
int options_read(int argc, char **argv, const struct option_row *rows, size_t n_rows, const char *what, const char **out);

/* Ascending, each once; `at` is the caller's to free(). */
struct option_numbers {
    int   *at;
    size_t n;
};

/* "1,2,4-8" or "1,2,...,64", which goes on as the two before it: by as much if the second is
 * no multiple of the first, else by as many times. False: it is none such, or there is no memory. */
bool option_numbers_read(struct option_numbers *out, const char *text, int most);

#endif
