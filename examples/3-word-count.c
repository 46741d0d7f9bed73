/* 3-word-count.c - the same count twice: as a graph of tasks, and as a bag.
 *
 *     3-word-count [FILE...]
 *
 * Without files it counts the opening of "A Tale of Two Cities" (Charles Dickens,
 * 1859), written to seven files of a temporary folder. Words are runs of letters,
 * in lower case. Both ways print the same table: the commonest word first, then by
 * the alphabet.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <weft/weft.h>

static const char *const opening[] = {
    "It was the best of times, it was the worst of times,\n",
    "it was the age of wisdom, it was the age of foolishness,\n",
    "it was the epoch of belief, it was the epoch of incredulity,\n",
    "it was the season of Light, it was the season of Darkness,\n",
    "it was the spring of hope, it was the winter of despair,\n",
    "we had everything before us, we had nothing before us,\n",
    "we were all going direct to Heaven, we were all going direct the other way\n",
};
enum { N_FILES = 7, N_REDUCERS = 3, WORD_BYTES = 48 };

/* The next word of `text` behind *at, in lower case; longer ones are cut. 0: none. */
static int64_t next_word(struct weft_text text, int64_t *at, char *word)
{
    int64_t n = 0;

    while (*at < text.len && !isalpha((unsigned char)text.ptr[*at]))
        ++*at;
    for (; *at < text.len && isalpha((unsigned char)text.ptr[*at]); ++*at)
        if (n < WORD_BYTES - 1)
            word[n++] = (char)tolower((unsigned char)text.ptr[*at]);
    word[n] = 0;
    return n;
}

/* ---- As a graph: map, shuffle, reduce -------------------------------------------------
 *
 *     map(file 0) --+--> shuffle(0) --> reduce(0) --+
 *     map(file 1) --+--> shuffle(1) --> reduce(1) --+--> print
 *     ...           +--> shuffle(2) --> reduce(2) --+
 */

struct pair {
    char    word[WORD_BYTES];
    int64_t count;
};

/* What these tasks give each other, as a type of values: pairs, any number of them. */
struct pairs {
    size_t      n, room;
    struct pair at[];
};

static size_t pairs_bytes(const void *data)
{
    const struct pairs *p = data;

    return sizeof *p + p->room * sizeof *p->at;
}

static const struct weft_type type_pairs = {.name = "pairs", .bytes = pairs_bytes, .free = free};

/* Appends; *p moves. False: no memory. */
static bool pairs_add(struct pairs **p, const char *word, int64_t count)
{
    const size_t n = *p ? (*p)->n : 0, room = *p ? (*p)->room : 0;

    if (n == room) {
        const size_t more = room ? room * 2 : 64;
        struct pairs *grown = realloc(*p, sizeof *grown + more * sizeof *grown->at);

        if (!grown)
            return false;
        *p = grown;
        grown->n = n;
        grown->room = more;
    }
    memset((*p)->at[n].word, 0, WORD_BYTES);
    memcpy((*p)->at[n].word, word, strlen(word));
    (*p)->at[n].count = count;
    (*p)->n = n + 1;
    return true;
}

static const struct pairs *input(weft_call *call, size_t i)
{
    return weft_value_ptr(weft_call_input(call, i), &type_pairs);
}

/* One file: a pair for every word. */
static weft_status map_file(weft_call *call, void *arg, struct weft_error *err)
{
    const char *path = arg;
    FILE *from = fopen(path, "r");
    struct pairs *out = NULL;
    char *line = NULL, word[WORD_BYTES];
    size_t room = 0;
    ssize_t n;
    weft_status st = WEFT_OK;

    if (!from)
        return weft_error_set(err, WEFT_IO, "%s: cannot be opened", path);
    while (!st && (n = getline(&line, &room, from)) >= 0)
        for (int64_t at = 0; !st && next_word((struct weft_text){line, n}, &at, word);)
            if (!pairs_add(&out, word, 1))
                st = weft_error_set(err, WEFT_NOMEM, "%s: no memory for its words", path);
    if (!st && ferror(from))
        st = weft_error_set(err, WEFT_IO, "%s: cannot be read", path);
    if (st)
        free(out);
    else
        weft_call_return(call, weft_value_of_ptr(&type_pairs, out));
    free(line);
    fclose(from);
    return st;
}

