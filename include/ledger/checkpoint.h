/*
 * A checkpoint (C2SP tlog-checkpoint): the note text that names a tree: origin, size and root, one
 * a line, without extension lines. The origin is the name of the log's key.
 */
#ifndef LEDGER_CHECKPOINT_H
#define LEDGER_CHECKPOINT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "ledger/note.h"
#include "ledger/tree.h"

#define CHECKPOINT_TEXT_MAX (NOTE_NAME_CAP + 80)

struct checkpoint {
    char origin[NOTE_NAME_CAP];
    uint64_t size; /* ≥ 1 */
    uint8_t root[TREE_HASH_LEN];
};

/* text is that of a note. ERR_INVALID: any other form, an extension line, a size with a leading
 * zero, of 0 or above TREE_SIZE_MAX. */
enum err checkpoint_parse(struct slice text, struct checkpoint *checkpoint,
                          struct fault *fault) MUST_CHECK;

/* Appends the text, line feed included. */
void checkpoint_format(const struct checkpoint *checkpoint, struct buf *out);

/* Parses a signed checkpoint and checks it: form, the log key's signature, origin = name of the
 * key. ERR_INVALID, ERR_LIMITED: form; ERR_DENIED: not signed by that key, or of another origin.
 * *note (may be NULL) points into bytes. */
enum err checkpoint_open(struct slice bytes, const struct note_key *log, struct note *note,
                         struct checkpoint *checkpoint, struct fault *fault) MUST_CHECK;

#endif
