/* Opening in any slices and at any time gives the counts of opening once at the end. */
#include "../campaign/mini_campaign.h"

#include "base/pool.h"

#define PASSES 24
#define STEPS 220

static struct mini mini;

/* A ledger that goes on from a stage of the good campaign with ballots of passes nobody signed: the
 * fold takes what stands in a ledger. */
struct box {
    struct fold *fold;
    struct slice entries[STEPS]; /* owned */
    uint64_t first, len;
    struct mini_pass passes[PASSES];
    uint64_t revs[PASSES], last[PASSES];
    bool set_aside[PASSES];
};

static uint64_t noise = 7;

static unsigned below(unsigned bound)
{
    noise = noise * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(noise >> 33) % bound;
}

static enum err read_box(void *context, uint64_t index, struct buf *out, struct fault *fault)
{
    const struct box *box = context;
    (void)fault;
    INVARIANT(index >= box->first && index < box->first + box->len);
    buf_put_slice(out, box->entries[index - box->first]);
    return OK;
}

static void append(struct box *box, struct fields *f)
{
    struct buf bytes;
    struct entry entry;
    uint8_t leaf[SHA256_LEN];
    buf_init(&bytes, 16384);
    fields_write(f, false, &bytes);
    fields_clear(f);
    struct slice copy = slice_copy(buf_slice(&bytes));
    buf_release(&bytes);
    assert_int_equal(entry_parse(copy, &entry, NULL), OK);
    tree_leaf_hash(leaf, copy);
    box->entries[box->len] = copy;
    fold_apply(box->fold, &entry, box->first + box->len, leaf);
    box->len++;
}

static void cast(struct box *box, unsigned pass)
{
    static const char *const health[] = {MINI_CHOOSE("11"), MINI_CHOOSE("13"), MINI_CHOOSE("16"),
                                         "nothing"};
    static const char *const youth[] = {
        "{\"m\":\"score\",\"s\":{\"14\":{\"effect\":4}}}",
        "{\"m\":\"score\",\"s\":{\"14\":{\"effect\":2,\"reach\":5}}}",
        "{\"m\":\"score\",\"s\":{\"14\":{\"effect\":6}}}"};
    struct fields f = {.len = 0};
    const char *text = box->passes[pass].cat == MINI_HEALTH ? health[below(4)] : youth[below(3)];
    box->revs[pass] += 1 + below(2);
    fields_ballot(&mini, &f, &box->passes[pass], box->revs[pass], text);
    if (below(20) == 0) /* sealed to somebody else */
        fields_base64(&f, "enc", mini.seal_point, sizeof mini.seal_point);
    box->last[pass] = box->first + box->len;
    append(box, &f);
}

static void set_aside(struct box *box, unsigned pass)
{
    struct fields f = {.len = 0};
    fields_void(&f, box->last[pass], 1);
    fields_int(&f, "at", fold_at(box->fold));
    mini_sign(&f, &mini.anna, &mini.boris);
    append(box, &f);
    box->set_aside[pass] = true;
}

static void box_make(struct box *box)
{
    memset(box, 0, sizeof *box);
    box->fold = mini_at(&mini, MINI_EVALUATING);
    box->first = fold_size(box->fold);
    for (unsigned i = 0; i < PASSES; i++) {
        uint8_t seed[ED25519_SEED_LEN] = {(uint8_t)(i + 1), 0xbb};
        box->passes[i].cat = i % 3 == 0 ? MINI_YOUTH : MINI_HEALTH;
        ed25519_from_seed(&box->passes[i].key, seed);
    }
}

static void box_release(struct box *box)
{
    for (uint64_t i = 0; i < box->len; i++)
        free((void *)(uintptr_t)box->entries[i].data);
    fold_destroy(box->fold);
}

static void random_act(struct box *box)
{
    unsigned pass = below(PASSES);
    if (box->set_aside[pass])
        return;
    if (box->revs[pass] > 0 && below(25) == 0)
        set_aside(box, pass);
    else
        cast(box, pass);
}

static struct opening *open_all(struct box *box, struct pool *pool, size_t most)
{
    const struct opening_reader reader = {.context = box, .read = read_box};
    struct opening *opening = opening_create(box->fold, mini.seal_secret, &reader, pool);
    uint64_t left = 1;
    while (left > 0)
        assert_int_equal(opening_step(opening, most, &left, NULL), OK);
    return opening;
}

