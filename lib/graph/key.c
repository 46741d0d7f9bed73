/* key.c - names: same work, same key, in every process. */
#include "lib/graph/graph.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/data/value.h"

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

/* What the body is, wherever it was loaded: its build-id and offset, else its symbol. A
 * symbol says nothing of what its object has become since. */
struct wf_token wf_body_token(weft_body *body, bool *is_known)
{
    struct weft_body_name where;
    struct wf_token token = {0};

    *is_known = false;
    if (weft_body_name(body, &where, NULL))
        return wf_token_add(token, &body, sizeof body);
    *is_known = where.n_build_id > 0;
    token = wf_token_add(token, where.build_id, (size_t)where.n_build_id);
    if (!where.n_build_id)
        token = wf_token_add(token, where.symbol, strlen(where.symbol));
    return add_number(token, where.offset);
}

/* What the type says of `data`, else the pointer itself. False: that means nothing elsewhere. */
static bool add_data(struct wf_token *token, const struct weft_type *type, const void *data)
{
    struct wf_token after = *token;
    struct weft_sink sink = {.to = &after, .write = hash_write};
    weft_status st = WEFT_NOT_FOUND;

    if (type && data && (type->hash || type->write))
        st = (type->hash ? type->hash : type->write)(data, &sink);
    if (!data || st == WEFT_OK || (st == WEFT_UNSUPPORTED && (after.hi != token->hi || after.lo != token->lo)))
        *token = data ? after : add_number(after, 0);
    else
        *token = wf_token_add(*token, &data, sizeof data);
    return !data || !st;
}

/* The argument: its bytes, what its type says, or else the pointer itself. */
static struct wf_token token_arg(struct wf_token before, const weft_task *t, uint32_t *doubt)
{
    const struct wf_extra *x = wf_task_extra(t);
    void *const arg = wf_task_arg(t);

    if (x->arg_bytes)
        return wf_token_add(before, arg, x->arg_bytes);
    if (!add_data(&before, x->arg_type, arg) && !*doubt)
        *doubt = WF_DOUBT_ARG;
    return before;
}

/* A value is what is in it, if its type can say that. Asked by who builds the graph. */
static void settle(weft_task *t)
{
    struct wf_known *known = wf_task_arg(t);
    const struct weft_value v = known->value;
    struct wf_token token = {.hi = WF_TASK_VALUE};

    if (known->is_asked)
        return;
    if (v.type)
        token = wf_token_add(token, v.type->name, strlen(v.type->name));
    if (wf_type_is_number(v.type))
        token = add_number(token, (uint64_t)v.as.i64);
    known->is_certain = !v.type || wf_type_is_number(v.type) || add_data(&token, v.type, v.as.ptr);
    known->token = known->is_certain ? token : add_number(token, wf_task_id(t));
    known->is_asked = true;
}

/* The task that gives what `t` stands for; NULL: there is none, or none yet. */
static const weft_task *giver(const weft_task *t)
{
    t = wf_task_resolve(t);
    for (int steps = 0; t && t->what == WF_TASK_RESULT; steps++)
        t = steps > 1000 ? NULL : wf_task_resolve(wf_graph_at(wf_task_graph(t), t->deps.few[0]));
    return t;
}

bool wf_task_is_certain(const weft_task *t)
{
    const weft_task *made = giver(t);

    if (!made || made->kind == UINT32_MAX)
        return false;
    if (made->what == WF_TASK_VALUE)
        return ((const struct wf_known *)wf_task_arg(made))->is_certain;
    return made->what == WF_TASK_BODY && wf_task_kind(made)->flags & WEFT_PURE && !wf_task_extra(made)->doubt;
}

void wf_task_set_token(weft_task *t)
{
    const weft_graph *g = wf_task_graph(t);
    const struct wf_kind *kind = wf_task_kind(t);
    uint32_t doubt = kind->is_known ? WF_CERTAIN : WF_DOUBT_BODY;
    struct wf_token token = token_arg(kind->token, t, &doubt);

    token = add_number(token, kind->n_results);
    for (uint32_t i = 0; i < t->n_deps; i++) {
        const weft_task *input = wf_graph_at(g, wf_task_deps(t)[i]), *made = giver(input);
        struct wf_token dep;

        if (made && made->what == WF_TASK_VALUE)
            settle(wf_graph_at(g, wf_task_id(made)));
        if (!doubt && !wf_task_is_certain(input))
            doubt = WF_DOUBT_INPUT + i;
        dep = wf_task_token(input);
        token = wf_token_add(token, &dep, sizeof dep);
    }
    wf_task_extra(t)->token = token;
    wf_task_extra(t)->doubt = doubt;
}

weft_status wf_task_doubt(const weft_task *t, struct weft_error *err)
{
    const char *name = weft_task_name(t);
    const uint32_t doubt = wf_task_extra(t)->doubt;
    char key[96];

    switch (doubt) {
    case WF_DOUBT_BODY:
        return weft_error_set(err, WEFT_UNSUPPORTED, "%s: is to be pure, but its body is in no object with a "
                              "build-id, so no other process can tell what it does", name);
    case WF_DOUBT_ARG:
        return weft_error_set(err, WEFT_UNSUPPORTED, "%s: is to be pure, but its argument is a bare pointer: "
                              "give its arg_bytes, or an arg_type that hashes or writes it", name);
    default:
        weft_task_key(weft_task_dep(t, doubt - WF_DOUBT_INPUT), key, sizeof key);
        return weft_error_set(err, WEFT_UNSUPPORTED, "%s: is to be pure, but its input %u (%s) is not, or no other "
                              "process can tell what it is", name, doubt - WF_DOUBT_INPUT, key);
    }
}

struct wf_token wf_task_token(const weft_task *t)
{
    const weft_task *made = wf_task_resolve(t);
    struct wf_token token = {.hi = t->what};
    const struct wf_known *known;

    if (!made || made->kind == UINT32_MAX)
        return token;
    switch (made->what) {
    case WF_TASK_BODY:
        return wf_task_kind(made)->flags & WEFT_PURE ? wf_task_extra(made)->token
                                                     : add_number(token, wf_task_id(made));
    case WF_TASK_RESULT:
        return wf_result_token(wf_graph_at(wf_task_graph(made), made->deps.few[0]), made->deps.few[1]);
    case WF_TASK_REF:
        return wf_token_add(token, wf_task_extra(made)->key, strlen(wf_task_extra(made)->key));
    case WF_TASK_VALUE:
        known = wf_task_arg(made);
        return known->is_asked ? known->token : add_number(token, wf_task_id(made));
    default:
        return add_number(token, wf_task_id(made));
    }
}

struct wf_token wf_result_token(const weft_task *t, uint32_t k)
{
    return k ? add_number(wf_task_token(t), k) : wf_task_token(t);
}

weft_status weft_task_token(const weft_task *t, struct weft_token *out, struct weft_error *err)
{
    const weft_task *made = t ? giver(t) : NULL;
    struct wf_token token;
    char key[96];

    if (!t || t->what == WF_TASK_FAILED)
        return weft_task_status(t, err);
    if (!wf_task_is_certain(t)) {
        if (made && made->what == WF_TASK_BODY && wf_task_kind(made)->flags & WEFT_PURE)
            return wf_task_doubt(made, err);
        weft_task_key(t, key, sizeof key);
        return weft_error_set(err, WEFT_UNSUPPORTED, "%s: is not pure, so it has no token", key);
    }
    token = wf_task_token(t);
    *out = (struct weft_token){token.hi, token.lo};
    return WEFT_OK;
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
