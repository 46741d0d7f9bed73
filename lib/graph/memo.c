/* memo.c - results kept under what they compute: in memory, on disk, and how it went. */
#include "lib/graph/memo.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/lock.h"
#include "lib/base/mem.h"
#include "lib/data/value.h"
#include "lib/graph/memo/disk.h"
#include "lib/graph/memo/entry.h"
#include "lib/graph/memo/table.h"

/* What it takes to keep a result, by bench memo: in memory a few lines of cache and an
 * allocation. On disk a file made and renamed, later read, and 1 ns for each byte of it. How
 * long that is depends on the disk (making a file: 5 us on tmpfs, 590 on a busy virtual ext4),
 * so these are where it begins, and what is seen corrects them. */
enum { MEMORY_NS = 1000, WRITE_NS = 100000, READ_NS = 15000 };

enum { MANY_MARKS = 16 };

struct weft_memo {
    size_t   memory_bytes;
    uint64_t disk_bytes;
    int64_t  least_ns;
    bool     packs;

    wf_lock               lock; /* guards all below, but disk.folder and disk.fd, which stay */
    struct wf_memo_table  table;
    struct wf_disk        disk;
    struct weft_memo_stats stats;
    int64_t               write_ns, read_ns; /* a file, of late, but for its bytes */
    /* Marks made before: asking the loader takes microseconds. */
    struct {
        const struct weft_type *type;
        struct wf_mark          mark;
    } marks[MANY_MARKS];
    int n_marks;
};

weft_status weft_memo_new(weft_memo **out, const struct weft_memo_spec *spec, struct weft_error *err)
{
    static const struct weft_memo_spec usual;
    weft_memo *m = wf_alloc_zero(1, sizeof *m);
    weft_status st = m ? WEFT_OK : wf_error_nomem(err, "a memo");

    if (st)
        return st;
    spec = spec ? spec : &usual;
    wf_lock_init(&m->lock);
    m->memory_bytes = spec->memory_bytes ? spec->memory_bytes : (size_t)256 << 20;
    m->disk_bytes = spec->disk_bytes ? spec->disk_bytes : (uint64_t)4 << 30;
    m->least_ns = spec->least_ns;
    m->packs = !spec->no_packing;
    m->write_ns = WRITE_NS;
    m->read_ns = READ_NS;
    m->table.budget = m->memory_bytes;
    m->disk.fd = -1;
    if (spec->folder)
        st = wf_disk_open(&m->disk, spec->folder, m->disk_bytes, err);
    if (st)
        weft_memo_free(m);
    else
        *out = m;
    return st;
}

void weft_memo_free(weft_memo *m)
{
    if (!m)
        return;
    wf_memo_table_fini(&m->table);
    wf_disk_close(&m->disk);
    wf_lock_fini(&m->lock);
    wf_free(m);
}

/* ---- What can be kept where --------------------------------------------------------- */

/* Whatever a pointer leads to must outlive its graph, and be counted in the budget. */
static bool fits_memory(struct weft_value v)
{
    return wf_type_is_number(v.type) || (v.type->free && (v.type->share || v.type->copy) && v.type->bytes);
}

/* The mark of a type; false: it cannot be kept on disk. Under the lock. */
static bool mark_of(weft_memo *m, const struct weft_type *type, struct wf_mark *out)
{
    for (int i = 0; i < m->n_marks; i++)
        if (m->marks[i].type == type) {
            *out = m->marks[i].mark;
            return true;
        }
    if (!wf_mark_of(out, type))
        return false;
    if (m->n_marks < MANY_MARKS) {
        m->marks[m->n_marks].type = type;
        m->marks[m->n_marks++].mark = *out;
    }
    return true;
}

/* The type of a mark. Under the lock. */
static const struct weft_type *type_of(weft_memo *m, const struct wf_mark *mark)
{
    const struct weft_type *type;

    for (int i = 0; i < m->n_marks; i++)
        if (memcmp(&m->marks[i].mark, mark, sizeof *mark) == 0)
            return m->marks[i].type;
    type = wf_mark_find(mark);
    if (type && m->n_marks < MANY_MARKS) {
        m->marks[m->n_marks].type = type;
        m->marks[m->n_marks++].mark = *mark;
    }
    return type;
}

