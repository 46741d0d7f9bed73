/* isa.h - which instruction set this machine gets. */
#ifndef WF_ISA_H
#define WF_ISA_H

#include <stdbool.h>

/* The levels of the x86-64 psABI: v2 is SSE4.2, v3 AVX2, v4 AVX-512. Elsewhere there is one. */
#if defined(__x86_64__)
#define WF_HAVE_X86 1
enum wf_isa { WF_ISA_V2, WF_ISA_V3, WF_ISA_V4 };
enum { WF_ISA_COUNT = 3 };
#else
#define WF_HAVE_X86 0
enum wf_isa { WF_ISA_BASE };
enum { WF_ISA_COUNT = 1 };
#endif

/* The best this machine has, or WEFT_ISA=v2|v3|v4 if it has that. Every kernel gives
 * the same bits on all of them. */
enum wf_isa wf_isa(void);
bool        wf_isa_has(enum wf_isa isa);
const char *wf_isa_name(enum wf_isa isa);

/* For tests, on one thread: the answer from here on, which the machine must have. */
void wf_isa_use(enum wf_isa isa);

#endif
