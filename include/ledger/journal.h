/*
 * The journal of a ledger: `state/journal`, where a batch becomes true. One record a batch, one
 * write and one fdatasync; everything that is published derives from it.
 *
 * A record:
 *     magic      4   F5 'D' 'J' 01  (F5 never stands in UTF-8, so no entry holds a record's head)
 *     first      8   index of the first entry
 *     count      4   entries
 *     bundle     4   bytes of the bundle
 *     checkpoint 4   bytes of the signed checkpoint
 *     size       8   of the tree after them = first + count
 *     root      32
 *     head crc   4   CRC-32C of the 64 bytes above
 *     bundle, checkpoint
 *     crc        4   CRC-32C of everything above
 * All numbers big-endian. The head has a sum of its own so that a flipped length is not taken for
 * an unfinished record.
 *
 * Recovery drops only a torn last record: one that is cut short, or whose sum is wrong and that
 * ends the file. A bad record with more behind it is damage, and the ledger does not start.
 */
#ifndef LEDGER_JOURNAL_H
#define LEDGER_JOURNAL_H

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "ledger/tree.h"

#define JOURNAL_HEAD_LEN 68
#define JOURNAL_BUNDLE_MAX (16U << 20)
#define JOURNAL_CHECKPOINT_MAX 4096U
#define JOURNAL_LEN_MAX (1U << 30)

struct journal;

struct journal_record {
    uint64_t first;
    uint32_t count; /* 0 only in the first record after a cut */
    struct slice bundle;
    uint64_t size;
    uint8_t root[TREE_HASH_LEN];
    struct slice checkpoint; /* signed */
};

/* Opens folder/journal, made when missing, and removes an unfinished folder/journal.new. The caller
 * holds the folder's lock. */
enum err journal_open(const char *folder, struct journal **journal, struct fault *fault) MUST_CHECK;
void journal_close(struct journal *journal);

/*
 * Reads all records in order and gives each to visit, whose slices are valid during the call; stops
 * at the first error of visit. Then cuts off a torn last record (*torn tells its bytes, 0 for
 * none). Once, before the first append. ERR_CORRUPT: damage, with the offset in the fault.
 */
enum err journal_read(struct journal *journal,
                      enum err (*visit)(void *context, const struct journal_record *record,
                                        struct fault *fault),
                      void *context, uint64_t *torn, struct fault *fault) MUST_CHECK;

/* Writes one record and syncs it: the commit point. Any error is ERR_INTERNAL and final: the caller
 * must end the process, what is on the disk is unknown until the next start (I7). */
enum err journal_append(struct journal *journal, const struct journal_record *record,
                        struct fault *fault) MUST_CHECK;

/* Replaces the whole journal by one record, atomically: everything before record->first must be
 * durable elsewhere. Errors as for append. */
enum err journal_cut(struct journal *journal, const struct journal_record *record,
                     struct fault *fault) MUST_CHECK;

/* Bytes in the file. */
uint64_t journal_len(const struct journal *journal);

#endif
