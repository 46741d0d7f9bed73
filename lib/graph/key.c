/* key.c - names: same work, same key, in every process. */
#include "lib/graph/graph.h"

#include <string.h>

/* Bytes on their way into a token. */
static weft_status hash_write(void *to, const void *bytes, size_t n)
{
    struct wf_token *token = to;

    *token = wf_token_add(*token, bytes, n);
    return WEFT_OK;
}

static struct wf_token add_number(struct wf_token before, uint64_t number)
{
    return wf_token_add(before, &number, sizeof number);
}

/* What the body is, wherever it was loaded: its build-id and offset, else its symbol. */
struct wf_token wf_body_token(weft_body *body)
{
    struct weft_body_name where;
    struct wf_token token = {0};

    if (weft_body_name(body, &where, NULL))
        return wf_token_add(token, &body, sizeof body);
    token = wf_token_add(token, where.build_id, (size_t)where.n_build_id);
    if (!where.n_build_id)
        token = wf_token_add(token, where.symbol, strlen(where.symbol));
    return add_number(token, where.offset);
}

/* The argument: its bytes, what its type writes, or else the pointer itself. */
static struct wf_token token_arg(struct wf_token before, const weft_task *t)
{
    const struct wf_extra *x = wf_task_extra(t);
    void *const arg = wf_task_arg(t);
    struct weft_sink sink = {.to = &before, .write = hash_write};

    if (x && x->arg_bytes)
        return wf_token_add(before, arg, x->arg_bytes);
    if (x && x->arg_type && x->arg_type->write && !x->arg_type->write(arg, &sink))
        return before;
    return wf_token_add(before, &arg, sizeof arg);
}

struct wf_token wf_task_make_token(const weft_task *t)
{
    const weft_graph *g = wf_task_graph(t);
    struct wf_token token = token_arg(wf_task_kind(t)->token, t);

    token = add_number(token, wf_task_kind(t)->n_results);
    for (uint32_t i = 0; i < t->n_deps; i++) {
        const struct wf_token dep = wf_task_token(wf_graph_at(g, wf_task_deps(t)[i]));

        token = wf_token_add(token, &dep, sizeof dep);
    }
    return token;
}

struct wf_token wf_task_token(const weft_task *t)
{
    const weft_task *made = wf_task_resolve(t);
    struct wf_token token = {.hi = t->what};

    if (!made || made->kind == UINT32_MAX)
        return token;
    switch (made->what) {
    case WF_TASK_BODY:
        return wf_task_kind(made)->flags & WEFT_PURE ? wf_task_extra(made)->token
                                                     : add_number(token, wf_task_id(made));
    case WF_TASK_RESULT:
        return add_number(wf_task_token(wf_graph_at(wf_task_graph(made), made->deps.few[0])), made->deps.few[1]);
    case WF_TASK_REF:
        return wf_token_add(token, wf_task_extra(made)->key, strlen(wf_task_extra(made)->key));
    default:
        return add_number(token, wf_task_id(made));
    }
}

/* Appends to a text that may be full; `at` counts what it would be. */
#define APPEND(...) \
    (at += (size_t)snprintf(at < size ? text + at : NULL, at < size ? size - at : 0, __VA_ARGS__))

size_t weft_task_key(const weft_task *t, char *text, size_t size)
{
    const struct wf_extra *x = t ? wf_task_extra(t) : NULL;
    size_t at = 0;

    if (x && x->key)
        return APPEND("%s", x->key);
    if (!t || t->kind == UINT32_MAX)
        return APPEND("failed");
    if (t->what == WF_TASK_BODY && wf_task_kind(t)->flags & WEFT_PURE)
        APPEND("%s-%016llx", weft_task_name(t), (unsigned long long)wf_task_token(t).hi);
    else
        APPEND("%s-%u", weft_task_name(t), wf_task_id(t));
    if (t->what == WF_TASK_RESULT)
        APPEND("[%u]", t->deps.few[1]);
    for (int i = 0; x && i < x->n_index; i++)
        APPEND("%s%lld%s", i ? ", " : "(", (long long)x->index[i], i + 1 == x->n_index ? ")" : "");
    return at;
}
