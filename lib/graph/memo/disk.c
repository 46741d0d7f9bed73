/* disk.c - a folder of entries that any number of processes use at once. */
#include "lib/graph/memo/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/memo/entry.h"

enum { NAME = 33, TEMP = NAME + 32, STALE_S = 3600 };

/* No priority is above: 2^33 s are later than a file system may know. */
static const double most_priority = 8e9;

struct wf_disk_slot {
    struct wf_token token;
    bool            used, there;
};

/* ---- Which there are ------------------------------------------------------------- */

static struct wf_disk_slot *slot_of(const struct wf_disk *d, struct wf_token token)
{
    for (size_t at = token.lo;; at++) {
        struct wf_disk_slot *s = &d->slots[at & (d->n_slots - 1)];

        if (!s->used || (s->token.hi == token.hi && s->token.lo == token.lo))
            return s;
    }
}

/* Room for one more; false: no memory, and then what comes is not remembered. */
static bool make_room(struct wf_disk *d)
{
    struct wf_disk bigger = {.n_slots = d->n_slots ? d->n_slots * 2 : 256};

    if (d->n * 2 < d->n_slots)
        return true;
    bigger.slots = wf_alloc_zero(bigger.n_slots, sizeof *bigger.slots);
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < d->n_slots; i++)
        if (d->slots[i].used)
            *slot_of(&bigger, d->slots[i].token) = d->slots[i];
    wf_free(d->slots);
    d->slots = bigger.slots;
    d->n_slots = bigger.n_slots;
    return true;
}

static void remember(struct wf_disk *d, struct wf_token token)
{
    struct wf_disk_slot *s;

    if (!make_room(d))
        return;
    s = slot_of(d, token);
    d->n += !s->used;
    d->n_there += !s->there;
    *s = (struct wf_disk_slot){.token = token, .used = true, .there = true};
}

bool wf_disk_has(const struct wf_disk *d, struct wf_token token)
{
    return d->n && slot_of(d, token)->there;
}

void wf_disk_gone(struct wf_disk *d, struct wf_token token)
{
    if (wf_disk_has(d, token)) {
        slot_of(d, token)->there = false;
        d->n_there--;
    }
}

/* ---- Names ------------------------------------------------------------------------ */

static void name_of(char name[NAME], struct wf_token token)
{
    snprintf(name, NAME, "%016llx%016llx", (unsigned long long)token.hi, (unsigned long long)token.lo);
}

/* False: not the name of an entry. */
static bool token_of(struct wf_token *token, const char *name)
{
    char half[17] = {0};

    if (strspn(name, "0123456789abcdef") != NAME - 1 || name[NAME - 1])
        return false;
    memcpy(half, name, 16);
    token->hi = strtoull(half, NULL, 16);
    token->lo = strtoull(name + 16, NULL, 16);
    return true;
}

/* ---- Looking at all of it ----------------------------------------------------------- */

struct file {
    struct wf_token token;
    uint64_t        bytes;
    double          priority;
};

/* What the disk holds for it, which is what a limit is about. */
static uint64_t bytes_of(const struct stat *s)
{
    return (uint64_t)s->st_blocks * 512 > (uint64_t)s->st_size ? (uint64_t)s->st_blocks * 512 : (uint64_t)s->st_size;
}

static double priority_of(const struct stat *s)
{
    return (double)s->st_mtim.tv_sec + (double)s->st_mtim.tv_nsec * 1e-9;
}

static bool add_file(struct file **files, size_t *n, size_t *room, struct file file)
{
    if (*n == *room) {
        const size_t more = *room ? *room * 2 : 256;
        struct file *moved = wf_realloc(*files, more * sizeof *moved);

        if (!moved)
            return false;
        *files = moved;
        *room = more;
    }
    (*files)[(*n)++] = file;
    return true;
}

/* What somebody who died was writing: the name of an entry, a dot, who and which. */
static bool is_stale(const char *name, const struct stat *s)
{
    return strspn(name, "0123456789abcdef") == NAME - 1 && name[NAME - 1] == '.' &&
           time(NULL) - s->st_mtim.tv_sec > STALE_S;
}

