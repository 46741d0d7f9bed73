/* test_profile.c - stacks of calls, by frame, in files, and as a picture. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/profile.h>

#include "config.h"
#include "lib/analyse/profile.h"
#include "lib/base/mem.h"
#include "lib/base/hash.h"
#include "tests/support/nomem.h"
#include "tests/support/svg.h"
#include "tests/support/tempdir.h"

#if WF_HAVE_JANSSON
#include <jansson.h>
#endif

TestSuite(profile, .init = tempdir_begin, .fini = tempdir_end);

static weft_profile *made(void)
{
    weft_profile *p = NULL;

    cr_assert_eq(weft_profile_new(&p, NULL), WEFT_OK);
    return p;
}

static void add(weft_profile *p, const char *stack, uint64_t count)
{
    struct weft_error err;

    cr_assert_eq(weft_profile_add(p, stack, count, &err), WEFT_OK, "%s", err.message);
}

/*  read;parse;digit 6     read;parse 3     read;copy 1     write 10     a.b beside a  */
static weft_profile *example(void)
{
    weft_profile *p = made();

    add(p, "read;parse;digit", 4);
    add(p, "write", 10);
    add(p, "read;parse", 3);
    add(p, "read;copy", 1);
    add(p, "read;parse;digit", 2);
    add(p, "read-more;parse", 5);
    return p;
}

/* Of the file that `p` becomes; the caller's to free(). */
static char *written(const weft_profile *p, const char *name)
{
    char *path = tempdir_path(tempdir, name), *text;
    struct weft_error err;

    cr_assert_eq(weft_profile_write(p, path, &err), WEFT_OK, "%s", err.message);
    text = tempdir_read(path, NULL);
    free(path);
    return text;
}

static weft_status read_bytes(weft_profile **out, const void *bytes, size_t n, struct weft_error *err)
{
    char *path = tempdir_path(tempdir, "in.folded");
    weft_status st;

    tempdir_write_bytes(tempdir, "in.folded", bytes, n);
    st = weft_profile_read(out, path, err);
    free(path);
    return st;
}

/* ---- Adding ---------------------------------------------------------------------- */

Test(profile, equal_stacks_are_one_and_their_counts_add_up)
{
    weft_profile *p = example();

    cr_assert_eq(weft_profile_n_stacks(p), 5);
    cr_assert_str_eq(weft_profile_stacks(p)[0].text, "read;parse;digit");
    cr_assert_eq(weft_profile_stacks(p)[0].count, 6);
    cr_assert_eq(weft_profile_about(p).n_samples, 25);
    weft_profile_free(p);
    weft_profile_free(NULL);
}

Test(profile, what_is_no_stack_is_refused_and_changes_nothing)
{
    static const char *const bad[] = {"", ";", "a;", ";a", "a;;b", "a\nb", "a;\x7f"};
    weft_profile *p = example();

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_eq(weft_profile_add(p, bad[i], 1, NULL), WEFT_INVALID, "'%s'", bad[i]);
    cr_assert_eq(weft_profile_add(p, "a", (uint64_t)1 << 53, NULL), WEFT_RANGE);
    cr_assert_eq(weft_profile_add(p, "a", UINT64_MAX, NULL), WEFT_RANGE);
    cr_assert_eq(weft_profile_n_stacks(p), 5);
    cr_assert_eq(weft_profile_about(p).n_samples, 25);
    weft_profile_free(p);
}

/* ---- By frame ---------------------------------------------------------------------- */

static const struct weft_profile_frame *frame_of(const struct weft_profile_frame *frames, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(frames[i].name, name))
            return &frames[i];
    cr_assert_fail("no frame %s", name);
    return NULL;
}

Test(profile, a_frame_has_what_was_seen_in_it_and_beneath_it)
{
    weft_profile *p = example();
    struct weft_profile_frame *frames;
    uint64_t self = 0;
    size_t n;

    cr_assert_eq(weft_profile_frames(p, &frames, &n, NULL), WEFT_OK);
    cr_assert_eq(n, 6);
    cr_assert_str_eq(frames[0].name, "write");
    cr_assert_eq(frame_of(frames, n, "read")->self, 0);
    cr_assert_eq(frame_of(frames, n, "read")->total, 10);
    cr_assert_eq(frame_of(frames, n, "parse")->self, 8);
    cr_assert_eq(frame_of(frames, n, "parse")->total, 14);
    for (size_t i = 0; i < n; i++) {
        self += frames[i].self;
        cr_assert(!i || frames[i].self <= frames[i - 1].self);
    }
    cr_assert_eq(self, 25);
    weft_profile_frames_free(frames);
    weft_profile_free(p);
}

