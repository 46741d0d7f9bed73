/* walk.c - over CSV text by steps of 64 bytes, compiled once per instruction set. */
#include "lib/io/csv/walk.h"

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/io/csv/typed/masks.h"

/* What the bytes before say about the next one; bits 0 or 1. */
struct past {
    uint64_t in_quotes;    /* all ones or none */
    uint64_t edge;         /* a cell ended, or its quotes closed */
    uint64_t cell, line;   /* a cell ended; a line */
    uint64_t cr;           /* a carriage return outside of quotes */
    uint64_t lead, digit;  /* the minus of a cell; a digit */
    uint64_t run2, run4, run8, runs; /* the words of digits in runs of 2, 4, 8 and 1 */
    uint64_t odd_int, odd_float, point; /* carries of the sums */
};

static const struct past at_start = {.edge = 1, .cell = 1, .line = 1};

struct step {
    uint64_t cells, lines; /* ends of cells; those that end records */
    bool     irregular;
};

/* All bits one place up; `past` comes in and its successor goes out. */
static inline uint64_t up(uint64_t x, uint64_t *past)
{
    const uint64_t shifted = x << 1 | *past;

    *past = x >> 63;
    return shifted;
}

/* `live`: the bytes that belong to the text. */
static inline struct step step_over(const struct masks *m, uint64_t live, struct past *p)
{
    const uint64_t ends = (m->sep | m->line) & live;
    uint64_t inside = 0, open = 0, close = 0, cr, wrong;
    struct step s;

    if (m->quote | p->in_quotes) {
        const uint64_t quote = m->quote & live;

        inside = xor_up_to(quote) ^ p->in_quotes;
        p->in_quotes = 0 - (inside >> 63);
        open = quote & inside;
        close = quote & ~inside;
    }
    s.cells = ends & ~inside;
    s.lines = m->line & s.cells;
    cr = m->cr & ~inside & live;
    /* Quotes open where a cell begins, or as the second of two. Letters behind a closing
     * quote do no harm; a quote among them would. */
    wrong = open & ~up(s.cells | close, &p->edge);
    wrong |= up(cr, &p->cr) & ~m->line;
    wrong |= up(s.lines, &p->line) & (s.lines | cr); /* a blank line */
    wrong |= m->comment & ~inside;
    s.irregular = (wrong & live) != 0;
    return s;
}

/* The next phase: the column of the cell behind this step. */
static inline int next_phase(const struct step *s, int phase, int n_cells)
{
    if (!s->lines)
        return phase + n_cells;
    return __builtin_popcountll(s->cells & ~wf_bits_low(64 - __builtin_clzll(s->lines)));
}

/* Notes the records that end in this step. */
static inline void count_records(struct wf_csv_walk *w, const struct step *s, uint64_t line, int64_t at,
                                 int64_t *n_lines)
{
    if (s->lines) {
        const int behind = 64 - __builtin_clzll(s->lines);

        w->end = at + behind;
        w->n_records += __builtin_popcountll(s->lines);
        w->n_lines = *n_lines + __builtin_popcountll(line & wf_bits_low(behind));
    }
    *n_lines += __builtin_popcountll(line);
}

/* Which cells of this step, by their ends, are no integers of less than 16 digits, and which no floats. */
static inline void odd_cells(const struct kinds *k, const struct masks *m, const struct step *s, uint64_t live,
                             struct past *p, uint64_t *no_int, uint64_t *no_float)
{
    const uint64_t body = ~s->cells & live, digit = k->digit & live;
    const uint64_t lead = k->minus & up(s->cells, &p->cell);
    const uint64_t stray = up(lead, &p->lead) & ~digit; /* a minus without number behind it */
    const uint64_t known = digit | lead | m->cr;        /* no cr but before line ends: else irregular */
    const uint64_t run2 = digit & (digit << 1 | p->runs >> 63);
    const uint64_t run4 = run2 & (run2 << 2 | p->run2 >> 62);
    const uint64_t run8 = run4 & (run4 << 4 | p->run4 >> 60);
    const uint64_t run16 = run8 & (run8 << 8 | p->run8 >> 56);
    const uint64_t point = k->point & body;
    const uint64_t second = add_with_carry(body, point, &p->point) & point;
    const uint64_t odd_int = body & (~known | stray | run16);
    const uint64_t odd_float = body & (~(known | point) | stray | (point & ~(digit << 1 | p->digit)) | second);