/* Every entry of the folder, remembered anew. False: the folder cannot be read now, or there
 * is no memory; what is known stays. */
static bool list(struct wf_disk *d, struct file **files, size_t *n)
{
    const int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    size_t room = 0;
    bool ok = dir != NULL;
    struct stat s;

    *files = NULL;
    *n = 0;
    if (!dir && fd >= 0)
        close(fd);
    if (dir && !fstat(fd, &s))
        d->changed = s.st_mtim;
    for (struct dirent *e; ok && (e = readdir(dir));) {
        struct file file;

        if (e->d_name[0] == '.' || fstatat(d->fd, e->d_name, &s, AT_SYMLINK_NOFOLLOW) || !S_ISREG(s.st_mode))
            continue;
        if (is_stale(e->d_name, &s))
            unlinkat(d->fd, e->d_name, 0);
        if (!token_of(&file.token, e->d_name))
            continue;
        file.bytes = bytes_of(&s);
        file.priority = priority_of(&s);
        ok = add_file(files, n, &room, file);
    }
    if (dir)
        closedir(dir);
    if (!ok) {
        wf_free(*files);
        *files = NULL;
        return false;
    }
    d->n = d->n_there = 0;
    if (d->n_slots)
        memset(d->slots, 0, d->n_slots * sizeof *d->slots);
    d->bytes = d->written = 0;
    d->floor = 0;
    for (size_t i = 0; i < *n; i++) {
        remember(d, (*files)[i].token);
        d->bytes += (*files)[i].bytes;
        if (!i || (*files)[i].priority < d->floor)
            d->floor = (*files)[i].priority;
    }
    return true;
}

static void look(struct wf_disk *d)
{
    struct file *files;
    size_t n;

    if (list(d, &files, &n))
        wf_free(files);
}

void wf_disk_refresh(struct wf_disk *d)
{
    struct stat s;

    if (d->folder && !fstat(d->fd, &s) &&
        (s.st_mtim.tv_sec != d->changed.tv_sec || s.st_mtim.tv_nsec != d->changed.tv_nsec))
        look(d);
}

/* ---- Making room ------------------------------------------------------------------- */

static int by_priority(const void *a, const void *b)
{
    const struct file *x = a, *y = b;

    return (x->priority > y->priority) - (x->priority < y->priority);
}

/* Evicts down to three quarters, so that this is not done for each file. One process at a
 * time: another finds the lock taken, and the room made. */
static void evict(struct wf_disk *d)
{
    struct file *files;
    size_t n;

    if (flock(d->fd, LOCK_EX | LOCK_NB))
        return;
    if (list(d, &files, &n)) {
        if (d->bytes > d->limit - d->limit / 16) {
            qsort(files, n, sizeof *files, by_priority);
            for (size_t i = 0; i < n && d->bytes > d->limit / 4 * 3; i++) {
                wf_disk_remove(d, files[i].token);
                d->bytes -= files[i].bytes;
                d->floor = files[i].priority;
                d->evicted++;
            }
        }
        wf_free(files);
    }
    flock(d->fd, LOCK_UN);
}

void wf_disk_added(struct wf_disk *d, struct wf_token token, size_t n)
{
    const uint64_t blocks = ((uint64_t)n + 4095) / 4096 * 4096;

    remember(d, token);
    d->bytes += blocks;
    d->written += blocks;
    if (d->bytes > d->limit - d->limit / 16 || d->written > d->limit / 16)
        evict(d);
}

/* ---- Opening and closing ------------------------------------------------------------- */

weft_status wf_disk_open(struct wf_disk *d, const char *folder, uint64_t limit, struct weft_error *err)
{
    char real[PATH_MAX];

    *d = (struct wf_disk){.fd = -1, .limit = limit};
    if (mkdir(folder, 0700) && errno != EEXIST)
        return wf_error_errno(err, WEFT_IO, folder, errno);
    d->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->fd < 0 || !realpath(folder, real)) /* the program may go elsewhere */
        return wf_error_errno(err, WEFT_IO, folder, errno);
    d->folder = wf_strdup(real);
    if (!d->folder)
        return wf_error_nomem(err, "a memo");
    look(d);
    return WEFT_OK;
}

