/* switch.c - from one stack to another. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "scheduler/sim/inside.h"

#if defined(__SANITIZE_ADDRESS__)
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

enum { STACK_BYTES = 256 << 10, PAGE = 4096 };

static void *new_stack(void)
{
    char *p = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED || mprotect(p, PAGE, PROT_NONE)) {
        perror("simulator: a stack");
        abort();
    }
    return p;
}

#if defined(__x86_64__)

/* The registers a call must keep, and the stack pointer. */
void wf_switch_stacks(void **from, void *to);
__asm__(".text\n"
        ".type wf_switch_stacks,@function\n"
        "wf_switch_stacks:\n"
        "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
        "  ret\n"
        ".size wf_switch_stacks,.-wf_switch_stacks\n");

static void *first_frame(char *top, struct wf_vthread *t, void (*fn)(void))
{
    void **sp = (void **)(top - 64); /* so that fn finds the stack as after a call */

    (void)t;
    *--sp = NULL;
    *--sp = (void *)(uintptr_t)fn;
    for (int i = 0; i < 6; i++)
        *--sp = NULL;
    return sp;
}

#else

#include <ucontext.h>

static ucontext_t contexts[WF_SIM_THREADS + 1];

static void wf_switch_stacks(void **from, void *to)
{
    ucontext_t here;

    *from = &here;
    swapcontext(&here, to);
}

static void *first_frame(char *top, struct wf_vthread *t, void (*fn)(void))
{
    ucontext_t *c = &contexts[t->id];

    getcontext(c);
    c->uc_stack.ss_sp = top - STACK_BYTES;
    c->uc_stack.ss_size = STACK_BYTES;
    c->uc_link = NULL;
    makecontext(c, fn, 0);
    return c;
}

#endif

void *wf_switch_prepare(struct wf_vthread *t, void (*fn)(void))
{
    if (!t->stack)
        t->stack = new_stack();
#if defined(__SANITIZE_ADDRESS__)
    /* A schedule that failed has left its frames there. */
    __asan_unpoison_memory_region((char *)t->stack + PAGE, STACK_BYTES - PAGE);
#endif
    return first_frame((char *)t->stack + STACK_BYTES, t, fn);
}

#if defined(__SANITIZE_ADDRESS__)

/* Where the stack of who searches begins: the sanitizer is told of every change. */
static void home_stack(void **bottom, size_t *bytes)
{
    pthread_attr_t attr;

    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstack(&attr, bottom, bytes);
    pthread_attr_destroy(&attr);
}

/* Not itself watched: it may leave a stack that is gone when it has left. */
__attribute__((no_sanitize_address)) void wf_switch(void **from, void *to, const struct wf_vthread *whose)
{
    static void  *home;
    static size_t home_bytes;
    static void  *nowhere;
    void *fake = NULL;

    if (!home)
        home_stack(&home, &home_bytes);
    __sanitizer_start_switch_fiber(from ? &fake : NULL, whose ? whose->stack : home, whose ? (size_t)STACK_BYTES : home_bytes);
    wf_switch_stacks(from ? from : &nowhere, to);
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
}

void wf_switch_arrived(void)
{
    __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
}

#else

void wf_switch(void **from, void *to, const struct wf_vthread *whose)
{
    void *nowhere;

    (void)whose;
    wf_switch_stacks(from ? from : &nowhere, to);
}

void wf_switch_arrived(void)
{
}

#endif