/* One more file took so long: the mean, of which the last eight count most. Under the lock. */
static void learn(int64_t *mean_ns, int64_t began_ns, size_t bytes)
{
    const int64_t took = wf_now_ns() - began_ns - (int64_t)bytes;

    *mean_ns += ((took > 0 ? took : 0) - *mean_ns) / 8;
}

/* ---- Keeping ------------------------------------------------------------------------- */

static weft_status keep_in_memory(weft_memo *m, struct wf_token token, struct weft_value value, int64_t cost_ns)
{
    const size_t bytes = sizeof(struct wf_kept) + weft_value_bytes(value);
    struct wf_kept *kept, *gone = NULL;
    weft_status st;
    bool entered = true;

    if (!fits_memory(value))
        return WEFT_UNSUPPORTED;
    if (bytes > m->memory_bytes)
        return WEFT_RANGE;
    wf_lock_take(&m->lock);
    entered = wf_memo_table_has(&m->table, token);
    wf_lock_give(&m->lock);
    if (entered)
        return WEFT_OK;
    kept = wf_alloc(sizeof *kept);
    if (!kept)
        return WEFT_NOMEM;
    *kept = (struct wf_kept){.token = token, .bytes = bytes, .cost_ns = cost_ns > 0 ? cost_ns : 0};
    st = weft_value_retain(value, &kept->value);
    if (st) {
        wf_free(kept);
        return st;
    }
    wf_lock_take(&m->lock);
    if (wf_memo_table_has(&m->table, token))
        gone = kept; /* another was quicker */
    else
        entered = wf_memo_table_add(&m->table, kept, &gone);
    for (const struct wf_kept *g = gone; g; g = g->next)
        m->stats.evicted += g != kept;
    wf_lock_give(&m->lock);
    wf_kept_free(gone);
    return entered ? WEFT_OK : WEFT_NOMEM;
}

static weft_status keep_on_disk(weft_memo *m, struct wf_token token, struct weft_value value, int64_t cost_ns)
{
    const int64_t began = wf_now_ns();
    struct wf_mark mark;
    char *bytes = NULL;
    size_t n = 0;
    double floor;
    bool there, fits;
    weft_status st;

    if (!m->disk.folder)
        return WEFT_UNSUPPORTED;
    wf_lock_take(&m->lock);
    there = wf_disk_has(&m->disk, token);
    fits = there || mark_of(m, value.type, &mark);
    floor = m->disk.floor;
    wf_lock_give(&m->lock);
    if (there || !fits)
        return there ? WEFT_OK : WEFT_UNSUPPORTED;
    st = wf_entry_write(&bytes, &n, token, value, &mark, cost_ns > 0 ? cost_ns : 0, m->packs);
    if (!st && n > m->disk_bytes / 2)
        st = WEFT_RANGE;
    if (!st)
        st = wf_disk_write(&m->disk, token, bytes, n, wf_disk_priority(floor, cost_ns > 0 ? cost_ns : 0, n));
    wf_free(bytes);
    wf_lock_take(&m->lock);
    if (!st) {
        learn(&m->write_ns, began, n);
        wf_disk_added(&m->disk, token, n);
        m->stats.written_bytes += n;
    } else if (st == WEFT_IO) {
        m->stats.failed++;
    }
    wf_lock_give(&m->lock);
    return st;
}

static void count(weft_memo *m, bool kept)
{
    wf_lock_take(&m->lock);
    m->stats.kept += kept;
    m->stats.refused += !kept;
    wf_lock_give(&m->lock);
}