void wf_disk_close(struct wf_disk *d)
{
    if (d->fd >= 0)
        close(d->fd);
    wf_free(d->folder);
    wf_free(d->slots);
    *d = (struct wf_disk){.fd = -1};
}

/* ---- Files ------------------------------------------------------------------------ */

static void set_priority(int fd, double priority)
{
    const double p = priority < most_priority ? priority : most_priority;
    const time_t s = (time_t)p;
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = s, .tv_nsec = (long)((p - (double)s) * 1e9)}};

    (void)!futimens(fd, times); /* of another's file: it keeps the priority it has */
}

static weft_status read_all(int fd, char *to, size_t n)
{
    for (size_t done = 0; done < n;) {
        const ssize_t got = pread(fd, to + done, n - done, (off_t)done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return WEFT_IO;
        done += (size_t)got;
    }
    return WEFT_OK;
}

weft_status wf_disk_read(const struct wf_disk *d, struct wf_token token, double floor, char **bytes, size_t *n)
{
    char name[NAME], *read = NULL;
    weft_status st = WEFT_OK;
    struct stat s;
    int fd;

    name_of(name, token);
    fd = openat(d->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? WEFT_NOT_FOUND : WEFT_IO;
    if (fstat(fd, &s) || !S_ISREG(s.st_mode))
        st = WEFT_IO;
    if (!st) {
        read = wf_alloc((size_t)s.st_size);
        st = read ? read_all(fd, read, (size_t)s.st_size) : WEFT_NOMEM;
    }
    if (!st && (size_t)s.st_size >= sizeof(struct wf_entry_head))
        set_priority(fd, wf_disk_priority(floor, ((const struct wf_entry_head *)(const void *)read)->cost_ns,
                                          (size_t)s.st_size));
    close(fd);
    if (st) {
        wf_free(read);
        return st;
    }
    *bytes = read;
    *n = (size_t)s.st_size;
    return WEFT_OK;
}

static weft_status write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        const ssize_t done = write(fd, bytes, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return WEFT_IO;
        bytes += done;
        n -= (size_t)done;
    }
    return WEFT_OK;
}

/* A new file beside the one called `name`. Threads and processes get different ones. -1: none. */
static int open_beside(const struct wf_disk *d, const char *name, char temp[TEMP])
{
    int fd = -1;

    for (int i = 0; i < 1000; i++) {
        snprintf(temp, TEMP, "%s.%d-%d", name, (int)getpid(), i);
        fd = openat(d->fd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    return fd;
}

weft_status wf_disk_write(const struct wf_disk *d, struct wf_token token, const char *bytes, size_t n,
                          double priority)
{
    char name[NAME], temp[TEMP];
    weft_status st;
    int fd;

    name_of(name, token);
    fd = open_beside(d, name, temp);
    if (fd < 0)
        return WEFT_IO;
    st = write_all(fd, bytes, n);
    if (!st && renameat(d->fd, temp, d->fd, name))
        st = WEFT_IO;
    if (st)
        unlinkat(d->fd, temp, 0);
    else
        set_priority(fd, priority); /* not before: a file beside that looks old is taken for left behind */
    close(fd); /* what it may say now the checksum says, too */
    return st;
}

void wf_disk_remove(struct wf_disk *d, struct wf_token token)
{
    char name[NAME];

    name_of(name, token);
    unlinkat(d->fd, name, 0);
    wf_disk_gone(d, token);
}

void wf_disk_clear(struct wf_disk *d)
{
    struct file *files;
    size_t n;

    if (!list(d, &files, &n))
        return;
    for (size_t i = 0; i < n; i++)
        wf_disk_remove(d, files[i].token);
    wf_free(files);
    look(d);
}
