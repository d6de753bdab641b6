/* Notes, checkpoints, receipts, verifier keys and tile paths out of hostile bytes: what is accepted
 * is written again exactly as it was. */
#include "ledger/checkpoint.h"
#include "ledger/proof.h"
#include "ledger/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct receipt receipt;

static void check_checkpoint(struct slice text)
{
    struct checkpoint checkpoint;
    struct buf again;

    /* An origin with a NUL is cut in the struct; the key's name never has one. */
    if (checkpoint_parse(text, &checkpoint, NULL) != OK ||
        memchr(text.data, '\0', text.len) != NULL)
        return;
    buf_init(&again, CHECKPOINT_TEXT_MAX);
    checkpoint_format(&checkpoint, &again);
    INVARIANT(slice_equal(buf_slice(&again), text));
    buf_release(&again);
}

static void check_note(struct slice bytes)
{
    static struct note note;
    struct note_key key;
    const uint8_t public[ED25519_PUBLIC_LEN] = {1};

    if (note_parse(bytes, &note, NULL) != OK)
        return;
    INVARIANT(note.count >= 1 && note.text.data[note.text.len - 1] == '\n');
    check_checkpoint(note.text);
    INVARIANT(note_key_init(&key, NOTE_ED25519, "name", public) == OK);
    INVARIANT(note_verify(&note, &key, NULL) != OK);
}

static void check_names(struct slice bytes)
{
    char text[NOTE_VKEY_CAP], path[TILE_PATH_CAP];
    struct note_key key;
    struct tile tile;

    if (note_key_parse(bytes, &key, NULL) == OK) {
        note_key_format(&key, text);
        INVARIANT(slice_is(bytes, text));
    }
    if (tile_path_parse(bytes, &tile) == OK) {
        tile_path(path, &tile);
        INVARIANT(slice_is(bytes, path));
    }
}

static void check_receipt(struct slice bytes)
{
    struct buf again;

    if (receipt_parse(bytes, &receipt, NULL) != OK)
        return;
    buf_init(&again, RECEIPT_LEN_MAX);
    receipt_put(&again, slice_of(receipt.entry, receipt.entry_len), receipt.index, &receipt.proof,
                receipt.signed_checkpoint);
    INVARIANT(slice_equal(buf_slice(&again), bytes));
    buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice bytes = slice_of(data, size);

    check_note(bytes);
    check_checkpoint(bytes);
    check_names(bytes);
    check_receipt(bytes);
    return 0;
}
