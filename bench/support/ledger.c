/* ledger.c - what was measured: a line for each row and contestant that has samples. */
#include "bench/support/ledger.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct bench_entry entry_of(const struct bench_contest *c, struct bench_contestant *w)
{
    struct bench_entry e = {
        .bench = c->bench, .case_name = c->case_name, .workers = c->workers, .who = w->who,
        .stats = bench_stats_of(w->samples, w->n_samples),
    };

    if (!strncmp(w->who, "weft-", 5) && isdigit((unsigned char)w->who[5])) {
        e.who = "weft";
        e.workers = atoi(w->who + 5);
    }
    return e;
}

void bench_ledger_add(struct bench_ledger *ledger, struct bench_contest *c)
{
    struct bench_entry *entries = bench_alloc((size_t)(ledger->n + c->n_who), sizeof *entries);

    if (ledger->n)
        memcpy(entries, ledger->entries, (size_t)ledger->n * sizeof *entries);
    free(ledger->entries);
    ledger->entries = entries;
    for (int i = 0; i < c->n_who; i++)
        if (c->who[i].state == BENCH_FINE && c->who[i].n_samples)
            entries[ledger->n++] = entry_of(c, &c->who[i]);
}

void bench_ledger_fini(struct bench_ledger *ledger)
{
    free(ledger->entries);
    *ledger = (struct bench_ledger){ 0 };
}

const struct bench_entry *bench_ledger_find(const struct bench_ledger *ledger, const char *bench,
                                            const char *case_name, int workers, const char *who)
{
    for (int i = 0; i < ledger->n; i++) {
        const struct bench_entry *e = &ledger->entries[i];

        if (!strcmp(e->bench->name, bench) && !strcmp(e->case_name, case_name)
            && e->workers == workers && !strcmp(e->who, who))
            return e;
    }
    return NULL;
}
