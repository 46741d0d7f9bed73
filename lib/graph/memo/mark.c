/* mark.c - which type a file means, in a program that may lie elsewhere in memory. */
#include "lib/graph/memo/mark.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

#include "lib/data/value.h"

/* Small numbers are read by nobody: their types are known by name. */
static const struct weft_type *const numbers[] = {&weft_type_f64, &weft_type_i64, &weft_type_bool};
enum { N_NUMBERS = sizeof numbers / sizeof *numbers };

/* A function as the address that weft_body_name() asks for; the loader's view of both is the same. */
static weft_body *address_of(const void *p)
{
    return (weft_body *)(uintptr_t)p;
}

static weft_body *reader_of(const struct weft_type *type)
{
    return (weft_body *)(uintptr_t)type->read;
}

bool wf_mark_of(struct wf_mark *out, const struct weft_type *type)
{
    struct weft_body_name where, reader;

    memset(out, 0, sizeof *out);
    strncpy(out->name, type->name, sizeof out->name - 1);
    if (wf_type_is_number(type))
        return true;
    if (!type->write || !type->read || weft_body_name(address_of(type), &where, NULL) ||
        weft_body_name(reader_of(type), &reader, NULL) || !where.n_build_id || !reader.n_build_id)
        return false;
    memcpy(out->type_id, where.build_id, sizeof out->type_id);
    memcpy(out->read_id, reader.build_id, sizeof out->read_id);
    out->n_type_id = (uint32_t)where.n_build_id;
    out->n_read_id = (uint32_t)reader.n_build_id;
    out->type_offset = where.offset;
    out->read_offset = reader.offset;
    if (strlen(where.symbol) < sizeof out->symbol)
        strcpy(out->symbol, where.symbol);
    return true;
}

/* Whether a type is read by the function of the mark. */
static bool is_meant(const struct wf_mark *mark, const struct weft_type *type)
{
    struct wf_mark own;

    return wf_mark_of(&own, type) && memcmp(own.name, mark->name, sizeof own.name) == 0 &&
           own.n_read_id == mark->n_read_id && memcmp(own.read_id, mark->read_id, sizeof own.read_id) == 0 &&
           own.read_offset == mark->read_offset;
}

/* At its place in the object of that build-id, whose segments may end before it. */
static const struct weft_type *find_by_place(const struct wf_mark *mark)
{
    struct weft_body_name where = {.offset = mark->type_offset, .n_build_id = (int)mark->n_type_id}, found;
    weft_body *at;

    memcpy(where.build_id, mark->type_id, sizeof where.build_id);
    if (weft_body_find(&where, &at, NULL) || weft_body_name(at, &found, NULL) || found.offset != where.offset ||
        found.n_build_id != where.n_build_id || memcmp(found.build_id, where.build_id, sizeof where.build_id) != 0)
        return NULL;
    return (const struct weft_type *)(uintptr_t)at;
}

/* By its symbol, which must be that of a constant of this size. */
static const struct weft_type *find_by_symbol(const struct wf_mark *mark)
{
    const void *at = mark->symbol[0] ? dlsym(RTLD_DEFAULT, mark->symbol) : NULL;
    const ElfW(Sym) *symbol = NULL;
    Dl_info info;

    if (!at || !dladdr1(at, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol || info.dli_saddr != at ||
        symbol->st_size != sizeof(struct weft_type) || (symbol->st_info & 0xf) != STT_OBJECT)
        return NULL;
    return at;
}

const struct weft_type *wf_mark_find(const struct wf_mark *mark)
{
    const struct weft_type *type;

    for (int i = 0; i < N_NUMBERS && !mark->n_read_id; i++)
        if (strncmp(mark->name, numbers[i]->name, sizeof mark->name) == 0)
            return numbers[i];
    if (!mark->n_read_id || !mark->n_type_id || mark->n_type_id > sizeof mark->type_id ||
        !memchr(mark->symbol, '\0', sizeof mark->symbol))
        return NULL;
    type = find_by_place(mark);
    if (!type || !is_meant(mark, type))
        type = find_by_symbol(mark);
    return type && is_meant(mark, type) ? type : NULL;
}