void wf_memo_offer(weft_memo *m, struct wf_token token, struct weft_value value, int64_t cost_ns,
                   size_t n_inputs, bool always)
{
    const int64_t bytes = (int64_t)weft_value_bytes(value);
    int64_t memory_ns = MEMORY_NS + (value.type->share ? 0 : bytes), disk_ns, again_ns;
    bool kept = false;

    wf_lock_take(&m->lock);
    disk_ns = m->write_ns + bytes;
    again_ns = cost_ns + (int64_t)n_inputs * m->read_ns; /* what it is made of would be read */
    wf_lock_give(&m->lock);
    if (m->least_ns)
        memory_ns = disk_ns = m->least_ns;
    if (always || cost_ns >= memory_ns)
        kept |= !keep_in_memory(m, token, value, cost_ns);
    if (always || again_ns >= disk_ns)
        kept |= !keep_on_disk(m, token, value, cost_ns);
    count(m, kept);
}

weft_status weft_memo_put(weft_memo *m, struct weft_token token, struct weft_value value, int64_t cost_ns,
                          struct weft_error *err)
{
    const struct wf_token t = {token.hi, token.lo};
    weft_status memory, disk;

    if (!value.type)
        return weft_error_set(err, WEFT_INVALID, "a memo keeps values, and this is none");
    memory = keep_in_memory(m, t, value, cost_ns);
    disk = keep_on_disk(m, t, value, cost_ns);
    count(m, !memory || !disk);
    if (!memory || !disk)
        return WEFT_OK;
    if (disk == WEFT_NOMEM || memory == WEFT_NOMEM)
        return wf_error_nomem(err, "a result in a memo");
    if (memory == WEFT_RANGE)
        return weft_error_set(err, WEFT_RANGE, "a value of %zu bytes and a memo of %zu", weft_value_bytes(value),
                              m->memory_bytes);
    if (disk == WEFT_UNSUPPORTED)
        return weft_error_set(err, WEFT_UNSUPPORTED, "values of type %s can be neither shared or copied and counted in "
                              "bytes, nor written to a folder and read", value.type->name);
    return weft_error_set(err, disk, "%s: a value of %zu bytes could not be written", m->disk.folder,
                          weft_value_bytes(value));
}

/* ---- Finding ------------------------------------------------------------------------- */

static bool find_in_memory(weft_memo *m, struct wf_token token, struct weft_value *out)
{
    const struct wf_kept *k = wf_memo_table_find(&m->table, token);

    if (!k || weft_value_retain(k->value, out))
        return false;
    m->stats.saved_ns += k->cost_ns;
    return true;
}

/* A file that is there and sound, and what it took. */
static weft_status find_on_disk(weft_memo *m, struct wf_token token, double floor, struct weft_value *out,
                                int64_t *cost_ns)
{
    const int64_t began = wf_now_ns();
    const struct wf_entry_head *head;
    const struct weft_type *type = NULL;
    char *bytes = NULL;
    size_t n = 0;
    weft_status st = wf_disk_read(&m->disk, token, floor, &bytes, &n);

    if (st)
        goto out;
    head = wf_entry_check(bytes, n, token);
    wf_lock_take(&m->lock);
    m->stats.read_bytes += n;
    learn(&m->read_ns, began, n);
    if (head)
        type = type_of(m, &head->mark);
    wf_lock_give(&m->lock);
    st = !head ? WEFT_PARSE : !type ? WEFT_NOT_FOUND : wf_entry_read(out, head, type);
    if (!st)
        *cost_ns = head->cost_ns;
out:
    wf_free(bytes);
    return st;
}

/* After a file was asked for. */
static void note_disk(weft_memo *m, struct wf_token token, weft_status st, int64_t cost_ns)
{
    wf_lock_take(&m->lock);
    if (!st) {
        m->stats.hits++;
        m->stats.disk_hits++;
        m->stats.saved_ns += cost_ns;
    } else {
        m->stats.misses++;
        if (st == WEFT_PARSE) {
            m->stats.broken++;
            wf_disk_remove(&m->disk, token);
        } else if (st != WEFT_NOMEM) {
            wf_disk_gone(&m->disk, token);
        }
    }
    wf_lock_give(&m->lock);
}

