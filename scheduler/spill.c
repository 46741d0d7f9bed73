/* spill.c - values on disk: written out of memory, read back when they are wanted. */
#include "scheduler/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/base/lz4.h"
#include "lib/base/mem.h"

/* What is handed over in pieces below DIRECT is gathered first. Less than LEAST is not worth
 * packing, nor giving back. */
enum { FRAME = 256 << 10, DIRECT = 32 << 10, LEAST = 4096, NEXT_TRY = 16 };

struct frame {
    uint64_t hash;
    uint32_t bytes, stored; /* equal: not packed */
};

struct wf_spilled {
    _Atomic int32_t          holders;
    struct wf_spill         *file;
    const struct weft_type  *type;
    size_t                   bytes;
    uint64_t                 at, stored; /* where, and how much of the file */
    uint32_t                 n_frames;
    struct frame             frames[];
};

/* ---- The file -------------------------------------------------------------- */

struct wf_spill *wf_spill_new(const char *dir, uint64_t most)
{
    struct wf_spill *s = wf_alloc_zero(1, sizeof *s);
    const char *tmp = getenv("TMPDIR");

    if (!s)
        return NULL;
    wf_init(&s->holders, 1);
    wf_mutex_init(&s->lock);
    snprintf(s->dir, sizeof s->dir, "%s", dir ? dir : tmp && tmp[0] ? tmp : "/tmp");
    s->fd = -1;
    wf_extents_init(&s->extents, most ? most : INT64_MAX);
    return s;
}

void wf_spill_release(struct wf_spill *s)
{
    if (!s || wf_sub(&s->holders, 1) != 1)
        return;
    if (s->fd >= 0)
        close(s->fd);
    wf_extents_fini(&s->extents);
    wf_mutex_fini(&s->lock);
    wf_free(s);
}

