/* entry.h - a result as the bytes of a file, and back; nothing of a file is believed.
 *
 *     head    magic, version, token, checksum, what it cost, sizes, type
 *     bytes   what the type writes, as it is or packed; of a small number none
 *
 * The checksum covers all of it and begins with the token, so a file under another's
 * name is found out, too. Numbers are little-endian, as in memory on the machines Weft
 * runs on.
 */
#ifndef WF_MEMO_ENTRY_H
#define WF_MEMO_ENTRY_H

#include "lib/base/hash.h"
#include "lib/graph/memo/mark.h"

enum { WF_ENTRY_VERSION = 1 };

struct wf_entry_head {
    char            magic[8];
    uint32_t        version;
    uint32_t        is_packed;
    struct wf_token token;
    struct wf_token sum;
    int64_t         cost_ns;
    uint64_t        n_bytes, n_raw; /* behind this head; when unpacked */
    int64_t         number;         /* a small one */
    struct wf_mark  mark;
};

/* The bytes of an entry, head and all. Freed with wf_free(). WEFT_NOMEM, or why the type
 * cannot be written. */
weft_status wf_entry_write(char **out, size_t *n, struct wf_token token, struct weft_value value,
                           const struct wf_mark *mark, int64_t cost_ns, bool pack);

/* The head in n bytes, all of which are as they were written under this token; else NULL. */
const struct wf_entry_head *wf_entry_check(const char *bytes, size_t n, struct wf_token token);

/* The value of an entry that was checked, whose type is `type`. WEFT_PARSE: the type says no. */
weft_status wf_entry_read(struct weft_value *out, const struct wf_entry_head *head, const struct weft_type *type);

#endif
