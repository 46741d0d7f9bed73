#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/draw/text.h"

static void assert_html(const char *words, size_t most, const char *expected)
{
    struct wf_text t = {0};

    wf_text_add_html(&t, words, most);
    cr_assert_str_eq(t.bytes ? t.bytes : "", expected);
    wf_text_fini(&t);
}

Test(text, grows_by_what_is_added)
{
    struct wf_text t = {0};

    wf_text_add(&t, "%d tasks", 12);
    wf_text_add(&t, ", %s", "all well");
    cr_assert_str_eq(t.bytes, "12 tasks, all well");
    wf_text_clear(&t);
    cr_assert_str_eq(t.bytes, "");
    for (int i = 0; i < 1000; i++)
        wf_text_add(&t, "0123456789");
    cr_assert_eq(t.n, 10000);
    cr_assert_eq(strlen(t.bytes), 10000);
    cr_assert_not(t.failed);
    wf_text_fini(&t);
}

Test(text, escapes_what_html_would_take_for_its_own)
{
    assert_html("a < b && \"c\" > d", 99, "a &lt; b &amp;&amp; &quot;c&quot; &gt; d");
    assert_html("two\nlines", 99, "two<br/>lines");
    assert_html("", 99, "");
}

Test(text, keeps_utf8_and_replaces_what_is_none)
{
    assert_html("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 99, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    assert_html("a\xff" "b", 99, "a\xef\xbf\xbd" "b");
    assert_html("\xc3", 99, "\xef\xbf\xbd");                          /* cut short */
    assert_html("\xc0\xaf", 99, "\xef\xbf\xbd\xef\xbf\xbd");          /* longer than needed */
    assert_html("\xed\xa0\x80", 99, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* a surrogate */
    assert_html("\x01\x1b[0m\x7f", 99, "\xef\xbf\xbd\xef\xbf\xbd[0m\xef\xbf\xbd");
}

Test(text, leaves_out_the_middle_of_long_words)
{
    assert_html("0123456789", 10, "0123456789");
    assert_html("0123456789a", 10, "01234\xe2\x80\xa6" "789a");
    assert_html("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", 3, "\xc3\xa4\xe2\x80\xa6\xc3\x9f");
}

Test(text, doubles_the_backslashes_of_a_tooltip)
{
    struct wf_text t = {0};

    wf_text_add_escaped(&t, "C:\\new & <old>");
    cr_assert_str_eq(t.bytes, "C:\\\\new & <old>");
    wf_text_fini(&t);
}

Test(text, without_memory_says_so_and_goes_on)
{
    struct wf_text t = {0};

    wf_mem_fail_at(1);
    wf_text_add(&t, "lost");
    wf_mem_fail_at(0);
    cr_assert(t.failed);
    wf_text_add(&t, "kept");
    cr_assert_str_eq(t.bytes, "kept");
    cr_assert(t.failed);
    wf_text_fini(&t);
}
