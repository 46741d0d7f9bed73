/* setting.h - all that can be set, and what a configuration says of it. */
#ifndef WF_SETTING_H
#define WF_SETTING_H

#include <weft/config.h>

/* In the order in which they are listed: by name. A new one has its line here and its entry
 * in setting.c, and is then heard from files, the environment and programs. */
enum wf_setting_id {
    WF_DASHBOARD_ADDRESS,
    WF_DASHBOARD_PORT,
    WF_DASHBOARD_TOKEN,
    WF_DRAW_FILE,
    WF_MEMORY_LIMIT,
    WF_POOL_KIND,
    WF_POOL_PIN,
    WF_POOL_WORKERS,
    WF_PROFILE_FILE,
    WF_PROFILE_RATE,
    WF_PROGRESS,
    WF_PROGRESS_INTERVAL,
    WF_REPORT_FILE,
    WF_RUN_RERUN_FAILED,
    WF_SPILL_DIR,
    WF_SPILL_LIMIT,
    WF_SUMMARY,
    WF_TRACE_EVENTS,
    WF_TRACE_FILE,
    WF_TRACE_ON,
    WF_TRACE_SAMPLE,
    WF_N_SETTINGS
};

/* Numbers of the words of pool.kind and of progress; "auto" and "none" are 0 everywhere. */
enum { WF_KIND_THREADS = 1, WF_KIND_PROCESSES, WF_KIND_SYNC };
enum { WF_PROGRESS_AUTO, WF_PROGRESS_ON, WF_PROGRESS_OFF };

/* Words of a setting that names a file; any other text is its path. */
enum { WF_FILE_NONE = 1, WF_FILE_USUAL };

enum { WF_MOST_WORKERS_SET = 4096 };

/* A word and the number it stands for. */
struct wf_word {
    const char *word; /* NULL ends a list */
    uint64_t    number;
};

struct wf_setting {
    const char           *name;
    const char           *variable; /* short for WEFT_A__B; NULL: none */
    enum weft_setting_kind kind;
    const char           *fallback;
    const char           *accepts;  /* ends "'x' is not ..." */
    const char           *about;    /* one sentence */
    const struct wf_word *words;    /* heard beside numbers, sizes and times; NULL: none */
    uint64_t              least, most; /* of a count */
};

extern const struct wf_setting wf_settings[WF_N_SETTINGS];

/* The setting of this name; NULL, and an error with the nearest name, when there is none. */
const struct wf_setting *wf_setting_find(const char *name, size_t n_name, struct weft_error *err);

/* What `text` stands for; 0 for a text. */
weft_status wf_setting_parse(const struct wf_setting *s, const char *text, uint64_t *out, struct weft_error *err);

/* WEFT_A__B for "a.b", at most `size` bytes. */
void wf_setting_variable(const struct wf_setting *s, char *text, size_t size);

/* ---- What a configuration says (config.c, config_file.c) ------------------- */

/* What a setting stands for: a count, bytes, nanoseconds, 0 or 1, the number of a word; of a text
 * 0, unless it is a word. */
uint64_t    wf_config_number(const weft_config *c, enum wf_setting_id id);
const char *wf_config_text(const weft_config *c, enum wf_setting_id id); /* as it was written; lent */

/* Sets what is called by `name`; `from` says where that was said, and begins the message of
 * an error. */
weft_status wf_config_put(weft_config *c, const char *name, size_t n_name, const char *text, const char *from,
                          struct weft_error *err);

/* The sources in their order, of which each overrides the one before. */
weft_status wf_config_read_files(weft_config *c, struct weft_error *err);
weft_status wf_config_read_environment(weft_config *c, struct weft_error *err);

#endif
