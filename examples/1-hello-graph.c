/* 1-hello-graph.c - four tasks, what they give, and their picture.
 *
 *     1-hello-graph [PICTURE]
 *
 *     hello ---\
 *               join --- shout
 *     world ---/
 *
 * Values are texts of our own: a pointer with a type that says how to free it. The
 * last reader of a result may change it in place, which is how shout works.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>
#include <weft/draw.h>

static void *copy_text(const void *text)
{
    return strdup(text);
}

static const struct weft_type text_type = {.name = "text", .free = free, .copy = copy_text};

/* Gives the text that is its argument. */
static weft_status say(weft_call *call, void *arg, struct weft_error *err)
{
    char *text = strdup(arg);

    if (!text)
        return weft_error_set(err, WEFT_NOMEM, "no memory for \"%s\"", (char *)arg);
    weft_call_return(call, weft_value_of_ptr(&text_type, text));
    return WEFT_OK;
}

static weft_status join(weft_call *call, void *arg, struct weft_error *err)
{
    const char *left = weft_value_ptr(weft_call_input(call, 0), &text_type);
    const char *right = weft_value_ptr(weft_call_input(call, 1), &text_type);
    char *text;

    if (asprintf(&text, "%s%s%s", left, (char *)arg, right) < 0)
        return weft_error_set(err, WEFT_NOMEM, "no memory to join");
    weft_call_return(call, weft_value_of_ptr(&text_type, text));
    return WEFT_OK;
}

static weft_status shout(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value text;
    const weft_status st = weft_call_take(call, 0, &text);

    (void)arg;
    if (st)
        return weft_error_set(err, st, "no text to shout");
    for (char *c = text.as.ptr; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    weft_call_return(call, text);
    return WEFT_OK;
}

static weft_status draw(weft_task *task, const char *path, struct weft_error *err)
{
    const struct weft_draw_spec how = {.rankdir = "LR"};

    return weft_draw_tasks(&task, 1, path, &how, err);
}

int main(int argc, char **argv)
{
    struct weft_error err;
    struct weft_value text = weft_value_none();
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(NULL);

    weft_task *hello = weft_add(g, say, .name = "hello", .arg = "hello");
    weft_task *world = weft_add(g, say, .name = "world", .arg = "world");
    weft_task *both = weft_add(g, join, .name = "join", .arg = ", ", .deps = WEFT_DEPS(hello, world));
    weft_task *loud = weft_add(g, shout, .name = "shout", .deps = WEFT_DEPS(both));

    weft_status st = weft_pool_run(pool, loud, &text, &err);
    if (!st)
        puts(weft_value_ptr(text, &text_type));
    if (!st && argc > 1)
        st = draw(loud, argv[1], &err);
    if (st)
        weft_error_print(&err, stderr);

    weft_value_release(text);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st != WEFT_OK;
}
