/* test_error.c - an error is filled once, whole, and never too long. */
#include "lib/base/error.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

Test(error, every_status_has_a_text_of_its_own)
{
    for (int a = WEFT_OK; a <= WEFT_FAILED; a++) {
        cr_assert_not_null(weft_status_text((weft_status)a));
        cr_assert_str_not_empty(weft_status_text((weft_status)a));
        for (int b = WEFT_OK; b < a; b++)
            cr_assert_str_neq(weft_status_text((weft_status)a), weft_status_text((weft_status)b));
    }
}

Test(error, a_status_that_does_not_exist_has_a_text_too)
{
    cr_assert_not_null(weft_status_text((weft_status)(WEFT_FAILED + 1)));
    cr_assert_not_null(weft_status_text((weft_status)-1));
}

Test(error, setting_answers_the_status_and_forgets_the_error_before)
{
    struct weft_error err;

    memset(&err, 'x', sizeof err);
    cr_assert_eq(weft_error_set(&err, WEFT_TYPE, "sum: %s has no %s", "date", "plus"), WEFT_TYPE);
    cr_assert_eq(err.status, WEFT_TYPE);
    cr_assert_str_eq(err.message, "sum: date has no plus");
    cr_assert_str_eq(err.task, "");
    cr_assert_str_eq(err.site, "");
    cr_assert_str_eq(err.chain, "");
}

Test(error, nobody_need_listen)
{
    cr_assert_eq(weft_error_set(NULL, WEFT_IO, "%d", 1), WEFT_IO);
    cr_assert_eq(wf_error_nomem(NULL, "x"), WEFT_NOMEM);
    cr_assert_eq(wf_error_errno(NULL, WEFT_IO, "x", ENOENT), WEFT_IO);
}

Test(error, a_message_too_long_is_cut_and_ended)
{
    struct weft_error err;
    char text[1000];

    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    weft_error_set(&err, WEFT_PARSE, "%s", text);
    cr_assert_eq(strlen(err.message), sizeof err.message - 1);
    cr_assert(strncmp(err.message, text, sizeof err.message - 1) == 0);
}

Test(error, no_memory_names_what_there_was_no_room_for)
{
    struct weft_error err;

    cr_assert_eq(wf_error_nomem(&err, "the plan"), WEFT_NOMEM);
    cr_assert_str_eq(err.message, "no memory for the plan");
}

Test(error, the_systems_reason_stands_behind_the_path)
{
    struct weft_error err;

    cr_assert_eq(wf_error_errno(&err, WEFT_IO, "no/such/file", ENOENT), WEFT_IO);
    cr_assert_str_eq(err.message, "no/such/file: No such file or directory");
}

/* What weft_error_print() writes. The caller's to free(). */
static char *printed(const struct weft_error *err)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    weft_error_print(err, f);
    fclose(f);
    return text;
}

Test(error, printing_tells_what_is_known_and_no_more)
{
    struct weft_error err = {0};
    char *text;

    weft_error_set(&err, WEFT_FAILED, "row 3: negative age");
    text = printed(&err);
    cr_assert_str_eq(text, "error: row 3: negative age\n");
    free(text);

    strcpy(err.task, "parse-3");
    strcpy(err.chain, "mean <- parse-3");
    text = printed(&err);
    cr_assert_str_eq(text, "error: row 3: negative age\n  in task parse-3\n  asked for by mean <- parse-3\n");
    free(text);

    strcpy(err.site, "main.c:12");
    text = printed(&err);
    cr_assert(strstr(text, "  in task parse-3, built at main.c:12\n"));
    free(text);

    text = printed(&(struct weft_error){.status = WEFT_CANCELLED});
    cr_assert_str_eq(text, "error: cancelled\n");
    free(text);
}