static unsigned reducer_of(const char *word)
{
    unsigned h = 2166136261u; /* FNV-1a */

    while (*word)
        h = (h ^ (unsigned char)*word++) * 16777619u;
    return h % N_REDUCERS;
}

/* All pairs of all files whose words belong to one reducer. */
static weft_status shuffle(weft_call *call, void *arg, struct weft_error *err)
{
    const unsigned reducer = *(unsigned *)arg;
    struct pairs *out = NULL;

    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        for (size_t k = 0; input(call, i) && k < input(call, i)->n; k++) {
            const struct pair *p = &input(call, i)->at[k];

            if (reducer_of(p->word) == reducer && !pairs_add(&out, p->word, p->count)) {
                free(out);
                return weft_error_set(err, WEFT_NOMEM, "shuffle: no memory");
            }
        }
    weft_call_return(call, weft_value_of_ptr(&type_pairs, out));
    return WEFT_OK;
}

static int by_word(const void *a, const void *b)
{
    return strcmp(((const struct pair *)a)->word, ((const struct pair *)b)->word);
}

/* Equal words become one pair. The input is sorted in place if this task is its last reader. */
static weft_status reduce(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;
    struct pairs *p;
    size_t n = 0;

    (void)arg;
    if (weft_call_take(call, 0, &v))
        return weft_error_set(err, WEFT_FAILED, "reduce: the shuffled pairs are wanted elsewhere too");
    p = weft_value_ptr(v, &type_pairs);
    if (p) {
        qsort(p->at, p->n, sizeof *p->at, by_word);
        for (size_t i = 0; i < p->n; i++)
            if (n && strcmp(p->at[n - 1].word, p->at[i].word) == 0)
                p->at[n - 1].count += p->at[i].count;
            else
                p->at[n++] = p->at[i];
        p->n = n;
    }
    weft_call_return(call, v);
    return WEFT_OK;
}

/* ---- The table ------------------------------------------------------------------------- */

static int by_count(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->word, y->word);
}

static void print_table(const char *title, struct pairs *p)
{
    printf("%s\n", title);
    if (!p)
        return;
    qsort(p->at, p->n, sizeof *p->at, by_count);
    for (size_t i = 0; i < p->n; i++)
        printf("%-12s %3lld\n", p->at[i].word, (long long)p->at[i].count);
}

static weft_status count_as_graph(weft_pool *pool, char *const *paths, int n, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_task **maps = malloc((size_t)n * sizeof *maps);
    weft_task *reduces[N_REDUCERS];
    struct weft_value counts[N_REDUCERS] = {0};
    struct pairs *all = NULL;
    weft_status st = WEFT_NOMEM;

    if (!maps)
        goto out;
    for (int i = 0; i < n; i++)
        maps[i] = weft_task_source(weft_add(g, map_file, .name = "map", .arg = paths[i], .arg_bytes = strlen(paths[i]) + 1),
                                   WEFT_SOURCE(.path = paths[i]));
    for (unsigned r = 0; r < N_REDUCERS; r++) {
        weft_task *mine = weft_add(g, shuffle, .arg = &r, .arg_bytes = sizeof r, .deps = maps,
                                   .n_deps = (size_t)n);

        reduces[r] = weft_add(g, reduce, .deps = WEFT_DEPS(mine));
    }
    st = weft_pool_run_many(pool, reduces, N_REDUCERS, NULL, counts, err);
    for (int r = 0; r < N_REDUCERS; r++) {
        const struct pairs *p = weft_value_ptr(counts[r], &type_pairs);

        for (size_t i = 0; !st && p && i < p->n; i++)
            if (!pairs_add(&all, p->at[i].word, p->at[i].count))
                st = weft_error_set(err, WEFT_NOMEM, "table: no memory");
        weft_value_release(counts[r]);
    }
    if (!st)
        print_table("map, shuffle, reduce:", all);
out:
    free(all);
    free(maps);
    weft_graph_free(g);
    return st;
}

