/* verb-config.c - weft config: what is set here, and who said so. */
#include "tools/verb.h"

#include <stdio.h>
#include <string.h>

#include <weft/weft.h>

static int longer(int n, const char *text)
{
    return (int)strlen(text) > n ? (int)strlen(text) : n;
}

/* One line a setting: name, value, who said so. */
static void print_table(const weft_config *c)
{
    struct weft_setting s;
    int n_name = 0, n_value = 0;

    for (size_t i = 0; i < weft_config_n(); i++) {
        weft_config_at(c, i, &s);
        n_name = longer(n_name, s.name);
        n_value = longer(n_value, s.value);
    }
    for (size_t i = 0; i < weft_config_n(); i++) {
        weft_config_at(c, i, &s);
        printf("%-*s  %-*s  %s\n", n_name, s.name, n_value, s.value, s.from);
    }
}

/* A file that says what is set here, to begin one's own with. */
static void print_file(const weft_config *c)
{
    struct weft_setting s;

    for (size_t i = 0; i < weft_config_n(); i++) {
        weft_config_at(c, i, &s);
        printf("%s# %s\n# Takes %s. Default: %s.\n%s = %s\n", i ? "\n" : "", s.about, s.accepts,
               *s.fallback ? s.fallback : "empty", s.name, s.value);
    }
}

static void print_one(const struct weft_setting *s)
{
    printf("%s = %s\n\n%s\n", s->name, s->value, s->about);
    printf("  takes    %s\n", s->accepts);
    printf("  default  %s\n", *s->fallback ? s->fallback : "empty");
    printf("  from     %s\n", s->from);
    if (s->variable)
        printf("  short    %s\n", s->variable);
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    struct weft_error err;
    struct weft_setting s;
    weft_config *c = NULL;
    int code = 0;

    if (argc > 2)
        return misused(argv[0], "'%s' is one argument too many", argv[2]);
    if (name && *name == '-' && strcmp(name, "--file"))
        return misused(argv[0], "there is no option %s", name);
    if (weft_config_new(&c, &err) || (name && *name != '-' && weft_config_get(c, name, &s, &err))) {
        weft_error_print(&err, stderr);
        code = 1;
    } else if (!name) {
        print_table(c);
    } else if (*name == '-') {
        print_file(c);
    } else {
        print_one(&s);
    }
    weft_config_free(c);
    return code;
}

const struct verb verb_config = {
    .summary = "what is set here, and who said so",
    .usage =
        "usage: weft config [NAME | --file]\n"
        "\n"
        "Prints each setting, its value and where that comes from; of NAME, also what it means\n"
        "and takes. --file prints a configuration file that says the same, with remarks.\n"
        "\n"
        "Read, in this order, each overriding the one before: /etc/weft.conf, then\n"
        "$XDG_CONFIG_HOME/weft/weft.conf or ~/.config/weft/weft.conf, then the file that\n"
        "$WEFT_CONFIG names, then the environment: WEFT_POOL__WORKERS for pool.workers, and short\n"
        "names for some. A name or value that makes no sense is an error.\n",
    .run = run,
};
