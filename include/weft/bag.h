/* weft/bag.h - bags of records: lazy, in partitions, worked on by your C functions.
 *
 * A bag is a description: where records come from, and what is done to each.
 * Nothing runs until a pool runs the task that an action gives.
 *
 *     weft_bag  *lines  = weft_bag_text(g, "books/a.txt,books/b*.txt", 8);
 *     weft_bag  *ones   = weft_bag_flat_map(lines, split, WEFT_STEP(.to = WEFT_PAIRS,
 *                                           .to_bytes = sizeof(int64_t)));
 *     weft_bag  *counts = weft_bag_reduce_by_key(ones, add, 0, WEFT_STEP());
 *     weft_task *all    = weft_bag_collect(counts);
 *
 * A record is a plain struct, a text, or both: a pair of a key and a value. A
 * chain of map, filter, flat_map and map_partitions runs as one pass: each record
 * goes through the whole chain before the next is read, one task a partition,
 * nothing is kept in between. Two actions on one bag each run its chain, unless
 * it is weft_bag_keep()'s.
 *
 * Order:     map, filter and their like keep it. After a shuffle, records of an
 *            output partition are ordered by (source partition, source row) of
 *            their key's first appearance. Results are the same to the last bit for
 *            any number of workers.
 * Ownership: bags and what they describe belong to the graph. Results of a run are
 *            values that hold a weft_records: given, counted, immutable.
 * Errors:    what cannot be built is a bag that has already failed; actions on it
 *            give a failed task. A bag there is no memory for may be NULL: every
 *            function takes it, and the run says WEFT_NOMEM. A function of yours
 *            that fails stops its partition, and the error names the operation,
 *            partition and record (both from 0).
 * Threads:   one thread builds. Your functions run on any thread, several at once,
 *            so what `arg` points to is read only, or guarded by you.
 */
#ifndef WEFT_BAG_H
#define WEFT_BAG_H

#include <weft/collection.h>
#include <weft/graph.h>

WEFT_BEGIN

typedef struct weft_bag     weft_bag;
typedef struct weft_records weft_records; /* finished records in order */
typedef struct weft_emit    weft_emit;    /* where a function of yours puts what it makes */

/* What the records of a bag are. */
enum weft_record_kind {
    WEFT_SAME,    /* in a step: as the records that come in */
    WEFT_STRUCTS, /* plain structs (or numbers) without pointers, all of one size */
    WEFT_TEXTS,   /* any bytes, any length */
    WEFT_PAIRS,   /* a text as key, a plain struct as value */
    WEFT_GROUPS,  /* a text as key, any number of plain structs as values */
};

/* One record as functions see it: lent until they return. */
struct weft_record {
    struct weft_text text; /* the text, or the key; empty for structs */
    const void      *data; /* the struct, the value, or the first of the values; NULL for texts */
    int64_t          n;    /* how many lie at `data`: 1, or the size of the group; 0 for texts */
};

/* ---- Your functions ------------------------------------------------------ */

/* Looks at one record, emits what it makes of it. */
typedef weft_status weft_record_fn(const struct weft_record *in, weft_emit *out, void *arg,
                                   struct weft_error *err);
/* Sets *keep, which is true before. */
typedef weft_status weft_keep_fn(const struct weft_record *in, bool *keep, void *arg,
                                 struct weft_error *err);
/* Sees a whole partition and its number. */
typedef weft_status weft_partition_fn(const weft_records *in, int64_t partition, weft_emit *out,
                                      void *arg, struct weft_error *err);
/* Adds `value` to `into`, both of the value's size. Must not mind how values are
 * bracketed: (a b) c is a (b c). They come in the order of records. */
typedef weft_status weft_combine_fn(void *into, const void *value, void *arg, struct weft_error *err);

/* Emit one record; what it points to is copied or used up before they return.
 * Other than WEFT_OK: nothing more is wanted, so return soon, with any status (the
 * reason is known already). Emitting another kind than the step said fails it. */
WEFT_API weft_status weft_emit_struct(weft_emit *out, const void *data);
WEFT_API weft_status weft_emit_text(weft_emit *out, struct weft_text text);
WEFT_API weft_status weft_emit_pair(weft_emit *out, struct weft_text key, const void *value);
WEFT_API weft_status weft_emit_group(weft_emit *out, struct weft_text key, const void *values, int64_t n);
WEFT_API weft_status weft_emit_record(weft_emit *out, const struct weft_record *record);

