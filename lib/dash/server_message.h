/* server_message.h - what is seen, as text to send: JSON of all or of what changed, and Prometheus. */
#ifndef WF_DASH_SERVER_MESSAGE_H
#define WF_DASH_SERVER_MESSAGE_H

#include "lib/dash/json.h"
#include "lib/dash/server_about.h"
#include "lib/dash/server_view.h"

/* Groups a message names; of the others it tells how many they are. */
enum { WF_MOST_GROUPS = 5000 };

struct wf_say {
    const struct wf_server_about *about;
    const struct wf_view         *view;
    int64_t interval_ns;
    int     n_streams; /* that listen */
    bool    ended;     /* the dashboard is being closed */
};

/* How much of it: what is not as it was at the look before; everything there is now, with what never
 * changes; and, for who comes anew, what was seen lately, too. */
enum wf_amount { WF_CHANGES, WF_ALL, WF_ALL_AND_PAST, WF_N_AMOUNTS };

/* One object into `j`, which is empty. */
void wf_say_state(struct wf_json *j, const struct wf_say *say, enum wf_amount amount);
void wf_say_counts(struct wf_json *j, const struct wf_say *say);
void wf_say_identity(struct wf_json *j, const struct wf_say *say);

/* Text format 0.0.4. NULL: no memory; else to be freed. */
char *wf_say_metrics(const struct wf_say *say, size_t *n);

#endif
