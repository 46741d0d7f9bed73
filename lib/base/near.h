/* near.h - which name was meant. */
#ifndef WF_NEAR_H
#define WF_NEAR_H

#include <stddef.h>

/* The name that takes fewest changes to become `wrong`, if they are few: a third of its
 * letters. NULL: none is near. */
const char *wf_near(const char *wrong, size_t n_wrong, const char *const *names, int n);

#endif
