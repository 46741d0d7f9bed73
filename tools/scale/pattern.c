/* pattern.c - {w} and {n} in the words of a command. */
#include "tools/scale/scale.h"

#include <stdlib.h>
#include <string.h>

bool scale_pattern_has(const char *text, const char *pattern)
{
    return strstr(text, pattern) != NULL;
}

char *scale_pattern_fill(const char *text, int n_workers, int64_t n)
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
