/* test_walk.c - what the loops over 64 bytes count, on every instruction set this machine has. */
#include "lib/io/csv/walk.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/io/csv/loops.h"
#include "lib/io/csv/plain.h"
#include "lib/io/csv/scanned.h"

/* Text with 64 bytes behind it, and the words of a file of n_fields columns. */
struct setting {
    struct wf_csv_dialect dialect;
    struct wf_csv_phases  phases;
    uint64_t              lines[64], none[64];
    struct wf_csv_walk    walk;
    char                  text[4096 + 64];
    int64_t               n;
};

static void no_judge(void *arg, int column, int64_t first, int64_t last)
{
    (void)arg, (void)column, (void)first, (void)last;
    cr_assert(false, "no column is looked at");
}

static void begin(struct setting *s, const char *text, int n_fields)
{
    memset(s, 0, sizeof *s);
    cr_assert_eq(wf_csv_dialect_init(&s->dialect, &(struct weft_csv_spec){0}, NULL), WEFT_OK);
    s->phases = (struct wf_csv_phases){n_fields, s->lines, s->none, s->none, s->none};
    wf_csv_phase_set(s->lines, n_fields, n_fields - 1, true);
    s->walk = (struct wf_csv_walk){.dialect = &s->dialect, .phases = &s->phases, .judge = no_judge};
    s->n = (int64_t)strlen(text);
    cr_assert_leq(s->n, 4096);
    memcpy(s->text, text, (size_t)s->n);
    memset(s->text + s->n, '"', 64); /* what lies behind is not looked at */
}

static void end(struct setting *s)
{
    wf_csv_dialect_fini(&s->dialect);
}

Test(csv_walk, records_and_lines_are_counted_to_the_last_whole_record)
{
    static struct setting s;

    for (int isa = 0; isa < WF_ISA_COUNT; isa++) {
        const struct wf_csv_steps *steps = wf_csv_steps_of((enum wf_isa)isa);
        uint32_t ends[4096 + 64];

        if (!wf_isa_has((enum wf_isa)isa))
            continue;
        begin(&s, "1,\"a\nb\"\r\n22,\r\n3,\"x\ny\n", 2);
        cr_assert(steps->scan(&s.walk, s.text, s.n));
        cr_assert_eq(s.walk.end, 14);
        cr_assert_eq(s.walk.n_records, 2);
        cr_assert_eq(s.walk.n_lines, 3);
        cr_assert_eq(s.walk.high, 0);
        cr_assert(steps->index(&s.walk, s.text, s.n, ends));
        cr_assert_eq(s.walk.end, 14);
        cr_assert_eq(s.walk.n_records, 2);
        cr_assert_eq(s.walk.n_lines, 3);
        cr_assert(s.walk.has_cr);
        cr_assert_eq(ends[0], 1);
        cr_assert_eq(ends[1], 8);
        cr_assert_eq(ends[2], 11);
        cr_assert_eq(ends[3], 13);
        end(&s);
    }
}

Test(csv_walk, nothing_whole_means_no_end)
{
    static struct setting s;

    begin(&s, "1,2", 2);
    cr_assert(wf_csv_steps_of(wf_isa())->scan(&s.walk, s.text, s.n));
    cr_assert_eq(s.walk.end, 0);
    cr_assert_eq(s.walk.n_records, 0);
    cr_assert(wf_csv_steps_of(wf_isa())->scan(&s.walk, s.text, 0));
    cr_assert_eq(s.walk.end, 0);
    end(&s);
}

Test(csv_walk, bytes_above_ascii_are_noticed_anywhere)
{
    static struct setting s;
    char text[200];

    for (int isa = 0; isa < WF_ISA_COUNT; isa++) {
        if (!wf_isa_has((enum wf_isa)isa))
            continue;
        for (int at = 0; at < 199; at++) {
            memset(text, 'x', 199);
            text[199] = 0;
            text[at] = '\x80';
            begin(&s, text, 1);
            cr_assert(wf_csv_steps_of((enum wf_isa)isa)->scan(&s.walk, s.text, s.n));
            cr_assert_neq(s.walk.high, 0, "%d", at);
            end(&s);
        }
    }
}

/* All short texts of these characters: where the loops trust themselves, they see the plain
 * reader's cells. */
Test(csv_walk, every_short_text_is_seen_as_the_plain_reader_sees_it)
{
    static const char alphabet[] = ",\"\n\ra";
    static struct setting s;
    struct wf_csv_record r = {0};
    int64_t n_trusted = 0;

    for (int isa = 0; isa < WF_ISA_COUNT; isa++) {
        const struct wf_csv_steps *steps = wf_csv_steps_of((enum wf_isa)isa);
        const int length = isa == WF_ISA_COUNT - 1 ? 8 : 7;
        int n_texts = 1;

        if (!wf_isa_has((enum wf_isa)isa))
            continue;
        for (int i = 0; i < length; i++)
            n_texts *= 5;
        for (int code = 0; code < n_texts; code++) {
            char text[16];
            uint32_t ends[16 + 64];
            int64_t at = 0, k = 0;

            for (int i = 0, c = code; i < length; i++, c /= 5)
                text[i] = alphabet[c % 5];
            text[length] = '\n';
            text[length + 1] = 0;
            begin(&s, text, 2);
            if (steps->index(&s.walk, s.text, s.n, ends) && s.walk.end == s.n) {
                n_trusted++;
                for (int64_t i = 0; i < s.walk.n_records; i++, at = r.next) {
                    cr_assert_eq(wf_csv_record_find(&r, &s.dialect, text, s.n, at), WF_CSV_RECORD);
                    cr_assert_eq(r.n, 2);
                    for (int c = 0; c < 2; c++, k++) {
                        const uint32_t first = k ? ends[k - 1] + 1 : 0;
                        const uint32_t last = ends[k] - (c == 1 && ends[k] > first && text[ends[k] - 1] == '\r');

                        cr_assert_eq(r.first[c], first);
                        cr_assert_eq(r.last[c], last);
                    }
                }
                cr_assert_eq(at, s.n);
            }
            end(&s);
        }
    }
    cr_assert_gt(n_trusted, 1000);
    wf_csv_record_fini(&r);
}
