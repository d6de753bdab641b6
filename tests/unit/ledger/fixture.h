/* What the ledger's tests share: a temporary folder, a key, entries that follow from their index.
 */
#ifndef TESTS_UNIT_LEDGER_FIXTURE_H
#define TESTS_UNIT_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "crypt/ed25519.h"
#include "ledger/ledger.h"

#define ORIGIN "prize.example/2026"

static inline void make_key(struct ed25519_secret *secret, uint8_t seed_byte)
{
    uint8_t seed[ED25519_SEED_LEN];

    memset(seed, seed_byte, sizeof seed);
    ed25519_from_seed(secret, seed);
}

static inline void folder_make(char out[static FILE_PATH_CAP])
{
    const char *temp = getenv("TMPDIR");

    snprintf(out, FILE_PATH_CAP, "%s/dauys-ledger-XXXXXX", temp != NULL ? temp : P_tmpdir);
    assert_non_null(mkdtemp(out));
}

static inline int folder_remove_one(const char *path, const struct stat *info, int kind,
                                    struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline void folder_remove(const char *path)
{
    nftw(path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Entry number i: its length varies, so that no two bundles are alike. */
static inline struct slice entry_make(char out[static 128], uint64_t i)
{
    int len = snprintf(out, 128, "{\"at\":%llu,\"n\":%llu,\"t\":\"mark\",\"v\":1}",
                       1700000000ULL + (unsigned long long)i, (unsigned long long)i * i % 100003);

    return slice_of(out, (size_t)len);
}

/* Root of the tree of the first `size` such entries. */
static inline void root_make(uint8_t out[static TREE_HASH_LEN], uint64_t size)
{
    uint8_t leaf[TREE_HASH_LEN];
    struct tree tree;
    char text[128];

    tree_init(&tree);
    for (uint64_t i = 0; i < size; i++) {
        tree_leaf_hash(leaf, entry_make(text, i));
        tree_add(&tree, leaf);
    }
    tree_root(&tree, out);
}

static inline void read_whole(const char *folder, const char *name, struct buf *out)
{
    char path[FILE_PATH_CAP];

    file_path(path, folder, "%s", name);
    buf_clear(out);
    assert_int_equal(file_read(path, out, NULL), OK);
}

static inline void write_whole(const char *folder, const char *name, struct slice bytes)
{
    char path[FILE_PATH_CAP];

    file_path(path, folder, "%s", name);
    assert_int_equal(file_write(path, bytes, 0644, FILE_NO_SYNC, NULL), OK);
}

#endif