Test(profile, a_function_that_calls_itself_is_counted_once_a_stack)
{
    weft_profile *p = made();
    struct weft_profile_frame *frames;
    size_t n;

    add(p, "f;g;f;f", 3);
    add(p, "g;f", 2);
    cr_assert_eq(weft_profile_frames(p, &frames, &n, NULL), WEFT_OK);
    cr_assert_eq(n, 2);
    cr_assert_eq(frame_of(frames, n, "f")->total, 5);
    cr_assert_eq(frame_of(frames, n, "f")->self, 5);
    cr_assert_eq(frame_of(frames, n, "g")->total, 5);
    weft_profile_frames_free(frames);
    weft_profile_free(p);
}

/* ---- Files ------------------------------------------------------------------------- */

Test(profile, folded_is_a_line_a_stack_in_the_order_of_frames)
{
    weft_profile *p = example();
    char *text = written(p, "out.folded");

    /* "read" and all upon it comes before "read-more", though '-' comes before ';'. */
    cr_assert_str_eq(text, "read;copy 1\nread;parse 3\nread;parse;digit 6\nread-more;parse 5\nwrite 10\n");
    free(text);
    weft_profile_free(p);
}

Test(profile, what_was_written_is_read_again)
{
    weft_profile *p = example(), *again;
    char *first = written(p, "out.txt"), *second;
    struct weft_error err;

    cr_assert_eq(read_bytes(&again, first, strlen(first), &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_profile_about(again).n_samples, 25);
    second = written(again, "again.folded");
    cr_assert_str_eq(second, first);
    free(first);
    free(second);
    weft_profile_free(p);
    weft_profile_free(again);
}

Test(profile, files_of_other_tools_are_read_with_blanks_in_names_and_ends_of_lines_of_others)
{
    static const char text[] = "java;Foo<T, U>::bar (x) 3\r\n\r\n\nmain 2";
    weft_profile *p;

    cr_assert_eq(read_bytes(&p, text, sizeof text - 1, NULL), WEFT_OK);
    cr_assert_eq(weft_profile_n_stacks(p), 2);
    cr_assert_str_eq(weft_profile_stacks(p)[0].text, "java;Foo<T, U>::bar (x)");
    cr_assert_eq(weft_profile_stacks(p)[1].count, 2);
    weft_profile_free(p);
}

Test(profile, what_cannot_be_read_is_told_with_its_line)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"a 1\nb;c\n", "line 2: no count behind 'b;c'"},
        {"a 1\n\nb x\n", "line 3: 'x' is no count"},
        {"a -1\n", "line 1: '-1' is no count"},
        {"a 12345678901234567\n", "line 1: '12345678901234567' is no count"},
        {"a;;b 1\n", "line 1: a stack: frame 2 is empty"},
        {"a\tb 1\n", "line 1: a stack: frame 1 has the control character 9"},
        {"a 9007199254740992\na 1\n", "line 2: a profile of 9007199254740992 samples has no room for 1 more"},
    };
    weft_profile *p = NULL;
    struct weft_error err;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_eq(read_bytes(&p, bad[i].text, strlen(bad[i].text), &err), WEFT_PARSE, "%s", bad[i].text);
        cr_assert(strstr(err.message, bad[i].says), "%s", err.message);
        cr_assert(strstr(err.message, "in.folded"));
    }
    cr_assert_eq(read_bytes(&p, "a\0b 1\n", 6, &err), WEFT_PARSE);
    cr_assert_eq(weft_profile_read(&p, "/nowhere/x.folded", &err), WEFT_IO);
    cr_assert_null(p);
}

/* Lines that are right, cut, joined and overwritten at random: each is read, or refused with a
 * line, and what is read is written and read again as it was. */
