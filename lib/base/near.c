/* near.c - which name was meant: the least number of letters added, dropped, changed or
 * swapped with the next (optimal string alignment). */
#include "lib/base/near.h"

#include <string.h>

enum { MAX_NAME = 64 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Distance of two names of at most MAX_NAME bytes; case counts for nothing. */
static int distance(const char *a, int n_a, const char *b, int n_b)
{
    int row[3][MAX_NAME + 1];
    int *before = row[0], *last = row[1], *now = row[2];

    for (int j = 0; j <= n_b; j++)
        last[j] = j;
    for (int i = 1; i <= n_a; i++) {
        int *oldest = before;

        now[0] = i;
        for (int j = 1; j <= n_b; j++) {
            const int differ = lower(a[i - 1]) != lower(b[j - 1]);

            now[j] = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + differ);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                now[j] = least(now[j], before[j - 2] + 1);
        }
        before = last;
        last = now;
        now = oldest;
    }
    return last[n_b];
}

const char *wf_near(const char *wrong, size_t n_wrong, const char *const *names, int n)
{
    const char *nearest = NULL;
    int best = n_wrong < 3 ? 2 : (int)n_wrong / 3 + 1; /* farther is not near */

    if (n_wrong > MAX_NAME)
        return NULL;
    for (int i = 0; i < n; i++) {
        const size_t len = strlen(names[i]);
        int d;

        if (len > MAX_NAME)
            continue;
        d = distance(wrong, (int)n_wrong, names[i], (int)len);
        if (d < best) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}
