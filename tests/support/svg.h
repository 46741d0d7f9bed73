/* svg.h - SVG as tests read it. */
#ifndef TESTS_SVG_H
#define TESTS_SVG_H

#include <stddef.h>

/* Fails the test when `xml` is not well-formed: tags that close in another order than they
 * opened, a bare & or <, a control character. */
void svg_check(const char *xml);

int svg_count(const char *text, const char *words); /* how often `words` occur */

/* A box of a graph: the rectangle right after <g id="..." class="node">, without cards behind. */
struct svg_box {
    const char *at; /* where it begins */
    char        id[32];
    double      x, y, w, h;
};

/* All boxes, at most `room`; answers how many there are. */
size_t svg_boxes(const char *svg, struct svg_box *boxes, size_t room);

#endif