weft_status wf_memo_recall(weft_memo *m, struct wf_token token, struct weft_value *out)
{
    int64_t cost_ns = 0;
    double floor;
    bool found, there;
    weft_status st;

    wf_lock_take(&m->lock);
    found = find_in_memory(m, token, out);
    there = !found && wf_disk_has(&m->disk, token);
    floor = m->disk.floor;
    m->stats.hits += found;
    m->stats.misses += !found && !there;
    wf_lock_give(&m->lock);
    if (found || !there)
        return found ? WEFT_OK : WEFT_NOT_FOUND;
    st = find_on_disk(m, token, floor, out, &cost_ns);
    note_disk(m, token, st, cost_ns);
    if (!st)
        (void)keep_in_memory(m, token, *out, cost_ns); /* if it fits */
    return st == WEFT_NOMEM || !st ? st : WEFT_NOT_FOUND;
}

weft_status weft_memo_get(weft_memo *m, struct weft_token token, struct weft_value *out, struct weft_error *err)
{
    const weft_status st = wf_memo_recall(m, (struct wf_token){token.hi, token.lo}, out);

    if (st == WEFT_NOMEM)
        return wf_error_nomem(err, "a result from a memo");
    return st ? weft_error_set(err, st, "the memo has nothing under %016llx%016llx", (unsigned long long)token.hi,
                               (unsigned long long)token.lo) : WEFT_OK;
}

void wf_memo_refresh(weft_memo *m)
{
    wf_lock_take(&m->lock);
    wf_disk_refresh(&m->disk);
    wf_lock_give(&m->lock);
}

/* ---- Forgetting ------------------------------------------------------------------------ */

void weft_memo_evict(weft_memo *m, struct weft_token token)
{
    const struct wf_token t = {token.hi, token.lo};
    struct wf_kept *gone;

    wf_lock_take(&m->lock);
    gone = wf_memo_table_take(&m->table, t);
    if (m->disk.folder)
        wf_disk_remove(&m->disk, t);
    wf_lock_give(&m->lock);
    wf_kept_free(gone);
}

void weft_memo_clear(weft_memo *m)
{
    struct wf_memo_table old;

    wf_lock_take(&m->lock);
    old = m->table;
    m->table = (struct wf_memo_table){.budget = m->memory_bytes};
    if (m->disk.folder)
        wf_disk_clear(&m->disk);
    wf_lock_give(&m->lock);
    wf_memo_table_fini(&old);
}

/* ---- How it went ------------------------------------------------------------------------- */

void weft_memo_stats(weft_memo *m, struct weft_memo_stats *out)
{
    wf_lock_take(&m->lock);
    *out = m->stats;
    out->n_memory = m->table.n;
    out->memory_bytes = m->table.bytes;
    out->n_disk = m->disk.n_there;
    out->disk_bytes = m->disk.bytes;
    out->evicted += m->disk.evicted;
    wf_lock_give(&m->lock);
}

static double percent(uint64_t part, uint64_t all)
{
    return all ? 100.0 * (double)part / (double)all : 0;
}

void weft_memo_print(weft_memo *m, FILE *to)
{
    struct weft_memo_stats s;

    weft_memo_stats(m, &s);
    fprintf(to, "memo      %llu asked for, %llu found (%.1f %%; %llu on disk), %.3f s of work saved\n",
            (unsigned long long)(s.hits + s.misses), (unsigned long long)s.hits, percent(s.hits, s.hits + s.misses),
            (unsigned long long)s.disk_hits, (double)s.saved_ns * 1e-9);
    fprintf(to, "  memory  %llu results, %.1f of %.1f MiB\n", (unsigned long long)s.n_memory,
            (double)s.memory_bytes / 0x1p20, (double)m->memory_bytes / 0x1p20);
    if (m->disk.folder)
        fprintf(to, "  disk    %llu results, %.1f of %.1f MiB; read %.1f, written %.1f MiB, %llu broken, "
                "%llu not written\n", (unsigned long long)s.n_disk, (double)s.disk_bytes / 0x1p20,
                (double)m->disk_bytes / 0x1p20, (double)s.read_bytes / 0x1p20, (double)s.written_bytes / 0x1p20,
                (unsigned long long)s.broken, (unsigned long long)s.failed);
    fprintf(to, "  offered %llu kept, %llu not; %llu evicted\n", (unsigned long long)s.kept,
            (unsigned long long)s.refused, (unsigned long long)s.evicted);
}
