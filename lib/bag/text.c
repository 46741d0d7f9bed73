/* text.c - which files make a bag of lines, and where they are cut. */
#include "lib/bag/text.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/bag/bag.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"

/* No partition is larger. */
enum { BLOCK = 64 << 20 };

/* ---- Which files --------------------------------------------------------------- */

/* The files found so far; on the heap while building, since their number is unknown. */
struct found {
    char   **paths;
    int64_t *sizes;
    int      n, room;
};

static void found_fini(struct found *f)
{
    for (int i = 0; i < f->n; i++)
        wf_free(f->paths[i]);
    wf_free(f->paths);
    wf_free(f->sizes);
}

static bool found_grow(struct found *f)
{
    const int room = f->room ? f->room * 2 : 16;
    char **paths = wf_realloc(f->paths, (size_t)room * sizeof *paths);
    int64_t *sizes;

    if (!paths)
        return false;
    f->paths = paths;
    sizes = wf_realloc(f->sizes, (size_t)room * sizeof *sizes);
    if (!sizes)
        return false;
    f->sizes = sizes;
    f->room = room;
    return true;
}

static const char *compressed_suffix(const char *path)
{
    static const char *const suffixes[] = {".gz", ".bz2", ".xz", ".zst", ".lz4"};
    const size_t n = strlen(path);

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        const size_t len = strlen(suffixes[i]);

        if (n > len && strcmp(path + n - len, suffixes[i]) == 0)
            return suffixes[i];
    }
    return NULL;
}