Test(profile, any_bytes_are_read_or_refused)
{
    static const char seed[] = "read;parse;digit 6\nread;parse 3\nwrite file 10\n\nx;y;z 1\r\n";
    static const char odd[] = {0, '\n', '\r', ' ', ';', '9', 'a', '\t', (char)0xff, (char)0xc3};
    int n_read = 0, n_refused = 0;

    for (uint64_t round = 0; round < 4000; round++) {
        char bytes[3 * sizeof seed];
        size_t n = 0;
        weft_profile *p = NULL, *again = NULL;
        struct weft_error err;
        uint64_t state = round;

        for (int part = 0; part < 3; part++) {
            const uint64_t r = wf_mix(++state);
            const size_t from = r % (sizeof seed - 1), length = (r >> 20) % (sizeof seed - from);

            memcpy(bytes + n, seed + from, length);
            n += length;
        }
        for (uint64_t k = wf_mix(++state) % 4; k && n; k--)
            bytes[wf_mix(state + k) % n] = odd[wf_mix(state + 77 * k) % sizeof odd];
        if (read_bytes(&p, bytes, n, &err)) {
            cr_assert_eq(err.status, WEFT_PARSE, "%s", err.message);
            cr_assert(strstr(err.message, "line "));
            n_refused++;
            continue;
        }
        n_read++;
        if (round % 8 == 0) {
            char *text = written(p, "fuzz.folded"), *second;

            cr_assert_eq(read_bytes(&again, text, strlen(text), NULL), WEFT_OK);
            cr_assert_eq(weft_profile_about(again).n_samples, weft_profile_about(p).n_samples);
            second = written(again, "fuzz-2.folded");
            cr_assert_str_eq(second, text);
            free(text);
            free(second);
        }
        weft_profile_free(p);
        weft_profile_free(again);
    }
    cr_assert_gt(n_read, 100);
    cr_assert_gt(n_refused, 100);
}

Test(profile, the_suffix_says_what_is_written)
{
    weft_profile *p = example();
    struct weft_error err;
    char *path = tempdir_path(tempdir, "x.png");

    cr_assert_eq(weft_profile_write(p, path, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, ".folded, .txt, .svg or .json"));
    cr_assert_eq(weft_profile_write(p, "no-suffix", NULL), WEFT_INVALID);
    cr_assert_eq(weft_profile_write(p, "/nowhere/x.svg", NULL), WEFT_IO);
    free(path);
    weft_profile_free(p);
}

#if WF_HAVE_JANSSON
/* By the words of its schema: samples are lists of numbers of frames, the outermost first. */
Test(profile, speedscope_gets_the_same_stacks)
{
    weft_profile *p = example(), *back = made();
    char *text, *first, *second;
    json_t *root, *frames, *one, *samples, *weights;

    add(p, "quote\"d\\;\xff", 2);
    text = written(p, "out.json");
    root = json_loads(text, 0, NULL);
    cr_assert(root);
    frames = json_object_get(json_object_get(root, "shared"), "frames");
    one = json_array_get(json_object_get(root, "profiles"), 0);
    samples = json_object_get(one, "samples");
    weights = json_object_get(one, "weights");
    cr_assert_str_eq(json_string_value(json_object_get(root, "$schema")), "https://www.speedscope.app/file-format-schema.json");
    cr_assert_str_eq(json_string_value(json_object_get(one, "type")), "sampled");
    cr_assert_str_eq(json_string_value(json_object_get(one, "unit")), "none");
    cr_assert_eq(json_integer_value(json_object_get(one, "endValue")), 27);
    cr_assert_eq(json_array_size(samples), 6);
    cr_assert_eq(json_array_size(weights), 6);
    for (size_t i = 0; i < 6; i++) {
        json_t *sample = json_array_get(samples, i);
        char stack[256] = "";

        for (size_t k = 0; k < json_array_size(sample); k++) {
            const size_t at = (size_t)json_integer_value(json_array_get(sample, k));

            strcat(stack, k ? ";" : "");
            strcat(stack, json_string_value(json_object_get(json_array_get(frames, at), "name")));
        }
        if (!strstr(stack, "quote"))
            add(back, stack, (uint64_t)json_integer_value(json_array_get(weights, i)));
    }
    weft_profile_free(p);
    p = example();
    first = written(p, "first.folded");
    second = written(back, "second.folded");
    cr_assert_str_eq(first, second);
    free(first);
    free(second);
    free(text);
    json_decref(root);
    weft_profile_free(p);
    weft_profile_free(back);
}

Test(profile, speedscope_is_told_time_where_the_rate_is_known)
{
    weft_profile *p = example();
    char *text;

    weft_profile_tell(p, &(struct weft_profile_about){.rate_hz = 100, .n_outside = 7});
    cr_assert_eq(weft_profile_about(p).n_samples, 25);
    cr_assert_eq(weft_profile_about(p).n_outside, 7);
    text = written(p, "out.json");
    cr_assert(strstr(text, "\"unit\":\"microseconds\",\"startValue\":0,\"endValue\":250000"));
    free(text);
    weft_profile_free(p);
}
#endif

