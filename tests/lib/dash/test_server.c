/* The server, over sockets: what it answers, to whom, and what those cannot do to it who ask
 * badly, slowly, or not to the end. The pool is fake_live.c. */
#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "tests/lib/dash/fake_live.h"
#include <weft/dashboard.h>

static weft_dashboard *d;
static int port;

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int port_of(const weft_dashboard *of)
{
    const char *colon = strrchr(weft_dashboard_url(of), ':');

    return colon ? (int)strtol(colon + 1, NULL, 10) : 0;
}

static void open_with(struct weft_dashboard_spec spec)
{
    struct weft_error err = {0};

    cr_assert_eq(weft_dashboard_open(&d, NULL, &spec, &err), WEFT_OK, "%s", err.message);
    port = port_of(d);
}

static void begin(void)
{
    fake_fill(4, 2, 10, 4);
    open_with((struct weft_dashboard_spec){.interval_ns = 20000000});
}

static void end(void)
{
    weft_dashboard_close(d);
    cr_assert_eq(fake_opened(), 0);
}

TestSuite(server, .init = begin, .fini = end, .timeout = 60);

/* ---- A client ------------------------------------------------------------ */

static int reach(int at)
{
    const struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)at),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval wait = {.tv_sec = 10};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_geq(fd, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (connect(fd, (const struct sockaddr *)&a, sizeof a)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int ask_bytes(const char *bytes, size_t n)
{
    const int fd = reach(port);

    cr_assert_geq(fd, 0);
    cr_assert_eq(send(fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
    return fd;
}

/* A request with these lines more; the connection. */
static int ask(const char *method, const char *path, const char *more)
{
    char text[4096];
    const int n = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: localhost:%d\r\n%sConnection: close\r\n\r\n", method,
                           path, port, more);

    return ask_bytes(text, (size_t)n);
}

/* All that comes until it closes; to be freed. */
static char *hear(int fd)
{
    size_t n = 0, room = 1 << 16;
    char *text = malloc(room);
    ssize_t got;

    cr_assert(text);
    while ((got = recv(fd, text + n, room - n - 1, 0)) > 0) {
        n += (size_t)got;
        if (n + 1 == room)
            cr_assert(text = realloc(text, room *= 2));
    }
    text[n] = '\0';
    close(fd);
    return text;
}

static char *answer_to(const char *method, const char *path, const char *more)
{
    return hear(ask(method, path, more));
}

static int code_of(const char *method, const char *path, const char *more)
{
    char *text = answer_to(method, path, more);
    int code = 0;

    sscanf(text, "HTTP/1.1 %d", &code);
    free(text);
    return code;
}

/* Until `word` has come; false: it closed, or ten seconds were over. */
static bool hear_of(int fd, const char *word, int times)
{
    size_t n = 0, room = 1 << 20;
    char *text = malloc(room);
    bool found = false;
    ssize_t got;

    while (!found && n + 1 < room && (got = recv(fd, text + n, room - n - 1, 0)) > 0) {
        int seen = 0;

        n += (size_t)got;
        text[n] = '\0';
        for (const char *at = text; (at = strstr(at, word)); at++)
            seen++;
        found = seen >= times;
    }
    free(text);
    return found;
}

static int n_entries(const char *path)
{
    DIR *dir = opendir(path);
    int n = 0;

    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

/* ---- What it answers ------------------------------------------------------ */

Test(server, every_path_answers_with_what_it_is)
{
    static const struct {
        const char *path, *type, *word;
    } table[] = {
        {"/status", "text/html; charset=utf-8", "<!DOCTYPE html>"},
        {"/json", "application/json", "\"name\":\"group-3\""},
        {"/json/counts.json", "application/json", "\"done\":16"},
        {"/json/identity.json", "application/json", "\"instance\":"},
        {"/metrics", "text/plain; version=0.0.4", "weft_tasks_done_total{group=\"group-0\",id=\"0\"} 4"},
        {"/health", "text/plain", "\r\n\r\nok\n"},
        {"/info", "text/plain", "processor"},
        {"/sitemap.json", "application/json", "\"/metrics\""},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *text = answer_to("GET", table[i].path, "");

        cr_expect(!strncmp(text, "HTTP/1.1 200 ", 13), "%s: %.60s", table[i].path, text);
        cr_expect(strstr(text, table[i].type), "%s", table[i].path);
        cr_expect(strstr(text, table[i].word), "%s", table[i].path);
        cr_expect(strstr(text, "Content-Security-Policy: default-src 'none'"), "%s", table[i].path);
        cr_expect(strstr(text, "X-Content-Type-Options: nosniff"), "%s", table[i].path);
        cr_expect(strstr(text, "X-Frame-Options: DENY"), "%s", table[i].path);
        cr_expect(strstr(text, "Cache-Control: no-store"), "%s", table[i].path);
        free(text);
    }
}

Test(server, other_names_of_parts_lead_to_the_page)
{
    char *text = answer_to("GET", "/", "");

    cr_expect(strstr(text, "HTTP/1.1 302 "));
    cr_expect(strstr(text, "Location: /status\r\n"));
    free(text);
    cr_expect_eq(code_of("GET", "/workers", ""), 302);
    cr_expect_eq(code_of("GET", "/nowhere", ""), 404);
    cr_expect_eq(code_of("GET", "/status/", ""), 404);
    cr_expect_eq(code_of("GET", "/../../etc/passwd", ""), 404);
}

Test(server, nothing_can_be_changed)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO"};

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char *text = answer_to(methods[i], "/json", "Content-Length: 0\r\n");

        cr_expect(!strncmp(text, "HTTP/1.1 405 ", 13), "%s: %.60s", methods[i], text);
        cr_expect(strstr(text, "Allow: GET, HEAD"), "%s", methods[i]);
        free(text);
    }
}

Test(server, head_is_get_without_a_body)
{
    char *text = answer_to("HEAD", "/health", "");

    cr_expect(strstr(text, "Content-Length: 3\r\n"));
    cr_expect_not(strstr(text, "ok\n"));
    free(text);
    text = answer_to("HEAD", "/events", "");
    cr_expect(strstr(text, "text/event-stream"));
    cr_expect_not(strstr(text, "data:"));
    free(text);
}

Test(server, what_is_no_request_harms_nobody)
{
    static const char *const bad[] = {
        "\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", "\x16\x03\x01\x02\x00\x01",
        "GET / HTTP/1.1\r\nHost\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET /%zz%00%ff?a=%&%=b HTTP/1.1\r\n\r\n",
        "GET /?token HTTP/1.1\r\nCookie: ;;==;\"\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    char *huge = malloc(100000);

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const int fd = ask_bytes(bad[i], strlen(bad[i]));
        const struct timeval soon = {.tv_usec = 200000};
        char *text;

        /* Some of these are the beginning of what could be one: it waits for the rest. */
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
        shutdown(fd, SHUT_WR);
        text = hear(fd);
        cr_expect_not(strstr(text, "HTTP/1.1 200"), "%s", bad[i]);
        free(text);
    }
    /* A header larger than there is room for. */
    memset(huge, 'a', 100000);
    memcpy(huge, "GET /json HTTP/1.1\r\nX: ", 23);
    {
        const int fd = reach(port);
        char *text;

        (void)!send(fd, huge, 100000, MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        text = hear(fd);
        cr_expect_not(strstr(text, "HTTP/1.1 200"));
        free(text);
    }
    free(huge);
    cr_expect_eq(code_of("GET", "/health", ""), 200);
}

Test(server, who_asks_under_another_name_or_from_another_page_is_refused)
{
    char text[200];
    int fd;
    char *said;

    snprintf(text, sizeof text, "GET /json HTTP/1.1\r\nHost: evil.example:%d\r\nConnection: close\r\n\r\n", port);
    fd = ask_bytes(text, strlen(text));
    said = hear(fd);
    cr_expect(!strncmp(said, "HTTP/1.1 403 ", 13));
    cr_expect_not(strstr(said, "group-"));
    free(said);
    cr_expect_eq(code_of("GET", "/json", "Origin: http://evil.example\r\n"), 403);
    cr_expect_eq(code_of("GET", "/events", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n"), 403);
    cr_expect_eq(code_of("GET", "/status", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n"), 200);
}

/* ---- With a token ---------------------------------------------------------- */

Test(server, a_token_opens_the_door_and_becomes_a_cookie)
{
    char cookie[128], name[24], *text;

    weft_dashboard_close(d);
    open_with((struct weft_dashboard_spec){.address = "0.0.0.0", .token = "a-long-secret"});
    cr_expect(strstr(weft_dashboard_url(d), "/status?token=a-long-secret"));
    cr_expect_eq(code_of("GET", "/json", ""), 401);
    cr_expect_eq(code_of("GET", "/status", ""), 401);
    cr_expect_eq(code_of("GET", "/events", ""), 401);
    cr_expect_eq(code_of("GET", "/metrics", ""), 401);
    cr_expect_eq(code_of("GET", "/nowhere", ""), 401);
    cr_expect_eq(code_of("GET", "/health", ""), 200);
    cr_expect_eq(code_of("GET", "/json?token=a-long-secre", ""), 401);
    cr_expect_eq(code_of("GET", "/json?token=a-long-secret", ""), 200);
    cr_expect_eq(code_of("GET", "/metrics", "Authorization: Bearer a-long-secret\r\n"), 200);
    cr_expect_eq(code_of("POST", "/json?token=a-long-secret", "Content-Length: 0\r\n"), 405);
    text = answer_to("GET", "/status?token=a-long-secret", "");
    snprintf(name, sizeof name, "weft%d", port);
    snprintf(cookie, sizeof cookie, "Set-Cookie: %s=a-long-secret; Path=/; HttpOnly; SameSite=Strict", name);
    cr_expect(strstr(text, cookie));
    free(text);
    snprintf(cookie, sizeof cookie, "Cookie: other=1; %s=a-long-secret\r\n", name);
    cr_expect_eq(code_of("GET", "/json", cookie), 200);
    snprintf(cookie, sizeof cookie, "Cookie: %s=a-long-secreT\r\n", name);
    cr_expect_eq(code_of("GET", "/json", cookie), 401);
}

/* ---- Where it listens ------------------------------------------------------ */

Test(server, a_port_that_is_taken_gives_way_to_the_next)
{
    weft_dashboard *second = NULL;
    const struct weft_dashboard_spec same = {.port = port};

    cr_assert_eq(weft_dashboard_open(&second, NULL, &same, NULL), WEFT_OK);
    cr_expect_gt(port_of(second), port);
    cr_expect_lt(port_of(second), port + 20);
    weft_dashboard_close(second);
}

Test(server, when_no_port_is_free_it_says_which_were_tried)
{
    weft_dashboard *held[20] = {NULL}, *none = NULL;
    struct weft_error err = {0};
    const struct weft_dashboard_spec same = {.port = 65530};
    weft_status st = WEFT_OK;
    int n = 0;

    while (n < 20 && !st) {
        st = weft_dashboard_open(&none, NULL, &same, &err);
        if (!st)
            held[n++] = none;
    }
    cr_expect_leq(n, 6);
    cr_expect_eq(st, WEFT_IO);
    cr_expect_str_eq(err.message, "dashboard: no port of 127.0.0.1 from 65530 to 65535 is free");
    while (n)
        weft_dashboard_close(held[--n]);
}

Test(server, a_spec_that_makes_no_sense_is_refused)
{
    static const struct {
        struct weft_dashboard_spec spec;
        const char *message;
    } table[] = {
        {{.address = "0.0.0.0"}, "dashboard: address 0.0.0.0 is not loopback, and there is no token: anybody could look"},
        {{.address = "::"}, "dashboard: address :: is not loopback, and there is no token: anybody could look"},
        {{.address = "example.org"}, "dashboard: 'example.org' is not an address as 127.0.0.1 or ::1"},
        {{.port = 70000}, "dashboard: port 70000 is not from 0 to 65535"},
        {{.port = -1}, "dashboard: port -1 is not from 0 to 65535"},
        {{.token = "short"}, "dashboard: a token has 8 to 128 letters, this one 5"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        weft_dashboard *none = NULL;
        struct weft_error err = {0};

        cr_expect_eq(weft_dashboard_open(&none, NULL, &table[i].spec, &err), WEFT_INVALID, "case %zu", i);
        cr_expect_str_eq(err.message, table[i].message);
        cr_expect_null(none);
    }
    cr_expect_eq(fake_opened(), 1);
}

Test(server, no_memory_at_any_place_leaves_nothing_behind)
{
    const int n_fds = n_entries("/proc/self/fd"), n_threads = n_entries("/proc/self/task");
    bool opened = false;

    for (int64_t n = 1; !opened && n < 100; n++) {
        weft_dashboard *other = NULL;
        weft_status st;

        wf_mem_fail_at(n);
        st = weft_dashboard_open(&other, NULL, NULL, NULL);
        wf_mem_fail_at(0);
        opened = st == WEFT_OK;
        cr_expect(opened || st == WEFT_NOMEM);
        weft_dashboard_close(other);
        cr_expect_eq(n_entries("/proc/self/fd"), n_fds);
        cr_expect_eq(n_entries("/proc/self/task"), n_threads);
    }
    cr_expect(opened);
}

/* ---- Who listens ----------------------------------------------------------- */

Test(server, a_stream_begins_with_all_and_goes_on_with_what_changed)
{
    const int fd = ask("GET", "/events", "");
    char text[1 << 16];
    size_t n = 0;
    ssize_t got;
    int deltas = 0;

    while (deltas < 3 && n + 1 < sizeof text && (got = recv(fd, text + n, sizeof text - n - 1, 0)) > 0) {
        n += (size_t)got;
        text[n] = '\0';
        deltas = 0;
        for (const char *at = text; (at = strstr(at, "{\"all\":false")); at++)
            deltas++;
    }
    cr_expect_eq(deltas, 3);
    cr_expect(strstr(text, "Content-Type: text/event-stream"));
    cr_expect(strstr(text, "data: {\"all\":true"));
    cr_expect(strstr(text, "\"name\":\"group-0\""));
    cr_expect_null(strstr(strstr(text, "{\"all\":false"), "\"name\":\"group-0\""));
    close(fd);
}

static void look_away(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
}

Test(server, nobody_looks_at_the_pool_while_nobody_listens)
{
    const int64_t until = now_ms() + 10000;
    int fd, n;

    look_away();
    cr_expect_eq(fake_looks(), 0);
    fd = ask("GET", "/events", "");
    cr_expect(hear_of(fd, "data: ", 4));
    close(fd);
    do { // until it is seen that nobody is there
        n = fake_looks();
        look_away();
    } while (fake_looks() > n && now_ms() < until);
    cr_expect_geq(n, 4);
    cr_expect_eq(fake_looks(), n);
}

Test(server, who_asks_often_does_not_make_it_look_often)
{
    int n;

    weft_dashboard_close(d);
    open_with((struct weft_dashboard_spec){.interval_ns = 60000000000});
    for (int i = 0; i < 20; i++)
        cr_expect_eq(code_of("GET", "/json", ""), 200);
    n = fake_looks();
    cr_expect_eq(n, 1);
}

Test(server, sixty_four_listen_and_all_hear)
{
    enum { N = 64 };
    int fds[N];

    for (int i = 0; i < N; i++)
        fds[i] = ask("GET", "/events", "");
    for (int i = 0; i < N; i++)
        cr_expect(hear_of(fds[i], "data: ", 2), "number %d", i);
    cr_expect_eq(code_of("GET", "/status", ""), 200);
    for (int i = 0; i < N; i++)
        close(fds[i]);
    cr_expect_eq(code_of("GET", "/health", ""), 200);
}

Test(server, more_than_it_serves_are_told_so_and_the_page_still_answers)
{
    enum { N = 100 };
    int fds[N], n_heard = 0, n_refused = 0;

    for (int i = 0; i < N; i++) {
        char text[64] = "";

        fds[i] = ask("GET", "/events", "");
        cr_assert_gt(recv(fds[i], text, sizeof text - 1, 0), 0, "number %d", i);
        n_heard += !strncmp(text, "HTTP/1.1 200 ", 13);
        n_refused += !strncmp(text, "HTTP/1.1 503 ", 13);
    }
    cr_expect_eq(n_heard, 96);
    cr_expect_eq(n_refused, 4);
    cr_expect_eq(code_of("GET", "/status", ""), 200);
    for (int i = 0; i < N; i++)
        close(fds[i]);
}

static void long_names(struct fake *f, void *arg)
{
    (void)arg;
    for (int g = 0; g < 64; g++) {
        memset(f->names[g], 'n', sizeof f->names[g] - 1);
        f->groups[g].n_done++;
    }
}

/* Thirty take nothing of what they are sent, for a hundred looks: one who listens hears all the
 * while, the memory of the process does not grow with what they miss, and when one of them at
 * last reads he is sent the newest. */
Test(server, slow_ones_hold_up_nobody_and_no_memory)
{
    enum { N = 30 };
    int fds[N], quick;
    size_t before, after;
    char *text = malloc(1 << 22);
    size_t n = 0;
    ssize_t got;
    long last = 0, newest;

    fake_fill(64, 2, 10, 4);
    for (int i = 0; i < N; i++) {
        const int small = 16384;

        fds[i] = ask("GET", "/events", "");
        setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    quick = ask("GET", "/events", "");
    cr_expect(hear_of(quick, "data: ", 10));
    before = wf_mem_allocated(); // 0 with a sanitizer, that keeps what is freed
    for (int i = 0; i < 100; i++) {
        fake_change(long_names, NULL);
        cr_expect(hear_of(quick, "data: ", 1));
    }
    after = wf_mem_allocated();
    cr_expect_lt(after, before + (2u << 20), "%zu to %zu", before, after);
    /* What was in his socket, and then a look that is not old. */
    newest = fake_looks();
    while (n < (1 << 22) - 1 && last < newest && (got = recv(fds[0], text + n, (1 << 22) - 1 - n, 0)) > 0) {
        n += (size_t)got;
        text[n] = '\0';
        for (const char *at = text; (at = strstr(at, "\"look\":")); at++)
            last = strtol(at + 7, NULL, 10);
    }
    cr_expect_geq(last, newest);
    free(text);
    for (int i = 0; i < N; i++)
        close(fds[i]);
    close(quick);
}

Test(server, who_goes_in_the_middle_is_forgotten)
{
    const int n_fds = n_entries("/proc/self/fd");
    const int64_t until = now_ms() + 10000;

    for (int i = 0; i < 50; i++) {
        const int fd = ask("GET", "/events", "");

        if (i % 2)
            cr_expect(hear_of(fd, "data: ", 1));
        if (i % 3 == 0) { // with a reset
            const struct linger none = {.l_onoff = 1};

            setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        }
        close(fd);
    }
    while (n_entries("/proc/self/fd") > n_fds && now_ms() < until)
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    cr_expect_eq(n_entries("/proc/self/fd"), n_fds);
    cr_expect_eq(code_of("GET", "/health", ""), 200);
}

static void refuse(struct fake *f, void *arg)
{
    f->refuses = *(bool *)arg;
}

Test(server, a_look_without_memory_is_made_up_for)
{
    bool yes = true, no = false;
    int fd;

    fake_change(refuse, &yes);
    cr_expect_eq(code_of("GET", "/json", ""), 200);
    fd = ask("GET", "/events", "");
    look_away();
    fake_change(refuse, &no);
    cr_expect(hear_of(fd, "\"name\":\"group-3\"", 1));
    close(fd);
}

/* ---- The end --------------------------------------------------------------- */

Test(server, the_end_is_told_and_comes_soon_whoever_is_there)
{
    enum { SLOW = 10 };
    const int n_threads = n_entries("/proc/self/task");
    int slow[SLOW], idle, half, listener = ask("GET", "/events", "");
    int64_t began;
    char *text;

    cr_expect(hear_of(listener, "data: ", 2));
    for (int i = 0; i < SLOW; i++)
        slow[i] = ask("GET", "/events", "");
    idle = reach(port);
    half = ask_bytes("GET /json HT", 12);
    began = now_ms();
    weft_dashboard_close(d);
    d = NULL;
    cr_expect_lt(now_ms() - began, 2000); // a quarter of a second, where nobody else wants the cores
    text = hear(listener);
    cr_expect(strstr(text, "\"ended\":true"));
    free(text);
    cr_expect_lt(reach(port), 0);
    cr_expect_eq(n_entries("/proc/self/task"), n_threads - 1);
    for (int i = 0; i < SLOW; i++)
        close(slow[i]);
    close(idle);
    close(half);
}

Test(server, closing_nothing_is_fine)
{
    weft_dashboard_close(NULL);
}
