/* process.c - the body of a task in a process of its own. */
#include "scheduler/process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"
#include "scheduler/stand.h"
#include "scheduler/worker.h"

/* Address space, not memory: pages come when they are touched. */
enum { HEAD_BYTES = 4096 };

/* How long a parent waits for its child before it looks about. */
enum { LOOK_US = 10000 };
static const size_t shared_bytes = (size_t)1 << 36;

/* What lies at the start of the shared memory. */
struct head {
    uint32_t          node;
    uint32_t          n_results;
    weft_status       status;
    _Atomic bool      stop;   /* the run wants to stop; the parent writes it while the body runs */
    struct weft_error err;
};
_Static_assert(sizeof(struct head) <= HEAD_BYTES, "the head fits");

/* Where values are written to or read from. */
struct cursor {
    char  *at;
    size_t left;
};

static weft_status put(void *to, const void *bytes, size_t n)
{
    struct cursor *c = to;

    if (n > c->left)
        return WEFT_NOMEM;
    memcpy(c->at, bytes, n);
    c->at += n;
    c->left -= n;
    return WEFT_OK;
}

static weft_status get(void *from, void *bytes, size_t n)
{
    struct cursor *c = from;

    if (n > c->left)
        return WEFT_PARSE;
    memcpy(bytes, c->at, n);
    c->at += n;
    c->left -= n;
    return WEFT_OK;
}

/* A value goes as the address of its type, the same on both sides, and then the
 * word itself if there is nothing behind it, else what the type writes. */
static weft_status put_value(struct cursor *c, struct weft_value v, struct weft_error *err)
{
    struct weft_sink sink = {.to = c, .write = put};
    weft_status st = put(c, &v.type, sizeof v.type);

    if (st || !v.type)
        return st;
    if (!v.type->free)
        return put(c, &v.as, sizeof v.as);
    if (!v.type->write || !v.type->read)
        return weft_error_set(err, WEFT_UNSUPPORTED, "a %s cannot travel between processes: its type has no "
                              "write and read", v.type->name);
    return v.type->write(v.as.ptr, &sink);
}

static weft_status get_value(struct cursor *c, struct weft_value *out)
{
    struct weft_source source = {.from = c, .read = get};
    struct weft_value v = weft_value_none();
    weft_status st = get(c, &v.type, sizeof v.type);

    if (!st && v.type)
        st = v.type->free ? v.type->read(&v.as.ptr, &source) : get(c, &v.as, sizeof v.as);
    if (!st)
        *out = v;
    return st;
}

static struct cursor values_of(const struct wf_process *p)
{
    return (struct cursor){p->shared + HEAD_BYTES, p->n_shared - HEAD_BYTES};
}

/* ---- The child --------------------------------------------------------------- */

/* Reads the inputs into the slots of the child's copy of the plan. One that is an
 * input twice comes twice, is kept once, and has two readers to come. */
static weft_status read_inputs(struct wf_process *p, weft_plan *plan, uint32_t node)
{
    const struct wf_inputs in = wf_plan_inputs(plan, node);
    struct cursor c = values_of(p);
    weft_status st = WEFT_OK;

    /* What was there when the child was forked belongs to the parent. */
    for (uint32_t k = 0; k < in.n; k++) {
        const uint32_t slot = wf_input_slot(&in, k);

        if (slot < plan->first_const) {
            plan->slots[slot] = weft_value_none();
            wf_store_relaxed(&plan->readers[slot], 0);
        }
    }
    for (uint32_t k = 0; !st && k < in.n; k++) {
        const uint32_t slot = wf_input_slot(&in, k);
        struct weft_value v = weft_value_none();

        if (slot >= plan->first_const)
            continue;
        st = get_value(&c, &v);
        if (wf_add(&plan->readers[slot], 1))
            weft_value_release(v);
        else
            plan->slots[slot] = v;
    }
    return st;
}

