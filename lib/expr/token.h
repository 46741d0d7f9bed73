/* token.h - what identifies a program. */
#ifndef WF_PROGRAM_TOKEN_H
#define WF_PROGRAM_TOKEN_H

#include "lib/base/hash.h"

struct wf_program;

struct wf_token wf_program_hash(const struct wf_program *p);

#endif
