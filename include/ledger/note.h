/*
 * Signed notes (C2SP signed-note): a text ending in a line feed, an empty line, and signature lines
 * `— <name> <base64(key id ‖ signature)>`.
 *
 * Two kinds of key: Ed25519 (0x01) over the text, and cosignature/v1 (0x04, C2SP tlog-cosignature),
 * where a witness signs `cosignature/v1\ntime <unix>\n` ‖ text and states the time in its payload.
 *
 * Lines of unknown keys are skipped. A line under the name and id of a known key that does not
 * verify voids the whole note.
 *
 * The caps are part of the format (PROTOCOL.md §1): two verifiers must not differ in them.
 */
#ifndef LEDGER_NOTE_H
#define LEDGER_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypt/ed25519.h"

#define NOTE_LEN_MAX 16384
#define NOTE_SIGS_MAX 64
#define NOTE_NAME_CAP 256 /* NUL included */
#define NOTE_VKEY_CAP (NOTE_NAME_CAP + 64)
#define NOTE_PAYLOAD_MAX 4096 /* of any line: post-quantum witnesses are skipped, not refused */

enum note_kind { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 };

struct note_key {
    char name[NOTE_NAME_CAP];
    enum note_kind kind;
    uint32_t id;
    uint8_t public[ED25519_PUBLIC_LEN];
};

/* ERR_INVALID: the name is empty, too long, not UTF-8 or holds white space, U+0000–U+001F or `+`.
 */
enum err note_key_init(struct note_key *key, enum note_kind kind, const char *name,
                       const uint8_t public[static ED25519_PUBLIC_LEN]) MUST_CHECK;

/* `name+%08x+base64(kind ‖ key)` without a line feed; the id must be the key's. */
enum err note_key_parse(struct slice vkey, struct note_key *key, struct fault *fault) MUST_CHECK;
void note_key_format(const struct note_key *key, char out[static NOTE_VKEY_CAP]);

struct note_sig {
    struct slice line; /* the whole line, line feed included */
    struct slice name;
    uint32_t id;
    struct slice payload; /* base64 of key id ‖ signature */
};

/* Slices point into the parsed bytes. */
struct note {
    struct slice text; /* last line feed included */
    struct note_sig sigs[NOTE_SIGS_MAX];
    size_t count;
};

/* Only the form. ERR_INVALID; ERR_LIMITED: longer or more signatures than the caps. */
enum err note_parse(struct slice bytes, struct note *note, struct fault *fault) MUST_CHECK;

/* OK: at least one line of this key, and all of them verify; *time_unix (may be NULL) is the latest
 * one stated, 0 for Ed25519. ERR_NOT_FOUND: no line of this key. ERR_DENIED: one that does not
 * verify. */
enum err note_verify(const struct note *note, const struct note_key *key,
                     uint64_t *time_unix) MUST_CHECK;

/* Appends the signature line of an Ed25519 key for text. secret is that of key. */
void note_sign(struct buf *out, struct slice text, const struct note_key *key,
               const struct ed25519_secret *secret);

/* Appends the line of a witness for text at a time. */
void note_cosign(struct buf *out, struct slice text, uint64_t time_unix, const struct note_key *key,
                 const struct ed25519_secret *secret);

#endif
