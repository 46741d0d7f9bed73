/* fingerprint.h - what a CSV file is and how it is read, as a token. */
#ifndef WF_CSV_FINGERPRINT_H
#define WF_CSV_FINGERPRINT_H

#include "lib/io/csv/scanned.h"

/* How a file is read; where it is cut the ranges say. */
struct wf_token wf_csv_spec_token(const struct weft_csv_spec *spec);

#endif