static void assert_same(const struct opening *a, const struct opening *b)
{
    for (unsigned cat = 0; cat < 2; cat++) {
        const struct counts *x = opening_counts(a, cat), *y = opening_counts(b, cat);
        struct counts_cell *cells_x, *cells_y;
        size_t len = counts_cells(x, &cells_x);
        assert_int_equal(counts_counted(x), counts_counted(y));
        assert_int_equal(counts_spoiled(x), counts_spoiled(y));
        assert_int_equal(len, counts_cells(y, &cells_y));
        for (size_t i = 0; i < len; i++) {
            assert_int_equal(cells_x[i].nominee, cells_y[i].nominee);
            assert_int_equal(cells_x[i].criterion, cells_y[i].criterion);
            assert_int_equal(cells_x[i].value, cells_y[i].value);
            assert_int_equal(cells_x[i].count, cells_y[i].count);
        }
        free(cells_x);
        free(cells_y);
    }
}

static void live_is_as_the_end(void **state)
{
    struct box box;
    struct pool *pool = pool_create(2);
    uint64_t left;
    (void)state;
    box_make(&box);
    const struct opening_reader reader = {.context = &box, .read = read_box};
    struct opening *live = opening_create(box.fold, mini.seal_secret, &reader, pool);
    for (unsigned i = 0; i < STEPS; i++) {
        random_act(&box);
        if (below(4) == 0) /* sometimes behind by several, sometimes by part of them */
            assert_int_equal(opening_step(live, below(5), &left, NULL), OK);
        if (below(60) == 0) {
            do
                assert_int_equal(opening_step(live, 2, &left, NULL), OK);
            while (left > 0);
            struct opening *fresh = open_all(&box, NULL, 1000);
            assert_same(live, fresh);
            opening_destroy(fresh);
        }
    }
    do
        assert_int_equal(opening_step(live, 7, &left, NULL), OK);
    while (left > 0);
    struct opening *whole = open_all(&box, pool, SIZE_MAX), *single = open_all(&box, NULL, 1);
    assert_same(live, whole);
    assert_same(live, single);

    /* And they are the counts that the fold's numbers ask for. */
    for (unsigned cat = 0; cat < 2; cat++) {
        const struct fold_category *category = fold_category(box.fold, cat);
        const struct counts *counts = opening_counts(live, cat);
        assert_true(counts_spoiled(counts) > 0 && category->voids > 0);
        assert_int_equal(counts_counted(counts) + counts_spoiled(counts),
                         category->passes - category->voids);
    }
    opening_destroy(single);
    opening_destroy(whole);
    opening_destroy(live);
    pool_destroy(pool);
    box_release(&box);
}

static void void_passes_count_nowhere(void **state)
{
    struct box box;
    uint64_t left;
    (void)state;
    box_make(&box);
    const struct opening_reader reader = {.context = &box, .read = read_box};
    struct opening *opening = opening_create(box.fold, mini.seal_secret, &reader, NULL);
    cast(&box, 1);
    assert_int_equal(opening_step(opening, 10, &left, NULL), OK);
    assert_int_equal(left, 0);
    const struct counts *counts = opening_counts(opening, MINI_HEALTH);
    assert_int_equal(counts_counted(counts) + counts_spoiled(counts), 1);
    set_aside(&box, 1);
    assert_int_equal(opening_step(opening, 0, &left, NULL), OK);
    assert_int_equal(counts_counted(counts) + counts_spoiled(counts), 0);
    opening_destroy(opening);
    box_release(&box);
}

/* Stored bytes that are not the ballot that was taken there. */
static void damage_is_told(void **state)
{
    struct box box;
    struct fault fault = {""};
    uint64_t left;
    (void)state;
    box_make(&box);
    cast(&box, 1);
    cast(&box, 2);
    struct slice first = box.entries[0];
    const struct opening_reader reader = {.context = &box, .read = read_box};
    const struct slice others[] = {box.entries[1], mini.entries[0], slice_str("{}"),
                                   slice_of(first.data, first.len - 1)};
    for (unsigned i = 0; i < 4; i++) {
        struct opening *opening = opening_create(box.fold, mini.seal_secret, &reader, NULL);
        box.entries[0] = others[i];
        assert_int_equal(opening_step(opening, 10, &left, &fault), ERR_CORRUPT);
        assert_true(fault.text[0] != '\0');
        opening_destroy(opening);
    }
    box.entries[0] = first;
    box_release(&box);
}

static int play(void **state)
{
    (void)state;
    mini_play(&mini);
    return 0;
}

static int end(void **state)
{
    (void)state;
    mini_release(&mini);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_is_as_the_end),
        cmocka_unit_test(void_passes_count_nowhere),
        cmocka_unit_test(damage_is_told),
    };
    return cmocka_run_group_tests(tests, play, end);
}
