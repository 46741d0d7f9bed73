/* profile_symbol.h - the names of functions, by addresses in this process.
 *
 * By libdw of the elfutils, which knows static functions and programs that lie anywhere, too; it
 * is opened when it is asked for. Where it is not there, by the dynamic linker, which knows what a
 * library shows.
 */
#ifndef WF_PROFILE_SYMBOL_H
#define WF_PROFILE_SYMBOL_H

#include <stddef.h>
#include <stdint.h>

struct wf_symbols {
    void *library; /* NULL: the dynamic linker must do */
    void *session, *callbacks;
};

void wf_symbols_open(struct wf_symbols *s);
void wf_symbols_close(struct wf_symbols *s);

/* "function", or "[library]" where nobody knows the function, or "[unknown]"; answers `text`. As a
 * frame of weft/profile.h: without semicolons and control characters. */
const char *wf_symbols_name(const struct wf_symbols *s, uintptr_t address, char *text, size_t size);

#endif
