/* token.h - what identifies a program. */
#ifndef WF_PROGRAM_TOKEN_H
#define WF_PROGRAM_TOKEN_H

#include <stdbool.h>

#include "lib/base/hash.h"

struct wf_program;

/* *is_certain: the token means the same in every process. */
struct wf_token wf_program_hash(const struct wf_program *p, bool *is_certain);

#endif
