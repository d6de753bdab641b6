/* Receipts (PROTOCOL.md §9): what a voter holds in hand against what the ledger shows. */
#include <stdarg.h>
#include <string.h>

#include "audit/verify.h"
#include "base/mem.h"
#include "ledger/proof.h"
#include "verify_inner.h"

/* Not good, and why. */
__attribute__((format(printf, 2, 3))) static enum err bad(struct verify_receipt *out,
                                                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(out->why, sizeof out->why, format, args);
    va_end(args);
    return OK;
}

static enum err current_checkpoint(struct source *source, const struct note_key *log,
                                   struct checkpoint *now, struct fault *fault)
{
    struct buf bytes;
    buf_init(&bytes, NOTE_LEN_MAX);
    enum err err = source_read(source, "checkpoint", NOTE_LEN_MAX, &bytes, fault);
    if (err == OK)
        err = checkpoint_open(buf_slice(&bytes), log, NULL, now, fault);
    buf_release(&bytes);
    return err;
}

/* The tree of the receipt is the beginning of the one that is shown now. */
static enum err check_prefix(struct source *source, const struct checkpoint *then,
                             const struct checkpoint *now, struct verify_receipt *out,
                             struct fault *fault)
{
    struct tile_source tiles = source_tiles(source);
    struct proof *proof = xcalloc(1, sizeof *proof);
    enum err err = proof_consistency(&tiles, then->size, now->size, proof, fault);
    if (err == OK && !proof_consistent(proof, then->size, now->size, then->root, now->root))
        bad(out,
            "the ledger shown is another one than that of the receipt: its first %llu entries "
            "do not have the receipt's root",
            (unsigned long long)then->size);
    if (err == ERR_NOT_FOUND || err == ERR_CORRUPT)
        err = bad(out, "the ledger shown can't prove that it holds the receipt's: %s", fault->text);
    free(proof);
    return err;
}

/* The bundle shows this very entry at its index. */
static enum err check_shown(struct source *source, const struct receipt *receipt, uint64_t size,
                            struct verify_receipt *out, struct fault *fault)
{
    struct tile_source tiles = source_tiles(source);
    struct tile tile = {TILE_ENTRIES, receipt->index / TILE_WIDTH, 0};
    struct slice entries[TILE_WIDTH];
    uint64_t left = size - tile.index * TILE_WIDTH;
    struct buf bytes;
    tile.width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
    buf_init(&bytes, BUNDLE_BYTES_MAX);
    enum err err = tiles.read(tiles.context, &tile, &bytes, fault);
    if (err == OK)
        err = bundle_cut(buf_slice(&bytes), tile.width, entries);
    if (err == ERR_NOT_FOUND || err == ERR_CORRUPT || err == ERR_LIMITED)
        err = bad(out, "the ledger does not show the entries around %llu",
                  (unsigned long long)receipt->index);
    else if (err == OK && !slice_equal(entries[receipt->index % TILE_WIDTH],
                                       slice_of(receipt->entry, receipt->entry_len)))
        bad(out, "the ledger shows another entry at %llu", (unsigned long long)receipt->index);
    buf_release(&bytes);
    return err;
}

static enum err compare(struct source *source, const struct note_key *log,
                        const struct receipt *receipt, const struct checkpoint *then,
                        struct verify_receipt *out, struct fault *fault)
{
    struct checkpoint now;
    enum err err = current_checkpoint(source, log, &now, fault);
    if (err == ERR_INVALID || err == ERR_DENIED || err == ERR_LIMITED)
        return bad(out, "the ledger's own checkpoint is no good: %s", fault->text);
    if (err != OK)
        return err;
    out->current = now.size;
    if (now.size < then->size)
        return bad(out, "the ledger shown ends at %llu entries, but its key has signed %llu",
                   (unsigned long long)now.size, (unsigned long long)then->size);
    err = check_prefix(source, then, &now, out, fault);
    if (err == OK && out->why[0] == '\0')
        err = check_shown(source, receipt, now.size, out, fault);
    return err;
}

enum err verify_receipt(struct slice bytes, const struct note_key *log, struct source *source,
                        struct verify_receipt *out, struct fault *fault)
{
    struct receipt *receipt = xcalloc(1, sizeof *receipt);
    struct checkpoint then;
    struct fault why;
    *out = (struct verify_receipt){0};
    enum err err = receipt_parse(bytes, receipt, &why);
    if (err == OK)
        err = receipt_check(receipt, log, &then, &why);
    if (err == OK && then.size > VERIFY_SIZE_MAX)
        err = fault_set(&why, ERR_INVALID, "checkpoint with a malformed size");
    if (err == OK) {
        out->index = receipt->index;
        out->size = then.size;
        if (source)
            err = compare(source, log, receipt, &then, out, fault);
    } else {
        err = bad(out, "%s", why.text);
    }
    out->good = err == OK && out->why[0] == '\0';
    free(receipt);
    return err;
}
