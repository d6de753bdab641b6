#include "fixture.h"
#include "ledger/tree.h"

#define MOST 600

static uint8_t leaves[MOST][TREE_HASH_LEN];

/* MTH of RFC 6962 as it is written there. */
static void brute(uint8_t out[static TREE_HASH_LEN], uint8_t (*leaf)[TREE_HASH_LEN], size_t count)
{
    uint8_t left[TREE_HASH_LEN], right[TREE_HASH_LEN];
    size_t split = 1;

    if (count == 1) {
        memcpy(out, leaf, TREE_HASH_LEN);
        return;
    }
    while (split * 2 < count)
        split *= 2;
    brute(left, leaf, split);
    brute(right, leaf + split, count - split);
    tree_node_hash(out, left, right);
}

static void test_root_of_every_size(void **state)
{
    uint8_t root[TREE_HASH_LEN], expected[TREE_HASH_LEN];
    struct tree tree;

    (void)state;
    tree_init(&tree);
    for (size_t i = 0; i < MOST; i++) {
        tree_add(&tree, leaves[i]);
        tree_root(&tree, root);
        brute(expected, leaves, i + 1);
        assert_memory_equal(root, expected, TREE_HASH_LEN);
    }
}

static void test_done_subtrees(void **state)
{
    uint8_t expected[TREE_HASH_LEN];
    struct tree tree;

    (void)state;
    tree_init(&tree);
    assert_null(tree_done(&tree, 0));
    for (size_t size = 1; size <= MOST; size++) {
        tree_add(&tree, leaves[size - 1]);
        for (unsigned height = 0; height < 11; height++) {
            size_t count = (size_t)1 << height;
            const uint8_t *done = tree_done(&tree, height);

            if (size % count != 0) {
                assert_null(done);
                continue;
            }
            brute(expected, leaves + size - count, count);
            assert_non_null(done);
            assert_memory_equal(done, expected, TREE_HASH_LEN);
        }
    }
}

/* Known answers of RFC 6962 trees: SHA-256 of nothing, and the leaf hash of an empty entry. */
static void test_known_answers(void **state)
{
    static const uint8_t empty[] =
        "\xe3\xb0\xc4\x42\x98\xfc\x1c\x14\x9a\xfb\xf4\xc8\x99\x6f\xb9\x24"
        "\x27\xae\x41\xe4\x64\x9b\x93\x4c\xa4\x95\x99\x1b\x78\x52\xb8\x55";
    static const uint8_t leaf[] =
        "\x6e\x34\x0b\x9c\xff\xb3\x7a\x98\x9c\xa5\x44\xe6\xbb\x78\x0a\x2c"
        "\x78\x90\x1d\x3f\xb3\x37\x38\x76\x85\x11\xa3\x06\x17\xaf\xa0\x1d";
    uint8_t hash[TREE_HASH_LEN];
    struct tree tree;

    (void)state;
    tree_init(&tree);
    tree_root(&tree, hash);
    assert_memory_equal(hash, empty, TREE_HASH_LEN);
    tree_leaf_hash(hash, slice_of(NULL, 0));
    assert_memory_equal(hash, leaf, TREE_HASH_LEN);
}

static int make_leaves(void **state)
{
    char text[128];

    (void)state;
    for (size_t i = 0; i < MOST; i++)
        tree_leaf_hash(leaves[i], entry_make(text, i));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_root_of_every_size),
        cmocka_unit_test(test_done_subtrees),
        cmocka_unit_test(test_known_answers),
    };

    return cmocka_run_group_tests(tests, make_leaves, NULL);
}
