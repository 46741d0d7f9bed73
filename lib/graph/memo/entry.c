/* entry.c - a result as the bytes of a file, and back; nothing of a file is believed. */
#include "lib/graph/memo/entry.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/lz4.h"
#include "lib/base/mem.h"

static const char magic[8] = {'W', 'F', 'M', 'E', 'M', 'O', '\r', '\n'};
_Static_assert(sizeof(struct wf_entry_head) % 8 == 0, "what follows is aligned");

/* Fewer are not worth packing: a file takes a block of 4 KiB at least. */
enum { LEAST_PACKED = 4096 };

static struct wf_token sum_of(const struct wf_entry_head *head, const char *bytes, size_t n)
{
    struct wf_entry_head plain = *head;

    plain.sum = (struct wf_token){0, 0};
    return wf_token_add(wf_token_add(plain.token, &plain, sizeof plain), bytes, n);
}

/* ---- Writing ------------------------------------------------------------------ */

/* Bytes that come, behind room for the head. */
struct gathered {
    char  *bytes;
    size_t n, room;
};

static weft_status gather(void *to, const void *bytes, size_t n)
{
    struct gathered *g = to;

    if (n > g->room - g->n) {
        const size_t room = n > g->room ? g->n + n : 2 * g->room;
        char *more = wf_realloc(g->bytes, room);

        if (!more)
            return WEFT_NOMEM;
        g->bytes = more;
        g->room = room;
    }
    if (n)
        memcpy(g->bytes + g->n, bytes, n);
    g->n += n;
    return WEFT_OK;
}

/* Replaces what was gathered by fewer bytes, if that pays and there is memory for it. */
static bool pack_all(struct gathered *g)
{
    const size_t head = sizeof(struct wf_entry_head), raw = g->n - head, room = wf_lz4_room(raw);
    char *packed = raw >= LEAST_PACKED && room ? wf_alloc(head + room) : NULL;
    const size_t n = packed ? wf_lz4_pack(packed + head, g->bytes + head, raw) : 0;

    if (!n) {
        wf_free(packed);
        return false;
    }
    wf_free(g->bytes);
    *g = (struct gathered){.bytes = packed, .n = head + n, .room = head + room};
    return true;
}

weft_status wf_entry_write(char **out, size_t *n, struct wf_token token, struct weft_value value,
                           const struct wf_mark *mark, int64_t cost_ns, bool pack)
{
    struct wf_entry_head head;
    struct gathered g = {.n = sizeof head, .room = sizeof head + weft_value_bytes(value) + 256};
    struct weft_sink sink = {.to = &g, .write = gather};
    weft_status st = WEFT_OK;

    g.bytes = wf_alloc(g.room);
    if (!g.bytes)
        return WEFT_NOMEM;
    if (mark->n_read_id)
        st = value.type->write(value.as.ptr, &sink);
    if (st) {
        wf_free(g.bytes);
        return st;
    }
    memset(&head, 0, sizeof head); /* what lies between fields is part of the sum */
    memcpy(head.magic, magic, sizeof magic);
    head.version = WF_ENTRY_VERSION;
    head.token = token;
    head.cost_ns = cost_ns;
    head.n_raw = g.n - sizeof head;
    head.number = mark->n_read_id ? 0 : value.as.i64;
    head.mark = *mark;
    head.is_packed = pack && pack_all(&g);
    head.n_bytes = g.n - sizeof head;
    head.sum = sum_of(&head, g.bytes + sizeof head, g.n - sizeof head);
    memcpy(g.bytes, &head, sizeof head);
    *out = g.bytes;
    *n = g.n;
    return WEFT_OK;
}

/* ---- Reading ------------------------------------------------------------------ */

const struct wf_entry_head *wf_entry_check(const char *bytes, size_t n, struct wf_token token)
{
    const struct wf_entry_head *head = (const void *)bytes;
    struct wf_token sum;

    if (n < sizeof *head || memcmp(head->magic, magic, sizeof magic) != 0 || head->version != WF_ENTRY_VERSION ||
        head->token.hi != token.hi || head->token.lo != token.lo || head->n_bytes != n - sizeof *head ||
        (!head->is_packed && head->n_raw != head->n_bytes))
        return NULL;
    sum = sum_of(head, bytes + sizeof *head, n - sizeof *head);
    return sum.hi == head->sum.hi && sum.lo == head->sum.lo ? head : NULL;
}

struct remaining {
    const char *at;
    size_t      n;
};

static weft_status read_on(void *from, void *bytes, size_t n)
{
    struct remaining *r = from;

    if (n > r->n)
        return WEFT_PARSE;
    if (n)
        memcpy(bytes, r->at, n);
    r->at += n;
    r->n -= n;
    return WEFT_OK;
}

weft_status wf_entry_read(struct weft_value *out, const struct wf_entry_head *head, const struct weft_type *type)
{
    struct remaining r = {.at = (const char *)(head + 1), .n = head->n_raw};
    struct weft_source source = {.from = &r, .read = read_on};
    char *raw = NULL;
    void *data = NULL;
    weft_status st;

    if (!head->mark.n_read_id) {
        *out = (struct weft_value){.type = type, .as.i64 = head->number};
        return WEFT_OK;
    }
    if (head->is_packed) {
        raw = wf_alloc(head->n_raw);
        if (!raw)
            return WEFT_NOMEM;
        r.at = raw;
        if (!wf_lz4_unpack(raw, head->n_raw, head + 1, head->n_bytes)) {
            st = WEFT_PARSE;
            goto out;
        }
    }
    st = type->read(&data, &source);
    if (!st && r.n) {
        if (type->free)
            type->free(data);
        st = WEFT_PARSE;
    }
    if (!st)
        *out = weft_value_of_ptr(type, data);
out:
    wf_free(raw);
    return st;
}
