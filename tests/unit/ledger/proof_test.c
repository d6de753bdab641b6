#include "base/base64.h"
#include "fixture.h"
#include "ledger/proof.h"

#define MOST 600
#define MOST_PAIRS 130

static uint8_t leaves[MOST][TREE_HASH_LEN];
static uint8_t roots[MOST + 1][TREE_HASH_LEN];
static uint8_t level1[MOST / TILE_WIDTH][TREE_HASH_LEN];

/* Tiles out of memory. */
static enum err read_memory(void *context, const struct tile *tile, struct buf *out,
                            struct fault *fault)
{
    (void)context;
    (void)fault;
    assert_true(tile->level <= 1);
    buf_put(out,
            tile->level == 0 ? leaves[tile->index * TILE_WIDTH] : level1[tile->index * TILE_WIDTH],
            (size_t)tile->width * TREE_HASH_LEN);
    return OK;
}

static enum err read_nothing(void *context, const struct tile *tile, struct buf *out,
                             struct fault *fault)
{
    (void)context;
    (void)tile;
    (void)out;
    (void)fault;
    return ERR_NOT_FOUND;
}

static enum err read_short(void *context, const struct tile *tile, struct buf *out,
                           struct fault *fault)
{
    (void)context;
    (void)fault;
    (void)buf_extend(out, (size_t)tile->width * TREE_HASH_LEN - 1);
    return OK;
}

static const struct tile_source source = {NULL, read_memory};

static int make_tree(void **state)
{
    struct tree tree;
    char text[128];

    (void)state;
    tree_init(&tree);
    tree_root(&tree, roots[0]);
    for (size_t i = 0; i < MOST; i++) {
        tree_leaf_hash(leaves[i], entry_make(text, i));
        tree_add(&tree, leaves[i]);
        tree_root(&tree, roots[i + 1]);
        if ((i + 1) % TILE_WIDTH == 0)
            memcpy(level1[i / TILE_WIDTH], tree_done(&tree, 8), TREE_HASH_LEN);
    }
    return 0;
}

/* Changed proofs must not hold: cut, longer, another hash, another place. */
static void check_damaged(struct proof *proof, uint64_t size, uint64_t index)
{
    const uint8_t *leaf = leaves[index], *root = roots[size];

    for (size_t i = 0; i < proof->len; i++) {
        proof->hashes[i][0] ^= 1;
        assert_false(proof_includes(proof, size, index, leaf, root));
        proof->hashes[i][0] ^= 1;
    }
    if (proof->len > 0) {
        proof->len--;
        assert_false(proof_includes(proof, size, index, leaf, root));
        proof->len++;
    }
    memset(proof->hashes[proof->len++], 0, TREE_HASH_LEN);
    assert_false(proof_includes(proof, size, index, leaf, root));
    proof->len--;
    assert_false(proof_includes(proof, size, size, leaf, root));
    /* The same hashes said to be of a higher tree. */
    assert_false(proof_includes(proof, 4 * size + 1, index, leaf, root));
    if (size > 1) {
        assert_false(proof_includes(proof, size, index ^ 1, leaf, root));
        assert_false(proof_includes(proof, size, index, leaves[index == 0], root));
        assert_false(proof_includes(proof, size, index, leaf, roots[size - 1]));
    }
}

static void test_inclusion_of_all(void **state)
{
    struct proof proof;

    (void)state;
    for (uint64_t size = 1; size <= MOST; size++)
        for (uint64_t index = 0; index < size; index += size < 300 ? 1 : 7) {
            assert_int_equal(proof_inclusion(&source, size, index, &proof, NULL), OK);
            assert_true(proof_includes(&proof, size, index, leaves[index], roots[size]));
            if (size < 70)
                check_damaged(&proof, size, index);
        }
}

static void test_consistency_of_all_pairs(void **state)
{
    struct proof proof;

    (void)state;
    for (uint64_t new = 1; new <= MOST_PAIRS; new ++)
        for (uint64_t old = 1; old <= new; old++) {
            assert_int_equal(proof_consistency(&source, old, new, &proof, NULL), OK);
            assert_true(proof_consistent(&proof, old, new, roots[old], roots[new]));
            for (size_t i = 0; i < proof.len; i++) {
                proof.hashes[i][5] ^= 1;
                assert_false(proof_consistent(&proof, old, new, roots[old], roots[new]));
                proof.hashes[i][5] ^= 1;
            }
            assert_false(proof_consistent(&proof, old, new, roots[old - 1], roots[new]));
            assert_false(proof_consistent(&proof, old, new, roots[old], roots[new - 1]));
            if (proof.len > 0) {
                proof.len--;
                assert_false(proof_consistent(&proof, old, new, roots[old], roots[new]));
                proof.len++;
            }
            memset(proof.hashes[proof.len++], 0, TREE_HASH_LEN);
            assert_false(proof_consistent(&proof, old, new, roots[old], roots[new]));
        }
    for (uint64_t old = 200; old <= MOST; old += 11) {
        assert_int_equal(proof_consistency(&source, old, MOST, &proof, NULL), OK);
        assert_true(proof_consistent(&proof, old, MOST, roots[old], roots[MOST]));
    }
}

static void test_root_from_tiles(void **state)
{
    uint8_t root[TREE_HASH_LEN];

    (void)state;
    for (uint64_t size = 1; size <= MOST; size++) {
        assert_int_equal(proof_root(&source, size, root, NULL), OK);
        assert_memory_equal(root, roots[size], TREE_HASH_LEN);
    }
}

