/* config.c - what is set and who said so: settings from the environment and from programs. */
#include "lib/base/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

/* What was said of a setting; text NULL: nothing. */
struct said {
    char    *text, *from;
    uint64_t number;
};

struct weft_config {
    struct said said[WF_N_SETTINGS];
};

/* ---- Making ---------------------------------------------------------------- */

weft_status weft_config_defaults(weft_config **out, struct weft_error *err)
{
    weft_config *c = wf_alloc_zero(1, sizeof *c);

    if (!c)
        return wf_error_nomem(err, "a configuration");
    for (int i = 0; i < WF_N_SETTINGS; i++) {
        const weft_status st = wf_setting_parse(&wf_settings[i], wf_settings[i].fallback, &c->said[i].number, NULL);

        WF_ASSERT(!st);
        (void)st;
    }
    *out = c;
    return WEFT_OK;
}

weft_status weft_config_new(weft_config **out, struct weft_error *err)
{
    weft_config *c = NULL;
    weft_status st = weft_config_defaults(&c, err);

    st = st ? st : wf_config_read_files(c, err);
    st = st ? st : wf_config_read_environment(c, err);
    if (st)
        weft_config_free(c);
    else
        *out = c;
    return st;
}

void weft_config_free(weft_config *c)
{
    for (int i = 0; c && i < WF_N_SETTINGS; i++) {
        wf_free(c->said[i].text);
        wf_free(c->said[i].from);
    }
    wf_free(c);
}

/* Takes the place of what was said before. */
static weft_status say(struct said *s, const char *text, const char *from, uint64_t number, struct weft_error *err)
{
    char *text_copy = wf_strdup(text), *from_copy = wf_strdup(from);

    if (!text_copy || !from_copy) {
        wf_free(text_copy);
        wf_free(from_copy);
        return wf_error_nomem(err, "a setting");
    }
    wf_free(s->text);
    wf_free(s->from);
    *s = (struct said){text_copy, from_copy, number};
    return WEFT_OK;
}

weft_status weft_config_copy(weft_config **out, const weft_config *c, struct weft_error *err)
{
    weft_config *copy = NULL;
    weft_status st = weft_config_defaults(&copy, err);

    for (int i = 0; !st && i < WF_N_SETTINGS; i++)
        if (c->said[i].text)
            st = say(&copy->said[i], c->said[i].text, c->said[i].from, c->said[i].number, err);
    if (st)
        weft_config_free(copy);
    else
        *out = copy;
    return st;
}

/* ---- Setting --------------------------------------------------------------- */

/* `err` with "from: " before it. */
static weft_status fail_at(const char *from, weft_status st, const struct weft_error *why, struct weft_error *err)
{
    return weft_error_set(err, st, "%s: %s", from, why->message);
}

static weft_status put(weft_config *c, const struct wf_setting *s, const char *text, const char *from,
                       struct weft_error *err)
{
    struct weft_error why;
    uint64_t number = 0;
    const weft_status st = wf_setting_parse(s, text, &number, &why);

    return st ? fail_at(from, st, &why, err) : say(&c->said[s - wf_settings], text, from, number, err);
}

weft_status wf_config_put(weft_config *c, const char *name, size_t n_name, const char *text, const char *from,
                          struct weft_error *err)
{
    struct weft_error why;
    const struct wf_setting *s = wf_setting_find(name, n_name, &why);

    return s ? put(c, s, text, from, err) : fail_at(from, WEFT_NOT_FOUND, &why, err);
}

weft_status weft_config_set(weft_config *c, const char *name, const char *value, struct weft_error *err)
{
    struct weft_error why;
    const struct wf_setting *s = wf_setting_find(name, strlen(name), err);
    uint64_t number = 0;
    weft_status st;

    if (!s)
        return WEFT_NOT_FOUND;
    st = wf_setting_parse(s, value, &number, &why);
    return st ? fail_at(name, st, &why, err) : say(&c->said[s - wf_settings], value, "the program", number, err);
}

/* ---- The environment ------------------------------------------------------- */

enum { MOST_VARIABLE = 64 };

/* WEFT_A__B=value, whatever its name: one that no setting has is an error. Names with one
 * part, and those of others that begin with WEFT_, have no "__". */
static weft_status hear_variable(weft_config *c, const char *variable, struct weft_error *err)
{
    const char *equals = strchr(variable, '=');
    const size_t n = equals ? (size_t)(equals - variable) : 0;
    char from[MOST_VARIABLE], name[MOST_VARIABLE];
    const char *value;
    size_t n_name = 0;

    if (n < 5 || n >= sizeof from || memcmp(variable, "WEFT_", 5) || !memmem(variable + 5, n - 5, "__", 2))
        return WEFT_OK;
    snprintf(from, sizeof from, "%.*s", (int)n, variable);
    value = secure_getenv(from);
    if (!value || !*value)
        return WEFT_OK;
    for (size_t i = 5; i < n; i++) {
        const bool dot = variable[i] == '_' && i + 1 < n && variable[i + 1] == '_';
        const char ch = variable[i];

        name[n_name++] = dot ? '.' : ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
        i += dot;
    }
    return wf_config_put(c, name, n_name, value, from, err);
}

/* `variable` stands for a setting, unless it is empty. */
static weft_status hear_setting(weft_config *c, const struct wf_setting *s, const char *variable, struct weft_error *err)
{
    const char *value = secure_getenv(variable);

    return value && *value ? put(c, s, value, variable, err) : WEFT_OK;
}

weft_status wf_config_read_environment(weft_config *c, struct weft_error *err)
{
    char variable[MOST_VARIABLE];
    weft_status st = WEFT_OK;

    for (int i = 0; !st && i < WF_N_SETTINGS; i++) {
        const struct wf_setting *s = &wf_settings[i];

        wf_setting_variable(s, variable, sizeof variable);
        if (s->variable)
            st = hear_setting(c, s, s->variable, err);
        else if (!strchr(s->name, '.'))
            st = hear_setting(c, s, variable, err);
    }
    for (char **v = environ; !st && v && *v; v++)
        st = hear_variable(c, *v, err);
    return st;
}

/* ---- Asking ---------------------------------------------------------------- */

uint64_t wf_config_number(const weft_config *c, enum wf_setting_id id)
{
    return c->said[id].number;
}

const char *wf_config_text(const weft_config *c, enum wf_setting_id id)
{
    return c->said[id].text ? c->said[id].text : wf_settings[id].fallback;
}

size_t weft_config_n(void)
{
    return WF_N_SETTINGS;
}

void weft_config_at(const weft_config *c, size_t i, struct weft_setting *out)
{
    const struct wf_setting *s = &wf_settings[i];

    WF_ASSERT(i < WF_N_SETTINGS);
    *out = (struct weft_setting){
        .name = s->name, .kind = s->kind, .value = wf_config_text(c, (enum wf_setting_id)i),
        .from = c->said[i].from ? c->said[i].from : "default", .number = c->said[i].number,
        .fallback = s->fallback, .accepts = s->accepts, .about = s->about, .variable = s->variable,
    };
}

weft_status weft_config_get(const weft_config *c, const char *name, struct weft_setting *out, struct weft_error *err)
{
    const struct wf_setting *s = wf_setting_find(name, strlen(name), err);

    if (!s)
        return WEFT_NOT_FOUND;
    weft_config_at(c, (size_t)(s - wf_settings), out);
    return WEFT_OK;
}
