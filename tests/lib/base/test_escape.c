#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/escape.h"

static void assert_escaped(void (*escape)(const char *, wf_put *, void *), const char *text, const char *expected)
{
    char *got = NULL;
    size_t n;
    FILE *to = open_memstream(&got, &n);

    cr_assert(to);
    escape(text, wf_put_file, to);
    fclose(to);
    cr_assert_str_eq(got, expected);
    free(got);
}

Test(escape, texts_in_json_are_utf_8_and_escaped)
{
    assert_escaped(wf_escape_json, "", "\"\"");
    assert_escaped(wf_escape_json, "a/b 'c'", "\"a/b 'c'\"");
    assert_escaped(wf_escape_json, "a\"b\\c\n\x01", "\"a\\\"b\\\\c\\u000a\\u0001\"");
    assert_escaped(wf_escape_json, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \x7f", "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \x7f\"");
    assert_escaped(wf_escape_json, "\xc3", "\"\\ufffd\"");
    assert_escaped(wf_escape_json, "\xc0\xaf \xed\xa0\x80 \xff", "\"\\ufffd\\ufffd \\ufffd\\ufffd\\ufffd \\ufffd\"");
    assert_escaped(wf_escape_json, "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

Test(escape, texts_in_xml_are_characters_it_has)
{
    assert_escaped(wf_escape_xml, "a < b && \"c\" > d", "a &lt; b &amp;&amp; &quot;c&quot; &gt; d");
    assert_escaped(wf_escape_xml, "two\nlines\tand a tab", "two&#10;lines and a tab");
    assert_escaped(wf_escape_xml, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    assert_escaped(wf_escape_xml, "\x01\r\x7f\xc3", WF_NO_CHARACTER WF_NO_CHARACTER WF_NO_CHARACTER WF_NO_CHARACTER);
    assert_escaped(wf_escape_xml, "\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf", /* U+FFFD is one, the two behind it are none */
                   WF_NO_CHARACTER WF_NO_CHARACTER WF_NO_CHARACTER WF_NO_CHARACTER WF_NO_CHARACTER WF_NO_CHARACTER WF_NO_CHARACTER);
}

Test(escape, texts_in_csv_are_in_quotes_where_they_must)
{
    assert_escaped(wf_escape_csv, "plain text", "plain text");
    assert_escaped(wf_escape_csv, "a,b", "\"a,b\"");
    assert_escaped(wf_escape_csv, "say \"a\"", "\"say \"\"a\"\"\"");
    assert_escaped(wf_escape_csv, "two\nlines", "\"two\nlines\"");
}
