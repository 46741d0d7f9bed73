/* group.c - rows of equal keys get one number, whatever columns the keys are in. */
#include "lib/kernel/group.h"

#include "lib/base/assert.h"
#include "lib/base/mem.h"

bool wf_groups_init(struct wf_groups *g, int n_keys, const weft_dtype *dtypes, bool keep_null, int64_t n_rows)
{
    const size_t n = n_keys ? (size_t)n_keys : 1;

    *g = (struct wf_groups){.n_keys = n_keys, .n = n_keys == 0};
    g->keys = wf_alloc_zero(n, sizeof *g->keys);
    g->pairs = wf_alloc_zero(n, sizeof *g->pairs);
    g->codes = wf_alloc_array(WF_GROUP_BATCH, sizeof *g->codes);
    if (!g->keys || !g->pairs || !g->codes) {
        wf_groups_fini(g);
        return false;
    }
    for (int k = 0; k < n_keys; k++) {
        wf_coder_init(&g->keys[k], dtypes[k], keep_null, n_rows);
        wf_coder_init(&g->pairs[k], WEFT_INT64, false, n_rows);
    }
    return true;
}

void wf_groups_fini(struct wf_groups *g)
{
    for (int k = 0; g->keys && g->pairs && k < g->n_keys; k++) {
        wf_coder_fini(&g->keys[k]);
        wf_coder_fini(&g->pairs[k]);
    }
    wf_free(g->keys);
    wf_free(g->pairs);
    wf_free(g->codes);
    *g = (struct wf_groups){0};
}

bool wf_groups_add(struct wf_groups *g, const struct wf_column *const *keys, int64_t n, uint32_t *number)
{
    WF_ASSERT(n <= WF_GROUP_BATCH);
    if (!g->n_keys) {
        for (int64_t i = 0; i < n; i++)
            number[i] = 1;
        return true;
    }
    if (!wf_coder_add(&g->keys[0], keys[0], n, number))
        return false;
    for (int k = 1; k < g->n_keys; k++)
        if (!wf_coder_add(&g->keys[k], keys[k], n, g->codes) || !wf_coder_add_pairs(&g->pairs[k - 1], g->codes, n, number))
            return false;
    g->n = g->n_keys == 1 ? g->keys[0].n : g->pairs[g->n_keys - 2].n;
    return true;
}

/* The code of key k in group `number`. */
static uint32_t key_code(const struct wf_groups *g, int k, uint32_t number)
{
    for (int last = g->n_keys - 1; last > 0; last--) {
        const uint64_t pair = g->pairs[last - 1].words[number];

        if (last == k)
            return (uint32_t)pair;
        number = (uint32_t)(pair >> 32);
    }
    return number;
}

struct wf_column *wf_groups_key(const struct wf_groups *g, int k)
{
    uint32_t *codes = wf_alloc_array((size_t)g->n + 1, sizeof *codes);
    struct wf_column *values;

    if (!codes)
        return NULL;
    for (uint32_t number = 1; number <= g->n; number++)
        codes[number - 1] = key_code(g, k, number);
    values = wf_coder_values(&g->keys[k], codes, g->n);
    wf_free(codes);
    return values;
}
