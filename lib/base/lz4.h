/* lz4.h - bytes made fewer, where that is quick and pays; the only door to liblz4.
 *
 * A build without liblz4 says of all bytes that it does not pay, and reads back only
 * what was never packed.
 */
#ifndef WF_LZ4_H
#define WF_LZ4_H

#include <stdbool.h>
#include <stddef.h>

/* Room that packing n bytes may take; 0: they are too many, or there is no liblz4. */
size_t wf_lz4_room(size_t n);

/* Packs n bytes into `to`, which has wf_lz4_room(n); how many they became. 0: not an
 * eighth would be saved, as a piece of 64 KiB from their middle tells for all of them. */
size_t wf_lz4_pack(void *to, const void *from, size_t n);

/* Exactly n bytes into `to`. False: they are not what wf_lz4_pack() made of n bytes. */
bool wf_lz4_unpack(void *to, size_t n, const void *packed, size_t n_packed);

#endif
