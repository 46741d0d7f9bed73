/* Who may look, by what his request says. */
#include "lib/dash/server_guard.h"

#include <criterion/criterion.h>
#include <string.h>

static enum wf_verdict host(const char *name)
{
    const struct wf_guard g = {.loopback = true, .port = 8787};
    const struct wf_caller c = {.host = name};

    return wf_guard_judge(&g, &c);
}

Test(guard, loopback_is_asked_for_by_its_own_names)
{
    static const char *const fine[] = {"localhost:8787", "LocalHost:8787", "127.0.0.1:8787", "127.9.8.7:8787", "[::1]:8787"};
    static const char *const wrong[] = {
        "evil.example:8787", "localhost", "localhost:80", "localhost:8788", "localhost:", "localhost:x", "localhost:8787x",
        "localhost: 8787", "localhost:-8787", "127.0.0.1.evil.example:8787", "128.0.0.1:8787", "0.0.0.0:8787", "[::1]", "[::1",
        "[::1]8787", "[::2]:8787", "::1:8787", "", ":8787", "[", "]", "localhost.evil.example:8787", "127.0.0.1",
        "localhost:87871111111111111111111111",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:8787"};

    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        cr_expect_eq(host(fine[i]), WF_LET_IN, "%s", fine[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(host(wrong[i]), WF_NO_HOST, "%s", wrong[i]);
    cr_expect_eq(host(NULL), WF_NO_HOST);
}

Test(guard, without_a_port_80_is_meant)
{
    const struct wf_guard g = {.loopback = true, .port = 80};

    cr_expect_eq(wf_guard_judge(&g, &(struct wf_caller){.host = "localhost"}), WF_LET_IN);
    cr_expect_eq(wf_guard_judge(&g, &(struct wf_caller){.host = "[::1]"}), WF_LET_IN);
    cr_expect_eq(wf_guard_judge(&g, &(struct wf_caller){.host = "localhost:8787"}), WF_NO_HOST);
}

Test(guard, a_page_elsewhere_may_not_ask_but_link_to_us)
{
    const struct wf_guard g = {.loopback = true, .port = 8787};
    static const struct {
        const char *origin, *site, *mode;
        enum wf_verdict is;
    } table[] = {
        {NULL, NULL, NULL, WF_LET_IN},
        {"http://localhost:8787", "same-origin", "cors", WF_LET_IN},
        {"http://LOCALHOST:8787", NULL, NULL, WF_LET_IN},
        {NULL, "none", "navigate", WF_LET_IN},
        {NULL, "cross-site", "navigate", WF_LET_IN},
        {NULL, "cross-site", "no-cors", WF_NO_ORIGIN},
        {NULL, "same-site", "cors", WF_NO_ORIGIN},
        {NULL, "cross-site", NULL, WF_NO_ORIGIN},
        {"http://evil.example", NULL, NULL, WF_NO_ORIGIN},
        {"https://localhost:8787", NULL, NULL, WF_NO_ORIGIN},
        {"http://localhost:8788", NULL, NULL, WF_NO_ORIGIN},
        {"http://127.0.0.1:8787", NULL, NULL, WF_NO_ORIGIN},
        {"null", NULL, NULL, WF_NO_ORIGIN},
        {"", NULL, NULL, WF_NO_ORIGIN},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(wf_guard_judge(&g, &(struct wf_caller){.host = "localhost:8787", .origin = table[i].origin,
                                                            .fetch_site = table[i].site, .fetch_mode = table[i].mode}),
                     table[i].is, "case %zu", i);
}

Test(guard, with_a_token_only_who_shows_it_comes_in)
{
    const struct wf_guard g = {.port = 8787, .token = "secret-1234"};
    static const struct {
        const char *authorization, *token, *cookie;
        enum wf_verdict is;
    } table[] = {
        {NULL, NULL, NULL, WF_NO_TOKEN},
        {"Bearer secret-1234", NULL, NULL, WF_LET_IN},
        {"bearer secret-1234", NULL, NULL, WF_LET_IN},
        {"Bearer secret-1235", NULL, NULL, WF_WRONG_TOKEN},
        {"Bearer secret-1234 ", NULL, NULL, WF_WRONG_TOKEN},
        {"Bearer ", NULL, NULL, WF_WRONG_TOKEN},
        {"Basic secret-1234", NULL, NULL, WF_NO_TOKEN},
        {NULL, "secret-1234", NULL, WF_LET_IN},
        {NULL, "secret-123", NULL, WF_WRONG_TOKEN},
        {NULL, "secret-1234secret-1234", NULL, WF_WRONG_TOKEN},
        {NULL, "", NULL, WF_WRONG_TOKEN},
        {NULL, NULL, "secret-1234", WF_LET_IN},
        {NULL, NULL, "secret-12345", WF_WRONG_TOKEN},
        {NULL, "wrong-token", "secret-1234", WF_WRONG_TOKEN},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(wf_guard_judge(&g, &(struct wf_caller){.host = "any.example", .authorization = table[i].authorization,
                                                            .token = table[i].token, .cookie = table[i].cookie}),
                     table[i].is, "case %zu", i);
}

Test(guard, on_loopback_a_token_does_not_replace_the_name)
{
    const struct wf_guard g = {.loopback = true, .port = 8787, .token = "secret-1234"};

    cr_expect_eq(wf_guard_judge(&g, &(struct wf_caller){.host = "evil.example:8787", .token = "secret-1234"}), WF_NO_HOST);
}

Test(guard, a_token_is_of_letters_that_need_no_escape)
{
    struct weft_error err;
    char longest[WF_TOKEN_MOST + 2];

    memset(longest, 'a', sizeof longest);
    longest[WF_TOKEN_MOST + 1] = '\0';
    cr_expect_eq(wf_token_check(longest, &err), WEFT_INVALID);
    cr_expect_str_eq(err.message, "dashboard: a token has 8 to 128 letters, this one 129");
    longest[WF_TOKEN_MOST] = '\0';
    cr_expect_eq(wf_token_check(longest, &err), WEFT_OK);
    cr_expect_eq(wf_token_check("Ab9-._~z", NULL), WEFT_OK);
    cr_expect_eq(wf_token_check("short12", NULL), WEFT_INVALID);
    cr_expect_eq(wf_token_check("with a blank", &err), WEFT_INVALID);
    cr_expect(strstr(err.message, "letter 5"));
    cr_expect_eq(wf_token_check("semi;colon", NULL), WEFT_INVALID);
    cr_expect_eq(wf_token_check("line\nbreak", NULL), WEFT_INVALID);
    cr_expect_eq(wf_token_check("um\xc3\xa4laute", NULL), WEFT_INVALID);
}

Test(guard, which_addresses_are_loopback)
{
    cr_expect(wf_address_is_loopback("127.0.0.1"));
    cr_expect(wf_address_is_loopback("127.255.0.3"));
    cr_expect(wf_address_is_loopback("::1"));
    cr_expect_not(wf_address_is_loopback("0.0.0.0"));
    cr_expect_not(wf_address_is_loopback("::"));
    cr_expect_not(wf_address_is_loopback("10.0.0.1"));
    cr_expect_not(wf_address_is_loopback("localhost"));
    cr_expect_not(wf_address_is_loopback("127.1"));
}