static void test_asked_for_nonsense(void **state)
{
    const struct tile_source empty = {NULL, read_nothing}, cut = {NULL, read_short};
    struct proof proof;
    uint8_t root[TREE_HASH_LEN];

    (void)state;
    assert_int_equal(proof_inclusion(&source, 5, 5, &proof, NULL), ERR_INVALID);
    assert_int_equal(proof_inclusion(&source, 0, 0, &proof, NULL), ERR_INVALID);
    assert_int_equal(proof_inclusion(&source, TREE_SIZE_MAX + 1, 0, &proof, NULL), ERR_INVALID);
    assert_int_equal(proof_consistency(&source, 0, 5, &proof, NULL), ERR_INVALID);
    assert_int_equal(proof_consistency(&source, 6, 5, &proof, NULL), ERR_INVALID);
    assert_int_equal(proof_root(&source, 0, root, NULL), ERR_INVALID);
    assert_int_equal(proof_inclusion(&empty, 5, 2, &proof, NULL), ERR_NOT_FOUND);
    assert_int_equal(proof_inclusion(&cut, 5, 2, &proof, NULL), ERR_CORRUPT);
    proof.len = 0;
    assert_false(proof_consistent(&proof, 0, 5, roots[0], roots[5]));
    assert_false(proof_consistent(&proof, 3, 5, roots[3], roots[5]));
    assert_false(proof_consistent(&proof, 6, 5, roots[6], roots[5]));
    assert_false(proof_includes(&proof, 0, 0, roots[0], roots[0]));
    /* A proof longer than the tree is high, though it leads to the root. */
    memcpy(proof.hashes[0], leaves[0], TREE_HASH_LEN);
    proof.len = 1;
    assert_true(proof_includes(&proof, 2, 1, leaves[1], roots[2]));
    assert_false(proof_includes(&proof, 1, 0, leaves[1], roots[2]));
}

static struct ed25519_secret secret;
static struct note_key key;

static void put_receipt(struct buf *out, uint64_t size, uint64_t index)
{
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = size};
    struct proof proof;
    struct buf text, note;
    char entry[128];

    make_key(&secret, 1);
    assert_int_equal(note_key_init(&key, NOTE_ED25519, ORIGIN, secret.public), OK);
    memcpy(checkpoint.root, roots[size], TREE_HASH_LEN);
    buf_init(&text, 1000);
    buf_init(&note, 1000);
    checkpoint_format(&checkpoint, &text);
    buf_put_slice(&note, buf_slice(&text));
    buf_put_str(&note, "\n");
    note_sign(&note, buf_slice(&text), &key, &secret);
    assert_int_equal(proof_inclusion(&source, size, index, &proof, NULL), OK);
    receipt_put(out, entry_make(entry, index), index, &proof, buf_slice(&note));
    buf_release(&text);
    buf_release(&note);
}

static void test_receipt(void **state)
{
    struct checkpoint checkpoint;
    struct receipt receipt;
    struct note_key other;
    struct buf buf;
    char entry[128];

    (void)state;
    buf_init(&buf, RECEIPT_LEN_MAX);
    put_receipt(&buf, 333, 17);
    assert_int_equal(receipt_parse(buf_slice(&buf), &receipt, NULL), OK);
    assert_int_equal(receipt.index, 17);
    assert_true(slice_equal(slice_of(receipt.entry, receipt.entry_len), entry_make(entry, 17)));
    assert_int_equal(receipt_check(&receipt, &key, &checkpoint, NULL), OK);
    assert_int_equal(checkpoint.size, 333);
    make_key(&secret, 9);
    assert_int_equal(note_key_init(&other, NOTE_ED25519, ORIGIN, secret.public), OK);
    assert_int_equal(receipt_check(&receipt, &other, NULL, NULL), ERR_DENIED);
    receipt.index = 18;
    assert_int_equal(receipt_check(&receipt, &key, NULL, NULL), ERR_INVALID);
    buf_release(&buf);
}

/* No byte of a receipt may change without being noticed, and no part of it passes for a whole. */
static void test_receipt_damaged(void **state)
{
    struct receipt receipt;
    struct buf buf;

    (void)state;
    buf_init(&buf, RECEIPT_LEN_MAX);
    put_receipt(&buf, 5, 2);
    for (size_t i = 0; i < buf.len; i++) {
        buf.data[i] ^= 1;
        if (receipt_parse(buf_slice(&buf), &receipt, NULL) == OK &&
            receipt_check(&receipt, &key, NULL, NULL) == OK)
            fail_msg("accepted with byte %zu changed", i);
        buf.data[i] ^= 1;
        if (receipt_parse(slice_of(buf.data, i), &receipt, NULL) == OK &&
            receipt_check(&receipt, &key, NULL, NULL) == OK)
            fail_msg("accepted when cut at byte %zu", i);
    }
    buf_put_str(&buf, "\n");
    assert_int_equal(receipt_parse(buf_slice(&buf), &receipt, NULL), OK);
    assert_int_equal(receipt_check(&receipt, &key, NULL, NULL), ERR_INVALID);
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inclusion_of_all), cmocka_unit_test(test_consistency_of_all_pairs),
        cmocka_unit_test(test_root_from_tiles),  cmocka_unit_test(test_asked_for_nonsense),
        cmocka_unit_test(test_receipt),          cmocka_unit_test(test_receipt_damaged),
    };

    return cmocka_run_group_tests(tests, make_tree, NULL);
}
