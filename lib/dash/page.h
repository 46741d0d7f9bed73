/* page.h - the pages of this library, each whole, as bundle.mjs makes them of page/.
 *
 * What a page is to show is put where its text has WF_PAGE_DATA, and a picture of the
 * graph where it has WF_PAGE_GRAPH.
 */
#ifndef WF_DASH_PAGE_H
#define WF_DASH_PAGE_H

#include <stddef.h>

#define WF_PAGE_DATA  "<!--weft-data-->"
#define WF_PAGE_GRAPH "<!--weft-graph-->"

extern const char   wf_page_dashboard[];
extern const size_t wf_page_dashboard_size;
extern const char   wf_page_report[]; /* closed by a zero */
extern const size_t wf_page_report_size;

#endif
