/* svg.c - SVG as tests read it. */
#include "tests/support/svg.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void svg_check(const char *xml)
{
    char open[64][32];
    int depth = 0, n_elements = 0;

    for (const char *c = xml; c && *c; c++) {
        cr_assert((unsigned char)*c >= ' ' || *c == '\n' || *c == '\t' || *c == '\r');
        if (*c == '&') {
            const size_t n = strcspn(c, ";< ");

            cr_assert(c[n] == ';' && n < 10, "a bare & before %.20s", c);
        }
        if (*c != '<')
            continue;
        if (!strncmp(c, "<!--", 4)) {
            c = strstr(c, "-->") + 2;
        } else if (!strncmp(c, "<![CDATA[", 9)) {
            c = strstr(c, "]]>") + 2;
        } else if (c[1] == '?' || c[1] == '!') {
            c = strchr(c, '>');
        } else if (c[1] == '/') {
            cr_assert_gt(depth, 0);
            depth--;
            cr_assert_eq(strncmp(c + 2, open[depth], strlen(open[depth])), 0, "%.20s closes %s", c, open[depth]);
            c = strchr(c, '>');
        } else {
            const char *name = c + 1, *end = strchr(c, '>');
            const size_t n = strcspn(name, " \n/>");

            cr_assert(depth < 64 && n < 32 && end);
            snprintf(open[depth], sizeof *open, "%.*s", (int)n, name);
            depth += end[-1] != '/';
            n_elements++;
            c = end;
        }
    }
    cr_assert_eq(depth, 0);
    cr_assert_gt(n_elements, 3);
}

int svg_count(const char *text, const char *words)
{
    int n = 0;

    for (const char *at = text; (at = strstr(at, words)); at++)
        n++;
    return n;
}

size_t svg_boxes(const char *svg, struct svg_box *boxes, size_t room)
{
    size_t n = 0;

    for (const char *g = svg; (g = strstr(g, "<g id=\"")); g++, n++) {
        const char *end = strstr(g, "</g>"), *rect = NULL;
        struct svg_box box = {.at = g};

        cr_assert(end);
        /* The last rectangle is the one in front. */
        for (const char *r = g; (r = strstr(r, "<rect ")) && r < end; r++)
            rect = r;
        cr_assert(rect && sscanf(g, "<g id=\"%31[^\"]", box.id) == 1);
        cr_assert_eq(sscanf(rect, "<rect x=\"%lf\" y=\"%lf\" width=\"%lf\" height=\"%lf\"", &box.x, &box.y, &box.w, &box.h), 4);
        if (n < room)
            boxes[n] = box;
    }
    return n;
}