static weft_status add_file(struct found *f, const char *path, struct weft_error *err)
{
    struct stat st;
    const char *suffix = compressed_suffix(path);

    if (suffix)
        return weft_error_set(err, WEFT_UNSUPPORTED,
                              "text: %s: files of %s are compressed, and only plain text is read", path, suffix);
    if (stat(path, &st))
        return wf_error_errno(err, WEFT_IO, path, errno);
    if (f->n == f->room && !found_grow(f))
        return wf_error_nomem(err, "text");
    f->paths[f->n] = wf_strdup(path);
    if (!f->paths[f->n])
        return wf_error_nomem(err, "text");
    f->sizes[f->n++] = st.st_size;
    return WEFT_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files of one name or pattern, in order of bytes: glob's own order is the locale's. */
static weft_status add_pattern(struct found *f, const char *pattern, struct weft_error *err)
{
    glob_t matches = {0};
    weft_status st = WEFT_OK;
    const int rc = glob(pattern, GLOB_NOSORT, NULL, &matches);

    if (rc == GLOB_NOMATCH)
        st = weft_error_set(err, WEFT_NOT_FOUND, "text: no file matches \"%s\"", pattern);
    else if (rc == GLOB_NOSPACE)
        st = wf_error_nomem(err, "text");
    else if (rc)
        st = weft_error_set(err, WEFT_IO, "text: the folder of \"%s\" cannot be read", pattern);
    if (!st)
        qsort(matches.gl_pathv, matches.gl_pathc, sizeof *matches.gl_pathv, by_name);
    for (size_t i = 0; !st && i < matches.gl_pathc; i++)
        st = add_file(f, matches.gl_pathv[i], err);
    globfree(&matches);
    return st;
}

static weft_status find_files(struct found *f, const char *paths, struct weft_error *err)
{
    char *list = wf_strdup(paths), *at = list;
    weft_status st = list ? WEFT_OK : wf_error_nomem(err, "text");

    while (!st && at) {
        char *pattern = strsep(&at, ",");

        if (*pattern)
            st = add_pattern(f, pattern, err);
    }
    if (!st && f->n == 0)
        st = weft_error_set(err, WEFT_INVALID, "text: the list of files is empty");
    wf_free(list);
    return st;
}

/* ---- Where they are cut ---------------------------------------------------------- */

/* How many pieces each file is cut into, in n[]; their sum. A piece is at most BLOCK
 * and about 1 / min_partitions of all bytes; what rounding up left missing of
 * min_partitions goes to the largest file. */
static int64_t count_pieces(const struct found *f, int min_partitions, int64_t *n)
{
    int64_t total = 0, sum = 0, goal = BLOCK;
    int largest = 0;

    for (int i = 0; i < f->n; i++) {
        total += f->sizes[i];
        if (f->sizes[i] > f->sizes[largest])
            largest = i;
    }
    if (min_partitions && total / min_partitions < goal)
        goal = total / min_partitions + (total % min_partitions > 0);
    for (int i = 0; i < f->n; i++) {
        n[i] = f->sizes[i] ? (f->sizes[i] - 1) / goal + 1 : 1;
        sum += n[i];
    }
    if (sum < min_partitions) {
        n[largest] += min_partitions - sum;
        sum = min_partitions;
    }
    return sum;
}

/* Byte size * i / n, without the product. */
static int64_t cut_at(int64_t size, int64_t i, int64_t n)
{
    return size / n * i + size % n * i / n;
}

static void cut(struct wf_piece *pieces, int file, int64_t size, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        pieces[i] = (struct wf_piece){.file = file, .begin = cut_at(size, i, n),
                                      .end = i == n - 1 ? INT64_MAX : cut_at(size, i + 1, n)};
}

static weft_bag *bag_of_files(weft_graph *g, const struct found *f, int min_partitions)
{
    struct wf_base *base = wf_graph_alloc(g, sizeof *base);
    struct wf_text_source *source = wf_graph_alloc(g, sizeof *source);
    int64_t *n = wf_graph_alloc(g, (size_t)f->n * sizeof *n), sum;

    if (!base || !source || !n)
        return NULL;
    sum = count_pieces(f, min_partitions, n);
    if (sum > INT32_MAX)
        return wf_bag_fail(g, NULL, WEFT_RANGE, "text: %lld partitions are too many", (long long)sum);
    source->paths = wf_graph_alloc(g, (size_t)f->n * sizeof *source->paths);
    source->pieces = wf_graph_alloc(g, (size_t)sum * sizeof *source->pieces);
    if (!source->paths || !source->pieces)
        return NULL;
    source->graph = g;
    source->n_paths = f->n;
    *base = (struct wf_base){.shape = {WEFT_TEXTS, 0}, .n_partitions = (int)sum, .text = source};
    for (int64_t i = 0, p = 0; i < f->n; p += n[i++]) {
        source->paths[i] = wf_graph_strdup(g, f->paths[i]);
        if (!source->paths[i])
            return NULL;
        cut(source->pieces + p, (int)i, f->sizes[i], n[i]);
    }
    return wf_bag_over(g, base);
}

/* ---- What they are --------------------------------------------------------------- */

bool wf_text_fingerprint(struct wf_text_source *source, bool by_content)
{
    struct wf_fingerprint *prints;

    if (source->prints)
        return true;
    prints = wf_graph_alloc(source->graph, (size_t)source->n_paths * sizeof *prints);
    for (int i = 0; prints && i < source->n_paths; i++) {
        struct wf_file f = {.fd = -1};
        weft_status st = wf_file_open(&f, source->paths[i], NULL);

        if (!st)
            st = wf_file_fingerprint(&f, by_content, &prints[i].token, NULL);
        prints[i].stamp = f.stamp;
        wf_file_close(&f);
        if (st)
            return false;
    }
    source->prints = prints;
    return prints != NULL;
}

weft_status wf_text_hash(const struct wf_text_source *source, int64_t partition, struct weft_sink *sink)
{
    const struct wf_piece *piece = &source->pieces[partition];
    const int64_t place[] = {piece->begin, piece->end};
    const weft_status st = sink->write(sink->to, place, sizeof place);

    return st ? st : sink->write(sink->to, &source->prints[piece->file].token, sizeof(struct wf_token));
}

struct weft_task_source wf_text_task_source(const struct wf_text_source *source, int64_t partition, bool is_lines)
{
    const struct wf_piece *piece = &source->pieces[partition];

    return (struct weft_task_source){.path = source->paths[piece->file], .begin = piece->begin, .end = piece->end,
                                     .row_bytes = is_lines ? WEFT_LINES : 0};
}

weft_bag *weft_bag_text(weft_graph *g, const char *paths, int min_partitions)
{
    struct found f = {0};
    struct weft_error err = {0};
    weft_bag *b;

    if (!g)
        return NULL;
    if (min_partitions < 0)
        return wf_bag_fail(g, NULL, WEFT_INVALID, "text: %d partitions", min_partitions);
    if (find_files(&f, paths, &err))
        b = wf_bag_fail(g, NULL, err.status, "%s", err.message);
    else
        b = bag_of_files(g, &f, min_partitions);
    found_fini(&f);
    return b;
}