static weft_status write_results(struct wf_process *p, weft_plan *plan, uint32_t node, struct head *head)
{
    struct cursor c = values_of(p);
    weft_status st = WEFT_OK;
    uint32_t slot;

    head->n_results = 0;
    for (uint32_t k = 0; !st && (slot = wf_plan_slot(plan, node, k)) != WF_NONE; k++) {
        st = put_value(&c, plan->slots[slot], &head->err);
        weft_value_release(plan->slots[slot]);
        plan->slots[slot] = weft_value_none();
        head->n_results++;
    }
    return st;
}

/* The next byte; false: the other side is gone. A signal that the program handles is no end. */
static bool receive(int socket, char *byte)
{
    ssize_t n;

    do {
        errno = 0;
        n = read(socket, byte, 1);
    } while (n < 0 && errno == EINTR);
    return n == 1;
}

/* Runs what the parent asks for, until it asks no more. Does not return. */
static void serve(struct weft_call *call, int socket)
{
    struct wf_process *p = call->process;
    struct head *head = (void *)p->shared;
    weft_plan *plan = call->run->plan;
    char byte;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    call->run->stock = NULL; /* the parent counts */
    while (receive(socket, &byte)) {
        call->node = head->node;
            wf_run_clear(call);
        memset(&call->err, 0, sizeof call->err);
        head->status = read_inputs(p, plan, head->node);
        if (!head->status) {
            const struct wf_node *node = &plan->nodes[head->node];

            head->status = node->body(call, node->arg, &call->err);
            wf_scratch_reset(&call->scratch);
            if (!head->status && (call->marks & WF_MARK_REFUSED))
                head->status = call->err.status;
            call->marks = 0;
        }
        wf_run_drop_inputs(call);
        head->err = call->err;
        if (!head->status)
            head->status = write_results(p, plan, head->node, head);
        if (send(socket, &byte, 1, MSG_NOSIGNAL) != 1)
            break;
    }
    _exit(0);
}

bool wf_process_is_stopped(const struct weft_call *call)
{
    const struct head *head = (const void *)call->process->shared;

    return wf_load_relaxed(&head->stop);
}

/* ---- The parent -------------------------------------------------------------- */

struct wf_process *wf_process_new(wf_mutex *lock)
{
    struct wf_process *p = wf_alloc_zero(1, sizeof *p);

    if (!p)
        return NULL;
    p->lock = lock;
    p->parent = getpid();
    p->n_shared = shared_bytes;
    p->shared = mmap(NULL, p->n_shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p->shared == MAP_FAILED) {
        wf_free(p);
        return NULL;
    }
    return p;
}

/* Lets the child go and waits for it; returns how it ended. */
static int end_child(struct wf_process *p)
{
    int how = 0;

    if (!p->pid)
        return 0;
    /* Shut down, not only closed: children forked later have this end of the socket,
     * too. But what this process was forked from still needs its child. */
    if (p->parent == getpid())
        shutdown(p->socket, SHUT_RDWR);
    close(p->socket);
    while (p->parent == getpid() && waitpid(p->pid, &how, 0) < 0 && errno == EINTR)
        ;
    p->pid = 0;
    return how;
}

void wf_process_free(struct wf_process *p)
{
    if (!p)
        return;
    end_child(p);
    munmap(p->shared, p->n_shared);
    wf_free(p);
}

/* A child for the run of `call`. */
static weft_status start_child(struct weft_call *call)
{
    struct wf_process *p = call->process;
    int ends[2];

    end_child(p);
    wf_mutex_lock(p->lock);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        wf_mutex_unlock(p->lock);
        return wf_error_errno(&call->err, WEFT_IO, "a worker process", errno);
    }
    p->pid = fork();
    if (p->pid == 0) {
        close(ends[0]);
        serve(call, ends[1]);
    }
    close(ends[1]);
    wf_mutex_unlock(p->lock);
    if (p->pid < 0) {
        p->pid = 0;
        close(ends[0]);
        return wf_error_errno(&call->err, WEFT_IO, "a worker process", errno);
    }
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_usec = LOOK_US}, sizeof(struct timeval));
    p->socket = ends[0];
    p->serial = call->run->serial;
    return WEFT_OK;
}

