/* nomem.h - a scenario run once for every allocation it makes, that one failing. */
#ifndef TESTS_NOMEM_H
#define TESTS_NOMEM_H

#include <stdint.h>

#include <weft/status.h>

/* Does something and undoes all of it, whatever fails; answers the worst it met. Run it once
 * before when its first time leaves something behind for good. */
typedef weft_status nomem_scenario(void *arg);

/* Runs `fn` with the 1st, 2nd, ... allocation failing, until one run asks for fewer: that one
 * must answer WEFT_OK, the others WEFT_NOMEM, or WEFT_OK where it could do without. After
 * each, nothing is left allocated. Answers how many runs said WEFT_NOMEM, at least one. */
int64_t nomem_everywhere(nomem_scenario *fn, void *arg);

#endif
