#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/setting.h"
#include "tests/support/config_env.h"
#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"

static void clear(void)
{
    config_env_clear("/nowhere");
}

TestSuite(config, .init = clear);

static weft_config *read_all(void)
{
    struct weft_error err;
    weft_config *c = NULL;

    cr_assert_eq(weft_config_new(&c, &err), WEFT_OK, "%s", err.message);
    return c;
}

static struct weft_setting setting(const weft_config *c, const char *name)
{
    struct weft_setting s;
    struct weft_error err;

    cr_assert_eq(weft_config_get(c, name, &s, &err), WEFT_OK, "%s", err.message);
    return s;
}

/* Why the configuration of this environment cannot be read. */
static struct weft_error refused(weft_status expected)
{
    struct weft_error err = {0};
    weft_config *c = NULL;

    cr_assert_eq(weft_config_new(&c, &err), expected, "%s", err.message);
    cr_assert_null(c);
    return err;
}

Test(config, says_defaults_when_nobody_said_anything)
{
    weft_config *c = read_all();

    for (size_t i = 0; i < weft_config_n(); i++) {
        struct weft_setting s;

        weft_config_at(c, i, &s);
        cr_assert_str_eq(s.value, s.fallback);
        cr_assert_str_eq(s.from, "default");
    }
    cr_assert_eq(setting(c, "pool.workers").number, 0);
    cr_assert_eq(setting(c, "trace.events").number, 0);
    cr_assert_eq(setting(c, "pool.kind").number, WF_KIND_THREADS);
    weft_config_free(c);
}

Test(config, hears_long_and_short_names_in_the_environment)
{
    weft_config *c;

    setenv("WEFT_WORKERS", "5", 1);
    setenv("WEFT_POOL__KIND", "sync", 1);
    setenv("WEFT_MEMORY__LIMIT", "2GiB", 1);
    setenv("WEFT_PROGRESS", "1", 1);
    c = read_all();
    cr_assert_eq(setting(c, "pool.workers").number, 5);
    cr_assert_str_eq(setting(c, "pool.workers").from, "WEFT_WORKERS");
    cr_assert_eq(setting(c, "pool.kind").number, WF_KIND_SYNC);
    cr_assert_str_eq(setting(c, "pool.kind").from, "WEFT_POOL__KIND");
    cr_assert_eq(setting(c, "memory.limit").number, (uint64_t)2 << 30);
    cr_assert_str_eq(setting(c, "memory.limit").value, "2GiB");
    cr_assert_eq(setting(c, "progress").number, WF_PROGRESS_ON);
    weft_config_free(c);
}

Test(config, the_long_name_goes_before_the_short_one)
{
    weft_config *c;

    setenv("WEFT_POOL__WORKERS", "6", 1);
    setenv("WEFT_WORKERS", "5", 1);
    c = read_all();
    cr_assert_eq(setting(c, "pool.workers").number, 6);
    weft_config_free(c);
}

Test(config, an_empty_variable_is_none)
{
    weft_config *c;

    setenv("WEFT_WORKERS", "", 1);
    setenv("WEFT_POOL__WORKERS", "", 1);
    setenv("WEFT_NO__SUCH", "", 1);
    c = read_all();
    cr_assert_str_eq(setting(c, "pool.workers").from, "default");
    weft_config_free(c);
}

Test(config, variables_of_others_are_not_its_business)
{
    weft_config *c;

    setenv("WEFT_ISA", "v2", 1);
    setenv("WEFT_HOME", "/opt/weft", 1);
    setenv("NOT_WEFT__POOL", "1", 1);
    c = read_all();
    weft_config_free(c);
}

Test(config, a_wrong_variable_is_named_and_not_passed_over)
{
    setenv("WEFT_WORKERS", "many", 1);
    cr_assert_str_eq(refused(WEFT_PARSE).message, "WEFT_WORKERS: 'many' is not a number from 1 to 4096, or auto");
    unsetenv("WEFT_WORKERS");
    setenv("WEFT_POOL__WORKER", "3", 1);
    cr_assert_str_eq(refused(WEFT_NOT_FOUND).message,
                     "WEFT_POOL__WORKER: there is no setting 'pool.worker'; 'pool.workers' is near");
}

Test(config, the_program_goes_before_the_environment)
{
    struct weft_error err;
    weft_config *c;

    setenv("WEFT_WORKERS", "5", 1);
    c = read_all();
    cr_assert_eq(weft_config_set(c, "pool.workers", "7", &err), WEFT_OK);
    cr_assert_eq(setting(c, "pool.workers").number, 7);
    cr_assert_str_eq(setting(c, "pool.workers").from, "the program");
    weft_config_free(c);
}

Test(config, what_cannot_be_set_leaves_it_as_it_was)
{
    struct weft_error err;
    weft_config *c;

    cr_assert_eq(weft_config_defaults(&c, &err), WEFT_OK);
    cr_assert_eq(weft_config_set(c, "pool.workers", "7", &err), WEFT_OK);
    cr_assert_eq(weft_config_set(c, "pool.workers", "lots", &err), WEFT_PARSE);
    cr_assert_str_eq(err.message, "pool.workers: 'lots' is not a number from 1 to 4096, or auto");
    cr_assert_eq(weft_config_set(c, "pool.warkers", "7", &err), WEFT_NOT_FOUND);
    cr_assert_str_eq(err.message, "there is no setting 'pool.warkers'; 'pool.workers' is near");
    cr_assert_eq(setting(c, "pool.workers").number, 7);
    cr_assert_eq(weft_config_get(c, "pool", &(struct weft_setting){0}, &err), WEFT_NOT_FOUND);
    weft_config_free(c);
}

Test(config, a_copy_goes_its_own_way)
{
    weft_config *c, *copy = NULL;

    cr_assert_eq(weft_config_defaults(&c, NULL), WEFT_OK);
    cr_assert_eq(weft_config_set(c, "spill.dir", "/a", NULL), WEFT_OK);
    cr_assert_eq(weft_config_copy(&copy, c, NULL), WEFT_OK);
    cr_assert_eq(weft_config_set(copy, "spill.dir", "/b", NULL), WEFT_OK);
    cr_assert_str_eq(setting(c, "spill.dir").value, "/a");
    cr_assert_str_eq(setting(copy, "spill.dir").value, "/b");
    weft_config_free(c);
    cr_assert_str_eq(setting(copy, "spill.dir").value, "/b");
    weft_config_free(copy);
    weft_config_free(NULL);
}

static weft_status scenario(void *arg)
{
    weft_config *c = NULL, *copy = NULL;
    weft_status st = weft_config_new(&c, NULL);

    (void)arg;
    st = st ? st : weft_config_set(c, "pool.workers", "3", NULL);
    st = st ? st : weft_config_copy(&copy, c, NULL);
    weft_config_free(c);
    weft_config_free(copy);
    return st;
}

Test(config, no_memory_is_told_and_leaks_nothing)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "weft.conf");

    tempdir_write(dir, "weft.conf", "[memory]\nlimit = 1GiB\n");
    setenv("WEFT_CONFIG", path, 1);
    setenv("WEFT_WORKERS", "5", 1);
    nomem_everywhere(scenario, NULL);
    free(path);
    tempdir_remove(dir);
}
