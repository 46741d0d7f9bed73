/* body.c - where a body lives, so that another process can find it. */
#include <weft/graph.h>

#include <dlfcn.h>
#include <link.h>
#include <string.h>

#include "lib/base/error.h"

/* What one walk over the loaded objects looks for, and finds. */
struct search {
    uintptr_t                    address; /* 0: by build-id */
    const struct weft_body_name *wanted;
    uintptr_t                    base;
    const char                  *object;
    uint8_t                      build_id[20];
    int                          n_build_id;
    bool                         found;
};

static bool covers(const struct dl_phdr_info *info, uintptr_t address)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        const uintptr_t begin = info->dlpi_addr + p->p_vaddr;

        if (p->p_type == PT_LOAD && address >= begin && address < begin + p->p_memsz)
            return true;
    }
    return false;
}

/* Copies the GNU build-id of an object; returns its length, 0 if it has none. */
static int build_id_of(const struct dl_phdr_info *info, uint8_t out[20])
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        const char *at = (const char *)(info->dlpi_addr + p->p_vaddr), *end = at + p->p_memsz;

        if (p->p_type != PT_NOTE)
            continue;
        while (at + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *note = (const void *)at;
            const char *name = at + sizeof *note;
            const char *desc = name + ((note->n_namesz + 3) & ~3u);

            if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(name, "GNU", 4) == 0 &&
                note->n_descsz <= 20) {
                memcpy(out, desc, note->n_descsz);
                return (int)note->n_descsz;
            }
            at = desc + ((note->n_descsz + 3) & ~3u);
        }
    }
    return 0;
}

static int look(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct search *s = arg;
    uint8_t id[20] = {0};
    const int n = build_id_of(info, id);

    (void)size;
    if (s->address ? !covers(info, s->address)
                   : !n || n != s->wanted->n_build_id || memcmp(id, s->wanted->build_id, (size_t)n) != 0)
        return 0;
    s->base = info->dlpi_addr;
    s->object = info->dlpi_name;
    s->n_build_id = n;
    memcpy(s->build_id, id, sizeof id);
    s->found = true;
    return 1;
}

weft_status weft_body_name(weft_body *body, struct weft_body_name *out, struct weft_error *err)
{
    struct search s = {.address = (uintptr_t)body};
    Dl_info info;

    dl_iterate_phdr(look, &s);
    if (!s.found)
        return weft_error_set(err, WEFT_NOT_FOUND, "the body at %p is in no loaded object", (void *)s.address);
    *out = (struct weft_body_name){.offset = (uintptr_t)body - s.base, .n_build_id = s.n_build_id};
    memcpy(out->build_id, s.build_id, sizeof s.build_id);
    snprintf(out->object, sizeof out->object, "%s", s.object[0] ? s.object : "/proc/self/exe");
    if (dladdr((void *)s.address, &info) && info.dli_sname && (uintptr_t)info.dli_saddr == s.address)
        snprintf(out->symbol, sizeof out->symbol, "%s", info.dli_sname);
    return WEFT_OK;
}

weft_status weft_body_find(const struct weft_body_name *name, weft_body **out, struct weft_error *err)
{
    struct search s = {.wanted = name};
    void *object, *symbol;

    dl_iterate_phdr(look, &s);
    if (s.found) {
        *out = (weft_body *)(s.base + name->offset);
        return WEFT_OK;
    }
    if (!name->symbol[0])
        return weft_error_set(err, WEFT_NOT_FOUND, "no loaded object has the build-id of %s", name->object);
    object = dlopen(name->object, RTLD_NOW | RTLD_LOCAL);
    if (!object)
        return weft_error_set(err, WEFT_NOT_FOUND, "%s", dlerror());
    symbol = dlsym(object, name->symbol);
    if (!symbol) {
        weft_error_set(err, WEFT_NOT_FOUND, "%s has no symbol \"%s\"", name->object, name->symbol);
        dlclose(object);
        return WEFT_NOT_FOUND;
    }
    *out = (weft_body *)(uintptr_t)symbol;
    return WEFT_OK;
}
