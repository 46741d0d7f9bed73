/* flame.c - a profile as a picture: a box per function, as wide as what it took, upon its caller.
 *
 * Boxes upon one another called one another; beside each other, the widest first, stand those that
 * one function called, whenever that was (Gregg 2016: The flame graph). Groups of tasks are blue, what
 * nobody could name is grey. A script in the file widens what is clicked, and finds.
 */
#include "lib/analyse/flame.h"

#include <string.h>

#include "lib/analyse/calls.h"
#include "lib/analyse/profile.h"
#include "lib/base/error.h"
#include "lib/base/hash.h"

enum { WIDTH = 1200, MARGIN = 12, ROW = 18, HEAD = 58 };

/* Of a letter: 11 pixels high, of equal width. */
static const double LETTER = 6.63;

/* Narrower than this nothing is drawn: so much it is even when wide. */
static const double LEAST_WIDTH = 0.1;

/* ---- The picture ------------------------------------------------------------------- */

/* Hundredths, whatever a locale thinks of points. */
static void put_number(struct wf_sink *s, double value)
{
    const int64_t hundredths = (int64_t)(value * 100 + 0.5);
    char text[40];

    snprintf(text, sizeof text, "%lld.%02d", (long long)(hundredths / 100), (int)(hundredths % 100));
    wf_sink_text(s, text);
}

static void put_attribute(struct wf_sink *s, const char *name, double value)
{
    wf_sink_put(s, " ", 1);
    wf_sink_text(s, name);
    wf_sink_put(s, "=\"", 2);
    put_number(s, value);
    wf_sink_put(s, "\"", 1);
}

/* Samples, or seconds where it is known how many a second has. */
static void put_amount(struct wf_sink *s, const weft_profile *p, uint64_t count)
{
    if (p->about.rate_hz) {
        put_number(s, (double)count / p->about.rate_hz);
        wf_sink_text(s, " s");
    } else {
        wf_sink_int(s, (int64_t)count);
        wf_sink_text(s, count == 1 ? " sample" : " samples");
    }
}

static void put_share(struct wf_sink *s, const weft_profile *p, uint64_t count)
{
    put_number(s, p->about.n_samples ? 100.0 * (double)count / (double)p->about.n_samples : 0);
    wf_sink_text(s, " %");
}

/* The name, at most `most` letters of it. */
static void put_name(struct wf_sink *s, const struct wf_call *b, size_t most)
{
    char text[512];
    size_t n = 0, letters = 0;

    while (n < b->bytes && n < sizeof text - 8 && letters <= most) {
        letters += (b->name[n] & 0xc0) != 0x80;
        n++;
    }
    if (letters > most || n < b->bytes) {
        for (n = 0, letters = 0; n < b->bytes && n < sizeof text - 8; n++) {
            letters += (b->name[n] & 0xc0) != 0x80;
            if (letters > most - 1)
                break;
        }
        memcpy(text, b->name, n);
        memcpy(text + n, "\xe2\x80\xa6", 4);
    } else {
        memcpy(text, b->name, n);
        text[n] = '\0';
    }
    wf_sink_xml(s, text);
}

/* Light, so that black is read upon it. */
static void put_fill(struct wf_sink *s, const struct wf_call *b)
{
    const uint64_t h = wf_hash(b->name, b->bytes);
    const unsigned u = h % 101, v = (h >> 32) % 101; /* per cent */
    char text[32];

    if (!b->row || b->name[0] == '[')
        snprintf(text, sizeof text, " fill=\"#%06x\"", b->row ? 0xd5d9ddu : 0xe8eaedu);
    else if (b->row == 1)
        snprintf(text, sizeof text, " fill=\"#%02x%02x%02x\"", 150 + u * 35 / 100, 190 + v * 25 / 100, 245u);
    else
        snprintf(text, sizeof text, " fill=\"#%02x%02x%02x\"", 243 + v * 12 / 100, 150 + u * 75 / 100, 88 + v * 40 / 100);
    wf_sink_text(s, text);
}

