/* isa.c - asking the machine once, and the environment whether to believe it. */
#include "lib/kernel/isa.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <weft/machine.h>

#include "lib/base/assert.h"

#if WF_HAVE_X86

static const char *const names[WF_ISA_COUNT] = {"v2", "v3", "v4"};

bool wf_isa_has(enum wf_isa isa)
{
    switch (isa) {
    case WF_ISA_V2:
        return true; /* the least this build runs on */
    case WF_ISA_V3:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")
               && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
    case WF_ISA_V4:
        return wf_isa_has(WF_ISA_V3) && __builtin_cpu_supports("avx512f")
               && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
               && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    }
    return false;
}

#else

static const char *const names[WF_ISA_COUNT] = {"base"};

bool wf_isa_has(enum wf_isa isa)
{
    return isa == WF_ISA_BASE;
}

#endif

static enum wf_isa choose(void)
{
    const char *wanted = getenv("WEFT_ISA");

    for (int i = 0; wanted && i < WF_ISA_COUNT; i++)
        if (!strcmp(wanted, names[i]) && wf_isa_has((enum wf_isa)i))
            return (enum wf_isa)i;
    for (int i = WF_ISA_COUNT - 1; i > 0; i--)
        if (wf_isa_has((enum wf_isa)i))
            return (enum wf_isa)i;
    return (enum wf_isa)0;
}

/* Whoever asks first answers for all; two who ask at once find the same. */
static atomic_int known = -1;

enum wf_isa wf_isa(void)
{
    int isa = atomic_load_explicit(&known, memory_order_relaxed);

    if (isa < 0) {
        isa = (int)choose();
        /* Relaxed: nothing else is published with it. */
        atomic_store_explicit(&known, isa, memory_order_relaxed);
    }
    return (enum wf_isa)isa;
}

void wf_isa_use(enum wf_isa isa)
{
    WF_ASSERT(wf_isa_has(isa));
    atomic_store_explicit(&known, (int)isa, memory_order_relaxed);
}

const char *wf_isa_name(enum wf_isa isa)
{
    WF_ASSERT((int)isa >= 0 && (int)isa < WF_ISA_COUNT);
    return names[isa];
}

const char *weft_isa(void)
{
    return wf_isa_name(wf_isa());
}
