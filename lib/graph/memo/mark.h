/* mark.h - which type a file means, in a program that may lie elsewhere in memory.
 *
 * A type is a constant of some object, so it is found as a body is: by the build-id of
 * the object and its place there. The linker may have moved an exported one into the
 * program that uses it; another program finds it by its symbol. In either case the
 * function that reads the bytes decides: it must be the very one, of the same build.
 */
#ifndef WF_MEMO_MARK_H
#define WF_MEMO_MARK_H

#include <weft/graph.h>

/* Plain bytes, of one meaning in every process; what is not used is zero. */
struct wf_mark {
    uint8_t  type_id[20], read_id[20]; /* build-ids */
    uint32_t n_type_id, n_read_id;
    uint64_t type_offset, read_offset;
    char     name[32];                 /* the type's own, cut */
    char     symbol[56];               /* "" when not exported */
};

/* The mark of a type; false: no other process could find it or read it. */
bool wf_mark_of(struct wf_mark *out, const struct weft_type *type);
/* NULL: this program has no such type. */
const struct weft_type *wf_mark_find(const struct wf_mark *mark);

#endif