/* ---- As a bag ----------------------------------------------------------------------------- */

static weft_status split(const struct weft_record *line, weft_emit *out, void *arg, struct weft_error *err)
{
    static const int64_t one = 1;
    char word[WORD_BYTES];

    (void)arg, (void)err;
    for (int64_t at = 0, n; (n = next_word(line->text, &at, word));)
        weft_emit_pair(out, (struct weft_text){word, n}, &one);
    return WEFT_OK;
}

static weft_status add(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *(int64_t *)into += *(const int64_t *)value;
    return WEFT_OK;
}

static weft_status count_as_bag(weft_pool *pool, const char *paths, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_bag *lines = weft_bag_text(g, paths, 1);
    weft_bag *words = weft_bag_flat_map(lines, split, WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(int64_t)));
    weft_bag *counts = weft_bag_reduce_by_key(words, add, N_REDUCERS, WEFT_STEP());
    struct weft_value v = weft_value_none();
    struct pairs *all = NULL;
    weft_status st = weft_pool_run(pool, weft_bag_collect(counts), &v, err);
    const weft_records *r = weft_value_records(v);

    for (int64_t i = 0; r && i < weft_records_n(r); i++) {
        const struct weft_record record = weft_records_at(r, i);
        char word[WORD_BYTES] = {0};

        memcpy(word, record.text.ptr, (size_t)record.text.len);
        if (!pairs_add(&all, word, *(const int64_t *)record.data))
            st = weft_error_set(err, WEFT_NOMEM, "table: no memory");
    }
    if (!st)
        print_table("bag:", all);
    free(all);
    weft_value_release(v);
    weft_graph_free(g);
    return st;
}

/* ---- Files ---------------------------------------------------------------------------------- */

static char folder[] = "/tmp/weft-words-XXXXXX";
static char tale[N_FILES][64];

static bool write_opening(char **paths)
{
    if (!mkdtemp(folder))
        return false;
    for (int i = 0; i < N_FILES; i++) {
        FILE *to;

        snprintf(tale[i], sizeof tale[i], "%s/%d.txt", folder, i + 1);
        paths[i] = tale[i];
        to = fopen(tale[i], "w");
        if (!to || fputs(opening[i], to) < 0 || fclose(to))
            return false;
    }
    return true;
}

static void remove_opening(void)
{
    for (int i = 0; i < N_FILES; i++)
        remove(tale[i]);
    rmdir(folder);
}

/* "a,b,c"; NULL: no memory. */
static char *list_of(char *const *paths, int n)
{
    size_t bytes = 1;
    char *list, *end;

    for (int i = 0; i < n; i++)
        bytes += strlen(paths[i]) + 1;
    list = end = malloc(bytes);
    for (int i = 0; list && i < n; i++)
        end = stpcpy(stpcpy(end, i ? "," : ""), paths[i]);
    return list;
}

int main(int argc, char **argv)
{
    char *of_tale[N_FILES];
    char *const *paths = argc > 1 ? argv + 1 : of_tale;
    const int n = argc > 1 ? argc - 1 : N_FILES;
    weft_pool *pool = weft_pool_new(NULL);
    struct weft_error err = {0};
    weft_status st = WEFT_IO;
    char *list = NULL;

    if (argc == 1 && !write_opening(of_tale))
        weft_error_set(&err, WEFT_IO, "%s: cannot be written", folder);
    else if (!(list = list_of(paths, n)))
        st = weft_error_set(&err, WEFT_NOMEM, "no memory for %d names", n);
    else
        st = pool ? WEFT_OK : weft_error_set(&err, WEFT_NOMEM, "no memory for a pool");
    if (!st)
        st = count_as_graph(pool, paths, n, &err);
    if (!st) {
        printf("\n");
        st = count_as_bag(pool, list, &err);
    }
    if (st)
        weft_error_print(&err, stderr);
    if (argc == 1)
        remove_opening();
    free(list);
    weft_pool_free(pool);
    return st != WEFT_OK;
}
