/* profile_probe.c - what a thread runs just now, seen by a signal to itself. */
#include "scheduler/profile_probe.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/lock.h"
#include "scheduler/profile_stack.h"

#ifndef sigev_notify_thread_id /* glibc before 2.38 does not name it */
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* Who handles a signal is one thing of the whole process. */
static struct {
    wf_lock          lock;
    int              n_users;
    struct sigaction before;
} taken = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- The handler ------------------------------------------------------------------ */

static void count(const struct wf_probe *p, struct wf_stacks *t, uint64_t n)
{
    const struct wf_probed *now = wf_load_relaxed(&p->now);
    uintptr_t frames[WF_MOST_FRAMES];

    if (!now)
        t->n_outside += n;
    else
        wf_stacks_add(t, now->group, frames, wf_stack_walk(now->base, frames), n);
}

/* A timer that fires while its last signal still waits sends no second one, but counts it:
 * clocks of processor time go by the ticks of the kernel, 4 ms in many. */
static void look(int number, siginfo_t *info, void *context)
{
    struct wf_probe *p = info->si_value.sival_ptr;
    const int saved = errno;
    struct wf_stacks *t;

    (void)number, (void)context;
    if (info->si_code != SI_TIMER || !p)
        return; /* sent by somebody */
    wf_store_seq(&p->is_in, 1);
    t = wf_load_seq(&p->into);
    if (t)
        count(p, t, 1 + (info->si_overrun > 0 ? (uint64_t)info->si_overrun : 0));
    wf_store_release(&p->is_in, 0);
    errno = saved;
}

weft_status wf_probe_take_signal(struct weft_error *err)
{
    struct sigaction ours = {.sa_sigaction = look, .sa_flags = SA_SIGINFO | SA_RESTART};
    weft_status st = WEFT_OK;

    wf_lock_take(&taken.lock);
    if (!taken.n_users) {
        sigaction(SIGPROF, NULL, &taken.before);
        if (taken.before.sa_flags & SA_SIGINFO ||
            (taken.before.sa_handler != SIG_DFL && taken.before.sa_handler != SIG_IGN)) {
            st = weft_error_set(err, WEFT_UNSUPPORTED,
                                "a profile needs SIGPROF, for which this program has a handler of its own");
        } else {
            wf_stack_prepare();
            sigemptyset(&ours.sa_mask);
            sigaction(SIGPROF, &ours, NULL);
        }
    }
    taken.n_users += !st;
    wf_lock_give(&taken.lock);
    return st;
}

void wf_probe_give_signal(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, now;

    wf_lock_take(&taken.lock);
    sigaction(SIGPROF, NULL, &now);
    taken.n_users--;
    /* What was the program's meanwhile stays the program's. */
    if (now.sa_flags & SA_SIGINFO && now.sa_sigaction == look) {
        /* To ignore a signal drops those on their way: they would end the process, or find a probe that
         * is no more. Others who look miss one sample. */
        sigaction(SIGPROF, &ignore, NULL);
        sigaction(SIGPROF, taken.n_users ? &now : &taken.before, NULL);
    }
    wf_lock_give(&taken.lock);
}

/* ---- Threads ------------------------------------------------------------------------ */

static void only_ours(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPROF);
}

void wf_probe_let_in(bool in)
{
    sigset_t set;

    only_ours(&set);
    pthread_sigmask(in ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

void wf_probe_enter(struct wf_probe *p)
{
    sigset_t set;

    if (p->is_here && p->thread == gettid())
        return;
    wf_probe_forget(p);
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    p->is_shut = sigismember(&set, SIGPROF) == 1;
    p->thread = gettid();
    p->is_here = !pthread_getcpuclockid(pthread_self(), &p->clock);
}

void wf_probe_forget(struct wf_probe *p)
{
    if (p->has_timer)
        timer_delete(p->timer);
    p->has_timer = false;
    p->is_here = false;
}

/* By the thread itself: with the signal blocked and its timer gone, what waits is all there is. */
void wf_probe_leave(struct wf_probe *p)
{
    static const struct timespec at_once;
    sigset_t set, before;

    only_ours(&set);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    if (p->has_timer) {
        timer_delete(p->timer);
        p->has_timer = false;
        while (sigtimedwait(&set, NULL, &at_once) == SIGPROF)
            ;
    }
    wf_store_relaxed(&p->into, NULL);
    p->is_here = false;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

weft_status wf_probe_arm(struct wf_probe *p, int rate_hz, struct weft_error *err)
{
    const struct timespec step = {.tv_sec = rate_hz == 1, .tv_nsec = rate_hz == 1 ? 0 : 1000000000 / rate_hz};
    const struct itimerspec every = {.it_interval = step, .it_value = step};
    struct sigevent to_it = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF, .sigev_value.sival_ptr = p};

    to_it.sigev_notify_thread_id = p->thread;
    if (p->has_timer && wf_load_relaxed(&p->into))
        return WEFT_OK; /* it goes on */
    if (!p->has_timer && timer_create(p->clock, &to_it, &p->timer))
        return wf_error_errno(err, WEFT_NOMEM, "a profile: a timer of a thread", errno);
    p->has_timer = true;
    /* Release: the handler sees the tally as it was made. */
    wf_store_release(&p->into, p->tally);
    timer_settime(p->timer, 0, &every, NULL);
    return WEFT_OK;
}

void wf_probe_disarm(struct wf_probe *p)
{
    static const struct itimerspec never;

    if (p->has_timer)
        timer_settime(p->timer, 0, &never, NULL);
    /* Sequentially consistent, as in look(): one of both sees what the other has written. */
    wf_store_seq(&p->into, NULL);
    while (wf_load_seq(&p->is_in))
        wf_yield();
}
