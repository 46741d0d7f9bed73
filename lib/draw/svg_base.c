/* svg_base.c - what every SVG of ours begins and ends with. */
#include "lib/draw/svg.h"

/* The style is that of this class alone, as the picture may stand in a page with its own.
 * Fonts that are as wide as lib/draw/text.h takes them to be. Words of the page follow it
 * into the dark as little as the fills do: white paper, everywhere. */
void wf_svg_begin(struct wf_text *out, double width, double height, const char *background)
{
    wf_text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<svg class=\"weft\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
                "width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
                "font-family=\"Helvetica,Arial,sans-serif\" font-size=\"11\" fill=\"" WF_INK "\">\n",
                width, height, width, height);
    wf_text_add(out, "<style>.weft .b{font-weight:bold}.weft .s{font-size:9px;fill:" WF_GREY "}.weft .a{fill:" WF_GREY "}"
                ".weft .node .s,.weft .node .a{fill:" WF_DIM "}.weft .t{font-size:14px;font-weight:bold}.weft .v{font-size:12px;font-weight:bold}.weft .m{text-anchor:middle}"
                ".weft .r{text-anchor:end}.weft .e{fill:none;stroke:" WF_PALE "}.weft .c{stroke:" WF_RED ";stroke-width:2.2}"
                ".weft .j{fill:none;stroke:#d8dee4;stroke-width:11;stroke-linecap:round}"
                ".weft .n{font-size:8px;fill:" WF_GREY ";stroke:#fff;stroke-width:3;paint-order:stroke}</style>\n");
    wf_text_add(out, "<rect width=\"100%%\" height=\"100%%\" fill=\"");
    wf_text_add_xml(out, background);
    wf_text_add(out, "\"/>\n");
}

void wf_svg_end(struct wf_text *out)
{
    wf_text_add(out, "</svg>\n");
}

void wf_svg_words(struct wf_text *out, double x, double y, const char *classes, const char *words)
{
    wf_text_add(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, classes);
    wf_text_add_xml(out, words);
    wf_text_add(out, "</text>");
}
