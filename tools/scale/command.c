/* command.c - the words of one run: its arguments and environment, with {w} and {n} filled in. */
#include "tools/scale/scale.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

static char *fill(const char *text, int n_workers, int64_t n)
{
    char *filled = NULL;
    size_t size;
    FILE *to = open_memstream(&filled, &size);

    if (!to)
        return NULL;
    while (*text) {
        if (!strncmp(text, "{w}", 3)) {
            fprintf(to, "%d", n_workers);
            text += 3;
        } else if (!strncmp(text, "{n}", 3)) {
            fprintf(to, "%lld", (long long)n);
            text += 3;
        } else {
            putc(*text++, to);
        }
    }
    if (fclose(to)) {
        free(filled);
        return NULL;
    }
    return filled;
}

void scale_free_words(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        free(words[i]);
    free(words);
}

char **scale_arguments(char *const *command, int n_workers, int64_t n)
{
    size_t n_words = 0;
    char **words;

    while (command[n_words])
        n_words++;
    words = calloc(n_words + 1, sizeof *words);
    for (size_t i = 0; words && i < n_words; i++) {
        words[i] = fill(command[i], n_workers, n);
        if (!words[i]) {
            scale_free_words(words);
            return NULL;
        }
    }
    return words;
}

/* The place of the word that begins as "NAME=..." does, up to the sign; the end: none. */
static char **place_of(char **words, const char *assignment)
{
    const size_t n = strcspn(assignment, "=") + 1;

    while (*words && strncmp(*words, assignment, n))
        words++;
    return words;
}

static bool put(char **words, const char *pattern, int n_workers, int64_t n)
{
    char **place = place_of(words, pattern), *filled = fill(pattern, n_workers, n);

    if (!filled)
        return false;
    free(*place);
    *place = filled;
    return true;
}

/* Only when its runs began and ended is wanted: as few events as without a file, not millions. */
static bool put_trace(char **words, const char *path, int n_workers, int64_t n)
{
    char *file = NULL;
    bool ok;

    if (!path)
        return true;
    ok = asprintf(&file, "WEFT_TRACE=%s", path) >= 0 && put(words, file, n_workers, n)
         && put(words, "WEFT_TRACE__EVENTS=65536", n_workers, n) && put(words, "WEFT_TRACE__SAMPLE=0", n_workers, n);
    free(file);
    return ok;
}

/* Our environment, what tells a Weft program its workers and size, then what the user says. */
char **scale_environment(const struct scale_options *o, int n_workers, int64_t n, const char *trace)
{
    size_t n_words = 0;
    char **words;
    bool ok;

    while (environ[n_words])
        n_words++;
    words = calloc(n_words + o->n_env + 8, sizeof *words);
    ok = words != NULL;
    for (size_t i = 0; ok && i < n_words; i++)
        ok = (words[i] = strdup(environ[i])) != NULL;
    /* The long name of the same setting counts more than the short one. */
    ok = ok && put(words, "WEFT_WORKERS={w}", n_workers, n) && put(words, "WEFT_POOL__WORKERS={w}", n_workers, n)
         && put(words, "WEFT_SCALE_FACTOR={w}", o->weak ? n_workers : 1, n) && put(words, "WEFT_SCALE_SIZE={n}", n_workers, n);
    ok = ok && put_trace(words, trace, n_workers, n);
    for (size_t i = 0; ok && i < o->n_env; i++)
        ok = put(words, o->env[i], n_workers, n);
    if (!ok) {
        scale_free_words(words);
        return NULL;
    }
    return words;
}

static void write_quoted(FILE *to, const char *word)
{
    putc('\'', to);
    while (*word) {
        if (*word == '\'') {
            fputs("'\\''", to);
            word++;
        } else {
            word = scale_write_character(word, to);
        }
    }
    putc('\'', to);
}

/* The command as a shell would take it: words with more than plain letters are quoted. */
char *scale_command_text(char *const *command)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    if (!to)
        return NULL;
    for (size_t i = 0; command[i]; i++) {
        const char *w = command[i];
        const bool plain = *w && !w[strspn(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%{}")];

        fputs(i ? " " : "", to);
        if (plain)
            fputs(w, to);
        else
            write_quoted(to, w);
    }
    if (fclose(to)) {
        free(text);
        return NULL;
    }
    return text;
}