static void put_box(struct wf_sink *s, const weft_profile *p, const struct wf_calls *f, const struct wf_call *b)
{
    const double per_sample = (double)(WIDTH - 2 * MARGIN) / (double)(p->about.n_samples ? p->about.n_samples : 1);
    const double x = MARGIN + (double)b->at * per_sample, y = HEAD + (double)(f->n_rows - 1 - b->row) * ROW;
    const double width = b->row ? (double)b->total * per_sample : WIDTH - 2 * MARGIN;
    const double letters = (width - 6) / LETTER;

    if (width < LEAST_WIDTH)
        return;
    wf_sink_text(s, "<g><title>");
    put_name(s, b, 400);
    wf_sink_text(s, "\n");
    put_share(s, p, b->total);
    wf_sink_text(s, ", ");
    put_amount(s, p, b->total);
    if (b->self && b->self < b->total) {
        wf_sink_text(s, "; in itself ");
        put_share(s, p, b->self);
    }
    wf_sink_text(s, "</title><rect");
    put_attribute(s, "x", x);
    put_attribute(s, "y", y);
    put_attribute(s, "width", width);
    put_fill(s, b);
    wf_sink_text(s, "/><text");
    put_attribute(s, "x", x + 4);
    put_attribute(s, "y", y + 13);
    wf_sink_text(s, ">");
    if (letters >= 3)
        put_name(s, b, (size_t)letters);
    wf_sink_text(s, "</text></g>\n");
}

/* In the file as they are; the numbers are those of the enum above. */
static const char style[] =
    "<style>text{font:11px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#1f2328}"
    "g rect{height:17px;rx:2px}g{cursor:pointer}g:hover rect{stroke:#1f2328;stroke-width:1}g.past{opacity:.45}"
    "g.found rect{fill:#f0abfc}#title{font:600 17px system-ui,sans-serif}"
    ".said{font:12px system-ui,sans-serif;fill:#57606a}.button{cursor:pointer;fill:#0550ae}</style>\n";

static const char script[] =
    "<script><![CDATA[\n"
    "const left = 12, width = 1176, letter = 6.63;\n"
    "const boxes = [...document.querySelectorAll('g')].map(g => {\n"
    "  const rect = g.querySelector('rect'), text = g.querySelector('text'), told = g.querySelector('title').textContent;\n"
    "  return {g, rect, text, name: told.split('\\n')[0], x: +rect.getAttribute('x') - left,\n"
    "          w: +rect.getAttribute('width'), y: +rect.getAttribute('y')};\n"
    "});\n"
    "const say = (id, words) => { document.getElementById(id).textContent = words; };\n"
    "const all = boxes.reduce((a, b) => a && a.y > b.y ? a : b, null);\n"
    "function fit(box, w) {\n"
    "  const room = Math.floor((w - 6) / letter), letters = [...box.name];\n"
    "  box.text.textContent = room < 3 ? '' : letters.length <= room ? box.name : letters.slice(0, room - 1).join('') + '\\u2026';\n"
    "}\n"
    "function widen(to) {\n"
    "  const scale = width / to.w;\n"
    "  for (const b of boxes) {\n"
    "    const beneath = b.y > to.y && b.x <= to.x + .02 && b.x + b.w >= to.x + to.w - .02;\n"
    "    const x = beneath ? 0 : (b.x - to.x) * scale, w = beneath ? width : b.w * scale;\n"
    "    const seen = beneath || b.y <= to.y && x > -.02 * scale && x + w < width + .02 * scale && w > .1;\n"
    "    b.g.style.display = seen ? '' : 'none';\n"
    "    b.g.classList.toggle('past', beneath && b !== to);\n"
    "    if (!seen) continue;\n"
    "    b.rect.setAttribute('x', left + x); b.rect.setAttribute('width', Math.max(w, .1));\n"
    "    b.text.setAttribute('x', left + x + 4); fit(b, w);\n"
    "  }\n"
    "  say('back', to === all ? '' : 'show all');\n"
    "}\n"
    "function find() {\n"
    "  const words = prompt('Functions whose name has (or /pattern/):', '');\n"
    "  let test = name => name.includes(words), n = 0, spans = [];\n"
    "  if (words === null) return;\n"
    "  if (/^\\/.+\\/$/.test(words)) try { const p = new RegExp(words.slice(1, -1)); test = name => p.test(name); } catch { return; }\n"
    "  for (const b of boxes) {\n"
    "    const hit = words !== '' && test(b.name);\n"
    "    b.g.classList.toggle('found', hit);\n"
    "    if (hit) { n++; spans.push([b.x, b.x + b.w]); }\n"
    "  }\n"
    "  let sum = 0, end = 0;\n"
    "  for (const [a, b] of spans.sort((p, q) => p[0] - q[0])) { sum += Math.max(0, b - Math.max(a, end)); end = Math.max(end, b); }\n"
    "  say('found', words === '' ? '' : n + ' found, ' + (100 * sum / width).toFixed(1) + ' %');\n"
    "}\n"
    "for (const b of boxes) b.g.addEventListener('click', () => widen(b));\n"
    "document.getElementById('back').addEventListener('click', () => widen(all));\n"
    "document.getElementById('find').addEventListener('click', find);\n"
    "document.addEventListener('keydown', e => {\n"
    "  if ((e.ctrlKey || e.metaKey) && e.key === 'f') { e.preventDefault(); find(); }\n"
    "  if (e.key === 'Escape') widen(all);\n"
    "});\n"
    "]]></script>\n";