/* A file that has no name, or has it no more. Under the lock. */
static weft_status open_file(struct wf_spill *s, struct weft_error *err)
{
    char path[sizeof s->dir + 16];

    if (s->fd >= 0)
        return WEFT_OK;
    s->fd = open(s->dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (s->fd >= 0)
        return WEFT_OK;
    snprintf(path, sizeof path, "%s/weft-XXXXXX", s->dir);
    s->fd = mkostemp(path, O_CLOEXEC);
    if (s->fd < 0) {
        char reason[128];

        return weft_error_set(err, WEFT_IO, "no file for values that leave memory can be made in %s: %s", s->dir,
                              strerror_r(errno, reason, sizeof reason));
    }
    unlink(path);
    return WEFT_OK;
}

static weft_status take_room(struct wf_spill *s, uint64_t bytes, uint64_t *at, struct weft_error *err)
{
    weft_status st;

    wf_mutex_lock(&s->lock);
    st = open_file(s, err);
    if (!st && !wf_extents_take(&s->extents, bytes, at))
        st = weft_error_set(err, WEFT_IO, "the spill file in %s may have %llu bytes and has %llu; %llu more are wanted",
                            s->dir, (unsigned long long)s->extents.most, (unsigned long long)s->extents.end,
                            (unsigned long long)bytes);
    if (!st) {
        s->count.disk = s->extents.used;
        if (s->count.disk_peak < s->count.disk)
            s->count.disk_peak = s->count.disk;
    }
    wf_mutex_unlock(&s->lock);
    return st;
}

static void give_room(struct wf_spill *s, uint64_t at, uint64_t bytes)
{
    wf_mutex_lock(&s->lock);
    wf_extents_give(&s->extents, at, bytes);
    s->count.disk = s->extents.used;
    /* Empty: the disk has it back. A failure would only keep it longer. */
    if (!s->extents.end)
        (void)!ftruncate(s->fd, 0);
    wf_mutex_unlock(&s->lock);
}

static weft_status write_at(struct wf_spill *s, const void *bytes, size_t n, uint64_t at, struct weft_error *err)
{
    const char *from = bytes;
    char reason[128];

    for (size_t done = 0; done < n;) {
        const ssize_t wrote = pwrite(s->fd, from + done, n - done, (off_t)(at + done));

        if (wrote > 0)
            done += (size_t)wrote;
        else if (wrote == 0 || errno != EINTR)
            return weft_error_set(err, WEFT_IO, "the spill file in %s: %zu bytes at %llu: %s", s->dir, n,
                                  (unsigned long long)at, wrote ? strerror_r(errno, reason, sizeof reason) : "none written");
    }
    return WEFT_OK;
}

static weft_status read_at(struct wf_spill *s, void *bytes, size_t n, uint64_t at, struct weft_error *err)
{
    char *to = bytes, reason[128];

    for (size_t done = 0; done < n;) {
        const ssize_t got = pread(s->fd, to + done, n - done, (off_t)(at + done));

        if (got > 0)
            done += (size_t)got;
        else if (got == 0 || errno != EINTR)
            return weft_error_set(err, WEFT_IO, "the spill file in %s: %zu bytes at %llu: %s", s->dir, n,
                                  (unsigned long long)at, got ? strerror_r(errno, reason, sizeof reason) : "it ends before");
    }
    return WEFT_OK;
}

/* ---- Out ------------------------------------------------------------------- */

/* Where a type writes to. The first time through only frames and bytes are counted. */
struct out {
    struct wf_spilled *to;     /* NULL: counting */
    uint32_t           n_frames, wait; /* frames until packing is tried again */
    uint64_t           bytes, at;
    char              *gathered, *packed;
    size_t             n_gathered;
    weft_status        st;
    struct weft_error *err;
};

/* The size of the packed frame; 0: it does not pay. */
static uint32_t pack(struct out *o, const char *bytes, size_t n)
{
    size_t packed;

    if (n < LEAST)
        return 0;
    if (o->wait) {
        o->wait--;
        return 0;
    }
    packed = wf_lz4_pack(o->packed, bytes, n);
    if (!packed)
        o->wait = NEXT_TRY - 1;
    return (uint32_t)packed;
}

/* A type that writes more the second time than the first breaks its promise. */
static weft_status refuse_more(struct out *o)
{
    return o->st = weft_error_set(o->err, WEFT_INVALID, "a %s writes itself in different lengths", o->to->type->name);
}

static weft_status put_frame(struct out *o, const char *bytes, size_t n)
{
    struct frame *f;
    uint32_t packed;

    o->bytes += n;
    if (!o->to) {
        o->n_frames++;
        return WEFT_OK;
    }
    if (o->n_frames == o->to->n_frames || o->bytes > o->to->stored)
        return refuse_more(o);
    f = &o->to->frames[o->n_frames++];
    packed = pack(o, bytes, n);
    *f = (struct frame){.hash = wf_hash(bytes, n), .bytes = (uint32_t)n, .stored = packed ? packed : (uint32_t)n};
    o->st = write_at(o->to->file, packed ? o->packed : bytes, f->stored, o->at, o->err);
    o->at += f->stored;
    return o->st;
}

static weft_status put_gathered(struct out *o)
{
    const size_t n = o->n_gathered;

    o->n_gathered = 0;
    return n ? put_frame(o, o->gathered, n) : WEFT_OK;
}

static weft_status put(void *to, const void *bytes, size_t n)
{
    struct out *o = to;
    const char *from = bytes;
    weft_status st = WEFT_OK;

    while (!st && n) {
        const bool direct = n >= DIRECT;
        const size_t room = FRAME - (direct ? 0 : o->n_gathered), k = n < room ? n : room;

        if (direct) {
            st = put_gathered(o);
            st = st ? st : put_frame(o, from, k);
        } else {
            /* There is room for a frame, or for all that was counted, if that is less. */
            if (o->to && o->bytes + o->n_gathered + k > o->to->stored)
                return refuse_more(o);
            if (o->to)
                memcpy(o->gathered + o->n_gathered, from, k);
            o->n_gathered += k;
            if (o->n_gathered == FRAME)
                st = put_gathered(o);
        }
        from += k;
        n -= k;
    }
    return st;
}

/* All of it into `o`; what the type says itself is not a sentence yet. */
static weft_status write_all(struct out *o, struct weft_value v)
{
    struct weft_sink sink = {.to = o, .write = put};
    weft_status st = v.type->write(v.as.ptr, &sink);

    st = st ? st : put_gathered(o);
    if (st && !o->st)
        weft_error_set(o->err, st, "a %s cannot be written: %s", v.type->name, weft_status_text(st));
    return st;
}

static void note_written(struct wf_spill *s, const struct wf_spilled *x)
{
    wf_mutex_lock(&s->lock);
    s->count.bytes_written += x->stored;
    s->count.bytes += x->bytes;
    wf_mutex_unlock(&s->lock);
}

weft_status wf_spill_write(struct wf_spill *s, struct weft_value v, size_t bytes, struct weft_value *out,
                           struct weft_error *err)
{
    struct out o = {.err = err};
    struct wf_spilled *x = NULL;
    weft_status st = write_all(&o, v);
    uint64_t room = o.bytes;
    size_t buffer = o.bytes < FRAME ? (size_t)o.bytes : FRAME;

    if (st)
        return st;
    x = wf_alloc(sizeof *x + o.n_frames * sizeof *x->frames);
    o.gathered = wf_alloc(buffer + 1);
    o.packed = wf_alloc(wf_lz4_room(buffer) + 1);
    if (!x || !o.gathered || !o.packed) {
        st = wf_error_nomem(err, "writing a value to disk");
        goto out;
    }
    *x = (struct wf_spilled){.file = s, .type = v.type, .bytes = bytes, .stored = room, .n_frames = o.n_frames};
    wf_init(&x->holders, 1);
    st = room ? take_room(s, room, &x->at, err) : WEFT_OK;
    if (st)
        goto out;
    o = (struct out){.to = x, .at = x->at, .gathered = o.gathered, .packed = o.packed, .err = err};
    st = write_all(&o, v);
    if (!st && o.bytes != room)
        st = weft_error_set(err, WEFT_INVALID, "a %s writes itself in different lengths", v.type->name);
    x->stored = st ? 0 : o.at - x->at;
    if (room - x->stored < LEAST && !st)
        x->stored = room;
    if (room > x->stored)
        give_room(s, x->at + x->stored, room - x->stored); /* what packing saved, or all */
    if (st)
        goto out;
    wf_add(&s->holders, 1);
    note_written(s, x);
    *out = weft_value_of_ptr(&wf_type_spilled, x);
    x = NULL;
out:
    wf_free(o.gathered);
    wf_free(o.packed);
    wf_free(x);
    return st;
}

/* ---- Back ------------------------------------------------------------------ */

struct in {
    const struct wf_spilled *from;
    uint32_t           next;     /* frame */
    uint64_t           at;
    char              *frame, *packed; /* made when first wanted */
    size_t             n_frame, used;  /* of the frame at hand */
    weft_status        st;
    struct weft_error *err;
};

/* The next frame, to `to`, which has room for it. */
static weft_status get_frame(struct in *in, char *to)
{
    const struct frame *f = &in->from->frames[in->next];
    const bool packed = f->stored != f->bytes;
    const uint64_t at = in->at;
    weft_status st;

    if (packed && !in->packed && !(in->packed = wf_alloc(FRAME)))
        return wf_error_nomem(in->err, "reading a value from disk");
    st = read_at(in->from->file, packed ? in->packed : to, f->stored, at, in->err);
    if (st)
        return st;
    in->next++;
    in->at += f->stored;
    if ((packed && !wf_lz4_unpack(to, f->bytes, in->packed, f->stored)) || wf_hash(to, f->bytes) != f->hash)
        return weft_error_set(in->err, WEFT_IO, "the spill file in %s: %u bytes at %llu are not what was written there",
                              in->from->file->dir, (unsigned)f->stored, (unsigned long long)at);
    return WEFT_OK;
}

/* The next frame, to the side: not all of it is asked for yet. */
static weft_status get_aside(struct in *in)
{
    if (!in->frame && !(in->frame = wf_alloc(FRAME)))
        return wf_error_nomem(in->err, "reading a value from disk");
    in->n_frame = in->from->frames[in->next].bytes;
    in->used = 0;
    return get_frame(in, in->frame);
}

static weft_status get(void *from, void *bytes, size_t n)
{
    struct in *in = from;
    char *to = bytes;

    while (!in->st && n) {
        size_t k = in->n_frame - in->used;

        if (k) {
            k = k < n ? k : n;
            memcpy(to, in->frame + in->used, k);
            in->used += k;
        } else if (in->next == in->from->n_frames) {
            in->st = weft_error_set(in->err, WEFT_INVALID, "a %s reads more than it wrote", in->from->type->name);
        } else if (in->from->frames[in->next].bytes <= n) {
            k = in->from->frames[in->next].bytes;
            in->st = get_frame(in, to);
        } else {
            in->st = get_aside(in);
        }
        to += k;
        n -= k;
    }
    return in->st;
}

weft_status wf_spill_read(struct weft_value spilled, struct weft_value *out, struct weft_error *err)
{
    const struct wf_spilled *x = spilled.as.ptr;
    struct in in = {.from = x, .at = x->at, .err = err};
    struct weft_source source = {.from = &in, .read = get};
    void *data = NULL;
    weft_status st = x->type->read(&data, &source);

    if (st && !in.st)
        weft_error_set(err, st, "a %s cannot be read back: %s", x->type->name, weft_status_text(st));
    wf_free(in.frame);
    wf_free(in.packed);
    if (st)
        return st;
    *out = weft_value_of_ptr(x->type, data);
    wf_mutex_lock(&x->file->lock);
    x->file->count.bytes_read += x->stored;
    wf_mutex_unlock(&x->file->lock);
    return WEFT_OK;
}

weft_status wf_spill_bring(struct weft_value *v, struct weft_error *err)
{
    const struct weft_value spilled = *v;
    weft_status st;

    if (v->type != &wf_type_spilled)
        return WEFT_OK;
    *v = weft_value_none();
    st = wf_spill_read(spilled, v, err);
    weft_value_release(spilled);
    return st;
}

/* ---- As a value ------------------------------------------------------------ */

static void spilled_free(void *data)
{
    struct wf_spilled *x = data;
    struct wf_spill *s = x->file;

    if (wf_sub(&x->holders, 1) != 1)
        return;
    if (x->stored)
        give_room(s, x->at, x->stored);
    wf_mutex_lock(&s->lock);
    s->count.bytes -= x->bytes;
    wf_mutex_unlock(&s->lock);
    wf_free(x);
    wf_spill_release(s);
}

static void *spilled_share(void *data)
{
    struct wf_spilled *x = data;

    wf_add(&x->holders, 1);
    return x;
}

const struct weft_type wf_type_spilled = {.name = "value on disk", .free = spilled_free, .share = spilled_share};

void wf_spill_memory(struct wf_spill *s, struct weft_pool_memory *out)
{
    wf_mutex_lock(&s->lock);
    out->spilled = s->count.bytes;
    out->disk = s->count.disk;
    out->disk_peak = s->count.disk_peak;
    out->written = s->count.bytes_written;
    out->read = s->count.bytes_read;
    wf_mutex_unlock(&s->lock);
}
