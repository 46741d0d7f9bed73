/* profile_symbol.c - the names of functions, by addresses in this process. */
#include "scheduler/profile_symbol.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/mem.h"

/* The name, and the file it is from; NULL: not known. */
struct found {
    const char *function, *file;
};

#if WF_HAVE_LIBDW
#include <elfutils/libdwfl.h>

/* The function of libdw of this name, with the type its header gives it. */
#define OF(library, name) ((__typeof__(name) *)(uintptr_t)dlsym((library), #name))

/* Debug information is elsewhere, or even on another machine: names are in the file itself. */
static int no_more(Dwfl_Module *m, void **data, const char *name, Dwarf_Addr base, const char *file, const char *link,
                   GElf_Word crc, char **path)
{
    (void)m, (void)data, (void)name, (void)base, (void)file, (void)link, (void)crc, (void)path;
    return -1;
}

static void open_session(struct wf_symbols *s)
{
    Dwfl_Callbacks *callbacks = s->callbacks = wf_alloc_zero(1, sizeof *callbacks);
    Dwfl *dwfl;

    s->library = dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!s->library || !callbacks)
        return;
    callbacks->find_elf = OF(s->library, dwfl_linux_proc_find_elf);
    callbacks->find_debuginfo = no_more;
    dwfl = OF(s->library, dwfl_begin)(callbacks);
    if (dwfl && (OF(s->library, dwfl_linux_proc_report)(dwfl, getpid()) ||
                 OF(s->library, dwfl_report_end)(dwfl, NULL, NULL))) {
        OF(s->library, dwfl_end)(dwfl);
        dwfl = NULL;
    }
    s->session = dwfl;
}

static void close_session(struct wf_symbols *s)
{
    if (s->session)
        OF(s->library, dwfl_end)(s->session);
    if (s->library)
        dlclose(s->library);
    wf_free(s->callbacks);
}

static struct found find(const struct wf_symbols *s, uintptr_t address)
{
    Dwfl_Module *m = s->session ? OF(s->library, dwfl_addrmodule)(s->session, address) : NULL;
    struct found f = {0};
    GElf_Off offset;
    GElf_Sym symbol;

    if (m) {
        f.function = OF(s->library, dwfl_module_addrinfo)(m, address, &offset, &symbol, NULL, NULL, NULL);
        f.file = OF(s->library, dwfl_module_info)(m, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    }
    return f;
}

#else

static void open_session(struct wf_symbols *s)  { (void)s; }
static void close_session(struct wf_symbols *s) { (void)s; }

static struct found find(const struct wf_symbols *s, uintptr_t address)
{
    (void)s, (void)address;
    return (struct found){0};
}

#endif

void wf_symbols_open(struct wf_symbols *s)
{
    *s = (struct wf_symbols){0};
    open_session(s);
}

void wf_symbols_close(struct wf_symbols *s)
{
    close_session(s);
    *s = (struct wf_symbols){0};
}

/* What the dynamic linker says is the nearest name below: ours only if it is that long. */
static struct found find_shown(uintptr_t address)
{
    struct found f = {0};
    const ElfW(Sym) *symbol = NULL;
    Dl_info info;

    if (!dladdr1((const void *)address, &info, (void **)&symbol, RTLD_DL_SYMENT))
        return f;
    f.file = info.dli_fname;
    if (info.dli_sname && symbol && address < (uintptr_t)info.dli_saddr + symbol->st_size)
        f.function = info.dli_sname;
    return f;
}

/* A compiler that makes a function anew for some of its callers, or cuts it in two, calls that
 * "name.constprop.0": to who wrote it, it is `name`. */
static void cut_clone(char *name)
{
    static const char *const marks[] = {".constprop.", ".isra.", ".part.", ".cold", ".lto_priv."};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        char *at = strstr(name, marks[i]);

        if (at && at > name)
            *at = '\0';
    }
}

const char *wf_symbols_name(const struct wf_symbols *s, uintptr_t address, char *text, size_t size)
{
    struct found f = find(s, address);
    const char *slash;

    if (!f.function) {
        const struct found shown = find_shown(address);

        f.function = shown.function;
        f.file = f.file ? f.file : shown.file;
    }
    slash = f.file ? strrchr(f.file, '/') : NULL;
    if (f.function) {
        snprintf(text, size, "%s", f.function);
        cut_clone(text);
    } else {
        snprintf(text, size, "[%s]", slash ? slash + 1 : f.file && *f.file ? f.file : "unknown");
    }
    for (char *c = text; *c; c++)
        *c = *c == ';' ? ':' : (unsigned char)*c < ' ' || *c == 127 ? '?' : *c;
    return text;
}