/* How a step is to be done; NULL or zeros: all defaults. */
struct weft_step {
    const char *name;         /* for pictures and errors; copied. NULL: that of the operation */
    enum weft_record_kind to; /* what the function emits; filters have no choice */
    size_t      to_bytes;     /* of one struct or value */
    void       *arg;          /* given to the function */
    size_t      arg_bytes;    /* > 0: `arg` is plain bytes, copied now. 0: kept as a pointer and taken, even
                               * if the step fails */
    void      (*free_arg)(void *arg); /* called once, with the graph's end. NULL: the caller keeps `arg` */
    const char *file;         /* the call that built it, for error reports; kept, so a literal */
    int         line;
    uint32_t    flags;        /* WEFT_PURE: the function gives the same for the same records and argument.
                               * Tasks all of whose functions are, and those without any, are pure */
    const struct weft_type *arg_type; /* of a taken `arg`: freed, and told for keys, through it */
};

/* A step with named arguments, noting the place of the call (C only). */
#define WEFT_STEP(...) (&(const struct weft_step){.file = __FILE__, .line = __LINE__, __VA_ARGS__})

/* ---- Making -------------------------------------------------------------- */

/* n structs of record_bytes each, copied now, cut into n_partitions runs whose
 * lengths differ by at most one, the longer ones first. */
WEFT_API weft_bag *weft_bag_parallelize(weft_graph *g, const void *records, size_t record_bytes,
                                        size_t n, int n_partitions);
/* The same for texts. */
WEFT_API weft_bag *weft_bag_parallelize_texts(weft_graph *g, const struct weft_text *texts, size_t n,
                                              int n_partitions);

/* The lines of files, without "\n" or "\r\n"; a last line may lack its end. `paths`
 * is a list of names and patterns (as the shell's * ? []) separated by commas; files
 * matching one pattern are in order of name. Files are cut at line ends into at
 * least min_partitions partitions (0: one per 64 MiB or file), which are read piece
 * by piece as the chain runs. Names and sizes are looked at now, contents never (but
 * for weft_graph_keys() by content). A file that changes after a task over it was built is
 * an error of the run when that task is pure; else it is read as it is by then.
 * WEFT_NOT_FOUND when a name or pattern matches nothing; WEFT_UNSUPPORTED for
 * compressed files (.gz .bz2 .xz .zst .lz4). Which bytes of which file anything is made
 * from: weft/source.h. */
WEFT_API weft_bag *weft_bag_text(weft_graph *g, const char *paths, int min_partitions);

/* One partition per task; each gives a weft_records of that kind and size, or its
 * reader fails with WEFT_TYPE. n >= 1. */
WEFT_API weft_bag *weft_bag_of_tasks(weft_graph *g, weft_task *const *tasks, int n,
                                     enum weft_record_kind kind, size_t bytes);

/* ---- One pass: these join into a chain ----------------------------------- */

/* fn emits one record for each; any number for each. */
WEFT_API weft_bag *weft_bag_map(weft_bag *b, weft_record_fn *fn, const struct weft_step *step);
WEFT_API weft_bag *weft_bag_flat_map(weft_bag *b, weft_record_fn *fn, const struct weft_step *step);
WEFT_API weft_bag *weft_bag_filter(weft_bag *b, weft_keep_fn *fn, const struct weft_step *step);
/* Called once for each partition, an empty one too. The partition is gathered in
 * memory first; what is emitted goes on through the chain record by record. */
WEFT_API weft_bag *weft_bag_map_partitions(weft_bag *b, weft_partition_fn *fn, const struct weft_step *step);
WEFT_API weft_bag *weft_bag_keys(weft_bag *b);   /* of pairs or groups, as texts */
WEFT_API weft_bag *weft_bag_values(weft_bag *b); /* of pairs or groups, as structs: all of a group */

/* ---- Partitions ---------------------------------------------------------- */

/* The same records, computed once however many actions read them, and held while
 * one still will. A chain ends here. */
WEFT_API weft_bag *weft_bag_keep(weft_bag *b);
/* The partitions of a, then those of b; records of one kind and size. */
WEFT_API weft_bag *weft_bag_union(weft_bag *a, weft_bag *b);
/* Neighbours joined into n_partitions; never more than there are. */
WEFT_API weft_bag *weft_bag_coalesce(weft_bag *b, int n_partitions);

