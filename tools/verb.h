/* verb.h - what one verb of the `weft` command is.
 *
 * Each file verb-NAME.c defines `const struct verb verb_NAME`, and its line in
 * meson.build puts it into the table of weft.c. Exit codes are the same for
 * all: 0 done, 1 failed (the reason on stderr), 2 asked wrongly.
 */
#ifndef VERB_H
#define VERB_H

#include <weft/status.h>

struct verb {
    const char *summary; /* one line, for `weft --help` */
    const char *usage;   /* all of `weft NAME --help`, with its newlines */
    int       (*run)(int argc, char **argv); /* argv[0] is the verb's name; answers the exit code */
};

/* Says on stderr what was wrong with the command line and where help is; answers 2. */
int misused(const char *verb, const char *fmt, ...) WEFT_FORMAT(2, 3);

/* Says on stderr why it failed; answers 1, or 2 where what was asked makes no sense (WEFT_INVALID). */
int failed(const char *verb, const struct weft_error *err);

#endif
