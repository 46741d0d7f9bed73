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
    const struct wf_extra *x = t->extra;
    struct weft_sink sink = {.to = &before, .write = hash_write};

    if (x && x->arg_bytes)
        return wf_token_add(before, t->arg, x->arg_bytes);
    if (x && x->arg_type && x->arg_type->write && !x->arg_type->write(t->arg, &sink))
        return before;
    return wf_token_add(before, &t->arg, sizeof t->arg);
}

struct wf_token wf_task_make_token(const weft_task *t)
{
    struct wf_token token = token_arg(wf_task_kind(t)->token, t);

    token = add_number(token, wf_task_kind(t)->n_results);
    for (uint32_t i = 0; i < t->n_deps; i++) {
        const struct wf_token dep = wf_task_token(wf_graph_at(t->graph, wf_task_deps(t)[i]));

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
        return wf_task_kind(made)->flags & WEFT_PURE ? made->extra->token : add_number(token, made->id);
    case WF_TASK_RESULT:
        return add_number(wf_task_token(wf_graph_at(made->graph, made->deps.few[0])), made->k);
    case WF_TASK_REF:
        return wf_token_add(token, made->extra->key, strlen(made->extra->key));
    default:
        return add_number(token, made->id);
    }
}

/* Appends to a text that may be full; `at` counts what it would be. */
#define APPEND(...) \
    (at += (size_t)snprintf(at < size ? text + at : NULL, at < size ? size - at : 0, __VA_ARGS__))

size_t weft_task_key(const weft_task *t, char *text, size_t size)
{
    size_t at = 0;

    if (t && t->extra && t->extra->key)
        return APPEND("%s", t->extra->key);
    if (!t || t->kind == UINT32_MAX)
        return APPEND("failed");
    if (t->what == WF_TASK_BODY && wf_task_kind(t)->flags & WEFT_PURE)
        APPEND("%s-%016llx", weft_task_name(t), (unsigned long long)wf_task_token(t).hi);
    else
        APPEND("%s-%u", weft_task_name(t), t->id);
    if (t->what == WF_TASK_RESULT)
        APPEND("[%u]", t->k);
    for (int i = 0; t->extra && i < t->extra->n_index; i++)
        APPEND("%s%lld%s", i ? ", " : "(", (long long)t->extra->index[i],
               i + 1 == t->extra->n_index ? ")" : "");
    return at;
}
