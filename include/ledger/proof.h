/*
 * Proofs over the tree (RFC 6962 §2.1.1, §2.1.2; checked as in RFC 9162 §2.1.3.2, §2.1.4.2), and
 * receipts: an entry with its inclusion proof and checkpoint in one file (C2SP tlog-proof).
 */
#ifndef LEDGER_PROOF_H
#define LEDGER_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/tile.h"

#define PROOF_HASHES_MAX 64

struct proof {
    size_t len;
    uint8_t hashes[PROOF_HASHES_MAX][TREE_HASH_LEN];
};

/* Makes the proof that leaf index is in the tree of this size. ERR_INVALID unless index < size ≤
 * TREE_SIZE_MAX; errors of the source otherwise. */
enum err proof_inclusion(const struct tile_source *source, uint64_t size, uint64_t index,
                         struct proof *proof, struct fault *fault) MUST_CHECK;

/* Makes the proof that the tree of old_size is a prefix of that of new_size. ERR_INVALID unless 1 ≤
 * old_size ≤ new_size. Empty when they are equal. */
enum err proof_consistency(const struct tile_source *source, uint64_t old_size, uint64_t new_size,
                           struct proof *proof, struct fault *fault) MUST_CHECK;

bool proof_includes(const struct proof *proof, uint64_t size, uint64_t index,
                    const uint8_t leaf[static TREE_HASH_LEN],
                    const uint8_t root[static TREE_HASH_LEN]);

bool proof_consistent(const struct proof *proof, uint64_t old_size, uint64_t new_size,
                      const uint8_t old_root[static TREE_HASH_LEN],
                      const uint8_t new_root[static TREE_HASH_LEN]);

/* Root of the tree of this size out of a source. */
enum err proof_root(const struct tile_source *source, uint64_t size,
                    uint8_t out[static TREE_HASH_LEN], struct fault *fault) MUST_CHECK;

/* Appends the proof as lines of base64, a hash a line: the body of `.tlog-proof` and of a witness
 * request. */
void proof_put(struct buf *out, const struct proof *proof);

#define RECEIPT_LEN_MAX 32768

struct receipt {
    uint8_t entry[ENTRY_LEN_MAX];
    size_t entry_len;
    uint64_t index;
    struct proof proof;
    struct slice signed_checkpoint; /* into the parsed bytes */
};

/* Appends a receipt: `extra` is the entry, the checkpoint stands verbatim. */
void receipt_put(struct buf *out, struct slice entry, uint64_t index, const struct proof *proof,
                 struct slice signed_checkpoint);

/* Only the form. ERR_INVALID, ERR_LIMITED. */
enum err receipt_parse(struct slice bytes, struct receipt *receipt, struct fault *fault) MUST_CHECK;

/* Checks a receipt: the checkpoint is signed by log, the entry is in its tree at index. *checkpoint
 * (may be NULL) is what it names. ERR_DENIED: another log or key; ERR_INVALID: the proof does not
 * hold. */
enum err receipt_check(const struct receipt *receipt, const struct note_key *log,
                       struct checkpoint *checkpoint, struct fault *fault) MUST_CHECK;

#endif