/* ---- The picture -------------------------------------------------------------------- */

/* The x, y and width of the box whose tooltip begins with `name`. */
struct place {
    double x, y, width;
};

static struct place place_of(const char *svg, const char *name)
{
    char begins[128];
    struct place p;
    const char *at;

    snprintf(begins, sizeof begins, "<g><title>%s\n", name);
    at = strstr(svg, begins);
    cr_assert(at, "no box of %s", name);
    at = strstr(at, "<rect");
    cr_assert_eq(sscanf(at, "<rect x=\"%lf\" y=\"%lf\" width=\"%lf\"", &p.x, &p.y, &p.width), 3);
    return p;
}

Test(profile, a_box_is_as_wide_as_its_share_and_stands_upon_its_caller)
{
    weft_profile *p = example();
    char *svg = written(p, "out.svg");
    const struct place all = place_of(svg, "all"), read = place_of(svg, "read"), parse = place_of(svg, "parse"),
                       digit = place_of(svg, "digit"), copy = place_of(svg, "copy"), write = place_of(svg, "write");

    cr_assert_float_eq(read.width, all.width * 10 / 25, 0.02);
    cr_assert_float_eq(parse.width, all.width * 9 / 25, 0.02);
    cr_assert_float_eq(digit.width, all.width * 6 / 25, 0.02);
    cr_assert_float_eq(write.width, read.width, 0.02);
    cr_assert(read.y < all.y && parse.y < read.y && digit.y < parse.y);
    cr_assert_float_eq(copy.y, parse.y, 0.01);
    cr_assert_float_eq(parse.x, read.x, 0.02);
    cr_assert_float_eq(copy.x, parse.x + parse.width, 0.02);
    cr_assert(strstr(svg, "parse\n36.00 %, 9 samples; in itself 12.00 %"));
    free(svg);
    weft_profile_free(p);
}

Test(profile, names_of_any_kind_make_well_formed_pictures)
{
    weft_profile *p = made();
    char longest[3000], *svg;

    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    add(p, "<script>alert(\"1\")</script>;&;a > b]]>", 5);
    add(p, "\xff\xfe;\xc3\xa4\xc3\xb6\xc3\xbc;\xe2\x82", 5);
    add(p, longest, 1);
    svg = written(p, "odd.svg");
    svg_check(svg);
    cr_assert_null(strstr(svg, "<script>alert"));
    free(svg);
    weft_profile_free(p);
    p = made();
    svg = written(p, "none.svg");
    svg_check(svg);
    cr_assert(strstr(svg, "0 samples"));
    free(svg);
    weft_profile_free(p);
}

/* Recursion deeper than the picture has rows: what is beyond belongs to the last of them. */
Test(profile, a_stack_too_deep_for_the_picture_is_cut)
{
    enum { DEEP = 5000 };
    char *stack = malloc(2 * DEEP), *svg;
    weft_profile *p = made();

    for (int i = 0; i < DEEP; i++) {
        stack[2 * i] = 'f';
        stack[2 * i + 1] = i + 1 < DEEP ? ';' : '\0';
    }
    add(p, stack, 3);
    svg = written(p, "deep.svg");
    svg_check(svg);
    cr_assert_eq(svg_count(svg, "<g>"), 1024);
    free(stack);
    free(svg);
    weft_profile_free(p);
}

/* ---- No memory ------------------------------------------------------------------------ */

static weft_status all_of_it(void *arg)
{
    struct weft_profile_frame *frames = NULL;
    weft_profile *p = NULL;
    struct weft_error err;
    char *path = tempdir_path(tempdir, "nomem.folded"), *svg = tempdir_path(tempdir, "nomem.svg"),
         *json = tempdir_path(tempdir, "nomem.json");
    size_t n;
    weft_status st;

    (void)arg;
    st = weft_profile_read(&p, path, &err);
    st = st ? st : weft_profile_frames(p, &frames, &n, &err);
    st = st ? st : weft_profile_write(p, svg, &err);
    st = st ? st : weft_profile_write(p, json, &err);
    weft_profile_frames_free(frames);
    weft_profile_free(p);
    free(path);
    free(svg);
    free(json);
    return st;
}

Test(profile, without_memory_it_says_so_and_leaks_nothing)
{
    tempdir_write(tempdir, "nomem.folded", "read;parse;digit 6\nread;parse 3\nwrite 10\n");
    cr_assert_eq(all_of_it(NULL), WEFT_OK);
    cr_assert_gt(nomem_everywhere(all_of_it, NULL), 5);
}