_Static_assert(MARGIN == 12 && WIDTH - 2 * MARGIN == 1176, "the script knows them");

static void put_said(struct wf_sink *s, const weft_profile *p)
{
    const uint64_t outside = p->about.n_outside;

    wf_sink_text(s, "<text class=\"said\" x=\"12\" y=\"44\">");
    if (p->about.rate_hz) {
        put_number(s, (double)p->about.n_samples / p->about.rate_hz);
        wf_sink_text(s, " s of processor time in tasks, ");
    }
    wf_sink_int(s, (int64_t)p->about.n_samples);
    wf_sink_text(s, " samples");
    if (outside) {
        wf_sink_text(s, "; besides, ");
        put_amount(s, p, outside);
        wf_sink_text(s, " outside of tasks");
    }
    if (p->about.n_lost) {
        wf_sink_text(s, "; ");
        put_amount(s, p, p->about.n_lost);
        wf_sink_text(s, " lost");
    }
    wf_sink_text(s, "</text>\n");
}

weft_status wf_flame_write(const weft_profile *p, struct wf_sink *s, struct weft_error *err)
{
    struct wf_calls f = {0};
    char size[128];
    int height;

    if (!wf_calls_build(&f, p)) {
        wf_calls_fini(&f);
        return wf_error_nomem(err, "a flame graph");
    }
    height = HEAD + (int)f.n_rows * ROW + MARGIN;
    snprintf(size, sizeof size, "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"", WIDTH, height, WIDTH, height);
    wf_sink_text(s, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" ");
    wf_sink_text(s, size);
    wf_sink_text(s, ">\n");
    wf_sink_text(s, style);
    wf_sink_text(s, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
                    "<text id=\"title\" x=\"12\" y=\"25\">Where time goes inside tasks</text>\n"
                    "<text id=\"found\" class=\"said\" x=\"1040\" y=\"25\" text-anchor=\"end\"></text>\n"
                    "<text id=\"back\" class=\"said button\" x=\"1120\" y=\"25\" text-anchor=\"end\"></text>\n"
                    "<text id=\"find\" class=\"said button\" x=\"1188\" y=\"25\" text-anchor=\"end\">find</text>\n");
    put_said(s, p);
    for (uint32_t i = 0; i < f.n; i++)
        put_box(s, p, &f, &f.list[i]);
    wf_sink_text(s, script);
    wf_sink_text(s, "</svg>\n");
    wf_calls_fini(&f);
    return WEFT_OK;
}
