/* weft.c - one command with verbs: finds the verb and hands over. */
#include "tools/verb.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <weft/weft.h>

#define VERB(name) extern const struct verb verb_##name;
VERBS
#undef VERB

static const struct {
    const char        *name;
    const struct verb *verb;
} table[] = {
#define VERB(name) {#name, &verb_##name},
    VERBS
#undef VERB
    {NULL, NULL},
};

int misused(const char *verb, const char *fmt, ...)
{
    va_list args;

    fprintf(stderr, "weft%s%s: ", *verb ? " " : "", verb);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\nTry: weft %s%s--help\n", verb, *verb ? " " : "");
    return 2;
}

int failed(const char *verb, const struct weft_error *err)
{
    weft_error_print(err, stderr);
    if (err->status != WEFT_INVALID)
        return 1;
    fprintf(stderr, "Try: weft %s --help\n", verb);
    return 2;
}

static int print_help(void)
{
    printf("usage: weft VERB [OPTION]...\n\n");
    for (int i = 0; table[i].name; i++)
        printf("  %-10s %s\n", table[i].name, table[i].verb->summary);
    printf("\n`weft VERB --help` tells more about one; `weft --version` which Weft this is.\n");
    return 0;
}

static bool asks_for_help(const char *arg)
{
    return !strcmp(arg, "--help") || !strcmp(arg, "-h");
}

static int run(int argc, char **argv)
{
    if (argc < 2)
        return misused("", "a verb is missing");
    if (asks_for_help(argv[1]) || !strcmp(argv[1], "help"))
        return print_help();
    if (!strcmp(argv[1], "--version")) {
        printf("weft %s\n", weft_version());
        return 0;
    }
    for (int i = 0; table[i].name; i++) {
        if (strcmp(argv[1], table[i].name))
            continue;
        if (argc > 2 && asks_for_help(argv[2])) {
            fputs(table[i].verb->usage, stdout);
            return 0;
        }
        return table[i].verb->run(argc - 1, argv + 1);
    }
    return misused("", "there is no %s '%s'", argv[1][0] == '-' ? "option" : "verb", argv[1]);
}

int main(int argc, char **argv)
{
    const int code = run(argc, argv);

    /* A full disk, say: half a table must not look like a whole one. */
    if ((fflush(stdout) || ferror(stdout)) && !code) {
        fprintf(stderr, "error: what is told cannot be written\n");
        return 1;
    }
    return code;
}
