/* nodes.c - common sub-expressions are found by what they compute. */
#include "lib/expr/nodes.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

void wf_nodes_init(struct wf_nodes *s)
{
    memset(s, 0, sizeof *s);
    wf_arena_init(&s->arena);
    wf_map_init(&s->seen);
    wf_map_init(&s->keys);
}

void wf_nodes_fini(struct wf_nodes *s)
{
    wf_map_fini(&s->seen);
    wf_map_fini(&s->keys);
    wf_free(s->at);
    wf_arena_fini(&s->arena);
}

/* The bytes that say what a node computes: kind and type, then what, then operands. */
static const void *key_of(struct wf_nodes *s, const struct wf_expr *e, const int32_t *args, size_t *n)
{
    struct {
        int32_t kind, dtype;
        int64_t what[4];
    } head = {(int32_t)e->kind, (int32_t)e->dtype, {0}};
    const bool is_long = e->kind == WF_EXPR_CONST && e->as.constant.long_text;
    const size_t n_text = is_long ? (size_t)e->as.constant.value.text.len : 0;
    const size_t n_args = (size_t)e->n_args * sizeof *args;
    char *key;

    switch (e->kind) {
    case WF_EXPR_INPUT:
        head.what[0] = e->as.input;
        break;
    case WF_EXPR_OP:
        head.what[0] = (int64_t)e->as.op;
        break;
    case WF_EXPR_FN:
        head.what[0] = (int64_t)(intptr_t)e->as.fn->fn;
        head.what[1] = (int64_t)(intptr_t)e->as.fn->ctx;
        head.what[2] = e->as.fn->sees_nulls;
        break;
    case WF_EXPR_CONST:
        head.what[0] = e->as.constant.is_null;
        if (!e->as.constant.is_null)
            memcpy(&head.what[1], &e->as.constant.value, weft_dtype_size(e->dtype));
        break;
    }
    *n = sizeof head + n_args + n_text;
    key = wf_arena_alloc(&s->arena, *n, 8);
    if (!key)
        return NULL;
    memcpy(key, &head, sizeof head);
    if (n_args)
        memcpy(key + sizeof head, args, n_args);
    if (n_text)
        memcpy(key + sizeof head + n_args, e->as.constant.long_text, n_text);
    return key;
}

static bool push(struct wf_nodes *s, const struct wf_expr *e, const int32_t *args)
{
    if (s->n == s->room) {
        const int32_t room = s->room ? s->room * 2 : 16;
        struct wf_node *more = wf_realloc(s->at, (size_t)room * sizeof *more);

        if (!more)
            return false;
        s->at = more;
        s->room = room;
    }
    s->at[s->n++] = (struct wf_node){e, args};
    return true;
}

/* Calls itself at most WF_EXPR_MAX_DEPTH deep. */
weft_status wf_nodes_add(struct wf_nodes *s, const struct wf_expr *e, int32_t *node,
                         struct weft_error *err)
{
    const struct wf_expr **self;
    uint64_t *number = wf_map_find(&s->seen, &e, sizeof(void *));
    int32_t *args = NULL;
    const void *key;
    size_t n_key = 0;
    bool fresh;
    weft_status st;

    if (number) {
        *node = (int32_t)*number;
        return WEFT_OK;
    }
    args = wf_arena_alloc(&s->arena, (size_t)e->n_args * sizeof *args, sizeof *args);
    self = wf_arena_alloc(&s->arena, sizeof(void *), sizeof(void *));
    if (!args || !self)
        return wf_error_nomem(err, "a program");
    /* The deepest operand first: it needs most registers, and so none is held meanwhile. */
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < e->n_args; i++) {
            if ((e->args[i]->depth + 1 == e->depth) != (pass == 0))
                continue;
            st = wf_nodes_add(s, e->args[i], &args[i], err);
            if (st)
                return st;
        }
    key = key_of(s, e, args, &n_key);
    number = key ? wf_map_put(&s->keys, key, n_key, (uint64_t)s->n, &fresh) : NULL;
    if (!number)
        return wf_error_nomem(err, "a program");
    *node = (int32_t)*number;
    *self = e;
    if (!wf_map_put(&s->seen, self, sizeof(void *), (uint64_t)*node, &fresh)
        || (*node == s->n && !push(s, e, args)))
        return wf_error_nomem(err, "a program");
    return WEFT_OK;
}
