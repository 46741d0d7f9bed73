/* glib_order.c - tells the thread sanitizer what GLib's locks and queues order.
 *
 * Pango, under Graphviz, loads fonts in a thread of its own and waits for it by means of
 * GLib, which is not built with the sanitizer and sleeps on words of its own: the
 * sanitizer sees what both threads touch and nothing that puts one before the other.
 * Loaded before a program (LD_PRELOAD), this file stands before those functions of GLib,
 * calls them, and says what they mean. It hides nothing: what they do not order is still
 * a race.
 */
#include <dlfcn.h>
#include <stdlib.h>

/* Of the sanitizer; not there in the shell that starts a program. */
void __tsan_acquire(void *at) __attribute__((weak));
void __tsan_release(void *at) __attribute__((weak));

void  g_mutex_lock(void *mutex);
int   g_mutex_trylock(void *mutex);
void  g_mutex_unlock(void *mutex);
void  g_cond_wait(void *cond, void *mutex);
void  g_async_queue_push(void *queue, void *what);
void *g_async_queue_pop(void *queue);

/* What came before in the threads that left `at` comes before what follows here. */
static void arrive(void *at)
{
    if (__tsan_acquire)
        __tsan_acquire(at);
}

static void leave(void *at)
{
    if (__tsan_release)
        __tsan_release(at);
}

/* GLib's own function. Graphviz loads GLib with its plugins: it is not among the libraries
 * that come next, but it is there whenever somebody calls. */
static void find(void *function, const char *name)
{
    void *glib = dlopen("libglib-2.0.so.0", RTLD_LAZY | RTLD_NOLOAD);

    *(void **)function = glib ? dlsym(glib, name) : NULL;
    if (!*(void **)function)
        abort();
}

void g_mutex_lock(void *mutex)
{
    void (*lock)(void *mutex);

    find(&lock, "g_mutex_lock");
    lock(mutex);
    arrive(mutex);
}

int g_mutex_trylock(void *mutex)
{
    int (*try_lock)(void *mutex), got;

    find(&try_lock, "g_mutex_trylock");
    got = try_lock(mutex);
    if (got)
        arrive(mutex);
    return got;
}

void g_mutex_unlock(void *mutex)
{
    void (*unlock)(void *mutex);

    find(&unlock, "g_mutex_unlock");
    leave(mutex);
    unlock(mutex);
}

void g_cond_wait(void *cond, void *mutex)
{
    void (*wait)(void *cond, void *mutex);

    find(&wait, "g_cond_wait");
    leave(mutex);
    wait(cond, mutex);
    arrive(mutex);
}

void g_async_queue_push(void *queue, void *what)
{
    void (*push)(void *queue, void *what);

    find(&push, "g_async_queue_push");
    leave(queue);
    push(queue, what);
}

void *g_async_queue_pop(void *queue)
{
    void *(*pop)(void *queue), *what;

    find(&pop, "g_async_queue_pop");
    what = pop(queue);
    arrive(queue);
    return what;
}