    *no_int = s->cells & (add_with_carry(body, odd_int, &p->odd_int) | stray);
    *no_float = s->cells & (add_with_carry(body, odd_float, &p->odd_float) | stray);
    p->digit = digit >> 63;
    p->runs = digit;
    p->run2 = run2;
    p->run4 = run4;
    p->run8 = run8;
}

/* Hands on the cells of `odd`: bit k is cell k of this step. */
static void judge_cells(struct wf_csv_walk *w, uint64_t odd, uint64_t cells, int64_t at, int64_t before, int phase)
{
    for (; odd; odd &= odd - 1) {
        const int k = __builtin_ctzll(odd);
        const int64_t first = k ? at + select_bit(cells, k - 1) + 1 : before;

        w->judge(w->arg, (phase + k) % w->phases->n_fields, first, at + select_bit(cells, k));
    }
}

static bool scan(struct wf_csv_walk *w, const char *text, int64_t n)
{
    const struct wf_csv_phases *phases = w->phases;
    const struct marks d = marks_of(w->dialect);
    struct past past = at_start;
    int64_t n_lines = 0, before = 0; /* where the cell begins that the last step ended in */
    int phase = 0;

    w->end = w->n_records = w->n_lines = 0;
    w->high = 0;
    for (int64_t at = 0; at < n; at += 64) {
        const uint64_t live = wf_bits_low(n - at);
        const bytes64 bytes = bytes_at(text + at);
        const struct masks m = masks_of(bytes, &d);
        const struct kinds kinds = kinds_of(bytes, &d);
        const struct step s = step_over(&m, live, &past);
        const int n_cells = __builtin_popcountll(s.cells);
        uint64_t no_int, no_float, odd;

        if (s.irregular || compress(s.lines, s.cells) != (phases->line[phase] & wf_bits_low(n_cells)))
            return false;
        w->high |= kinds.high & live;
        odd_cells(&kinds, &m, &s, live, &past, &no_int, &no_float);
        odd = (compress(no_int, s.cells) & phases->ints[phase]) |
              (compress(no_float, s.cells) & phases->floats[phase]) |
              (compress(s.cells & ~(s.cells << 1), s.cells) & phases->others[phase]); /* all but empty ones */
        if (odd)
            judge_cells(w, odd, s.cells, at, before, phase);
        count_records(w, &s, m.line & live, at, &n_lines);
        phase = next_phase(&s, phase, n_cells);
        if (s.cells)
            before = at + 64 - __builtin_clzll(s.cells);
    }
    return true;
}

/* The places of the bits of `cells`, from `ends` on; up to 63 more may be written. */
static inline void put_ends(uint32_t *ends, uint64_t cells, uint32_t at)
{
#if defined(__AVX512F__)
    const __m512i step = _mm512_set1_epi32(16);
    __m512i places = _mm512_add_epi32(
        _mm512_set1_epi32((int)at),
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));

    for (int i = 0; i < 4; i++, cells >>= 16, places = _mm512_add_epi32(places, step)) {
        const __mmask16 some = (__mmask16)cells;

        _mm512_storeu_si512(ends, _mm512_maskz_compress_epi32(some, places));
        ends += __builtin_popcount(some);
    }
#else
    for (; cells; cells &= cells - 1)
        *ends++ = at + (uint32_t)__builtin_ctzll(cells);
#endif
}

static bool index_cells(struct wf_csv_walk *w, const char *text, int64_t n, uint32_t *ends)
{
    const struct wf_csv_phases *phases = w->phases;
    const struct marks d = marks_of(w->dialect);
    struct past past = at_start;
    int64_t n_lines = 0;
    uint64_t any_cr = 0;
    int phase = 0;

    w->end = w->n_records = w->n_lines = 0;
    for (int64_t at = 0; at < n; at += 64) {
        const uint64_t live = wf_bits_low(n - at);
        const struct masks m = masks_of(bytes_at(text + at), &d);
        const struct step s = step_over(&m, live, &past);
        const int n_cells = __builtin_popcountll(s.cells);

        if (s.irregular || compress(s.lines, s.cells) != (phases->line[phase] & wf_bits_low(n_cells)))
            return false;
        put_ends(ends, s.cells, (uint32_t)at);
        ends += n_cells;
        any_cr |= m.cr & live;
        count_records(w, &s, m.line & live, at, &n_lines);
        phase = next_phase(&s, phase, n_cells);
    }
    w->has_cr = any_cr != 0;
    return true;
}

extern const struct wf_csv_steps WF_NAME2(wf_csv_steps, ISA);
const struct wf_csv_steps WF_NAME2(wf_csv_steps, ISA) = {scan, index_cells};
