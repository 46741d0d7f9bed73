/* test_plain.c - one record at a time: where its fields lie, and when there is no whole one. */
#include "lib/io/csv/plain.h"

#include <criterion/criterion.h>
#include <string.h>

static struct wf_csv_dialect d;
static struct wf_csv_record  r;

static void begin(void)
{
    cr_assert_eq(wf_csv_dialect_init(&d, &(struct weft_csv_spec){.comment = '#'}, NULL), WEFT_OK);
}

static void end(void)
{
    wf_csv_record_fini(&r);
    wf_csv_dialect_fini(&d);
}

TestSuite(csv_plain, .init = begin, .fini = end);

static enum wf_csv_found find(const char *text, int64_t at)
{
    return wf_csv_record_find(&r, &d, text, (int64_t)strlen(text), at);
}

Test(csv_plain, fields_lie_between_separators_quotes_included)
{
    cr_assert_eq(find("a,\"b,\nc\",\r\nd", 0), WF_CSV_RECORD);
    cr_assert_eq(r.n, 3);
    cr_assert(r.first[0] == 0 && r.last[0] == 1);
    cr_assert(r.first[1] == 2 && r.last[1] == 8);
    cr_assert(r.first[2] == 9 && r.last[2] == 9);
    cr_assert_eq(r.next, 11);
}

Test(csv_plain, blank_lines_and_comments_are_passed_over)
{
    cr_assert_eq(find("\n\r\n# \"x\na#b\nc\n", 0), WF_CSV_RECORD);
    cr_assert_eq(r.begin, 9 - 1);
    cr_assert(r.n == 1 && r.first[0] == 8 && r.last[0] == 9);
    cr_assert_eq(r.next, 12);
    cr_assert_eq(find("\n#x\n\n", 0), WF_CSV_NOTHING);
    cr_assert_eq(r.next, 5);
    cr_assert_eq(find("", 0), WF_CSV_NOTHING);
}

Test(csv_plain, a_record_without_its_line_end_is_partial)
{
    static const char *const texts[] = {"a", "a,", "a\r", "\r", "\"a\"", "#x", "a#x", "\n\nx"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cr_assert_eq(find(texts[i], 0), WF_CSV_PARTIAL, "%s", texts[i]);
        cr_assert_eq(r.quote, -1);
    }
    cr_assert_eq(find("x\na,\"b\n", 2), WF_CSV_PARTIAL);
    cr_assert_eq(r.begin, 2);
    cr_assert_eq(r.quote, 4);
}
