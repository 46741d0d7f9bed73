/* object.c - which loaded object an address lies in, as another process would find it. */
#include "lib/base/object.h"

#include <link.h>
#include <string.h>

/* What one walk over the loaded objects looks for, and finds. */
struct search {
    uintptr_t         address;  /* when build_id is NULL */
    const uint8_t    *build_id;
    int               n_build_id;
    struct wf_object *out;
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
static int build_id_of(const struct dl_phdr_info *info, uint8_t out[WF_BUILD_ID])
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
                note->n_descsz <= WF_BUILD_ID) {
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
    const struct search *s = arg;
    struct wf_object o = {.file = info->dlpi_name, .base = info->dlpi_addr};

    (void)size;
    if (!s->build_id && !covers(info, s->address))
        return 0;
    o.n_build_id = build_id_of(info, o.build_id);
    if (s->build_id && (!o.n_build_id || o.n_build_id != s->n_build_id ||
                        memcmp(o.build_id, s->build_id, (size_t)o.n_build_id) != 0))
        return 0;
    *s->out = o;
    return 1;
}

bool wf_object_of(struct wf_object *out, const void *address)
{
    struct search s = {.address = (uintptr_t)address, .out = out};

    return dl_iterate_phdr(look, &s) == 1;
}

bool wf_object_find(struct wf_object *out, const uint8_t build_id[WF_BUILD_ID], int n_build_id)
{
    struct search s = {.build_id = build_id, .n_build_id = n_build_id, .out = out};

    return dl_iterate_phdr(look, &s) == 1;
}
