/* token.c - what a pass over a bag computes, for keys. */
#include "lib/bag/token.h"

#include <string.h>

#include "lib/bag/text.h"
#include "lib/graph/graph.h"

static weft_status add(void *to, const void *bytes, size_t n)
{
    struct wf_token *token = to;

    *token = wf_token_add(*token, bytes, n);
    return WEFT_OK;
}

static weft_status put(struct weft_sink *sink, const void *bytes, size_t n)
{
    return sink->write(sink->to, bytes, n);
}

/* A function of the user; NULL: none. Any will do for the loader. */
static weft_status put_fn(weft_record_fn *fn, struct weft_sink *sink)
{
    bool is_known = true;
    const struct wf_token token = fn ? wf_body_token((weft_body *)(uintptr_t)fn, &is_known) : (struct wf_token){0, 0};
    const weft_status st = put(sink, &token, sizeof token);

    return st ? st : is_known ? WEFT_OK : WEFT_UNSUPPORTED;
}

static weft_status put_arg(const struct wf_step *s, struct weft_sink *sink)
{
    const struct weft_type *type = s->arg_type;
    weft_status st;

    if (s->arg_bytes || !s->arg)
        return put(sink, s->arg, s->arg_bytes);
    if (type && (type->hash || type->write))
        return (type->hash ? type->hash : type->write)(s->arg, sink);
    st = put(sink, &s->arg, sizeof s->arg);
    return st ? st : WEFT_UNSUPPORTED;
}

/* The first that is not well, but both are done unless the first is worse than in doubt. */
static weft_status both(weft_status first, weft_status second)
{
    return first ? first : second;
}

weft_status wf_step_hash(const struct wf_step *s, struct weft_sink *sink)
{
    const int64_t numbers[] = {s->op, s->in.kind, (int64_t)s->in.bytes, s->to.kind, (int64_t)s->to.bytes,
                               (int64_t)s->arg_bytes};
    weft_status st = put(sink, numbers, sizeof numbers);

    if (!st)
        st = put_fn(s->fn.record, sink);
    if (!st || st == WEFT_UNSUPPORTED)
        st = both(st, put_arg(s, sink));
    return st;
}

weft_status wf_step_type_hash(const void *data, struct weft_sink *sink)
{
    return wf_step_hash(data, sink);
}

const struct weft_type wf_step_type = {.name = "step", .hash = wf_step_type_hash};

static bool is_pure(const struct wf_pipe *pipe)
{
    for (int i = 0; i < pipe->n_steps; i++)
        if (!pipe->steps[i]->is_pure)
            return false;
    return !pipe->sink->is_pure || pipe->sink->is_pure(pipe->sink_arg);
}

void wf_pipe_set_token(struct wf_pipe *pipe, const weft_graph *g)
{
    struct wf_token token = {0, 0};
    struct weft_sink sink = {.to = &token, .write = add};
    const int64_t numbers[] = {pipe->n_steps, pipe->base->shape.kind, (int64_t)pipe->base->shape.bytes, pipe->shape.kind,
                               (int64_t)pipe->shape.bytes};
    weft_record_fn *what;
    weft_status st;

    if (!is_pure(pipe) || (!pipe->base->tasks && !wf_text_fingerprint(pipe->base->text, g->key_flags & WEFT_KEYS_BY_CONTENT)))
        return;
    memcpy(&what, &pipe->sink->push, sizeof what);
    st = put(&sink, numbers, sizeof numbers);
    st = both(st, put_fn(what, &sink));
    for (int i = 0; i < pipe->n_steps; i++)
        st = both(st, wf_step_hash(pipe->steps[i], &sink));
    if (pipe->sink->hash)
        st = both(st, pipe->sink->hash(pipe->sink_arg, &sink));
    pipe->is_pure = true;
    pipe->is_certain = !st;
    pipe->token = token;
}