WEFT_API int                   weft_bag_n_partitions(const weft_bag *b); /* 0 for a failed bag */
WEFT_API enum weft_record_kind weft_bag_kind(const weft_bag *b);
WEFT_API size_t                weft_bag_record_bytes(const weft_bag *b);

/* The bag as written, a step a line, and as it will run: see weft/explain.h. Computes
 * nothing, adds no task. */
WEFT_API void weft_bag_explain(const weft_bag *b, FILE *to);
/* The task of one partition, whose result is its weft_records; keeps the bag. */
WEFT_API weft_task            *weft_bag_task(weft_bag *b, int partition);

/* ---- By key: pairs are shuffled ------------------------------------------ */
/* Equal keys meet in one of n_partitions (0: as many as before), chosen by a hash
 * of the key's bytes. step->to does not apply. */

/* One pair per key, its values combined: inside each partition before the
 * shuffle, then across them in order. */
WEFT_API weft_bag *weft_bag_reduce_by_key(weft_bag *b, weft_combine_fn *fn, int n_partitions,
                                          const struct weft_step *step);
/* One group per key: its values ordered by (partition, row). */
WEFT_API weft_bag *weft_bag_group_by_key(weft_bag *b, int n_partitions);

/* ---- Actions: tasks whose results are the answer ------------------------- */

WEFT_API weft_task *weft_bag_collect(weft_bag *b);          /* all records, partition by partition */
WEFT_API weft_task *weft_bag_count(weft_bag *b);            /* how many: an int64 */
/* The first n records, or all if fewer. Partitions of files and of literal data are
 * read one by one, and none after there are enough. */
WEFT_API weft_task *weft_bag_take(weft_bag *b, int64_t n);
WEFT_API weft_task *weft_bag_first(weft_bag *b);            /* take(1), and WEFT_EMPTY when there is none */
WEFT_API weft_task *weft_bag_is_empty(weft_bag *b);         /* whether take(1) finds none: a bool */
/* All structs combined into one record, along a tree that depends on the number of
 * partitions alone. WEFT_EMPTY when there is none. */
WEFT_API weft_task *weft_bag_reduce(weft_bag *b, weft_combine_fn *fn, const struct weft_step *step);
/* How often each key of pairs or groups, or each text, occurs: pairs with an int64
 * value, in order of first appearance; weft_records_find() is fast on them. */
WEFT_API weft_task *weft_bag_count_by_key(weft_bag *b);

/* A bag as a collection (weft/collection.h), and back; NULL: it is another. */
WEFT_API struct weft_collection weft_bag_collection(weft_bag *b);
WEFT_API weft_bag              *weft_collection_bag(struct weft_collection c);

/* ---- Reading results ----------------------------------------------------- */

extern WEFT_API const struct weft_type weft_type_records;

static inline weft_records *weft_value_records(struct weft_value v) /* lent; NULL: another type */
{
    return (weft_records *)weft_value_ptr(v, &weft_type_records);
}
static inline weft_records *weft_call_records(const weft_call *call, size_t i) /* lent */
{
    return weft_value_records(weft_call_input(call, i));
}

WEFT_API weft_records *weft_records_retain(weft_records *r);
WEFT_API void          weft_records_release(weft_records *r); /* NULL is fine */

WEFT_API enum weft_record_kind weft_records_kind(const weft_records *r);
WEFT_API size_t                weft_records_bytes(const weft_records *r); /* of one struct or value */
WEFT_API int64_t               weft_records_n(const weft_records *r);

/* Record i, lent as long as the records are held; 0 <= i < n. */
WEFT_API struct weft_record weft_records_at(const weft_records *r, int64_t i);
/* All structs or values one after another; NULL for texts. */
WEFT_API const void *weft_records_data(const weft_records *r);
/* The number of the first record with this text or key; -1: none. Looks at all of
 * them, unless the records came from weft_bag_count_by_key(). */
WEFT_API int64_t weft_records_find(const weft_records *r, struct weft_text text);

/* A text from a string ended by a zero. Lent. */
WEFT_API struct weft_text weft_text_of(const char *string);

WEFT_END

#include <weft/bag/places.h>

#endif
