#include <criterion/criterion.h>
#include <string.h>

#include "lib/base/setting.h"

Test(setting, each_is_described_and_its_default_makes_sense)
{
    for (int i = 0; i < WF_N_SETTINGS; i++) {
        const struct wf_setting *s = &wf_settings[i];
        struct weft_error err;
        uint64_t n;

        cr_assert(s->name && *s->name);
        cr_assert_eq(wf_setting_parse(s, s->fallback, &n, &err), WEFT_OK, "%s: %s", s->name, err.message);
        cr_assert(strlen(s->accepts) > 3 && s->accepts[strlen(s->accepts) - 1] != '.', "%s", s->name);
        cr_assert(strlen(s->about) > 10 && s->about[strlen(s->about) - 1] == '.', "%s", s->name);
        if (s->kind == WEFT_SETTING_COUNT)
            cr_assert(s->most >= s->least && s->most <= 9999999999, "%s", s->name);
        if (s->kind == WEFT_SETTING_WORD || s->kind == WEFT_SETTING_BOOL)
            cr_assert_not_null(s->words, "%s", s->name);
    }
}

Test(setting, they_are_listed_by_name_and_found_by_it)
{
    for (int i = 0; i < WF_N_SETTINGS; i++) {
        if (i)
            cr_assert_lt(strcmp(wf_settings[i - 1].name, wf_settings[i].name), 0, "%s", wf_settings[i].name);
        cr_assert_eq(wf_setting_find(wf_settings[i].name, strlen(wf_settings[i].name), NULL), &wf_settings[i]);
    }
}

Test(setting, one_that_is_not_there_names_the_nearest)
{
    struct weft_error err;

    cr_assert_null(wf_setting_find("pool.worker", 11, &err));
    cr_assert_eq(err.status, WEFT_NOT_FOUND);
    cr_assert_str_eq(err.message, "there is no setting 'pool.worker'; 'pool.workers' is near");
    cr_assert_null(wf_setting_find("Pool.Workers", 12, &err));
    cr_assert_str_eq(err.message, "there is no setting 'Pool.Workers'; 'pool.workers' is near");
    cr_assert_null(wf_setting_find("elephants", 9, &err));
    cr_assert_str_eq(err.message, "there is no setting 'elephants'");
    cr_assert_null(wf_setting_find("", 0, &err));
}

static uint64_t number(enum wf_setting_id id, const char *text)
{
    struct weft_error err;
    uint64_t n = 99;

    cr_assert_eq(wf_setting_parse(&wf_settings[id], text, &n, &err), WEFT_OK, "%s: %s", text, err.message);
    return n;
}

Test(setting, each_kind_reads_its_values)
{
    cr_assert_eq(number(WF_POOL_WORKERS, "1"), 1);
    cr_assert_eq(number(WF_POOL_WORKERS, "4096"), 4096);
    cr_assert_eq(number(WF_POOL_WORKERS, "AUTO"), 0);
    cr_assert_eq(number(WF_MEMORY_LIMIT, "1.5GB"), 1500000000);
    cr_assert_eq(number(WF_MEMORY_LIMIT, "none"), 0);
    cr_assert_eq(number(WF_PROGRESS_INTERVAL, "2s"), 2000000000);
    cr_assert_eq(number(WF_POOL_PIN, "Yes"), 1);
    cr_assert_eq(number(WF_POOL_PIN, "0"), 0);
    cr_assert_eq(number(WF_POOL_KIND, "processes"), WF_KIND_PROCESSES);
    cr_assert_eq(number(WF_PROGRESS, "1"), WF_PROGRESS_ON);
    cr_assert_eq(number(WF_PROGRESS, "0"), WF_PROGRESS_OFF);
    cr_assert_eq(number(WF_SPILL_DIR, "/var/tmp/weft spill"), 0);
}

Test(setting, what_makes_no_sense_is_shown_beside_what_does)
{
    static const struct {
        enum wf_setting_id id;
        const char        *text, *message;
    } cases[] = {
        {WF_POOL_WORKERS, "many", "'many' is not a number from 1 to 4096, or auto"},
        {WF_POOL_WORKERS, "0", "'0' is not a number from 1 to 4096, or auto"},
        {WF_POOL_WORKERS, "4097", "'4097' is not a number from 1 to 4096, or auto"},
        {WF_POOL_WORKERS, "99999999999999999999", "'99999999999999999999' is not a number from 1 to 4096, or auto"},
        {WF_POOL_WORKERS, "18446744073709551617", "'18446744073709551617' is not a number from 1 to 4096, or auto"},
        {WF_POOL_WORKERS, "-3", "'-3' is not a number from 1 to 4096, or auto"},
        {WF_POOL_WORKERS, "4x", "'4x' is not a number from 1 to 4096, or auto"},
        {WF_POOL_WORKERS, "", "'' is not a number from 1 to 4096, or auto"},
        {WF_MEMORY_LIMIT, "4G", "'4G' is not a size such as 64MiB or 1.5GB, auto or none"},
        {WF_MEMORY_LIMIT, "99EiB", "'99EiB' is more than a size can be: 18446744073709551615 B"},
        {WF_PROGRESS_INTERVAL, "5", "'5' is not a time such as 5s or 200ms, or auto"},
        {WF_POOL_KIND, "thread", "'thread' is not threads, processes or sync"},
        {WF_POOL_PIN, "perhaps", "'perhaps' is not yes or no"},
    };
    struct weft_error err;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t n = 99;

        cr_assert_neq(wf_setting_parse(&wf_settings[cases[i].id], cases[i].text, &n, &err), WEFT_OK);
        cr_assert_str_eq(err.message, cases[i].message);
    }
}

Test(setting, its_variable_is_its_name_in_capitals)
{
    char text[64];

    wf_setting_variable(&wf_settings[WF_POOL_WORKERS], text, sizeof text);
    cr_assert_str_eq(text, "WEFT_POOL__WORKERS");
    wf_setting_variable(&wf_settings[WF_PROGRESS], text, sizeof text);
    cr_assert_str_eq(text, "WEFT_PROGRESS");
    wf_setting_variable(&wf_settings[WF_POOL_WORKERS], text, 12);
    cr_assert_lt(strlen(text), 12, "cut where it is full");
}
