/* file.c - where a picture goes. */
#include "lib/draw/file.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/output.h"

weft_status wf_draw_format(const char **format, const char *path, const char *made, struct weft_error *err)
{
    static const char *const formats[] = {"svg", "png", "pdf", "dot"};
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(dot + 1, formats[i]))
            continue;
        if (!strstr(made, formats[i]))
            return weft_error_set(err, WEFT_UNSUPPORTED, "%s: this picture is made as .svg only", path);
        *format = formats[i];
        return WEFT_OK;
    }
    return weft_error_set(err, WEFT_INVALID, "%s: a picture ends in .svg, .png, .pdf or .dot", path);
}

weft_status wf_draw_write(const char *path, const struct wf_text *picture, struct weft_error *err)
{
    struct wf_output out;
    weft_status st;

    if (picture->failed)
        return wf_error_nomem(err, "a picture");
    st = wf_output_open(&out, path, err);
    if (!st && picture->n)
        st = wf_output_write(&out, picture->bytes, picture->n, err);
    if (!st)
        st = wf_output_close(&out, err);
    wf_output_fini(&out);
    return st;
}