static weft_status write_inputs(struct weft_call *call)
{
    const weft_plan *plan = call->run->plan;
    const struct wf_inputs in = wf_plan_inputs(plan, call->node);
    struct cursor c = values_of(call->process);
    weft_status st = WEFT_OK;

    for (uint32_t k = 0; !st && k < in.n; k++) {
        const uint32_t slot = wf_input_slot(&in, k);

        if (slot < plan->first_const)
            st = put_value(&c, plan->slots[slot], &call->err);
    }
    return st;
}

static weft_status read_results(struct weft_call *call, uint32_t n)
{
    struct cursor c = values_of(call->process);

    for (uint32_t k = 0; k < n; k++) {
        struct weft_value v;
        const weft_status st = get_value(&c, &v);

        if (st)
            return st;
        if (v.type)
            weft_call_return_at(call, (int)k, v);
    }
    return WEFT_OK;
}

static weft_status tell_death(struct weft_call *call)
{
    const int how = end_child(call->process);

    if (WIFSIGNALED(how))
        return weft_error_set(&call->err, WEFT_CRASHED, "the worker process running it died of signal %d (%s)",
                              WTERMSIG(how), strsignal(WTERMSIG(how)));
    return weft_error_set(&call->err, WEFT_CRASHED, "the worker process running it ended with exit status %d",
                          WEXITSTATUS(how));
}

/* Asks the child to run what lies in the shared memory. False: it is gone. */
static bool ask(const struct wf_process *p)
{
    const char byte = 0;

    return send(p->socket, &byte, 1, MSG_NOSIGNAL) == 1;
}

/* Waits for the answer. False: the child is gone. */
static bool hear(struct weft_call *call)
{
    struct wf_process *p = call->process;
    struct head *head = (void *)p->shared;
    siginfo_t ended;
    char byte;

    while (!receive(p->socket, &byte)) {
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return false;
        wf_store_relaxed(&head->stop, (wf_load_relaxed(&call->run->flags) & WF_RUN_STOP) || wf_stand_is_late(call));
        /* The socket tells of a death at once, unless a process that something else in
         * this program forked holds the child's end of it. */
        ended.si_pid = 0;
        if (waitid(P_PID, (id_t)p->pid, &ended, WEXITED | WNOHANG | WNOWAIT) || ended.si_pid)
            return false;
    }
    return true;
}

weft_status wf_process_call(struct weft_call *call)
{
    struct wf_process *p = call->process;
    struct wf_tracer *t = wf_worker_tracer(call->worker);
    const uint32_t place = call->run->place;
    struct head *head = (void *)p->shared;
    uint64_t began;
    weft_status st = WEFT_OK;

    if (!p->pid || p->serial != call->run->serial)
        st = start_child(call);
    if (st)
        return st;
    began = t ? wf_ticks() : 0;
    st = write_inputs(call);
    if (t)
        wf_tracer_note(t, began, wf_ticks(), call->node, place, WEFT_EVENT_SEND, 0);
    if (st)
        return st;
    head->node = call->node;
    wf_store_relaxed(&head->stop, false);
    memset(&head->err, 0, sizeof head->err);
    /* One that died before it was asked did not die of this task: another takes its place. */
    if (!ask(p) && ((st = start_child(call)) || !ask(p)))
        return st ? st : tell_death(call);
    if (!hear(call))
        return tell_death(call);
    if (head->status) {
        call->err = head->err;
        return head->status;
    }
    began = t ? wf_ticks() : 0;
    st = read_results(call, head->n_results);
    if (t)
        wf_tracer_note(t, began, wf_ticks(), call->node, place, WEFT_EVENT_RECEIVE, 0);
    return st;
}
